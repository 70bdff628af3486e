"""Every row of the command table, on every platform: names, texts, limits."""

import itertools
import re
import subprocess
import sys

import pytest

from cohort_bot.app.commands import GROUPED, CommandSpec, Param, Role
from cohort_bot.app.table import TABLE
from cohort_bot.chat.typed import typed

PLATFORMS = ("discord", "slack", "local")
NAME = re.compile(r"[-_a-z0-9]{1,32}")
"""Discord: 1 to 32 characters; Slack's commands are words of the same kind."""

SLACK_RESERVED = frozenset(
    [
        "join",
        "leave",
        "status",
        "who",
        "open",
        "search",
        "topic",
        "remind",
        "me",
        "shrug",
        "msg",
        "dm",
        "invite",
        "kick",
        "mute",
    ]
)
OPTIONS_MOST = 25
SUBCOMMANDS_MOST = 25
SUMMARY_MOST = 100
ACTION_MOST = 40


def complaints(rows: tuple[CommandSpec, ...]) -> list[str]:
    """What is wrong with a table; the check that the tests below break on purpose."""
    found = [f"{a.action} is there twice" for a, b in itertools.combinations(rows, 2) if a.action == b.action]
    for row in rows:
        if len(row.action) > ACTION_MOST or not re.fullmatch(r"[a-z]+(\.[a-z]+)*", row.action):
            found.append(f"{row.action}: not an action's name")
        if any(row.name_on(platform) for platform in PLATFORMS) and not 1 <= len(row.summary) <= SUMMARY_MOST:
            found.append(f"{row.action}: its summary is missing or too long")
        if len(row.params) > OPTIONS_MOST:
            found.append(f"{row.action}: too many options")
        for param in row.params:
            if not NAME.fullmatch(param.name) or not 1 <= len(param.summary) <= SUMMARY_MOST:
                found.append(f"{row.action}: option {param.name}")
            if (param.kind == "choice") != bool(param.choices):
                found.append(f"{row.action}: option {param.name} and its choices")
        required = [param.required for param in row.params]
        if required != sorted(required, reverse=True):
            found.append(f"{row.action}: required options come first")
    for platform in PLATFORMS:
        names = [name for row in rows if (name := row.name_on(platform))]
        found += [f"/{name} is there twice on {platform}" for name in {n for n in names if names.count(n) > 1}]
        for name in names:
            words = name.split(" ")
            if len(words) > 3 or not all(NAME.fullmatch(word) for word in words):
                found.append(f"/{name} is no command name on {platform}")
            if platform == "slack" and words[0] in SLACK_RESERVED:
                found.append(f"/{name} is Slack's own")
            if name in {other.split(" ")[0] for other in names if " " in other}:
                found.append(f"/{name} is also the head of other commands on {platform}")
    return found


def test_the_table_holds_every_limit() -> None:
    assert complaints(TABLE.rows) == []


async def _nothing(*_: object) -> None:
    raise NotImplementedError


GOOD = CommandSpec("good", Role.ANYONE, _nothing, "A good one", {"": "good", GROUPED: "cohort good"})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "bad",
    [
        CommandSpec("good", Role.ANYONE, GOOD.handler, "Same action", {"": "other", GROUPED: "cohort other"}),
        CommandSpec("other", Role.ANYONE, GOOD.handler, "Same name", {"": "good", GROUPED: "cohort other"}),
        CommandSpec("other", Role.ANYONE, GOOD.handler, "", {"": "other", GROUPED: "cohort other"}),
        CommandSpec("other", Role.ANYONE, GOOD.handler, "x" * 101, {"": "other", GROUPED: "cohort other"}),
        CommandSpec("other", Role.ANYONE, GOOD.handler, "Reserved by Slack", {"": "join"}),
        CommandSpec("other", Role.ANYONE, GOOD.handler, "A name with a capital", {"": "Other", GROUPED: "cohort x"}),
        CommandSpec(
            "other", Role.ANYONE, GOOD.handler, "No summary", {"": "x", GROUPED: "cohort x"}, (Param("a", "text", ""),)
        ),
        CommandSpec(
            "other",
            Role.ANYONE,
            GOOD.handler,
            "No choices",
            {"": "x", GROUPED: "cohort x"},
            (Param("a", "choice", "b"),),
        ),
    ],
    ids=lambda row: row.summary[:20] or "no summary",
)
def test_the_check_finds_what_is_wrong(bad: CommandSpec) -> None:
    assert complaints((GOOD,)) == []
    assert complaints((GOOD, bad))


def test_the_names_that_users_type_are_there() -> None:
    discord = {name for name, _ in TABLE.commands("discord")}
    assert {"join", "checkin", "plan", "progress", "paper", "leave", "help"} <= discord
    assert {"cohort create", "cohort progress"} <= discord
    slack = {name for name, _ in TABLE.commands("slack")}
    assert "checkin" in slack
    assert all(name == "checkin" or name.startswith("cohort ") for name in slack)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_texts_name_commands_as_the_platform_has_them(platform: str) -> None:
    names = {name for name, _ in TABLE.commands(platform)}
    for name, _ in TABLE.commands("discord"):
        assert typed(name, platform).removeprefix("/") in names


def test_every_action_that_a_row_could_mean_has_a_docstring() -> None:
    assert [row.action for row in TABLE.rows if not row.handler.__doc__] == []


def test_core_chat_and_app_pull_in_no_library() -> None:
    """Imports what a rule, a message and a handler need in a fresh process, and looks at what came along."""
    outside = "sqlalchemy discord slack_bolt slack_sdk starlette uvicorn aiohttp apscheduler yaml pydantic"
    code = f"import sys, cohort_bot.app.table; print([m for m in {outside.split()!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
