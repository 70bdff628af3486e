"""Payloads of any shape: each is translated, or answered with a sentence; never a traceback.

What translates is wrapped so that a payload of another shape gets a sentence (`platforms/common/payloads.py`). That
would hide a fault of ours as well, so the functions are called without it: a payload of the documented shape, whatever
is in it, must not raise at all; one of another shape only what `reject_malformed` is made for.

`FUZZ=100000` sets how many inputs there are in all; `make fuzz` does that, and tells what was raised how often.
"""

import contextlib
import inspect
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from cohort_bot.app.errors import PersonError
from cohort_bot.app.table import TABLE
from cohort_bot.chat.message import Actions, Button, Message
from cohort_bot.chat.place import Actor, Place
from cohort_bot.platforms.common.origin import Origin
from cohort_bot.platforms.common.payloads import MALFORMED
from cohort_bot.platforms.discord import translate as discord
from cohort_bot.platforms.local import commands
from cohort_bot.platforms.local import translate as local
from cohort_bot.platforms.slack import translate as slack
from tests.properties.payloads import (
    BLOCK,
    COMMAND,
    MODAL,
    OBJECTS,
    ON_SLACK,
    PRESSED,
    SLASH,
    TEXTS,
    VIEW,
    WRITTEN,
    filled,
    share,
    spoilt,
)

AT = datetime(2027, 1, 4, tzinfo=UTC)
MEMBER = Actor("slack", "T1", "U1", "Sample member")
ON_DISCORD = Origin("1", MEMBER, Place("discord", "1", "2"), AT)
ROLES = {"2": "Mentors"}


def well(translate: Callable[..., object], *given: object) -> None:
    """Nothing is raised but a sentence for the person."""
    with contextlib.suppress(PersonError):
        inspect.unwrap(translate)(*given)


def told(translate: Callable[..., object], *given: object) -> None:
    """Nothing is raised but a sentence, or what `readable` turns into one."""
    try:
        well(translate, *given)
    except MALFORMED as error:
        event(f"{translate.__module__.split('.')[-2]}.{translate.__name__}: {type(error).__name__}")


@share(10)
@given(filled(COMMAND), filled(PRESSED), filled(MODAL))
def test_what_discord_documents_is_read_whatever_is_in_it(
    command: dict[str, Any], pressed: dict[str, Any], modal: dict[str, Any]
) -> None:
    well(discord.command, command, TABLE, ON_DISCORD, ROLES)
    well(discord.completing, command, TABLE, ON_DISCORD)
    well(discord.pressed, pressed, ON_DISCORD)
    well(discord.submitted, modal, ON_DISCORD)


@share(10)
@given(filled(SLASH), filled(BLOCK), filled(VIEW), filled(WRITTEN))
def test_what_slack_documents_is_read_whatever_is_in_it(
    slash: dict[str, Any], block: dict[str, Any], view: dict[str, Any], written: dict[str, Any]
) -> None:
    if (said := slack.said(written)) is not None:
        assert slack.written(written, said, MEMBER, AT).field("text") == said.text.strip()
    well(slack.command, slash, TABLE, MEMBER, AT)
    well(slack.pressed, block, MEMBER, AT)
    well(slack.submitted, view, MEMBER, AT)
    for body in (slash, block, view):
        assert slack.identity(body)
        slack.who(body)
        well(slack.shortcut, body, "checkin.evidence", {}, MEMBER, AT)


@share(20)
@given(spoilt(COMMAND, PRESSED, MODAL) | OBJECTS)
def test_whatever_discord_sends_is_translated_or_answered(data: dict[str, Any]) -> None:
    told(discord.command, data, TABLE, ON_DISCORD, ROLES)
    told(discord.completing, data, TABLE, ON_DISCORD)
    told(discord.pressed, data, ON_DISCORD)
    told(discord.submitted, data, ON_DISCORD)


@share(20)
@given(spoilt(*ON_SLACK) | OBJECTS)
def test_whatever_slack_sends_is_translated_or_answered(body: dict[str, Any]) -> None:
    assert slack.identity(body)
    slack.who(body)
    slack.said(body)
    told(slack.command, body, TABLE, MEMBER, AT)
    told(slack.pressed, body, MEMBER, AT)
    told(slack.submitted, body, MEMBER, AT)
    told(slack.shortcut, body, "checkin.evidence", {}, MEMBER, AT)


TYPED = st.sampled_from(["/", "/cohort", "create", "name:", '"', "“", "round:3", "\\", "https://x:1", " ", "\n"])
WORDS = st.lists(TYPED | st.text(max_size=12), max_size=8).map(" ".join)
FIELDS = st.lists(st.tuples(st.sampled_from(["_action", "_args", "done"]), TEXTS), max_size=5)
SHOWN = Message("Week 1", (Actions((Button("Check in", "checkin", {"round": "1"}),)),))


@share(15)
@given(WORDS | TEXTS, FIELDS)
def test_whatever_is_typed_into_the_page_is_translated_or_answered(line: str, posted: list[tuple[str, str]]) -> None:
    origin = Origin("1", MEMBER, Place("local", "w", "general"), AT)
    well(local.command, line, TABLE, origin)
    well(local.written, line, TABLE, origin)
    well(local.command, f"/cohort create {line}", TABLE, origin)
    well(commands.suggest, line, TABLE)
    well(local.button_message, line)
    well(local.pressed, line, 1, SHOWN, origin)
    well(local.submitted, posted, origin)
