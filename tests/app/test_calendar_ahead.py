"""A calendar that was trusted and was ahead: what it has planned and dropped is taken back, what it has sent is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.delivery import ledger
from cohort_bot.app.delivery.planner import opening_row
from cohort_bot.app.delivery.ticker import LOOK_BACK
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.core.delivery_states import State
from tests.fakes.bot import BotUnderTest, OneGuide, StillClock, running
from tests.fakes.memory import MemoryPlatform
from tests.properties.worlds import programme

pytestmark = pytest.mark.both_databases
GUIDE = OneGuide(programme(12))
AHEAD = timedelta(days=300)
"""Far behind the last of its weeks."""
TUESDAY = datetime(2027, 1, 12, 12, tzinfo=UTC)
"""In the second week."""


class Machine(StillClock):
    """A calendar that a test sets, forward and back."""

    def set(self, at: datetime) -> None:
        self._at = at


async def begin(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join("member-1")
    await bot.until(TUESDAY)


async def wrong(bot: BotUnderTest, clock: Machine, ahead: timedelta) -> None:
    """The calendar is ahead, for as long as it takes to plan and to post."""
    good = clock.now()
    clock.set(good + ahead)
    await bot.settle()
    clock.set(good)


async def live(bot: BotUnderTest, until: datetime) -> None:
    """Go on from now, when everything may have to be planned anew."""
    await bot.settle()
    await bot.until(until)


def cards(chat: MemoryPlatform) -> list[str]:
    """The weeks' cards, as "Week 3", in the order in which they came."""
    said = [post.message.summary.split(":") for post in chat.posts()]
    return [parts[0] for parts in said if parts[0].startswith("Week") and "checked in" not in parts[1]]


def reminders(chat: MemoryPlatform) -> list[str]:
    """By what they say first, in the order of their weeks."""
    return sorted(post.message.summary for post in chat.inbox("member-1"))


@pytest.mark.parametrize("ahead", [timedelta(hours=9), timedelta(days=2), timedelta(days=70), AHEAD])
@pytest.mark.parametrize("restarted", [False, True])
async def test_no_week_is_lost_and_none_comes_twice(tmp_path: Path, ahead: timedelta, *, restarted: bool) -> None:
    clock = Machine()
    chat = MemoryPlatform(clock.now)
    async with running(tmp_path, clock=clock, chat=chat, programmes=GUIDE) as bot:
        await begin(bot)
        await wrong(bot, clock, ahead)
        if not restarted:
            await live(bot, TUESDAY + timedelta(days=28))
    if restarted:
        async with running(tmp_path, clock=clock, chat=chat, programmes=GUIDE) as bot:
            await live(bot, TUESDAY + timedelta(days=28))
    expected = [f"Week {number}" for number in range(1, 7)]
    if ahead >= timedelta(days=70):
        expected.insert(2, "Week 12")  # it was its time, by the calendar of then
    assert cards(chat) == expected


@pytest.mark.parametrize("meanwhile", ["nothing", "somebody joins", "a restart"])
async def test_reminders_come_in_their_time(tmp_path: Path, meanwhile: str) -> None:
    said = []
    for ahead in (timedelta(), timedelta(days=3)):
        folder, clock = tmp_path / str(ahead.days), Machine()
        folder.mkdir()
        async with running(folder, clock=clock, programmes=GUIDE) as bot:
            await begin(bot)
            if ahead:
                await wrong(bot, clock, ahead)
            if meanwhile == "somebody joins":
                await bot.join("member-2")
            if meanwhile != "a restart":
                await live(bot, TUESDAY + timedelta(days=7))
            chat = bot.chat
        if meanwhile == "a restart":
            async with running(folder, clock=clock, chat=chat, programmes=GUIDE) as bot:
                await live(bot, TUESDAY + timedelta(days=7))
        said.append(reminders(chat))
    assert said[0]
    assert said[0] == said[1]


async def test_a_reminder_that_came_days_early_does_not_keep_back_the_one_before_it(tmp_path: Path) -> None:
    clock = Machine()
    async with running(tmp_path, clock=clock, programmes=GUIDE) as bot:
        await begin(bot)
        closing = datetime(2027, 1, 17, 8, tzinfo=UTC)
        await wrong(bot, clock, closing - TUESDAY)
        early = await bot.delivery("nudge:1:r2:closing:m1")
        assert (early.state, early.updated) == (State.SENT, closing)
        await bot.settle()
        assert (await bot.delivery("nudge:1:r2:closing:m1")).updated == TUESDAY
        await bot.until(closing)
        assert (await bot.delivery("nudge:1:r2:middle:m1")).state is State.SENT


async def test_what_cannot_be_taken_back_holds_up_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Machine()
    async with running(tmp_path, clock=clock, programmes=GUIDE) as bot:
        await begin(bot)
        await wrong(bot, clock, timedelta(days=30))

        def breaks(*_: object, **__: object) -> None:
            raise RuntimeError("a bug")

        monkeypatch.setattr(ledger, "take_back", breaks)
        await bot.settle()
        await bot.create("Another one")
        assert any("Another one" in post.message.summary for post in bot.chat.posts())


async def test_what_a_moderator_skipped_stays_skipped(tmp_path: Path) -> None:
    clock = Machine()
    async with running(tmp_path, clock=clock, programmes=GUIDE) as bot:
        await begin(bot)
        preview = await bot.message("moderator", "/cohort skip")
        await bot.chat.press("moderator", preview, "Skip")
        await wrong(bot, clock, timedelta(days=30))
        await live(bot, TUESDAY + timedelta(days=28))
        assert cards(bot.chat) == ["Week 1", "Week 2", "Week 6", "Week 4", "Week 5"]


async def test_what_somebody_did_meanwhile_is_posted_when_the_calendar_is_right(tmp_path: Path) -> None:
    clock = Machine()
    async with running(tmp_path, clock=clock, programmes=GUIDE) as bot:
        await begin(bot)
        await wrong(bot, clock, AHEAD)
        at, words = TUESDAY + AHEAD, {"text": "Bring your laptops"}
        row = NewDelivery("announce:1:x:1", "announce", "local", 1, at, room_id=1, args=words)
        await bot.write(lambda store: store.deliveries.add([row]))
        await bot.settle()
        assert sum("Bring your laptops" in text for text in bot.chat.timeline()) == 1


async def test_a_room_that_was_added_meanwhile_gets_its_weeks(tmp_path: Path) -> None:
    clock = Machine()
    async with running(tmp_path, clock=clock, programmes=GUIDE) as bot:
        await begin(bot)
        good, later = clock.now(), clock.now() + timedelta(days=30)
        clock.set(later)

        def add(store: Store) -> None:
            cohort = store.cohorts.get(1)
            assert cohort is not None
            room = store.cohorts.add_room(1, "local", "playground", "study-hall")
            before = [opening_row(cohort, number, room) for number in range(1, 7)]
            store.deliveries.skip(before, DeliveryReason.BEFORE_ROOM, later)

        await bot.runtime.database.write(add)
        await bot.settle()
        clock.set(good)
        await live(bot, TUESDAY + timedelta(days=14))
        said = [post.message.summary for post in bot.chat.posts("study-hall")]
        assert [words.split(":")[0] for words in said if "Title" in words] == ["Week 3", "Week 4"]


async def test_who_joins_next_is_greeted_within_minutes(tmp_path: Path) -> None:
    clock = Machine()
    async with running(tmp_path, clock=clock, programmes=GUIDE) as bot:
        await begin(bot)
        clock.set(TUESDAY + timedelta(days=30))
        await bot.join("member-2")
        clock.set(TUESDAY)
        await bot.join("member-3")
        await bot.until(TUESDAY + timedelta(minutes=6))
        assert sum("Sample Member 3 just joined" in post.text for post in bot.chat.sent if not post.private) == 1


async def test_people_are_asked_about_once_a_day_again(tmp_path: Path) -> None:
    clock = Machine()
    async with running(tmp_path, clock=clock, programmes=GUIDE) as bot:
        await begin(bot)
        await wrong(bot, clock, timedelta(days=30))
        bot.chat.people["member-1"] = replace(bot.chat.people["member-1"], name="New Name")
        await live(bot, TUESDAY + timedelta(days=1))
        assert "New Name" in await bot.say("moderator", "/cohort members")


async def test_a_process_whose_own_calendar_was_right_notices_it_too(tmp_path: Path) -> None:
    clock = Machine()
    async with running(tmp_path, clock=clock, programmes=GUIDE) as bot:
        await begin(bot)
        await wrong(bot, clock, AHEAD)
        ticker = bot.runtime.ticker
        ticker._latest = TUESDAY
        await ticker.tick()
        assert "Week 3" not in cards(bot.chat)
        assert await bot.read(lambda store: store.cohorts.planned_beyond(TUESDAY)), "not yet"
        clock.skip(LOOK_BACK)
        await live(bot, TUESDAY + timedelta(days=7))
        assert cards(bot.chat)[-1] == "Week 3"
