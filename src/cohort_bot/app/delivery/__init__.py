"""What is posted automatically: the planner determines what is due, the ledger stores it, the courier delivers it."""
