"""Helpers for every platform's adapter, one file per responsibility; platforms in other packages may use them, too."""
