"""cohort-bot keeps a group of career changers together for a whole guide."""
