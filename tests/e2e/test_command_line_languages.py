"""The command line speaks the language of the terminal: each command as a process, and no English sentence left.

What stays as it is: JSON's keys, exit codes, the log, and the names that are typed.
"""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from itertools import cycle
from pathlib import Path

import pytest

from cohort_bot.chat.catalogues import of_terminal
from cohort_bot.cli import main, subcommands
from cohort_bot.storage.database import SqliteDatabase
from tests.e2e.test_no_english_left import CLI, OTHERS, foreign
from tests.fakes.command_line import cohort_bot
from tests.test_year_ahead import NOW, people

LOCALES = {"de": "de_DE.UTF-8", "es": "es_ES.UTF-8", "en": "en_US.UTF-8"}
UNSET = dict.fromkeys(("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"), "")

COMMANDS = [words for words, _command in subcommands(main)]

WRONG: list[tuple[tuple[str, ...], Mapping[str, str], int]] = [
    (("doctr",), {}, 2),
    (("doctor", "--months", "99"), {}, 2),
    (("doctor", "--years", "1"), {}, 2),
    (("export",), {}, 2),
    (("export", "--cohort", "AI 2099", "--format", "xml"), {}, 2),
    (("export", "--cohort", "AI 2099"), {}, 1),
    (("export", "--cohort", "AI 2099"), {"DATABASE_URL": "sqlite:///zz.db"}, 1),
    (("run",), {}, 2),
    (("run",), {"PORT": "zz"}, 2),
    (("run",), {"LOG_LEVEL": "zz"}, 2),
    (("run",), {"LOG_FORMAT": "xml"}, 2),
    (("run",), {"CONTENT_DIR": "zz"}, 2),
    (("run",), {"BACKUP_DIR": "zz/zz"}, 2),
    (("run",), {"DATABASE_URL": "mysql://x"}, 2),
    (("run",), {"DATABASE_URL": "postgres://x"}, 2),
    (("run",), {"DYNO": "web.1"}, 2),
    (("run",), {"ALLOW_NETWORK_DISK": "zz"}, 2),
    (("run",), {"DISCORD_API_URL": "ftp://discord.com"}, 2),
    (("run",), {"SLACK_APP_TOKEN": "xoxb-1"}, 2),
    (("run",), {"SLACK_CLIENT_ID": "1"}, 2),
    (("run",), {"SLACK_BOT_TOKEN": "xoxb-1"}, 2),
    (("run", "--role", "web"), {}, 2),
    (("run", "--shards", "zz"), {}, 2),
    (("demo", "--host", "192.0.2.1"), {}, 2),
    (("demo", "--database", "zz/demo.db"), {}, 2),
    (("db", "backup", "bot.db"), {}, 1),
    (("db", "restore", "zz.txt"), {}, 1),
    (("db", "restore", "zz.db"), {}, 1),
    (("db", "upgrade"), {"DATABASE_URL": "sqlite:///zz.txt"}, 2),
    (("content", "check", "zz"), {}, 2),
    (("content", "check", "e0"), {}, 1),
    (("content", "show", "zz"), {}, 1),
    (("content", "preview", "--week", "999"), {}, 1),
    (("content", "preview", "zz", "--week", "1"), {}, 1),
    (("content", "rehearse", "zz"), {}, 1),
    (("content", "new", "zz.txt"), {}, 1),
    (("demo", "--programme", "e0"), {}, 2),
    (("discord", "invite"), {}, 2),
    (("slack", "manifest", "--url", "http://bot.example.org"), {}, 2),
]
"""What is typed, the settings, and the exit code."""

WELL: list[tuple[tuple[str, ...], int]] = [
    (("doctor",), 1),
    (("doctor", "--rehearse", "--months", "1"), 0),
    (("db", "upgrade"), 0),
    (("db", "backup", "zz.db"), 0),
    (("db", "restore", "zz.db"), 0),
    (("content", "check"), 0),
    (("content", "new", "m1"), 0),
    (("content", "check", "m1"), 0),
    (("content", "compile", "m1"), 0),
    (("content", "translate", "m1", "de"), 0),
    (("content", "rehearse", "--members", "1"), 0),
]

LEFT_OUT = re.compile(
    rf"^(?:\d{{4}}-\d\d-\d\d|\{{).*|^  (?:{CLI}) |\[[a-z|]+\]|\S*/\S+"
    r"|python -m tests\.fakes\.|\((?:no such table: \w+|unable to open .*|file is not a database)\)",
    re.MULTILINE,
)
"""The log, which stays English because people search for its lines and quote them; commands, choices and paths; and
SQLite's own words.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database in which a rehearsal finds something wrong."""
    folder = tmp_path_factory.mktemp("operator")
    database = SqliteDatabase(folder / "bot.db")
    database.upgrade()
    database.open()

    async def fill() -> None:
        await database.write(lambda store: people(store, "slack", NOW))
        await database.close()

    asyncio.run(fill())
    (folder / "zz.txt").write_text("no database, and no folder")
    (folder / "e0").mkdir()
    return folder


def environment(language: str, settings: Mapping[str, str] = {}) -> dict[str, str]:
    kept = {"PATH": os.environ["PATH"], "DATABASE_URL": "sqlite:///bot.db"}
    return {**kept, **UNSET, **settings, "LANG": LOCALES[language]}


def english(language: str, text: str) -> list[str]:
    """The English words that are left in what a command has printed."""
    return list(foreign(language, " ".join(LEFT_OUT.sub("", text).split())))


@pytest.mark.parametrize("language", OTHERS)
def test_the_help_of_every_command_is_in_the_terminals_language(language: str, folder: Path) -> None:
    assert len(COMMANDS) > 15
    for words in COMMANDS:
        done = cohort_bot(*words, "--help", cwd=folder, env=environment(language))
        assert (done.returncode, done.stderr, english(language, done.stdout)) == (0, "", []), words


def test_what_is_wrong_is_said_in_the_terminals_language(folder: Path) -> None:
    for language, (words, settings, code) in zip(cycle(OTHERS), WRONG, strict=False):
        done = cohort_bot(*words, cwd=folder, env=environment(language, settings))
        assert (done.returncode, english(language, done.stdout + done.stderr)) == (code, []), (words, done.stderr)
        assert done.stderr.strip(), words


@pytest.mark.parametrize("language", OTHERS)
def test_what_goes_well_is_said_in_the_terminals_language(language: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_bytes((folder / "bot.db").read_bytes())
    for words, code in WELL:
        done = cohort_bot(*words, cwd=tmp_path, env=environment(language))
        assert (done.returncode, english(language, done.stdout + done.stderr)) == (code, []), words
        assert done.stdout.strip(), words


def test_an_english_line_would_be_found(folder: Path) -> None:
    spoken = cohort_bot("doctor", cwd=folder, env=environment("en"))
    assert len(english("de", spoken.stdout)) > 3


def test_scripts_read_the_same_keys_in_every_language(folder: Path) -> None:
    shapes = []
    for language in LOCALES:
        done = cohort_bot("doctor", "--json", cwd=folder, env=environment(language))
        found = json.loads(done.stdout)
        checks = [(each["name"], each["state"], sorted(each)) for each in found["checks"]]
        shapes.append((done.returncode, sorted(found), checks))
    assert shapes[0] == shapes[1] == shapes[2]


@pytest.mark.parametrize(
    ("given", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "C", "LANGUAGE": "de"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "de_AT@euro"}, "de"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "fr:es:de"}, "es"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "es_MX.UTF-8"}, "es"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "es_MX.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "en"}, "en"),
    ],
)
def test_the_language_is_found_as_gettext_finds_it(given: dict[str, str], spoken: str) -> None:
    assert of_terminal({**UNSET, **given}) == spoken


def test_the_demo_says_where_it_is_and_keeps_its_log_in_english(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cohort_bot", "demo", "--empty"]
    env = environment("de", {"PORT": "18555"})
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        line = demo.stdout.readline()
        demo.send_signal(signal.SIGINT)
        assert demo.wait(30) == 0
    assert english("de", line) == []
    assert "Strg-C" in line
