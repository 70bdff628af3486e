"""The moderators' digest and the rooms that members read: never the same channel, whichever was there first."""

import pytest

from cohort_bot.chat.message import Actions, plain
from tests.fakes.bot import MONDAY, BotUnderTest

pytestmark = pytest.mark.usefixtures("created")

TO_THE_HALL = "/cohort edit cohort:{} moderators_channel:study-hall"


async def other(bot: BotUnderTest, channel: str = "study-hall") -> str:
    """Start a second cohort in a channel; what the last answer says."""
    preview = await bot.message("moderator", f"/cohort create name:Other channel:{channel} timezone:Berlin")
    if not any(isinstance(block, Actions) for block in preview.blocks):
        return plain(preview)
    return plain(await bot.press("moderator", preview, "Create"))


async def digest_goes_to(bot: BotUnderTest, channel: str) -> None:
    preview = await bot.message("moderator", f'/cohort edit cohort:"AI 2027" moderators_channel:{channel}')
    assert "goes to" in plain(await bot.press("moderator", preview, "Send it there"))


async def rooms(bot: BotUnderTest) -> list[str]:
    return [room.channel for number in (1, 2) for room in await bot.read(lambda s, n=number: s.cohorts.rooms(n))]  # type: ignore[misc]


async def test_the_room_of_whatever_cohort_is_refused_for_the_digest(bot: BotUnderTest) -> None:
    preview = await bot.message("moderator", "/cohort edit moderators_channel:study-hall")
    assert "is ready" in await other(bot)
    assert "A cohort meets there" in await bot.say("moderator", TO_THE_HALL.format('"AI 2027"'))
    assert "A cohort meets there" in plain(await bot.press("moderator", preview, "Send it there")), "not by the button"
    assert "A cohort meets there" in await bot.say("moderator", "/cohort edit cohort:Other moderators_channel:general")
    assert await bot.read(lambda store: [store.cohorts.get(n).moderators_channel for n in (1, 2)]) == [None, None]  # type: ignore[union-attr]


async def test_no_cohort_begins_in_the_channel_of_a_digest(bot: BotUnderTest) -> None:
    early = await bot.message("moderator", "/cohort create name:Early channel:study-hall timezone:Berlin")
    await digest_goes_to(bot, "study-hall")
    assert "digest for moderators goes to that channel" in await other(bot)
    assert "digest for moderators goes" in plain(await bot.press("moderator", early, "Create")), "not by the button"
    assert await rooms(bot) == ["general"]


async def test_no_cohort_moves_or_spreads_to_the_channel_of_a_digest(bot: BotUnderTest) -> None:
    await other(bot, "general")
    await digest_goes_to(bot, "study-hall")
    for line in ("edit cohort:Other channel", "room cohort:Other channel", 'room cohort:"AI 2027" channel'):
        answer = await bot.say("moderator", f"/cohort {line}:study-hall")
        assert "digest for moderators goes to that channel" in answer, line
    assert await rooms(bot) == ["general", "general"]


async def test_a_preview_of_a_move_does_not_outlast_the_digest_that_came_there(bot: BotUnderTest) -> None:
    await other(bot, "general")
    preview = await bot.message("moderator", "/cohort edit cohort:Other channel:study-hall")
    await digest_goes_to(bot, "study-hall")
    assert "digest for moderators goes" in plain(await bot.press("moderator", preview, "Change it"))
    assert await rooms(bot) == ["general", "general"]


async def test_an_ended_cohort_keeps_its_room_to_its_members_and_frees_its_digest_channel(bot: BotUnderTest) -> None:
    await digest_goes_to(bot, "study-hall")
    await bot.join("member-1")
    ending = await bot.message("moderator", "/cohort archive")
    await bot.press("moderator", ending, "End")
    assert "is ready" in await other(bot, "study-hall")
    to_its_room = "/cohort edit cohort:Other moderators_channel:general"
    assert "A cohort meets there" in await bot.say("moderator", to_its_room)
    await bot.write(lambda store: store.members.set_left(1, MONDAY))
    assert "Send the weekly digest of Other to general?" in await bot.say("moderator", to_its_room)


async def test_a_digest_that_was_bound_for_a_room_goes_to_a_moderator_instead(bot: BotUnderTest) -> None:
    """As a database of an older release may have it."""
    await other(bot, "study-hall")
    await bot.join("member-1", line='/join cohort:"AI 2027" timezone:Europe/Berlin')
    await bot.write(lambda store: store.cohorts.set_moderators_channel(1, "study-hall"))
    await bot.days(14)
    assert not any("AI 2027, round 1:" in text for text in bot.chat.timeline("study-hall"))
    assert sum("AI 2027, round 1:" in title for title in bot.titles("moderator")) == 1
