"""cohort-bot keeps a group of career changers together through a whole guide."""
