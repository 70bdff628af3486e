"""Absence is believed only where our posts can be recognised: else uncertain ones are held, and that is told."""

from datetime import timedelta
from pathlib import Path

import pytest

from cohort_bot.app.delivery import mark_checks
from cohort_bot.app.ports.health import Finding
from cohort_bot.app.ports.platform import Reason, Refused, Search, Unknown
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.chat.place import Place, Ref
from cohort_bot.core import marks
from cohort_bot.core.delivery_states import State
from cohort_bot.platforms.local.chat import DM
from tests.fakes.bot import MONDAY, BotUnderTest, running

pytestmark = pytest.mark.both_databases
WEEK = timedelta(days=7)
ROOM, DIRECT = "local:playground:general", "local:playground:direct"


async def look(bot: BotUnderTest, after: float = 60.0) -> None:
    """The look that comes once a minute."""
    bot.clock.skip(after)
    await bot.runtime.courier.sender.marks.look()
    await bot.runtime.courier.drain()


async def unseen(bot: BotUnderTest) -> list[str]:
    return [each.spot for each in await bot.read(lambda store: store.marks.unseen())]


async def findings(bot: BotUnderTest) -> list[Finding]:
    return [each for each in await bot.runtime.findings() if "recognisable" in each.problem]


def alerts(bot: BotUnderTest) -> list[str]:
    return [sent.text for sent in bot.chat.inbox("moderator") if "can't recognise" in sent.text]


async def test_a_lost_answer_where_marks_are_hidden_is_held_and_told_and_goes_on_when_they_are_seen(
    joined: BotUnderTest,
) -> None:
    """Nobody noticed before: without a check the card would be posted a second time."""
    joined.chat.unmarked = {"general"}
    joined.chat.lose_answer_next()
    await joined.until(MONDAY)
    assert joined.cards() == [1], "not twice"
    row = await joined.delivery("opening:1:r1:1")
    assert (row.state, row.reason) == (State.PARKED, DeliveryReason.UNSEEN)
    assert len(alerts(joined)) == 1
    assert "check whether it's there" in alerts(joined)[0]
    assert "can't recognise my own posts" in await joined.say("moderator", "/cohort progress")
    (finding,) = await findings(joined)
    assert finding.bearable
    assert "local general" in finding.problem

    await joined.until(MONDAY + WEEK)
    assert joined.cards() == [1, 2], "what is certain goes out"
    assert len(alerts(joined)) == 1

    joined.chat.unmarked = set()
    await look(joined)
    assert await unseen(joined) == []
    assert await findings(joined) == []
    assert joined.cards() == [1, 2]
    assert (await joined.delivery("opening:1:r1:1")).state is State.SENT, "it was there"


async def test_what_was_held_and_did_not_arrive_is_posted_when_marks_are_seen(joined: BotUnderTest) -> None:
    joined.chat.unmarked = {"general"}
    joined.chat.fail_next(Unknown("the connection broke before it was sent"))
    await joined.until(MONDAY)
    assert joined.cards() == []
    joined.chat.unmarked = set()
    await look(joined, marks.AGAIN - 60)
    assert joined.cards() == [], "a place where marks were not seen is looked at ever less often"
    await look(joined, 60)
    assert joined.cards() == [1]


async def test_a_room_whose_history_was_never_readable_is_known_from_its_first_post(
    bot: BotUnderTest, tmp_path: Path
) -> None:
    bot.chat.unmarked = {"general"}
    await bot.create()
    await look(bot)
    assert await unseen(bot) == [ROOM]
    assert len(await findings(bot)) == 1
    assert alerts(bot) == [], "nothing is held yet"
    await bot.runtime.stop()
    # The rule holds after a restart, before anything was read back.
    async with running(tmp_path, chat=bot.chat, clock=bot.clock) as again:
        assert len(await findings(again)) == 1
        again.chat.lose_answer_next()
        await again.until(MONDAY)
        assert again.cards() == [1]
        assert len(alerts(again)) == 1
        again.chat.unmarked = set()
    async with running(tmp_path, chat=bot.chat, clock=bot.clock) as restarted:
        await restarted.settle()
        assert restarted.cards() == [1], "the start looks again"
        assert (await restarted.delivery("opening:1:r1:1")).state is State.SENT
        assert await unseen(restarted) == []


async def test_permission_that_is_refused_is_told_before_anything_is_held(joined: BotUnderTest) -> None:
    """A look-up that is refused has always held a post; now an operator knows before there is one."""
    await joined.until(MONDAY)
    joined.chat.fail_next(Refused(Reason.NOT_ALLOWED, "the history cannot be read"))
    await look(joined)
    assert await unseen(joined) == [ROOM]
    await look(joined, marks.AGAIN)
    assert await unseen(joined) == []


async def test_marks_that_are_seen_leave_everything_as_it_was(joined: BotUnderTest) -> None:
    joined.chat.lose_answer_next()
    await joined.until(MONDAY)
    assert joined.cards() == [1]
    assert len(joined.chat.looked) == 1, "found at once"
    await joined.until(MONDAY + WEEK - timedelta(hours=1))
    joined.chat.looked.clear()
    joined.chat.fail_next(Unknown("dropped"))
    joined.clock.skip(3600)
    await joined.until(MONDAY + WEEK)
    assert joined.cards() == [1, 2]
    assert [search.newest != "" for _, search in joined.chat.looked] == [False, True], (
        "one that is there was looked for"
    )
    assert await unseen(joined) == []


async def test_a_place_is_checked_at_its_first_post_and_then_once_an_hour(cohort: BotUnderTest) -> None:
    await look(cohort, 2 * marks.EVERY)
    assert cohort.chat.looked == [], "nothing was posted since the start"
    room = Place("local", "playground", "general")
    for week, checks in ((1, 1), (2, 1), (3, 1), (4, 2)):
        await cohort.until(MONDAY + week * WEEK)
        await look(cohort, marks.EVERY / 2)
        assert [place for place, _ in cohort.chat.looked].count(room) == checks


async def test_one_look_checks_a_few_places_and_the_next_the_others(
    cohort: BotUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The room, its thread and direct messages are three places: each is looked through in another way."""
    monkeypatch.setattr(mark_checks, "AT_ONCE", 1)
    await cohort.check_in("member-1", done="a chapter", share=("thread",))
    await cohort.until(MONDAY + WEEK)
    for checks in (1, 2, 3, 3):
        await look(cohort)
        assert len(cohort.chat.looked) == checks
    cohort.clock.skip(marks.EVERY)
    await cohort.until(MONDAY + 2 * WEEK)
    cohort.chat.fail_next(Refused(Reason.BUSY, "not now"))
    await look(cohort)
    assert len(cohort.chat.looked) == 3, "the platform was busy"
    await look(cohort)
    assert len(cohort.chat.looked) == 4


async def test_direct_messages_are_held_for_themselves(cohort: BotUnderTest) -> None:
    cohort.chat.unmarked = {DM}
    await cohort.days(3)
    await look(cohort)
    assert await unseen(cohort) == [DIRECT]
    assert "direct messages on the playground" in (await findings(cohort))[0].problem
    before = len(cohort.chat.inbox("member-1"))
    cohort.chat.lose_answer_next(2)
    await cohort.days(2.5)
    parked = await cohort.read(lambda store: store.deliveries.parked(1))
    assert {(row.what.kind, row.reason) for row in parked} == {("nudge", DeliveryReason.UNSEEN)}
    inbox = cohort.titles("member-1")[before:]
    assert len(inbox) == len(set(inbox))
    cohort.chat.lose_answer_next()
    await cohort.until(MONDAY + WEEK)
    assert cohort.cards() == [1, 2], "the room's are recognised"
    cohort.chat.unmarked = set()
    await look(cohort, marks.EVERY)
    assert await unseen(cohort) == []
    assert not await cohort.read(lambda store: store.deliveries.parked(1))


async def test_a_post_that_somebody_deleted_shows_nothing(joined: BotUnderTest) -> None:
    joined.chat.sent.clear()
    await look(joined)
    assert await unseen(joined) == []
    joined.chat.fail_next(Unknown("dropped"))
    await joined.until(MONDAY)
    assert joined.cards() == [1]


async def test_what_is_not_known_is_asked_again_before_anything_is_posted(joined: BotUnderTest) -> None:
    joined.clock.skip(marks.EVERY)
    real, asked = joined.chat.find, iter([False, True, False, True])

    async def find(place: Place, search: Search) -> Ref | None:
        """The look-up of the card finds nothing; that of the one before it fails the first time."""
        if search.newest and next(asked) is False:
            raise Unknown("no answer")
        return await real(place, search)

    joined.chat.find = find  # type: ignore[method-assign]
    joined.chat.fail_next(Unknown("dropped"))
    await joined.until(MONDAY)
    assert joined.cards() == [1]


async def test_erased_people_leave_no_trace_in_what_is_unseen(cohort: BotUnderTest) -> None:
    cohort.chat.unmarked = {DM}
    await cohort.days(3)
    await look(cohort)
    (kept,) = await cohort.read(lambda store: store.marks.unseen())
    assert kept.channel is None
    await cohort.write(lambda store: store.deliveries.erase(1, 1, ()))
    await cohort.write(lambda store: store.deliveries.erase(1, 2, ()))
    (kept,) = await cohort.read(lambda store: store.marks.unseen())
    assert kept.post.ref is None
    await look(cohort, marks.AGAIN)
    assert await unseen(cohort) == [], "nothing is left that shows it"


@pytest.mark.parametrize("looked", [True, False])
async def test_a_window_that_is_too_small_is_noticed(joined: BotUnderTest, looked: bool) -> None:
    """The platform's clock and the dates in its history differ by more than a look-up allows for."""
    await joined.until(MONDAY)
    joined.chat.ahead = timedelta(hours=2)
    if looked:
        await look(joined)
        assert ROOM in await unseen(joined)
    await joined.until(MONDAY + WEEK - timedelta(hours=1))
    joined.chat.lose_answer_next()
    await joined.until(MONDAY + WEEK)
    assert joined.cards() == [1, 2]
    assert len(alerts(joined)) == 1
    joined.chat.ahead = timedelta()
    await look(joined, marks.AGAIN)
    assert (await joined.delivery("opening:1:r2:1")).state is State.SENT
    assert ROOM not in await unseen(joined)


async def test_a_cohort_that_has_ended_hides_no_room_of_another(joined: BotUnderTest) -> None:
    joined.chat.unmarked = {"general"}
    joined.chat.lose_answer_next()
    await joined.until(MONDAY)
    await joined.write(lambda store: store.cohorts.archive(1, joined.clock.now()))
    assert await unseen(joined) == []
    joined.clock.skip(marks.EVERY)
    await joined.create("Another")
    await look(joined)
    assert await unseen(joined) == [ROOM]


@pytest.mark.parametrize(
    ("checked", "due"), [(None, True), (0.0, True), (1.0, False), (marks.EVERY, False), (2 * marks.EVERY, False)]
)
def test_when_a_post_is_read_back(checked: float | None, due: bool) -> None:
    assert marks.is_due(checked, marks.EVERY) is due


def test_spots() -> None:
    place = ("slack", "T1", "C1")
    assert marks.spot(*place, thread=False, direct=False) == "slack:T1:C1"
    assert marks.spot(*place, thread=True, direct=False) == "slack:T1:C1:threads"
    assert marks.spot("slack", "T1", "D1", thread=False, direct=True) == "slack:T1:direct"
    waits = [marks.AGAIN]
    while waits[-1] < marks.EVERY:
        waits.append(marks.next_wait(waits[-1]))
    assert waits == [600.0, 1200.0, 2400.0, 3600.0]
