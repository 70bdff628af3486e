"""The chat platforms: one package each, and none depends on another."""
