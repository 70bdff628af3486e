"""Errors that keep the bot from starting."""


class CannotStart(Exception):
    """A platform or database cannot be used as configured: one line with the setting and the cure, and no secret."""


class Unreachable(CannotStart):
    """It cannot be used now, but that may be temporary, so the bot waits for it. One line that says what is missing."""
