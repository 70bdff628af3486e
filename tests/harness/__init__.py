"""Kills a real process while it delivers, and reads the platform's own history afterwards."""
