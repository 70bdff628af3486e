"""What every platform's adapter needs, one file a responsibility; a platform in another package may use it, too."""
