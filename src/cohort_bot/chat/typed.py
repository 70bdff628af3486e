"""Commands and values as they are written in a sentence, in words that the reader can type.

These are words of the language that is spoken, and on Discord those that the reader's client shows.
"""

import re
from functools import lru_cache
from typing import Final

from cohort_bot.chat.catalogues import CATALOGUES, ENGLISH, typing
from cohort_bot.chat.characters import cut
from cohort_bot.chat.traits import traits_of

CONTEXT: Final = "command"
"""The context in which catalogues have the words of commands and options."""

HEADS: Final = ("cohort", "checkin")
"""They have the same name in every language: Slack knows no other commands of ours."""

WORD: Final = re.compile(r"[-_'\w]{1,32}")
"""What a word of a command may be, on every platform, if it is in lower case."""

_COMMAND: Final = re.compile(r"(?<![\w/.:)])/([a-z]+(?: [a-z]+(?![\w:]))*)")
_OPTION: Final = re.compile(r"(?<![\w/.{-])([a-z][a-z_]*):(?!//)([a-z][a-z0-9-]*(?![\w:/]))?")


def typed(command: str, platform: str) -> str:
    """A command as people type it on the platform: where commands are grouped, all but `/checkin` follow `/cohort`.
    It may have options: `profile calendar:file`.
    """
    bare = not traits_of(platform).grouped or command == "checkin" or command.startswith("cohort ")
    return in_words(f"/{command}" if bare else f"/cohort {command}")


def word(english: str) -> str:
    """A word of commands as the reader types it; the English one where a translation cannot be typed."""
    return _word(typing(), english)


def in_words(text: str) -> str:
    """The text with the commands (`/cohort edit`) and options (`channel:`) in it as the reader types them."""
    return text if (spoken := typing()) == ENGLISH else _in_words(spoken, text)


@lru_cache(maxsize=1024)
def _word(spoken: str, english: str) -> str:
    said = CATALOGUES[spoken].pgettext(CONTEXT, english)
    return said if WORD.fullmatch(said) and said == said.lower() else english


@lru_cache(maxsize=4096)
def _in_words(spoken: str, text: str) -> str:
    def command(found: re.Match[str]) -> str:
        head, *others = found[1].split(" ")
        return "/" + " ".join(
            [head if head in HEADS else _word(spoken, head), *(_word(spoken, each) for each in others)]
        )

    def option(found: re.Match[str]) -> str:
        return f"{_word(spoken, found[1])}:{_word(spoken, found[2]) if found[2] else ''}"

    return _OPTION.sub(option, _COMMAND.sub(command, text))


def shorten(value: str, most: int = 60) -> str:
    """The value on one line and not longer than `most` characters, for repeating it in an answer."""
    line = " ".join(value.split())
    return cut(line, most)
