"""How far back a message is looked for whose outcome nobody knows, on clocks that step."""

from datetime import datetime, timedelta

from cohort_bot.app.delivery.lookups import MARGIN, UNDATED, LookUps
from cohort_bot.app.ports.store import Delivery, NewDelivery
from cohort_bot.core.delivery_states import State
from tests.fakes.bot import START, StillClock


def delivery(first_try: datetime | None, attempts: int = 1) -> Delivery:
    what = NewDelivery("k", "opening", "local", 1, START)
    return Delivery(
        7, what, State.UNKNOWN, "room:1", 1, attempts, "m", "", first_try, None, None, None, None, None, START
    )


def test_after_a_restart_the_calendar_says_how_long_ago_it_was() -> None:
    clock = StillClock(START + timedelta(hours=2))
    assert LookUps(clock).search(delivery(START)).within == timedelta(hours=2) + MARGIN
    assert LookUps(clock).search(delivery(None)).within == timedelta(hours=2) + MARGIN, "since it was due"


def test_a_calendar_that_was_set_back_is_not_believed() -> None:
    ahead = delivery(START + timedelta(days=3))
    assert LookUps(StillClock()).search(ahead).within == UNDATED + MARGIN, "nothing tells how long ago it was"
    clock = StillClock()
    lookups = LookUps(clock)
    lookups.uncertain(ahead, clock.elapsed())
    clock.skip(3600)
    hour = timedelta(hours=1) + MARGIN
    assert hour <= lookups.search(ahead).within < hour + timedelta(seconds=5), "elapsed time does"


def test_a_calendar_that_was_set_ahead_makes_it_look_further() -> None:
    clock = StillClock()
    lookups = LookUps(clock)
    lookups.uncertain(delivery(START), clock.elapsed())
    clock.move_to(START + timedelta(days=3))
    assert lookups.search(delivery(START)).within == timedelta(days=3) + MARGIN


def test_a_look_that_has_not_begun_keeps_its_distance_to_the_try() -> None:
    clock = StillClock()
    lookups = LookUps(clock)
    first = lookups.search(delivery(START))
    clock.move_to(START + timedelta(hours=5))
    assert lookups.search(delivery(START)) is first
    assert first.within == timedelta(hours=5) + MARGIN
    first.since = START
    clock.move_to(START + timedelta(hours=9))
    assert lookups.search(delivery(START)).within == timedelta(hours=5) + MARGIN, "it counts from its first page"


def test_another_try_is_another_look_and_a_certain_outcome_ends_it() -> None:
    clock = StillClock()
    lookups = LookUps(clock)
    assert lookups.again(delivery(START)) is None
    first = lookups.search(delivery(START))
    assert lookups.again(delivery(START)) is first, "what it saw is used"
    assert lookups.again(delivery(START, attempts=2)) is not first, "once"
    first = lookups.search(delivery(START))
    lookups.uncertain(delivery(START), clock.elapsed())
    assert lookups.search(delivery(START)) is not first
    lookups.forget(delivery(START))
    assert lookups.again(delivery(START)) is None


def test_what_was_seen_before_a_try_does_not_tell_what_came_of_it() -> None:
    clock = StillClock()
    lookups = LookUps(clock)
    row = delivery(START)
    seen = lookups.search(row)
    seen.whole = True
    assert lookups.again(row) is seen, "what is there already was looked for"
    assert not lookups.search(row).whole, "it is posted, and its thread could not be opened: it is looked for anew"


def test_a_try_that_was_refused_for_certain_changes_nothing_of_what_was_seen() -> None:
    lookups = LookUps(StillClock())
    row = delivery(START)
    seen = lookups.search(row)
    lookups.refused(row, lookups.again(row))
    assert lookups.search(row) is seen
