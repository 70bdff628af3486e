"""The moderators' weekly digest: what changed since the week before, to whom it goes, and when it does not."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.chat.form import Form
from cohort_bot.chat.message import Actions, plain
from cohort_bot.core.delivery_states import State
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Moderator
from tests.fakes.bot import BotUnderTest, Step, running

PEOPLE = ("member-1", "member-2", "member-3")


def after_grace(number: int) -> datetime:
    """When the digest of a round is due: a day and an hour after the closing on Monday at 08:00 UTC."""
    return datetime(2027, 1, 12, 9, tzinfo=UTC) + timedelta(weeks=number - 1)


async def begin(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join(*PEOPLE)
    await bot.days(4)


@pytest.fixture
def beginning() -> Sequence[Step]:
    return (begin,)


def digests(bot: BotUnderTest, who: str = "moderator") -> Sequence[str]:
    return [sent.text for sent in bot.chat.inbox(who) if ", round " in sent.text]


async def test_a_week_without_trouble_is_two_lines(bot: BotUnderTest) -> None:
    for person in PEOPLE:
        await bot.check_in(person)
    await bot.until(after_grace(1))
    (text,) = digests(bot)
    assert text.startswith("AI 2027, round 1: 3 of 3 checked in\nNobody needs you this week.")
    assert "New in the group: Sample Member 1, Sample Member 2, Sample Member 3." in text


async def test_it_tells_changes_and_not_the_whole_table(bot: BotUnderTest) -> None:
    await bot.check_in("member-1")
    await bot.check_in("member-2", blockers="No GPU")
    await bot.until(after_grace(1))
    assert "New blockers\n- Sample Member 2: No GPU" in digests(bot)[-1]
    await bot.check_in("member-1", "/checkin round:2")
    await bot.check_in("member-2", "/checkin round:2")
    await bot.until(after_grace(2))
    second = digests(bot)[-1]
    assert "AI 2027, round 2: 2 of 3 checked in" in second
    assert "The round before, it was 2 of 3." in second
    assert "New: who needs someone\nSample Member 3: missed the last 2 rounds (1 and 2)." in second
    assert "No GPU" not in second, "that was told"
    assert "New in the group" not in second
    await bot.until(after_grace(3))
    third = digests(bot)[-1]
    assert "Still waiting for a message: Sample Member 3." in third
    assert "missed the last" not in third, "the reasons were told"
    await bot.check_in("member-3", "/checkin round:4")
    await bot.until(after_grace(4))
    fourth = digests(bot)[-1]
    assert "Back on track: Sample Member 3." not in fourth, "three of the last five are missed"
    for number in (5, 6):
        await bot.days(1)
        await bot.check_in("member-3", f"/checkin round:{number}")
        await bot.until(after_grace(number))
    assert "Back on track: Sample Member 3." in digests(bot)[-1]


async def test_a_day_to_look_again_comes_in_the_digest_until_somebody_has(bot: BotUnderTest) -> None:
    record = await bot.message("moderator", "/cohort progress member:member-2")
    form = await bot.chat.press("moderator", record, "Log outreach")
    assert isinstance(form, Form)
    await bot.chat.submit("moderator", form, outcome="waiting", follow="2027-01-15")
    await bot.until(after_grace(1))
    assert "follow up" not in digests(bot)[-1], "the day has not come"
    assert "Moderators wrote to somebody 1 time this week." in digests(bot)[-1]
    await bot.until(after_grace(2))
    assert "You planned to follow up with\n- Sample Member 2: Sample Moderator wrote" in digests(bot)[-1]
    await bot.chat.submit("moderator", form, when="2027-01-19", outcome="answered", follow="")
    await bot.until(after_grace(3))
    assert len(digests(bot)) == 2, "nothing else has changed"


async def test_named_people_get_it_too_and_a_room_in_place_of_all_of_them(bot: BotUnderTest) -> None:
    named = Moderator("local", "playground", "person", "member-1")
    await bot.write(lambda store: store.moderators.add(1, named))
    await bot.until(after_grace(1))
    assert (len(digests(bot)), len(digests(bot, "member-1"))) == (1, 1)
    await bot.write(lambda store: store.cohorts.set_moderators_channel(1, "study-hall"))
    await bot.until(after_grace(2))
    assert (len(digests(bot)), len(digests(bot, "member-1"))) == (1, 1)
    assert sum(", round 2:" in text for text in bot.chat.timeline("study-hall")) == 1


async def test_after_an_outage_only_a_fresh_one_comes(bot: BotUnderTest) -> None:
    bot.clock.move_to(after_grace(2) + timedelta(hours=5))
    await bot.settle()
    (text,) = digests(bot)
    assert ", round 2:" in text
    old = await bot.read(lambda store: store.deliveries.by_key("moderators:1:r1:a1"))
    assert old is not None
    assert old.state is State.SKIPPED


async def test_nobody_is_written_to_about_a_cohort_in_which_nobody_is(tmp_path: Path) -> None:
    async with running(tmp_path) as it:
        await it.create()
        await it.until(after_grace(2))
        assert digests(it) == []


async def test_who_left_is_named_once(bot: BotUnderTest) -> None:
    await bot.until(after_grace(1) + timedelta(days=1))
    leave = await bot.message("member-3", "/leave")
    await bot.chat.press("member-3", leave, "Leave")
    await bot.until(after_grace(2))
    assert "Left: Sample Member 3." in digests(bot)[-1]
    await bot.until(after_grace(3))
    assert "Left" not in "".join(digests(bot)[2:])


async def test_the_room_is_shown_first_and_can_be_given_up(bot: BotUnderTest) -> None:
    preview = await bot.message("moderator", "/cohort edit moderators_channel:study-hall")
    assert "only moderators should be able to read that channel" in plain(preview)
    done = await bot.press("moderator", preview, "Send it there")
    assert "goes to study-hall" in plain(done)
    await bot.until(after_grace(1))
    assert digests(bot) == []
    assert sum(", round 1:" in text for text in bot.chat.timeline("study-hall")) == 1
    preview = await bot.message("moderator", "/cohort edit moderators_channel:study-hall")
    await bot.chat.press("moderator", preview, "Direct messages")
    await bot.until(after_grace(2))
    assert len(digests(bot)) == 1


async def test_the_groups_own_room_is_refused_for_it(bot: BotUnderTest) -> None:
    assert "A cohort meets there" in await bot.say("moderator", "/cohort edit moderators_channel:general")
    preview = await bot.message("moderator", "/cohort edit moderators_channel:nowhere")
    assert "One problem:" in plain(preview), "what would not work is said before"
    assert not any(isinstance(block, Actions) for block in preview.blocks), "there is nothing to agree to"


async def test_nothing_comes_when_nothing_has_changed(bot: BotUnderTest) -> None:
    await bot.write(lambda store: store.cohorts.set_features(1, set(Feature) - {Feature.QUIET}))
    for number in (1, 2, 3, 4):
        for person in PEOPLE[: 3 if number < 4 else 2]:
            await bot.check_in(person, f"/checkin round:{number}", done="Read")
        await bot.until(after_grace(number))
        await bot.days(1)
    assert [text.splitlines()[0] for text in digests(bot)] == [
        "AI 2027, round 1: 3 of 3 checked in",
        "AI 2027, round 4: 2 of 3 checked in",
    ]


async def test_a_room_that_has_gone_quiet_is_told_once_with_one_suggestion(bot: BotUnderTest) -> None:
    for number in (1, 2, 3, 4, 5):
        for person in PEOPLE:
            share = ("thread",) if number == 1 else ()
            await bot.check_in(person, f"/checkin round:{number}", done="Read", share=share)
        await bot.until(after_grace(number))
        await bot.days(1)
    quiet = [text for text in digests(bot) if "for two rounds" in text]
    assert len(digests(bot)) == 2
    (text,) = quiet
    assert "AI 2027, round 3: 3 of 3 checked in" in text
    assert "Nobody has shared a check-in in #general for two rounds; other messages there I can't see." in text
    assert "What was harder than you thought?" in text


async def test_nothing_is_told_of_a_quiet_room_where_that_is_off(bot: BotUnderTest) -> None:
    await bot.write(lambda store: store.cohorts.set_features(1, {Feature.OUTREACH}))
    await bot.until(after_grace(4))
    assert not any("two rounds;" in text for text in digests(bot))


async def test_the_digest_leads_to_writing_to_them_one_by_one(bot: BotUnderTest) -> None:
    await bot.until(after_grace(2))
    sent = next(each for each in bot.chat.inbox("moderator") if ", round 2:" in each.text)
    assert "1 of 3" in plain(await bot.press("moderator", sent, "Write to them one by one"))
