"""Whatever people can do is done in the pseudo-locale: nothing is said in English, and every platform can show it all.

What nobody has translated yet is found by `test_no_english_left.py`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cohort_bot.app.table import TABLE
from cohort_bot.core.rounds import DAYS
from cohort_bot.platforms.discord import commands
from cohort_bot.platforms.slack import manifest
from tests.e2e.walk import IDS, PEOPLE, TYPED, check_everywhere, everything, words_of
from tests.fakes import discord_checks
from tests.pseudo_locale import PADDING, PseudoLocale, english, instead_of_english

MONTHS = "January February March April May June July August September October November December"
DATE_WORDS = {"and", *(form for name in (*DAYS, *MONTHS.split()) for form in (name, name[:3]))}
"""They are Babel's to translate, all in chat/formats.py."""

VALUES = re.compile(
    rf"https?://[^\s{PADDING}]+|cohort-bot export [^{PADDING}]*|\[file: \S+\]|\[x\]|[A-Z]\w+/[A-Z]\w+"
    rf'|\b[a-z]+:(?:"[^"]*"|[^\s.{PADDING}]+)'
    rf"|\b[A-Z0-9]{{4}}-[A-Z0-9]{{4}}\b|(?<![\w-])(?:{'|'.join(map(re.escape, IDS))})(?![\w-])"
)
"""Links, what is typed in a terminal or as an option, files, time zones, codes, and names of things."""

WORD = re.compile(r"[A-Za-z]+")


def latin(text: str) -> list[str]:
    """The words in Latin letters that are neither typed nor a value: English that no translator sees."""
    return [word for word in WORD.findall(VALUES.sub("", text)) if word not in TYPED | DATE_WORDS]


@pytest.fixture(autouse=True)
def language() -> Iterator[str]:
    with instead_of_english(PseudoLocale()):
        yield "pseudo-locale"


async def test_everything_is_said_in_the_language_and_fits_every_platform(tmp_path: Path) -> None:
    chat = await everything(tmp_path, PEOPLE, weeks=2)
    assert {row.action for row in TABLE.rows} - chat.done == set()
    lines = {line for _language, reply in chat.shown() for line in words_of(reply).split("\n") if latin(line)}
    assert lines == set()
    for _language, reply in chat.shown():
        check_everywhere(reply)


def test_what_is_registered_fits_every_platform() -> None:
    registered = commands.payload(TABLE)
    discord_checks.commands(registered)
    summaries = {option["description"] for command in registered for option in command["options"]}
    assert {word for summary in summaries for word in latin(summary)} == set()
    shown = manifest.manifest(TABLE, socket_mode=True)
    assert english(shown) != shown
