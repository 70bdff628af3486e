"""What was saved although its answer never arrived is said at the person's next command, once."""

import itertools
from collections.abc import Mapping

import pytest

from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message, plain
from cohort_bot.chat.place import Place
from tests.fakes.bot import BotUnderTest, running
from tests.fakes.memory import WORKSPACE

pytestmark = pytest.mark.usefixtures("cohort")

LOST = "My last answer didn't reach you"
GENERAL = Place("local", WORKSPACE, "general")
CHECKED = {"tasks": ("1",), "done": ("x",), "blockers": ("",), "next": ("",), "share": ()}
_ids = itertools.count()


async def unanswered(
    bot: BotUnderTest, person: str, action: str, args: Mapping[str, str], *, form: bool = False
) -> Reply:
    """Somebody does something, and the platform cannot show them the reply."""
    bot.clock.skip(10)
    invocation = Invocation(
        f"lost-{next(_ids)}",
        action,
        "form" if form else "command",
        bot.chat.actor(person),
        GENERAL,
        bot.clock.now(),
        args=args,
        fields=CHECKED if form else {},
    )
    reply = await bot.runtime.dispatcher(invocation)
    await bot.runtime.dispatcher.lost(invocation)
    return reply


async def test_it_is_told_once_with_the_command_that_it_was(bot: BotUnderTest) -> None:
    await unanswered(bot, "member-1", "checkin.save", {"id": "1", "round": "1"}, form=True)
    assert LOST not in await bot.say("member-2", "/plan"), "nobody else hears of it"
    assert f"{LOST}, but what you did with /checkin is saved." in await bot.say("member-1", "/plan")
    assert LOST not in await bot.say("member-1", "/plan")


async def test_a_restart_keeps_it(bot: BotUnderTest) -> None:
    await unanswered(bot, "member-1", "checkin.save", {"id": "1", "round": "1"}, form=True)
    await bot.runtime.stop()
    async with running(bot.folder, chat=bot.chat, clock=bot.clock) as again:
        assert LOST in await again.say("member-1", "/plan")


@pytest.mark.parametrize(
    ("person", "action", "args"),
    [
        ("member-1", "plan", {}),
        ("member-1", "leave", {}),
        ("moderator", "cohort.holiday", {"rounds": "1"}),
        ("moderator", "cohort.create", {"name": "Another"}),
    ],
)
async def test_where_nothing_was_done_there_is_nothing_to_tell(
    bot: BotUnderTest, person: str, action: str, args: Mapping[str, str]
) -> None:
    assert isinstance(await unanswered(bot, person, action, args), Message)
    assert LOST not in await bot.say(person, "/plan" if person != "moderator" else "/cohort progress")


async def test_a_note_that_does_not_arrive_either_is_told_again(bot: BotUnderTest) -> None:
    await unanswered(bot, "member-1", "checkin.save", {"id": "1", "round": "1"}, form=True)
    reply = await unanswered(bot, "member-1", "plan", {})
    assert isinstance(reply, Message)
    assert LOST in plain(reply)
    assert f"{LOST}, but what you did with /checkin is saved." in await bot.say("member-1", "/plan")
    assert LOST not in await bot.say("member-1", "/plan")


async def test_both_that_did_not_arrive_are_told(bot: BotUnderTest) -> None:
    bot.chat.closed.add("member-2")
    await bot.days(4)
    await unanswered(bot, "member-2", "checkin.save", {"id": "1", "round": "1"}, form=True)
    assert LOST in await bot.say("member-2", "/plan")
    assert "I couldn't send you a direct message" not in await bot.say("member-2", "/plan")
