"""Small pictures made of characters, for running text."""

from typing import Final

from cohort_bot.chat.message import Drawn

WIDTH: Final = 10


def bar(done: int, of: int, width: int = WIDTH) -> Drawn:
    """A bar, filled by the share that is done: empty only with nothing done, full only with everything."""
    width = min(width, of) if of > 0 else width
    filled = max(1, done * width // of) if 0 < done < of else width * (done >= of > 0)
    return Drawn("▰" * filled + "▱" * (width - filled))


def shields(left: int, of: int) -> Drawn:
    """What is left of something to spend."""
    return Drawn("◆" * left + "◇" * (of - left))
