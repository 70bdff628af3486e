"""Errors that keep the bot from starting."""

from cohort_bot.chat.sentence import LocalizedError


class CannotStart(LocalizedError):
    """A platform or database cannot be used as configured: one line with the setting and the cure, and no secret."""


class Unreachable(CannotStart):
    """It cannot be used now, but that may be temporary, so the bot waits for it. One line that says what is missing."""
