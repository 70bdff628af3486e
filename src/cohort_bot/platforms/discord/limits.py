"""Discord's limits, from its API reference. Lengths in UTF-16 units, the strictest way in which Discord counts."""

from typing import Final

from cohort_bot.chat import characters

CUSTOM_ID: Final = 100
TEXT: Final = 4000  # of all text in one message of Components V2
COMPONENTS: Final = 40  # in one message, nested ones included
ROW: Final = 5
BUTTON: Final = 80
FIELDS: Final = 5
TITLE: Final = 45
LABEL: Final = 45
HINT: Final = 100
CHECKBOXES: Final = 10
OPTIONS: Final = 25
OPTION: Final = 100
INPUT: Final = 4000
NONCE: Final = 25
THREAD_NAME: Final = 100
EVENT_NAME: Final = 100
EVENT_TEXT: Final = 1000
COMMANDS: Final = 100
SUBCOMMANDS: Final = 25
CHOICES: Final = 25
CHOICE: Final = 100
SUMMARY: Final = 100
COMMAND_TEXT: Final = 8000  # names, descriptions and values of one command
MENTIONS: Final = 100
ALT: Final = 1024
LOCALES: Final = (
    "bg",
    "cs",
    "da",
    "de",
    "el",
    "es-419",
    "es-ES",
    "fi",
    "fr",
    "hi",
    "hr",
    "hu",
    "id",
    "it",
    "ja",
    "ko",
    "lt",
    "nl",
    "no",
    "pl",
    "pt-BR",
    "ro",
    "ru",
    "sv-SE",
    "th",
    "tr",
    "uk",
    "vi",
    "zh-CN",
    "zh-TW",
)  # and two of English


def size(text: str) -> int:
    """The length as Discord counts it at its strictest."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """The text on one line and within the limit."""
    return characters.cut(" ".join(text.split()), most, size)
