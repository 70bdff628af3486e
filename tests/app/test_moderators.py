"""Naming moderators: shown first, done once, taken back, and told what concerns them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from cohort_bot.app.moderators import spans
from cohort_bot.app.ports.platform import Reason, Refused
from cohort_bot.app.words import edit as edit_words
from cohort_bot.chat.message import Button, Message, Span, plain
from cohort_bot.core.membership import Cohort, Moderator
from tests.fakes.bot import START, BotUnderTest

pytestmark = pytest.mark.usefixtures("created")


async def named(bot: BotUnderTest) -> list[tuple[str, str]]:
    found = await bot.read(lambda store: store.moderators.of(1))
    return [(each.kind, each.target) for each in found]


async def edit(bot: BotUnderTest, line: str, who: str = "moderator") -> str:
    preview = await bot.message(who, f"/cohort edit {line}")
    await bot.settle()
    reply = await bot.press(who, preview, "Change it")
    return plain(reply)


async def test_what_changes_is_shown_first_and_done_once(bot: BotUnderTest) -> None:
    assert "Only moderators" in await bot.say("member-1", "/cohort members")
    preview = await bot.message("moderator", '/cohort edit moderators:"@member-1 member-2"')
    assert "Moderators here would be @member-1, @member-2 instead of nobody by name." in plain(preview)
    assert await named(bot) == []
    pressed = await bot.chat.press("moderator", preview, "Change it")
    assert "Moderators here: @member-1, @member-2." in plain(pressed)  # type: ignore[arg-type]
    assert await named(bot) == [("person", "member-1"), ("person", "member-2")]
    assert "Nobody has joined" in await bot.say("member-1", "/cohort members")
    again = await bot.chat.press("moderator", preview, "Change it")
    assert "already like that" in plain(again)  # type: ignore[arg-type]


async def test_a_new_list_takes_the_place_of_the_old_one_and_nobody_clears_it(bot: BotUnderTest) -> None:
    await edit(bot, 'moderators:"Sample Member 1"')
    preview = plain(await bot.type("moderator", "/cohort edit moderators:member-2"))  # type: ignore[arg-type]
    assert "would be @member-2 instead of @member-1." in preview
    await edit(bot, "moderators:member-2", who="member-1")
    assert "Only moderators" in await bot.say("member-1", "/cohort members")
    assert "nobody by name" in await edit(bot, "moderators:nobody")
    assert await named(bot) == []
    assert "already like that" in await bot.say("moderator", "/cohort edit moderators:none")


async def test_who_names_a_role_hears_what_does_not_reach_its_holders_until_there_is_a_room(bot: BotUnderTest) -> None:
    cohort = await bot.read(lambda store: store.cohorts.get(1))
    assert cohort is not None
    role = spans((Moderator("discord", "1", "role", "2"),))
    for message in (edit_words.changed(cohort, "", "", None, None, None, role, START), preview(cohort, role)):
        assert "I can't see who has a role" in plain(message)
        assert "/cohort edit moderators_channel:" in plain(message)
    roomy = replace(cohort, moderators_channel="lounge")
    assert "who has a role" not in plain(edit_words.changed(roomy, "", "", None, None, None, role, START))
    assert "who has a role" not in await edit(bot, "moderators:member-1")


def preview(cohort: Cohort, named: Sequence[Span]) -> Message:
    return edit_words.change_preview(
        cohort, "", "", (), "", "", None, (named, ("nobody by name",)), (), (), (Button("Change it", "x"),)
    )


async def test_a_preview_that_no_longer_holds_is_refused(bot: BotUnderTest) -> None:
    first = await bot.type("moderator", "/cohort edit moderators:member-1")
    await edit(bot, "moderators:member-2")
    assert isinstance(first, Message)
    stale = await bot.chat.press("moderator", first, "Change it")
    assert "since that preview" in plain(stale)  # type: ignore[arg-type]
    assert await named(bot) == [("person", "member-2")]


@pytest.mark.parametrize("said", ["stranger", "@everyone", "role:1", "person:member-1", '"member-1 stranger"'])
async def test_whom_the_platform_does_not_know_is_refused_by_name(bot: BotUnderTest, said: str) -> None:
    answer = await bot.say("moderator", f"/cohort edit moderators:{said}")
    assert "I don't know “" in answer
    assert said.strip('"').split()[-1].removeprefix("@") in answer
    assert await named(bot) == []


async def test_an_alert_comes_to_all_who_are_named_also_to_those_who_never_wrote(bot: BotUnderTest) -> None:
    await edit(bot, "moderators:member-2")
    bot.chat.fail_next(Refused(Reason.NOT_ALLOWED))
    await bot.days(4)
    for person in ("moderator", "member-2"):
        alerts = [each for each in bot.chat.inbox(person) if "I can't post" in each.text]
        assert len(alerts) == 1, person
    again = await bot.chat.press("member-2", bot.chat.inbox("member-2")[0], "Try again")
    assert "trying 1 message" in plain(again)  # type: ignore[arg-type]
