"""Where everything is kept: SQLAlchemy Core tables, and transactions as functions."""
