"""Programmes as folders of YAML: loaded, checked, shown, and drafted from a career guide."""
