"""The web server: health, metrics, and the platforms' own endpoints."""
