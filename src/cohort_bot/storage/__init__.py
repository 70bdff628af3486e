"""Persistent storage: SQLAlchemy Core tables, and transactions as functions."""
