"""What several features ask of the store."""
