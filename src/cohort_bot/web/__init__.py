"""The one web server: health, metrics, and what a platform mounts."""
