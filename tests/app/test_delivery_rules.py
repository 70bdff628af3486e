"""No delivery is lost, doubled or late: whatever is moved, refused, held up or repeated on the way."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cohort_bot.app.access import ensure_account
from cohort_bot.app.delivery import ledger
from cohort_bot.app.delivery.parcel import Claims
from cohort_bot.app.delivery.planner import Group, due
from cohort_bot.app.delivery.precomposed import Precomposed
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery, DeliveryResult, NewDelivery, Store
from cohort_bot.chat.place import Actor, Place
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Cohort, Member, Room
from cohort_bot.core.rounds import Calendar, Holiday, Move
from tests.fakes.bot import LIBRARY, StillClock, running
from tests.fakes.memory import MemoryPlatform
from tests.properties.ledger_world import File, Shelf
from tests.properties.worlds import DAY, programme
from tests.pseudo_locale import english

pytestmark = pytest.mark.both_databases

BERLIN = "Europe/Berlin"
CAL = Calendar(date(2027, 1, 4), time(9), BERLIN)
BORN = CAL.opens(1) - 2 * DAY
H = timedelta(hours=1)


def begin(file: File, calendar: Calendar = CAL, *, member: bool = True, zone: str = BERLIN, rooms: int = 1) -> None:
    """A cohort with rooms, and perhaps one member."""

    def fn(store: Store) -> None:
        c = store.cohorts.add(
            platform="local", workspace="w", name="x", programme="sample", calendar=calendar, at=BORN, creator="m"
        )
        for n in range(rooms):
            store.cohorts.add_room(c.id, "local", "w", f"g{n}")
        if member:
            a = store.people.add("local", "w", "u1", "U", zone)
            store.members.add(c.id, a, BORN, 1, None, "")
            store.cohorts.replan(c.id, BORN)

    file.write(fn)


def tick(file: File, shelf: Shelf, at: datetime) -> None:
    def fn(store: Store) -> None:
        ledger.materialise(store, shelf, store.cohorts.due(at), at)

    file.write(fn)


def claim(file: File, shelf: Shelf, at: datetime, but: frozenset[str] = frozenset()) -> Claims:
    return file.write(lambda store: ledger.claim(store, shelf, at, 100, but))


def key(file: File, name: str) -> Delivery | None:
    return file.write(lambda store: store.deliveries.by_key(name))


def state(file: File, name: str) -> State | None:
    found = key(file, name)
    return found.state if found else None


def sent(file: File, row: Delivery, at: datetime, thread: str | None = None) -> bool:
    """Note that it was posted where it was claimed for; whether nobody had claimed it since."""
    outcome = DeliveryResult(row, State.SENT, None, "1", row.channel, thread)
    return file.write(lambda store: store.deliveries.note([outcome], at)) == 1


def send_all(file: File, shelf: Shelf, at: datetime) -> list[str]:
    """Deliver whatever is due; the keys in order."""
    out: list[str] = []
    while True:
        claims = claim(file, shelf, at)
        for parcel in claims.send:
            sent(file, parcel.delivery, at)
            out.append(parcel.delivery.what.key)
        if not claims.send and not claims.closed:
            return out


def group(calendar: Calendar, members: tuple[Member, ...] = ()) -> Group:
    return Group(
        Cohort(1, "local", "w", "x", "sample", calendar, BORN, "m"),
        programme(8),
        (Room(1, 1, "local", "w", "g"),),
        members,
    )


def test_a_tick_half_a_millisecond_early_does_not_lose_the_opening(file: File) -> None:
    shelf = Shelf()
    begin(file, member=False)
    tick(file, shelf, BORN)
    tick(file, shelf, CAL.opens(1) - timedelta(microseconds=400))
    tick(file, shelf, CAL.opens(1) + timedelta(seconds=1))
    assert key(file, "opening:1:r1:1") is not None


def test_a_large_cohort_is_planned_in_slices_that_survive_a_crash_and_a_change(
    file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It counts as planned when all its members are; until then a change, or the next process, begins anew."""
    monkeypatch.setattr(ledger, "MEMBERS_AT_ONCE", 2)
    shelf, at, number = Shelf(), CAL.opens(1) + 3 * DAY + 9 * H, 5  # Thursday 18:00: the first reminder
    begin(file, member=False)

    def join(store: Store) -> None:
        for each in range(number):
            account = store.people.add("local", "w", f"u{each}", "U", BERLIN)
            store.members.add(1, account, BORN, 1, None, "")

    def next_slice(done: ledger.Slice, at: datetime = at, kept: Precomposed | None = None) -> ledger.Slice:
        def plan(store: Store) -> ledger.Slice | None:
            return ledger.materialise(store, shelf, done.left, at, kept, done.begun, lambda: True)

        planned = file.write(plan)
        assert planned is not None
        return planned

    def reminders() -> list[State]:
        rows = (key(file, f"nudge:1:r1:middle:m{each}") for each in range(1, number + 1))
        return [row.state for row in rows if row]

    def planned_until() -> datetime:
        return file.write(lambda store: store.cohorts.planned([1])[1])

    file.write(join)
    next_slice(ledger.Slice(0, [1]), at - timedelta(seconds=20), Precomposed())
    assert len(reminders()) == 2, "written ahead of their instant"
    file.write(lambda store: store.cohorts.replan(1, at - timedelta(seconds=20)))
    assert reminders() == []
    before = planned_until()
    first = next_slice(ledger.Slice(0, [1]))
    assert first.begun is not None
    assert first.left == [1]
    assert len(reminders()) == 2
    assert planned_until() == before
    assert key(file, "opening:1:r1:1") is not None
    second = next_slice(next_slice(ledger.Slice(0, [1])))  # the process was killed
    assert len(reminders()) == 4
    sent_first = send_all(file, shelf, at)
    assert len(sent_first) == 5
    file.write(lambda store: store.cohorts.replan(1, at))  # all is planned again
    begun = next_slice(second).begun
    assert begun is not None
    assert begun.member == 2
    last = next_slice(next_slice(next_slice(second)))
    assert (last.left, last.begun) == ([], None)
    assert planned_until() == at
    assert send_all(file, shelf, at) == ["nudge:1:r1:middle:m5"]
    assert reminders() == [State.SENT] * number
    assert file.write(lambda store: store.cohorts.next_due()) == CAL.closes(1) - DAY


def test_however_many_change_something_before_the_next_look_it_is_planned_from_the_same_opening(file: File) -> None:
    shelf, at = Shelf(), CAL.opens(6) + H
    begin(file)
    tick(file, shelf, at)
    for _ in range(20):
        file.write(lambda store: store.cohorts.replan(1, at))
    assert CAL.opens(5) - H < file.write(lambda store: store.cohorts.planned([1])[1]) < CAL.opens(5)


def test_a_change_touches_what_may_be_composed_already_and_no_reminder_that_is_composed_when_it_is_claimed(
    file: File,
) -> None:
    """A cohort of a thousand has a thousand reminders that are due, and each change would write to all of them."""
    shelf, at = Shelf(), CAL.closes(1) + 3 * DAY
    begin(file)
    tick(file, shelf, at)

    def known() -> dict[str, tuple[datetime, str | None]]:
        names = [row.key for row in file.rows()]
        rows = file.write(lambda store: store.deliveries.by_keys(names))
        return {row.what.key: (row.updated, row.payload) for row in rows}

    own, of_all, stored = "nudge:1:r1:middle:m1", "opening:1:r1:1", "nudge:1:r1:closing:m1"
    file.write(lambda store: store.deliveries.freeze([(row.what, "{}") for row in store.deliveries.by_keys([stored])]))
    before = known()
    assert before[stored][1] == "{}"
    file.write(lambda store: store.cohorts.replan(1, at))
    after = known()
    assert {name for name in before if ":m1" not in name} > {of_all}
    assert {name for name in before if after[name] != before[name]} == {
        name for name in before if name == stored or ":m1" not in name
    }
    assert after[own] == before[own]
    assert after[stored][1] is None


def test_a_reminder_leaves_the_ledger_a_month_after_it_expired_and_is_not_sent_again(file: File) -> None:
    """One that brings somebody back stays: another is only sent after they have been there again."""
    shelf, end = Shelf(), CAL.closes(4)
    begin(file)
    while (at := file.write(lambda store: store.cohorts.next_due()) or end) < end:
        tick(file, shelf, at)
        send_all(file, shelf, at)

    def swept(at: datetime) -> set[str]:
        before = {row.key for row in file.rows()}
        gone = [file.write(lambda store: ledger.sweep(store, at, 2)) for _ in range(10)]
        assert gone == sorted(gone, reverse=True)
        assert gone[-1] == 0
        left = {row.key for row in file.rows()}
        assert len(before - left) == sum(gone)
        return before - left

    made = {row.key: row.state for row in file.rows()}
    assert made["nudge:1:r1:middle:m1"] == made["comeback:1:r3:m1"] == "sent"
    assert made["comeback:1:r4:m1"] == "skipped"
    assert swept(CAL.opens(2) + ledger.KEEP_REMINDERS) == {"nudge:1:r1:middle:m1", "nudge:1:r1:closing:m1"}
    later = end + ledger.KEEP_REMINDERS
    assert swept(later) == {each for each in made if ":m1" in each and ":r1:" not in each} - {"comeback:1:r3:m1"}
    file.write(lambda store: store.cohorts.replan(1, later))
    tick(file, shelf, later)
    assert [each for each in send_all(file, shelf, later) if ":r4:" in each or ":r3:" in each] == []


def test_what_was_composed_beside_the_writer_is_composed_again_after_an_erasure(file: File) -> None:
    shelf, at = Shelf(), CAL.grace_ends(1) + H
    begin(file)
    tick(file, shelf, at)
    kept: dict[int, ledger.Beside] = {}

    def claim_with(store: Store) -> Claims:
        return ledger.claim(store, shelf, at, 100, beside=kept)

    def compose(rows: tuple[Delivery, ...]) -> None:
        kept.update(file.write(lambda store: ledger.compose_beside(store, shelf, rows, at, board=False)))

    while not (waiting := (claims := file.write(claim_with)).beside):
        assert claims.send or claims.closed
        assert all(sent(file, parcel.delivery, at) for parcel in claims.send)
    assert [row.what.kind for row in waiting] == ["digest"]
    compose(waiting)
    file.write(lambda store: store.deliveries.erase(1, 1, ["digest"]))
    again = file.write(claim_with)
    assert not [parcel for parcel in again.send if parcel.delivery.what.kind == "digest"]
    compose(again.beside)
    assert [parcel.delivery.what.kind for parcel in file.write(claim_with).send] == ["digest"]


def test_a_refused_nudge_is_not_sent_after_the_check_in(file: File) -> None:
    shelf = Shelf()
    begin(file)
    at = CAL.opens(1) + 3 * DAY + 9 * H  # Thursday 18:00
    tick(file, shelf, at)
    send_all_but_nudge = [p for p in claim(file, shelf, at).send if p.delivery.what.kind == "nudge"]
    (p,) = send_all_but_nudge
    file.write(lambda s: s.deliveries.put(p.delivery, State.READY, DeliveryReason.BUSY, at))
    file.write(lambda s: s.checkins.save(CheckIn(1, 1, 1, at), at))
    again = claim(file, shelf, at + H)
    assert not [p for p in again.send if p.delivery.what.kind == "nudge"]


def test_a_refused_nudge_is_not_sent_at_three_at_night(file: File) -> None:
    shelf = Shelf()
    begin(file)
    at = CAL.opens(1) + 3 * DAY + 9 * H
    tick(file, shelf, at)
    (p,) = [p for p in claim(file, shelf, at).send if p.delivery.what.kind == "nudge"]
    file.write(lambda s: s.deliveries.put(p.delivery, State.READY, DeliveryReason.DOWN, at))
    assert not [p for p in claim(file, shelf, at + 9 * H).send if p.delivery.what.kind == "nudge"]


def test_after_an_outage_of_the_platform_only_the_newest_opening_comes(file: File) -> None:
    shelf = Shelf()
    begin(file, member=False)
    tick(file, shelf, CAL.opens(1))
    (p,) = claim(file, shelf, CAL.opens(1)).send
    file.write(lambda s: s.deliveries.put(p.delivery, State.READY, DeliveryReason.BUSY, CAL.opens(1)))
    at = CAL.opens(3) + H
    tick(file, shelf, at)
    assert [k for k in send_all(file, shelf, at) if k.startswith("opening")] == ["opening:1:r3:1"]


def test_nothing_goes_out_after_the_cohort_was_archived(file: File) -> None:
    shelf = Shelf()
    begin(file, member=False)
    at = CAL.opens(1)
    tick(file, shelf, at)
    (p,) = claim(file, shelf, at).send
    file.write(lambda s: s.deliveries.put(p.delivery, State.READY, DeliveryReason.BUSY, at))
    file.write(lambda s: s.cohorts.archive(1, at))
    assert not claim(file, shelf, at + H).send


def test_a_nudge_that_was_held_up_two_hours_does_not_come_at_night(file: File) -> None:
    cal = Calendar(date(2027, 1, 4), time(21, 30), BERLIN)
    shelf = Shelf()
    begin(file, cal)
    closing = cal.closes(1) - DAY  # Sunday 21:30, by day
    tick(file, shelf, closing - H)
    send_all(file, shelf, closing - H)
    tick(file, shelf, closing + 2 * H)  # the bot was down from 21:00 to 23:30
    assert not [k for k in send_all(file, shelf, closing + 2 * H) if "closing" in k], "23:30"


def test_a_move_does_not_swallow_the_paper(file: File) -> None:
    cal = Calendar(date(2027, 1, 7), time(9), BERLIN)  # Thursdays; the paper of round 2 comes on Wednesday, day 6
    shelf = Shelf()
    begin(file, cal)
    made = cal.opens(2) + 3 * DAY  # Sunday
    tick(file, shelf, made)
    file.write(lambda s: s.cohorts.add_move(1, Move(3, 1, time(9), BERLIN, made)))  # Tuesday: five days after
    for hours in range(1, 24 * 10):
        tick(file, shelf, made + hours * H)
    assert key(file, "paper:1:r2:paper-2:1")


def test_a_move_does_not_swallow_the_gate(file: File) -> None:
    shelf = Shelf()
    shelf.programme = programme(8)
    begin(file)
    made = CAL.opens(4) + 3 * DAY + H  # Thursday 10:00; the gate comes on Friday 09:00
    tick(file, shelf, made)
    file.write(lambda s: s.cohorts.replan(1, made))
    tick(file, shelf, made)  # somebody joined
    file.write(lambda s: s.cohorts.add_move(1, Move(5, 5, time(9), BERLIN, made)))  # Saturday
    for hours in range(1, 24 * 10):
        tick(file, shelf, made + hours * H)
    assert key(file, "gate:1:r4:1")


def test_a_move_in_a_holiday_does_not_reopen_the_closed_round() -> None:
    off = replace(CAL, holidays=(Holiday(9, 2),))
    made = off.closes(8) + 3 * DAY
    moved = replace(off, moves=(Move(off.movable(made), 3, time(9), BERLIN, made),))
    assert moved.closes(8) == off.closes(8)


def test_moving_to_this_very_minute_does_not_swallow_the_opening() -> None:
    made = CAL.opens(1) + 5 * DAY  # Saturday 09:00:00
    moved = replace(CAL, moves=(Move(2, 5, time(9), BERLIN, made),))
    rows = due(group(CAL), BORN, made) + due(group(moved), made, made + 20 * DAY)
    assert [row.round for row in rows if row.kind == "opening"][:2] == [1, 2]


def test_a_move_in_the_hour_that_comes_twice_opens_no_week_in_the_past() -> None:
    cal = Calendar(date(2027, 10, 25), time(9), BERLIN)
    made = datetime(2027, 10, 31, 1, 15, tzinfo=UTC)  # Sunday 02:15, the second time
    moved = replace(cal, moves=(Move(2, 6, time(2, 30), BERLIN, made),))
    assert moved.opens(2) > made


def test_a_move_while_the_clock_is_behind_does_not_swallow_the_opening(file: File) -> None:
    shelf = Shelf()
    begin(file, member=False)
    ahead = CAL.opens(1) + 5 * DAY + 3 * H
    tick(file, shelf, CAL.opens(1))
    file.write(lambda s: s.cohorts.replan(1, CAL.opens(1)))  # somebody joined
    tick(file, shelf, ahead)
    made = ahead - 3 * H + timedelta(minutes=1)  # the clock was set back
    new = (made + H).astimezone(ZoneInfo(BERLIN))
    move = Move(2, new.weekday(), new.time(), BERLIN, made)
    file.write(lambda s: s.cohorts.add_move(1, move))
    tick(file, shelf, ahead + 9 * DAY)
    assert key(file, "opening:1:r2:1") is not None


def test_a_stale_report_does_not_reopen_what_was_sent(file: File) -> None:
    shelf = Shelf()
    begin(file, member=False)
    at = CAL.opens(1)
    tick(file, shelf, at)
    (p,) = claim(file, shelf, at).send
    file.write(lambda s: s.deliveries.orphaned(at))  # another process took over ...
    (q,) = claim(file, shelf, at).look_up
    assert file.write(
        lambda s: s.deliveries.note([DeliveryResult(q.delivery, State.SENT, None, "1", "g")], at)
    )  # ... and found it
    file.write(lambda s: s.deliveries.put(p.delivery, State.READY, DeliveryReason.BUSY, at))  # the first one wakes up
    assert state(file, "opening:1:r1:1") is State.SENT


def test_a_reason_that_no_database_takes_holds_up_nothing_that_is_noted_with_it(file: File) -> None:
    shelf = Shelf()
    begin(file, member=False, rooms=2)
    at = CAL.opens(1)
    tick(file, shelf, at)
    one, other = claim(file, shelf, at).send
    bad = DeliveryResult(one.delivery, State.READY, DeliveryReason.BUSY, detail="it said \x00\ud800 and more")
    assert (
        file.write(lambda s: s.deliveries.note([bad, DeliveryResult(other.delivery, State.SENT, None, "1", "g")], at))
        == 2
    )
    again = key(file, one.delivery.what.key)
    assert again is not None
    assert (again.state, again.detail) == (State.READY, "it said  ? and more")
    assert state(file, other.delivery.what.key) is State.SENT


def test_a_lane_with_one_under_way_gives_no_other(file: File) -> None:
    shelf = Shelf()
    begin(file, member=False)
    at = CAL.opens(1) + H
    joined = NewDelivery("joined:9:1", "join-card", "local", 1, at, room_id=1)
    file.write(lambda s: s.deliveries.add([joined]))
    assert len(claim(file, shelf, at).send) == 1
    tick(file, shelf, at)  # the opening was due an hour ago
    assert not file.write(lambda s: s.deliveries.ready(at, 10))


def test_one_faulty_row_does_not_stop_the_others(file: File) -> None:
    shelf = Shelf()
    begin(file, member=False, rooms=2)
    at = CAL.opens(6)
    tick(file, shelf, at)
    card = NewDelivery("join-card:1:2", "join-card", "local", 1, at, room_id=2)
    file.write(lambda s: s.deliveries.add([card]))
    shelf.programme = programme(4)  # the author took two weeks out
    assert "join-card:1:2" in send_all(file, shelf, at)


def test_a_member_who_moves_to_an_earlier_zone_is_still_reminded(file: File) -> None:
    shelf = Shelf()
    begin(file, zone="America/Los_Angeles")
    at = CAL.opens(1)
    tick(file, shelf, at)
    send_all(file, shelf, at)
    actor = Actor("local", "w", "u1", "U", admin=False, zone=None)
    file.write(lambda s: ensure_account(s, actor, "Pacific/Auckland", at))  # as /join of another cohort does
    sent = []
    while at < CAL.closes(1):
        at += timedelta(minutes=10)
        tick(file, shelf, at)
        sent += send_all(file, shelf, at)
    assert [k for k in sent if k.startswith("nudge")] == ["nudge:1:r1:middle:m1", "nudge:1:r1:closing:m1"]


def test_two_reminders_are_a_day_apart_also_when_the_schedule_moves_between_them(file: File) -> None:
    shelf = Shelf()
    begin(file)
    middle = CAL.opens(1) + 3 * DAY + 9 * H
    tick(file, shelf, middle)
    first = send_all(file, shelf, middle)
    assert "nudge:1:r1:middle:m1" in first
    file.write(lambda s: s.cohorts.add_move(1, Move(2, 5, time(9), BERLIN, middle + H)))  # Saturday 09:00
    at = CAL.opens(1) + 4 * DAY
    tick(file, shelf, at)
    assert not [k for k in send_all(file, shelf, at) if "closing" in k], "15 hours after the other"


def test_an_ambiguous_message_is_looked_up_after_the_cure_too(file: File) -> None:
    shelf = Shelf()
    begin(file, member=False)
    at = CAL.opens(1)
    tick(file, shelf, at)
    (p,) = claim(file, shelf, at).send
    file.write(lambda s: s.deliveries.put(p.delivery, State.UNKNOWN, DeliveryReason.NO_ANSWER, at))  # it was posted
    (q,) = claim(file, shelf, at).look_up
    file.write(lambda s: s.deliveries.put(q.delivery, State.PARKED, DeliveryReason.NOT_ALLOWED, at))
    file.write(lambda s: s.deliveries.rearm(1, at))
    assert not claim(file, shelf, at).send, "posted twice"


async def test_a_lost_answer_while_the_calendar_was_three_hours_ahead_is_not_repeated(tmp_path: Path) -> None:
    clock = StillClock()
    chat = MemoryPlatform(lambda: clock.now() - timedelta(hours=3))  # the platform's own clock is right
    async with running(tmp_path, chat=chat, clock=clock) as bot:
        chat.lose_answer_next()
        await bot.create()
        await bot.settle()
        cards = [each for each in chat.posts() if "AI 2027" in each.text]
        assert len(cards) == 1


def two_in_one_channel(file: File) -> None:
    """Two cohorts that open at the same time in one channel, the second one an hour later in all."""
    for number, hour in ((1, 9), (2, 10)):

        def fn(store: Store, name: str = f"x{number}", at: time = time(hour)) -> None:
            calendar = replace(CAL, at=at)
            c = store.cohorts.add(
                platform="local", workspace="w", name=name, programme="sample", calendar=calendar, at=BORN, creator="m"
            )
            store.cohorts.add_room(c.id, "local", "w", "shared")

        file.write(fn)


def test_two_cohorts_in_one_channel_keep_one_order(file: File) -> None:
    shelf = Shelf()
    two_in_one_channel(file)
    at = CAL.opens(1) + 2 * H
    tick(file, shelf, at)
    (first,) = claim(file, shelf, at).send
    assert first.delivery.what.key == "opening:1:r1:1"
    assert not claim(file, shelf, at).send, "one at a time in a channel, whoever meets there"
    assert sent(file, first.delivery, at)
    assert send_all(file, shelf, at) == ["opening:2:r1:2"]


def test_what_waits_for_a_room_that_moves_joins_the_order_of_its_new_channel(file: File) -> None:
    shelf = Shelf()
    two_in_one_channel(file)
    at = CAL.opens(1) + 2 * H
    tick(file, shelf, at)
    file.write(lambda s: s.cohorts.set_channel(1, "elsewhere"))
    claims = claim(file, shelf, at)
    assert {parcel.delivery.what.key for parcel in claims.send} == {"opening:1:r1:1", "opening:2:r1:2"}
    for parcel in claims.send:
        file.write(lambda s, row=parcel.delivery: s.deliveries.put(row, State.PARKED, DeliveryReason.ROOM_GONE, at))  # type: ignore[misc]
    file.write(lambda s: s.cohorts.set_channel(2, "elsewhere"))
    file.write(lambda s: [s.deliveries.rearm(cohort, at) for cohort in (1, 2)])
    assert len(claim(file, shelf, at).look_up) == 1, "one lane again, also for what waited for a person"


def test_what_may_be_in_a_channel_that_the_room_has_left_is_looked_for_there(file: File) -> None:
    shelf = Shelf()
    begin(file, member=False)
    at = CAL.opens(1)
    tick(file, shelf, at)
    (p,) = claim(file, shelf, at).send
    file.write(lambda s: s.deliveries.put(p.delivery, State.UNKNOWN, DeliveryReason.NO_ANSWER, at))
    file.write(lambda s: s.cohorts.set_channel(1, "elsewhere"))
    (q,) = claim(file, shelf, at).look_up
    assert (q.to, q.left) == (Place("local", "w", "g0"), True)
    file.write(lambda s: s.deliveries.put(q.delivery, State.READY, None, at))  # certainly absent
    (again,) = claim(file, shelf, at).send
    assert again.to == Place("local", "w", "elsewhere")


async def test_a_zone_that_the_data_lacks_silences_nobody_and_is_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path) as bot:

        def start(store: Store) -> None:
            calendar = Calendar(date(2027, 1, 4), time(9), "Mars/Olympus")
            slug, at = LIBRARY.slugs()[0], bot.clock.now()
            where = {"platform": "local", "workspace": "playground"}
            cohort = store.cohorts.add(
                **where, name="Far", programme=slug, calendar=calendar, at=at, creator="moderator"
            )
            store.cohorts.add_room(cohort.id, "local", "playground", "general")

        await bot.write(start)
        await bot.days(4)
        assert bot.cards() == [1]
        (finding,) = await bot.runtime.findings()
        assert finding.bearable
        assert "Mars/Olympus, the time zone of Far," in english(finding.problem)
        assert "/cohort edit timezone:" in finding.cure
        preview = await bot.message("moderator", "/cohort edit timezone:Berlin")
        await bot.press("moderator", preview, "Change")
        assert await bot.runtime.findings() == []
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
