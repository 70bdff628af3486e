"""Slack's limits, from its Block Kit and manifest references. Lengths in characters."""

from typing import Final

from cohort_bot.chat import characters

# A message
TEXT: Final = 3000  # of a section; held for rich text as well, for which Slack names none
URL: Final = 3000
BLOCKS: Final = 50
CHARACTERS: Final = 12_000  # in the blocks of one message: none is named for rich text; a markdown block holds this
FALLBACK: Final = 4000  # recommended as the most for a message's `text`
HEADER: Final = 150
LIST: Final = 100  # items of a list block: none is named
TABLE_ROWS: Final = 100
TABLE_CELLS: Final = 20  # in a row
TABLE_TEXT: Final = 10_000  # in all cells of one message
BUTTONS: Final = 25
BUTTON: Final = 75
ACTION: Final = 255
VALUE: Final = 2000
RESPONSES: Final = 5  # how often a response_url may be used, within 30 minutes (Handling user interaction)

# A view, which has 250 KB, and a character takes up to six bytes on the way
VIEW: Final = 40_000
VIEW_BLOCKS: Final = 100
TITLE: Final = 24
METADATA: Final = 3000
INPUT: Final = 3000
LABEL: Final = 2000
OPTION: Final = 75
CHECKBOXES: Final = 10
SELECT: Final = 100
ERROR: Final = 500  # none is named

# The manifest
COMMANDS: Final = 50
COMMAND: Final = 32
SUMMARY: Final = 2000
HINT: Final = 1000
SHORTCUT: Final = 24
SHORTCUT_SUMMARY: Final = 150
DESCRIPTION: Final = 140


def cut(text: str, most: int) -> str:
    """At most this many characters, with an ellipsis where text was cut."""
    return characters.cut(text, most)
