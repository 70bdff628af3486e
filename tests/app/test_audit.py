"""What one moderator did the others can look up, and read in the weekly digest."""

from datetime import UTC, datetime

import pytest

from cohort_bot.chat.message import Message, plain
from tests.fakes.bot import BotUnderTest

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("cohort")]


async def do(bot: BotUnderTest, line: str, *labels: str) -> None:
    """Type it and press what follows."""
    reply = await bot.type("moderator", line)
    for label in labels:
        assert isinstance(reply, Message), reply
        reply = await bot.chat.press("moderator", reply, label)
    await bot.settle()


async def changes(bot: BotUnderTest) -> list[str]:
    members = await bot.message("moderator", "/cohort members")
    reply = await bot.press("moderator", members, "What moderators changed")
    return [line.partition(", Sample Moderator ")[2] for line in plain(reply).split("\n")[1:]]


WALL = "Thursdays at 09:00 (Europe/Berlin)"
DONE = (
    ("/cohort skip", ("Skip week 2", "Undo"), "brought back the card of week 2."),
    ("/cohort skip", ("Skip week 2",), "skipped the card of week 2."),
    ("/cohort edit day:thursday", ("Change it",), f"changed the schedule from week 2 on: {WALL}."),
    ("/cohort edit moderators_channel:study-hall", ("Send it there",), "had the weekly digest sent to #study-hall."),
    (
        "/cohort edit moderators_channel:study-hall",
        ("Direct",),
        "had the weekly digest sent to each moderator by direct message again.",
    ),
    ("/cohort edit channel:study-hall", ("Change it",), "moved the cohort to #study-hall."),
    ("/cohort room channel:general", (), "added the room #general."),
    ("/cohort room", ("Drop room 1", "Drop it"), "dropped the room #study-hall."),
    ("/cohort room", ("Code",), "made a code for another room."),
    ("/cohort edit moderators:member-1", ("Change it",), "set the moderators to @member-1."),
    ("/cohort edit moderators:nobody", ("Change it",), "set the moderators to nobody."),
    ("/cohort holiday rounds:2", ("Give the week off",), "gave the cohort time off before week 2: 2 weeks."),
    ("/cohort holiday rounds:3", ("Give the week off", "Undo"), "cancelled the time off before week 2: 3 weeks."),
    ("/cohort announce text:hello", ("Post it",), "posted an announcement."),
    ("/cohort post repair:1", (), "rewrote the posts of week 1."),
    ("/cohort pick week:4 title:Another link:https://example.org", (), "chose the paper for week 4: Another."),
    (
        "/cohort record member:member-2 round:1 reason:by-phone",
        (),
        "recorded a check-in for Sample Member 2, round 1: by-phone.",
    ),
    ("/cohort remove member:member-2", ("Remove",), "removed Sample Member 2."),
)


async def test_each_change_is_listed_with_who_made_it(bot: BotUnderTest) -> None:
    assert (await changes(bot)) == ["started the cohort."]
    for line, labels, said in DONE:
        await do(bot, line, *labels)
        assert (await changes(bot))[0] == said
    await do(bot, "/cohort archive", "End it")
    (newest,) = await bot.read(lambda store: store.audits.newest(1, 1))
    assert newest.action == "archived"


async def test_an_export_is_listed(bot: BotUnderTest) -> None:
    await bot.check_in("member-1")
    await do(bot, "/cohort export")
    assert (await changes(bot))[0] == "exported all check-ins."


async def test_looking_changes_nothing(bot: BotUnderTest) -> None:
    for line in ("edit day:friday", "holiday rounds:1", "announce text:hello", "skip", "archive", "room", "progress"):
        await do(bot, f"/cohort {line}")
    assert await changes(bot) == ["started the cohort."]


async def test_the_digest_tells_those_of_the_week(bot: BotUnderTest) -> None:
    await do(bot, "/cohort holiday rounds:1", "Give the week off")
    await bot.until(datetime(2027, 1, 12, 9, tzinfo=UTC))
    (digest,) = (sent.text for sent in bot.chat.inbox("moderator") if ", round 1:" in sent.text)
    said = "Changed by moderators\n- Tue 05 Jan 2027, Sample Moderator gave the cohort time off before week 2: 1 week."
    assert said in digest
    await bot.until(datetime(2027, 1, 26, 9, tzinfo=UTC))
    assert all("time off" not in sent.text for sent in bot.chat.inbox("moderator") if ", round 2:" in sent.text)
