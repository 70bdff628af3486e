"""Properties of the planner: nothing missed, nothing doubled, in order, however time is cut and whatever is moved."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.delivery.planner import Group, due, next_due
from cohort_bot.app.ports.store import NewDelivery
from cohort_bot.core.membership import Cohort, Member, Room
from cohort_bot.core.programme import Programme
from cohort_bot.core.rounds import Calendar
from tests.properties.worlds import (
    DAY,
    TIMES,
    ZONES,
    Almanac,
    Plan,
    account,
    by_day,
    edited,
    members,
    moment,
    plans,
    programme,
    reminders,
    return_call,
)

WEEKS = 8
PROGRAMME = programme(WEEKS)
ROOMS = (Room(1, 1, "local", "playground", "general"), Room(2, 1, "slack", "T1", "C1"))
MODERATORS = (account(91, "UTC"), account(92, "UTC"))
NINE = time(9, 0)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TICK = timedelta(milliseconds=1)


def group(calendar: Calendar, *, programme: Programme = PROGRAMME, rooms: tuple[Room, ...] = ROOMS[:1]) -> Group:
    cohort = Cohort(1, "local", "playground", "Sample", "sample", calendar, LONG_AGO, "moderator")
    return Group(cohort, programme, rooms, (), lambda: MODERATORS)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Group, Plan]:
    plan = draw(plans(rounds=2 * WEEKS + 8))
    who = [draw(members(plan, number, WEEKS)) for number in range(1, draw(st.integers(0, 3)) + 1)]
    it = group(plan.calendar, rooms=ROOMS[: draw(st.integers(1, 2))])
    return replace(it, members=who), plan


def wanted(it: Group, plan: Plan) -> Counter[tuple[str, int, int, datetime]]:
    """(kind, round, room or member or moderator, instant) of everything the rules ask for, whenever it is."""
    almanac = plan.almanac
    found: Counter[tuple[str, int, int, datetime]] = Counter()
    for number in range(1, len(almanac.opened)):
        opens, closes = almanac.opens(number), almanac.closes(number)
        for room in it.rooms if number <= WEEKS else ():
            found[("opening", number, room.id, opens)] += 1
            found[("digest", number, room.id, closes + DAY)] += 1
            if number in {2, 6}:
                found[("paper", number, room.id, wednesday(almanac, number))] += 1
            if number in {WEEKS // 2, WEEKS}:
                found[("gate", number, room.id, closes - 3 * DAY)] += 1
            if number == WEEKS:
                found[("graduation", number, room.id, closes + DAY)] += 1
        weeks = [number, *(member.week(number) for member in it.members)]
        for moderator in MODERATORS if any(1 <= week <= WEEKS for week in weeks) else ():
            found[("moderators", number, moderator.id, closes + DAY + timedelta(hours=1))] += 1
        for member in it.members:
            behind = sum(slip.weeks for slip in member.slips if slip.from_round <= number)
            if number < member.first_round or not 1 <= number - behind <= WEEKS:
                continue
            if behind and opens > member.joined_at:
                found[("own-week", number, member.id, opens)] += 1
            zone = member.account.zone
            if behind and number - behind in {WEEKS // 2, WEEKS} and by_day(closes - 3 * DAY, zone) > member.joined_at:
                found[("own-gate", number, member.id, by_day(closes - 3 * DAY, zone))] += 1
            if number - behind == WEEKS and by_day(closes + DAY + timedelta(hours=1), zone) > member.joined_at:
                found[("portfolio", number, member.id, by_day(closes + DAY + timedelta(hours=1), zone))] += 1
            there = ZoneInfo(zone)
            since = almanac.opened[number - 1][1] - almanac.opened[member.first_round - 1][1]
            saturday = moment(opens.astimezone(there).date() + 5 * DAY, time(11), zone)
            if since > 24 * DAY and member.joined_at < saturday < closes:
                found[("questions", number, member.id, saturday)] += 1
            for at in reminders(opens, closes, member.account.zone).values():
                if at > member.joined_at:
                    found[("nudge", number, member.id, at)] += 1
            if number >= member.first_round + 2:
                at = return_call(opens, almanac.closes(number - 1), member.account.zone)
                if at > member.joined_at:
                    found[("comeback", number, member.id, at)] += 1
    return found


def wednesday(almanac: Almanac, number: int) -> datetime:
    """18:00 on the round's Wednesday; a round without one has its paper two hours after the opening."""
    opens, first, zone = almanac.opened[number - 1]
    for day in almanac.dates(number):
        at = moment(day, time(18), zone)
        if day.strftime("%A") == "Wednesday" and opens < at < almanac.closes(number):
            return at
    assert first.strftime("%A") == "Wednesday" or len(almanac.dates(number)) < 7
    return opens + timedelta(hours=2)


def seen(row: NewDelivery) -> tuple[str, int, int, datetime]:
    to = row.account_id if row.kind == "moderators" else row.room_id or row.member_id
    assert (row.room_id is None) is (row.account_id is not None)
    return row.kind, row.round or 0, to or 0, row.due


@settings(max_examples=60)
@given(worlds())
def test_everything_that_the_rules_ask_for_comes_once_and_nothing_else(world: tuple[Group, Plan]) -> None:
    it, plan = world
    end = plan.almanac.opens(len(plan.almanac.opened) - 1)
    joined = {member.id: member.joined_at for member in it.members}
    rows = [row for row in due(it, LONG_AGO, end) if row.due > joined.get(row.member_id or 0, LONG_AGO)]
    assert Counter(map(seen, rows)) == Counter({what: n for what, n in wanted(it, plan).items() if what[3] <= end})
    assert len({row.key for row in rows}) == len(rows), "a key names one thing for ever"
    assert [row.due for row in rows] == sorted(row.due for row in rows)
    for row in rows:
        later = (row.round or 0) > WEEKS
        assert not later or row.account_id is not None, "after the last round only by direct message"
        if row.kind == "nudge":
            assert row.expires is not None
            assert row.due < row.expires <= plan.almanac.closes(row.round or 0)
        early = KINDS[row.kind].of_all or KINDS[row.kind].ahead
        assert not early or row.member_id is None, "a change takes back what is composed early by who it is about"


@settings(max_examples=60)
@given(worlds(), st.data())
def test_cutting_time_into_any_windows_changes_nothing(world: tuple[Group, Plan], data: st.DataObject) -> None:
    it, plan = world
    start, end = plan.almanac.opens(1) - 3 * DAY, plan.almanac.opens(len(plan.almanac.opened) - 1)
    whole = due(it, start, end)
    exact = data.draw(st.lists(st.sampled_from([row.due for row in whole]), max_size=6))
    anywhere = data.draw(st.lists(st.floats(0, 1), max_size=4))
    cuts = [at + data.draw(st.sampled_from((-TICK, 0 * TICK, TICK))) for at in exact]
    cuts += [start + part * (end - start) for part in anywhere]
    windows = pairwise([start, *sorted(max(start, min(end, at)) for at in cuts), end])
    assert [row for after, until in windows for row in due(it, after, until)] == whole


@settings(max_examples=60)
@given(worlds(), st.data())
def test_the_next_instant_is_the_one_of_the_next_row(world: tuple[Group, Plan], data: st.DataObject) -> None:
    it, plan = world
    start, end = plan.almanac.opens(1) - 20 * DAY, plan.almanac.opens(len(plan.almanac.opened) - 1)
    rows = due(it, start, end)
    some = data.draw(st.lists(st.sampled_from([row.due for row in rows]), min_size=1, max_size=6))
    instants = [start, *(at + delta for at in some for delta in (-TICK, 0 * TICK, TICK))]
    for after in instants:
        following = next((row.due for row in rows if row.due > after), None)
        found = next_due(it, after)
        assert found > after
        assert found == following if following else found > end


@settings(max_examples=60)
@given(plans(), st.sampled_from(ZONES))
def test_reminders_are_few_far_apart_and_by_day(plan: Plan, zone: str) -> None:
    who = Member(1, 1, account(1, zone), plan.almanac.opens(1) - DAY, first_round=1)
    it = replace(group(plan.calendar), members=(who,))
    rows = [row for row in due(it, LONG_AGO, plan.almanac.opens(12)) if row.kind == "nudge"]
    assert max(Counter(row.round for row in rows).values()) <= 2
    assert all(later.due - row.due >= DAY for row, later in pairwise(rows))
    for row in rows:
        assert time(8) <= row.due.astimezone(ZoneInfo(zone)).time() < time(22)
        assert plan.almanac.opens(row.round or 0) < row.due < plan.almanac.closes(row.round or 0)


@settings(max_examples=80)
@given(st.sampled_from(TIMES), st.sampled_from(ZONES), st.data())
def test_no_edit_doubles_or_swallows_an_opening(at: time, zone: str, data: st.DataObject) -> None:
    """Between two looks at the calendar its day, time, zone or holidays change, and always only the future moves."""
    start = date(2027, 1, 4) + data.draw(st.integers(0, 400)) * DAY
    calendar, almanac = Calendar(start, at, zone), Almanac(start, at, zone)
    now = almanac.next_opening - DAY
    rows: list[NewDelivery] = []
    for hours in data.draw(st.lists(st.integers(1, 400), min_size=1, max_size=12)):
        until = now + timedelta(hours=hours, minutes=7)
        almanac.pass_to(until)
        rows += due(group(calendar), now, until)
        now = until
        in_a_round = not almanac.opened or now < almanac.closes(len(almanac.opened))
        if in_a_round and data.draw(st.booleans()):
            calendar = edited(data.draw, calendar, almanac, now)
    expected = [(number, opens) for number, (opens, _, _) in enumerate(almanac.opened, start=1) if number <= WEEKS]
    assert [(row.round, row.due) for row in rows if row.kind == "opening"] == expected
    digests = [row.round for row in rows if row.kind == "digest"]
    assert digests == list(range(1, len(digests) + 1))


FIVE_YEARS = 5 * 52 + 52


@cache
def _different(at: time) -> list[tuple[str, list[datetime]]]:
    """One zone for each list of openings from 2026 to 2031 that some zone gives, with the list."""
    found: dict[tuple[datetime, ...], str] = {}
    days = [date(2026, 1, 5) + number * timedelta(weeks=1) for number in range(FIVE_YEARS)]
    for name in sorted(available_timezones() - {"Factory", "localtime"}):
        found.setdefault(tuple(moment(day, at, name) for day in days), name)
    return [(name, list(openings)) for openings, name in found.items()]


@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("at", [time(0, 0), time(1, 30), time(2, 30), NINE])
def test_every_zone_from_2026_to_2031(at: time, part: int) -> None:
    empty = replace(programme(FIVE_YEARS, papers=()), phases=())
    for index, (zone, openings) in enumerate(_different(at)):
        if index % 2 != part:
            continue
        it = group(Calendar(date(2026, 1, 5), at, zone), programme=empty)
        span = timedelta(days=30 + 13 * (index % 40))
        rows: list[NewDelivery] = []
        now = openings[0] - DAY
        while now < openings[-1]:
            rows += due(it, now, now + span)
            now += span
        found = [row.due for row in rows if row.kind == "opening"]
        assert found == openings, f"{zone} at {at}"
