"""What goes out by itself: the planner says what is due, the ledger keeps it, the courier brings it."""
