"""In German and Spanish nothing is left in English: not in the catalogues, not in the guide, not in what is shown.

The pseudo-locale finds what goes through no translation (`test_translated.py`); this finds what nobody has translated.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from tools.translations import COMPLETE

from cohort_bot.app.table import TABLE
from cohort_bot.chat.catalogues import folder
from cohort_bot.chat.i18n import speaking
from cohort_bot.cli import main, subcommands
from cohort_bot.platforms.local.chat import Person
from cohort_bot.programmes.library import shipped_folder
from tests.e2e.walk import IDS, PEOPLE, TYPED, check_everywhere, everything, words_of

OTHERS = sorted(COMPLETE)

NAMES = """
    Ada Ana API arXiv AutoMod Ben Berlin cohort-bot CSV Ctrl-C Debian Discord DOI Europe Hlosta HTTP HTTPS invite
    Jordan JSON KiB Kuzilek localhost Markdown MiB Nature nurse-to-analyst OAuth OULAD PDF PORT PostgreSQL pt-BR
    PUBLIC_URL README Reset Sample Slack Socket Mode SQLite metadata.message:read tzdata university URL UTC Word xapp
    xoxb YAML Zdrahal ZIP Open
    CONTENT_DIR NUL OCR Office RTF RRGGBB UTF
"""
"""What is called the same everywhere."""

SAME = {
    "de": """
        Admins Alias App Apps Argument Backslash Bot Browser Byte Chat Check-in Check-ins Client Code Codes Demo Editor
        Emoji Events Export false Format Gateway Gateways Hand Intents Journal Link Links Log Manifest Migration Min
        Minute Moment Name Option Original Paper Pause Person Phase Plan Pooler Portfolio Problem Programme Proxy Rest
        root Schema Scope Scopes Server Session Shards Simulation Start Status Tabs Tag Tags Terminal Tests Text Thread
        Threads Token true User Version Volume was Workspace Workspaces Zone
    """,
    "es": """
        alias app bot byte bytes chat check-in check-ins club demo editor emoji error extra false gateway gateways has
        intents invisible local loopback manifest min original plan plural pooler proxy real roles root scripts session
        shards terminal text token tokens true User web
    """,
}
"""Words of the language that English has, too, or has lent it."""

GUIDE_NAMES = {
    "SQL",
    "DevOps",
    "How to Read a Paper",
    "Attention Is All You Need",
    "r/MachineLearning",
    "Machine Learning Specialization (Coursera)",
}

WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
LEAST = 3
"""Shorter words say nothing: "in" is German, too."""

COMMANDS = sorted({"cohort", *(n for row in TABLE.rows for n in row.names.values() if n)}, key=len, reverse=True)
CLI = "|".join(dict.fromkeys(word for words, _ in subcommands(main) for word in words))
TYPED_THERE = re.compile(
    rf"/(?:{'|'.join(map(re.escape, COMMANDS))})\b|cohort-bot(?: (?:{CLI}))+|\bdb (?:{CLI})\b|https?://\S+|/readyz\b"
    rf"|\b[\w-]+\.(?:com|org|json|yaml|toml|pdf)\b[/\w]*|\.[a-z]{{3,4}}\b|(?<![\w-])[a-z_]+:(?:\S+)?|[#@]\S+"
    rf"|[A-Z][a-z]+/[A-Z]\w+|“[^”]*”|„[^“]*“|\{{\w*(?:!r)?\}}|\[file: \S+\]|\[x\]"
    rf"|\b[A-Z][A-Z_]{{3,}}\b[/.\w]*|--[a-z-]+(?: web)?|\b\w+=\w+|pip install (?:--upgrade )?\S+"
    rf"|timedatectl set-ntp true|dropdb|postgresql-client\S*|fonts-dejavu-core|name, state, says, (?:cure|seconds)"
    rf"|`[^`]*`|\b(?:docs|phases)/\S+|\bpt-BR\b|text o\w* json"
)
"""Commands and what else is typed, addresses, quoted buttons and examples, placeholders."""


def words(text: str) -> set[str]:
    return {word.lower() for word in WORD.findall(TYPED_THERE.sub(" ", text)) if len(word) >= LEAST}


@cache
def entries(language: str) -> tuple[tuple[str, str], ...]:
    """Every sentence of the catalogue, in English and in the language; the words that are typed are left out."""
    with (folder() / language / "LC_MESSAGES" / "cohort_bot.po").open("rb") as file:
        found = [each for each in read_po(file, locale=language) if each.id and each.context is None]
    pairs = [(each.id, each.string) for each in found]
    return tuple((_joined(english), _joined(said)) for english, said in pairs)


def _joined(said: object) -> str:
    return "\n".join(said) if isinstance(said, tuple | list) else str(said)


def allowed(language: str) -> set[str]:
    return {word.lower() for word in WORD.findall(f"{NAMES} {SAME[language]}")}


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_keeps_an_english_word(language: str) -> None:
    kept = {
        said: both for english, said in entries(language) if (both := words(english) & words(said) - allowed(language))
    }
    assert kept == {}


@pytest.mark.parametrize("language", ["de", "es"])
def test_no_text_of_the_guide_is_left_as_it_was(language: str) -> None:
    path = shipped_folder() / "backend-developer-to-ai-professor" / "translations" / f"{language}.po"
    with path.open("rb") as file:
        same = {str(each.id) for each in read_po(file) if each.id and each.id == each.string}
    names = {"SQL", "DevOps", "How to Read a Paper", "Attention Is All You Need", "r/MachineLearning", "Deep learning"}
    assert same - names == {"Machine Learning Specialization (Coursera)"} | (
        {"Mentoring"} if language == "de" else set()
    )


def foreign(language: str, text: str) -> Iterator[str]:
    """The English words in a text that the language does not have."""
    known, english = vocabulary(language)
    yield from sorted(words(text) & english - known)


@cache
def vocabulary(language: str) -> tuple[set[str], set[str]]:
    """The words of the language, and those of English."""
    pairs, dates = entries(language), Locale.parse(language)
    names = [
        *dates.months["format"]["wide"].values(),
        *dates.days["format"]["wide"].values(),
        *dates.languages.values(),
    ]
    known = allowed(language) | words(" ".join([*(said for _, said in pairs), *map(str, names)]))
    return known | {word.lower() for word in (*TYPED, *IDS)}, words("\n".join(english for english, _ in pairs))


async def check(folder: Path, people: list[Person], weeks: int) -> None:
    chat = await everything(folder, people, weeks=weeks)
    left: dict[str, list[str]] = {}
    for language, reply in chat.shown():
        for line in words_of(reply).split("\n"):
            if found := list(foreign(language, line)):
                left[f"{language}: {line}"] = found
        with speaking(language):
            check_everywhere(reply)
    assert left == {}


def people(moderator: str, member: str) -> list[Person]:
    """Everybody with that language of their client; the cohort gets the moderator's."""
    return [replace(each, language=moderator if each.admin else member) for each in PEOPLE]


async def test_nobody_is_shown_english(tmp_path: Path) -> None:
    await check(tmp_path, people("de", "es"), weeks=1)


@pytest.mark.long
@pytest.mark.parametrize("language", OTHERS)
async def test_nobody_is_shown_english_in_four_weeks(tmp_path: Path, language: str) -> None:
    await check(tmp_path, people(language, language), weeks=4)
