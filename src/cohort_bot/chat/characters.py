"""Text as people see it: whole characters, and the columns that they take in a fixed-width font.

A character may be many code points: a letter with its marks, an emoji with its skin and its job, a flag.
"""

import unicodedata
from collections.abc import Callable
from functools import cache
from types import ModuleType


@cache
def _wcwidth() -> ModuleType:
    """Loaded for the first text that needs it: its tables take a megabyte, and a start is quicker without."""
    import wcwidth  # noqa: PLC0415

    return wcwidth


def columns(text: str) -> int:
    """How many columns the text takes on one line of a fixed-width font."""
    return len(text) if text.isascii() else int(_wcwidth().width(text, control_codes="ignore"))


def left(text: str, width: int) -> str:
    """The text, filled up with spaces to `width` columns; a wider one stays as it is."""
    return text + " " * (width - columns(text))


def right(text: str, width: int) -> str:
    """The same with the spaces before it."""
    return " " * (width - columns(text)) + text


def boundary(text: str, position: int) -> int:
    """The index in code points where the text can be cut at `position`: not inside a character, but before it."""
    if text.isascii() or not 0 < position < len(text):
        return position
    start = int(_wcwidth().grapheme_boundary_before(text, position + 1))
    return position if start == position else start


def beginning(text: str, room: int, size: Callable[[str], int] = len) -> str:
    """The longest beginning of whole characters that has room. `size` adds up: code points, columns, UTF-16 units."""
    if text.isascii():
        return text[:room]
    end = used = 0
    for character in _wcwidth().iter_graphemes(text):
        used += size(character)
        if used > room:
            break
        end += len(character)
    return text[:end]


def ending(text: str, room: int, size: Callable[[str], int] = len) -> str:
    """The longest ending of whole characters that has room, measured as for `beginning`."""
    characters = list(_wcwidth().iter_graphemes(text))
    start = len(characters)
    while start and (room := room - size(characters[start - 1])) >= 0:
        start -= 1
    return "".join(characters[start:])


def cut(text: str, most: int, size: Callable[[str], int] = len) -> str:
    """The text if its `size` is at most `most`, else as much of its beginning as fits with an ellipsis behind it."""
    return text if size(text) <= most else beginning(text, most - 1, size).rstrip() + "…"


def turns_left(text: str) -> bool:
    """Whether it holds letters that are read from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(sign) in {"R", "AL"} for sign in text)


def isolated(text: str) -> str:
    """The text so that, read from right to left, it does not turn round what stands beside it."""
    return f"\u2068{text}\u2069" if turns_left(text) else text
