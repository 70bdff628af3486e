"""What keeps the bot from starting."""


class CannotStart(Exception):
    """A platform or database cannot be used as it is set up: one line with the setting and the cure, and no secret."""


class Unreachable(CannotStart):
    """It cannot be used now, and that may pass: it is waited for. One line that says what is missing."""
