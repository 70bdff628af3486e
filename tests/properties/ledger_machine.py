"""Planner and ledger over a real SQLite file, under everything that can happen to them, beside an oracle.

The platform is played here: what it has accepted is counted outside of the system, by the mark.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from unittest import mock

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from cohort_bot.app.delivery import ledger
from cohort_bot.app.delivery.parcel import Claims
from cohort_bot.app.delivery.precomposed import Precomposed
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import AHEAD, Delivery, DeliveryResult, Store
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.delivery_states import State
from cohort_bot.core.features import GENTLE, Feature
from cohort_bot.core.membership import Break
from cohort_bot.core.rounds import Calendar
from cohort_bot.storage.ledger_rows import mark_of
from tests.properties.ledger_world import BORN, FAR, START, File, Oracle, Row, Shelf, join
from tests.properties.worlds import DAY, TIMES, programme

ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu")
HOUR = timedelta(hours=1)
IN_AHEAD = AHEAD // timedelta(microseconds=1)
which = st.integers(0, 9)
"""Picks one of what is under way."""


class LedgerMachine(RuleBasedStateMachine):
    """One cohort, its ledger, and a platform that is asked, answers, or does not."""

    def __init__(self) -> None:
        super().__init__()
        self.file = File()
        self.shelf = Shelf()
        self.now = BORN
        self.looked_at = self.ticked = self.planned = BORN
        self.precomposed = Precomposed()
        self.sending: list[Delivery] = []
        self.looking: list[Delivery] = []
        self.ghosts: list[Delivery] = []
        self.posted: Counter[str] = Counter()
        self.last_posted: dict[tuple[str, bool], datetime] = {}
        self.passed: set[str] = set()
        self.greeted: set[str] = set()
        self.fences: dict[str, int] = {}
        self.states: dict[str, str] = {}

    @initialize(zone=st.sampled_from(ZONES), early=st.sampled_from((timedelta(), AHEAD)))
    def begin(self, zone: str, early: timedelta) -> None:
        self.early = early  # one process works ahead, several do not

        def write(store: Store) -> tuple[int, int]:
            cohort = store.cohorts.add(
                platform="local",
                workspace="playground",
                name="Sample",
                programme="sample",
                calendar=Calendar(START, time(9), zone),
                at=self.now,
                creator="moderator",
            )
            # Questions on earlier weeks are simulated by themselves (test_simulation.py).
            store.cohorts.set_features(cohort.id, GENTLE - {Feature.QUESTIONS})
            return cohort.id, store.cohorts.add_room(cohort.id, "local", "playground", "general").id

        self.oracle = Oracle(*self.file.write(write), zone)

    # Time

    @rule(killed=st.booleans())
    def tick(self, killed: bool = False) -> None:
        """What the ticker does once a second. Where it is `killed` after a slice, the next process begins anew."""
        back, self.ticked = self.ticked - self.now, self.now
        if (anew := self.oracle.take_back(self.file, self.now, back)) is not None:
            self.last_posted.clear()
            for key in anew:
                self.states.pop(key, None)
            self.looked_at = self.now

        def look(store: Store) -> Sequence[int]:
            planned, due = store.cohorts.planned([self.oracle.cohort])[self.oracle.cohort], store.cohorts.next_due()
            if due == planned:  # a change: it goes back to the opening before last, and no further for several changes
                assert planned <= max(self.oracle.seen_until, self.now + FAR)
                assert planned > min(self.planned, self.oracle.seen_until) - HOUR
                self.oracle.seen_until = min(planned, self.oracle.seen_until)
            return store.cohorts.due(self.now + self.early)

        cohorts = self.file.write(look)
        for slices in (1, 1000) if killed else (1000,):
            self._plan(cohorts, slices)
        if self.shelf.programme is not None:
            self.oracle.look(self.now)
            self.looked_at = max(self.looked_at, self.now)
        self.planned = self.file.write(lambda store: store.cohorts.planned([self.oracle.cohort])[self.oracle.cohort])

    def _plan(self, cohorts: Sequence[int], slices: int) -> None:
        """In at most so many slices of one member each."""
        kept, done = self.precomposed if self.early else None, ledger.Slice(0, cohorts)

        def plan(store: Store) -> ledger.Slice | None:
            return ledger.materialise(store, self.shelf, done.left, self.now, kept, done.begun, lambda: True)

        with mock.patch.object(ledger, "MEMBERS_AT_ONCE", 1):
            while done.left and slices:
                done, slices = self.file.write(plan) or done, slices - 1

    @rule(minutes=st.integers(1, 300))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(microseconds=st.integers(1, 900) | st.just(IN_AHEAD) | st.integers(1, IN_AHEAD))
    def the_ticker_looks_just_before(self, microseconds: int) -> None:
        """The ledger keeps milliseconds; a look in the last one before an instant must not pass it. What it brings is
        written ahead, and whatever happens next finds it there.
        """
        due = self.file.write(lambda store: store.cohorts.next_due())
        if due is not None and self.now < due < self.now + 9 * DAY:
            self.now = due - timedelta(microseconds=microseconds)
            self.tick()

    @rule(days=st.integers(1, 9))
    def days_pass(self, days: int) -> None:
        """Quiet days: everything is planned and delivered at its instant."""
        until = self.now + days * DAY
        while (due := self.oracle.next_due(self.file, self.now)) is not None and due <= until:
            self.now = max(self.now, due)
            self.tick()
            self._deliver_all()
        self.now = until

    @rule(days=st.integers(1, 25))
    def the_bot_is_down(self, days: int) -> None:
        self.crash(0)
        self.now += days * DAY
        self.tick()

    @rule(minutes=st.integers(1, 180))
    def the_clock_steps_back(self, minutes: int) -> None:
        self.now -= timedelta(minutes=minutes)

    @rule(days=st.integers(1, 40), brought=st.booleans())
    def the_calendar_is_ahead_for_a_moment(self, days: int, brought: bool) -> None:
        self.now += days * DAY
        self.tick()
        if brought:
            self._deliver_all()
        self.now -= days * DAY
        self.tick()

    # Sending

    @rule(limit=st.integers(1, 4))
    def claim(self, limit: int) -> None:
        but = frozenset(row.lane for row in (*self.sending, *self.looking))

        before = self.file.rows()
        self.oracle.almanac.pass_to(self.now)
        self.oracle.look(min(self.now, self.oracle.planned(self.file)))  # what was written ahead has come due

        def write(store: Store) -> tuple[Sequence[Delivery], Claims]:
            offered = store.deliveries.rows([each.id for each in store.deliveries.ready(self.now, limit, but)])
            return offered, ledger.claim(store, self.shelf, self.now, limit, but, precomposed=self.precomposed)

        offered, claims = self.file.write(write)
        send = {parcel.delivery.what.key: parcel.delivery for parcel in claims.send}
        look_up = {parcel.delivery.what.key: parcel.delivery for parcel in claims.look_up}
        self.sending += send.values()
        self.looking += look_up.values()
        assert len(send) + len(look_up) + claims.closed == len(offered)
        assert len({row.lane for row in offered} - but) == len(offered), "one of each lane"
        for row in offered:
            key = row.what.key
            if row.state is State.UNKNOWN:
                assert key in look_up, f"{key} is repeated before it was looked up"
            elif row.what.kind == "joined":
                self._welcomes(row, send.get(key), before)
            else:
                assert (key in send) is self.oracle.wants(key, self.now), f"{key} at {self.now}"
            if key not in send and row.state is not State.UNKNOWN:
                self.oracle.dropped[key] = self.now
            if key in send:
                assert send[key].fence == row.fence + 1
                assert row.first_try is None or row.payload == send[key].payload, "frozen"
                if row.first_try is None and row.what.kind == "opening":
                    closes = self.oracle.almanac.closes(row.what.round or 0).astimezone(UTC).isoformat()
                    assert closes in (send[key].payload or ""), "composed before the cohort was changed"

    def _welcomes(self, row: Delivery, sent: Delivery | None, ledger: Sequence[Row]) -> None:
        """A greeting names who has come due with it, and is dropped when all of them are gone."""
        names = self.oracle.welcomes(row, ledger, self.now)
        assert (sent is not None) is bool(names), f"{row.what.key} at {self.now}"
        if sent is not None and row.first_try is None:
            assert self._named(sent) == names, row.what.key

    def _named(self, greeting: Delivery) -> set[str]:
        return {person.name for person in self.oracle.people if person.name in (greeting.payload or "")}

    @precondition(lambda self: self.sending)
    @rule(index=which)
    def accepted(self, index: int) -> None:
        row = self._take(self.sending, index)
        self._post(row)
        assert self.file.write(
            lambda store: store.deliveries.note([DeliveryResult(row, State.SENT, None, row.mark, "general")], self.now)
        )
        self.oracle.sent[row.what.key] = self.now

    @precondition(lambda self: self.sending)
    @rule(index=which, state=st.sampled_from((State.READY, State.PARKED)))
    def refused(self, index: int, state: State) -> None:
        row = self._take(self.sending, index)
        assert self.file.write(lambda store: store.deliveries.put(row, state, DeliveryReason.INVALID, self.now))

    @precondition(lambda self: self.sending)
    @rule(index=which, posted=st.booleans())
    def no_answer(self, index: int, posted: bool) -> None:
        row = self._take(self.sending, index)
        if posted:
            self._post(row)
        assert self.file.write(
            lambda store: store.deliveries.put(row, State.UNKNOWN, DeliveryReason.NO_ANSWER, self.now)
        )

    @precondition(lambda self: self.looking)
    @rule(index=which)
    def looked_up(self, index: int) -> None:
        """Found or certainly absent."""
        row = self._take(self.looking, index)
        if self.posted[row.mark]:
            assert self.file.write(
                lambda store: store.deliveries.note(
                    [DeliveryResult(row, State.SENT, None, row.mark, "general")], self.now
                )
            )
            self.oracle.sent[row.what.key] = self.now
        else:
            assert self.file.write(lambda store: store.deliveries.put(row, State.READY, None, self.now))

    @precondition(lambda self: self.looking)
    @rule(index=which, parked=st.booleans())
    def look_up_fails(self, index: int, parked: bool) -> None:
        """For now, or until a person has given us back the right to read."""
        row = self._take(self.looking, index)
        if parked:
            assert self.file.write(
                lambda store: store.deliveries.put(row, State.PARKED, DeliveryReason.INVALID, self.now)
            )

    @rule(posted=st.integers(0, 15))
    def crash(self, posted: int) -> None:
        """The process is gone, some of what was under way was posted; another one takes over the file."""
        for bit, row in enumerate(self.sending):
            if posted >> bit & 1:
                self._post(row)
        assert self.file.write(lambda store: store.deliveries.orphaned(self.now)) == len(self.sending)
        self.ghosts += self.sending
        self.sending, self.looking = [], []
        self.precomposed = Precomposed()

    @precondition(lambda self: self.ghosts)
    @rule(index=which, state=st.sampled_from((State.SENT, State.READY, State.PARKED, State.UNKNOWN)))
    def a_stale_process_reports(self, index: int, state: State) -> None:
        """Its row was claimed again meanwhile: whatever it says, the fence has moved on."""
        row = self.ghosts[index % len(self.ghosts)]
        truth = state is State.UNKNOWN or (state is State.SENT) is bool(self.posted[row.mark])
        if self.fences[row.what.key] == row.fence and not truth:
            return

        def write(store: Store) -> bool:
            if state is State.SENT:
                return store.deliveries.note([DeliveryResult(row, State.SENT, None, "stale", "general")], self.now) == 1
            return store.deliveries.put(row, state, DeliveryReason.OTHER, self.now)

        if self.file.write(write):
            assert self.fences[row.what.key] == row.fence
            if state is State.SENT:
                self.oracle.sent[row.what.key] = self.now
            self.looking = [each for each in self.looking if each.what.key != row.what.key]

    @precondition(lambda self: "parked" in self.states.values())
    @rule()
    def a_person_tries_again(self) -> None:
        parked = {row.key for row in self.file.rows() if row.state == State.PARKED.value}
        assert self.file.write(lambda store: store.deliveries.rearm(self.oracle.cohort, self.now)) == len(parked)
        self.passed |= parked

    # People

    @precondition(lambda self: len(self.oracle.people) < 4 and not self.oracle.archived)
    @rule(zone=st.sampled_from(ZONES), from_week_1=st.booleans())
    def somebody_joins(self, zone: str, from_week_1: bool) -> None:
        self.oracle.change(self.file, lambda store: join(store, self.oracle, self.now, zone, from_week_1=from_week_1))

    @precondition(lambda self: len(self.oracle.people) < 3 and not self.oracle.archived)
    @rule(minutes=st.integers(0, 6))
    def several_join_within_minutes(self, minutes: int) -> None:
        for zone in ZONES[:3]:
            self.somebody_joins(zone, from_week_1=False)
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.oracle.people)
    @rule(index=which)
    def somebody_leaves_or_comes_back(self, index: int) -> None:
        person = self.oracle.people[index % len(self.oracle.people)]
        person.here = not person.here
        left = None if person.here else self.now

        def write(store: Store) -> None:
            store.members.set_left(person.id, left)
            store.cohorts.replan(self.oracle.cohort, self.now)
            self.oracle.look_again(self.now)

        self.oracle.change(self.file, write)

    @precondition(lambda self: self.oracle.people)
    @rule(index=which, back=st.integers(0, 1))
    def somebody_checks_in(self, index: int, back: int) -> None:
        person = self.oracle.people[index % len(self.oracle.people)]
        number = self.oracle.almanac.latest(self.now) - back
        if number < 1:
            return
        entry = CheckIn(person.id, number, max(1, number - person.behind), self.now)
        new = self.file.write(lambda store: store.checkins.save(entry, self.now))
        assert new is (number not in person.filed)
        person.filed.add(number)

    @precondition(lambda self: self.oracle.people)
    @rule(index=which)
    def somebody_stops_reminders(self, index: int) -> None:
        person = self.oracle.people[index % len(self.oracle.people)]
        person.reminders = False
        self.file.write(
            lambda store: store.people.update(person.account, name=person.name, zone=person.zone, reminders=False)
        )

    @precondition(lambda self: self.oracle.people)
    @rule(index=which, days=st.integers(0, 15))
    def somebody_takes_a_break(self, index: int, days: int) -> None:
        person = self.oracle.people[index % len(self.oracle.people)]
        today: date = self.now.date()
        person.away.append((today, today + days * DAY))
        self.file.write(lambda store: store.members.add_break(person.id, Break(*person.away[-1])))

    # The cohort

    def _can_change(self) -> bool:
        """The almanac leads the future only, so nothing is changed while the clock is behind."""
        if self.now < max([self.oracle.seen_until, *(opens for opens, *_ in self.oracle.almanac.opened)]):
            return False
        self.tick()
        return True

    @precondition(lambda self: not self.oracle.archived)
    @rule(weekday=st.integers(0, 6), at=st.sampled_from(TIMES), zone=st.sampled_from(ZONES))
    def the_schedule_moves(self, weekday: int, at: time, zone: str) -> None:
        almanac = self.oracle.almanac
        if self._can_change() and (not almanac.opened or self.now < almanac.closes(len(almanac.opened))):
            self.now = self.now.replace(microsecond=0)
            move = self.oracle.almanac.move(weekday, at, zone, self.now)
            self.oracle.change(self.file, lambda store: store.cohorts.add_move(self.oracle.cohort, move))
            self.oracle.look_again(self.now)

    @precondition(lambda self: not self.oracle.archived)
    @rule(rounds=st.integers(1, 2))
    def a_holiday_is_given(self, rounds: int) -> None:
        if self._can_change():
            holiday = self.oracle.almanac.holiday(rounds)
            self.oracle.change(
                self.file, lambda store: store.cohorts.add_holiday(self.oracle.cohort, holiday, self.now)
            )
            self.oracle.look_again(self.now)

    @precondition(lambda self: len(self.oracle.almanac.opened) > 4)
    @rule()
    def the_cohort_ends(self) -> None:
        if not self.oracle.archived:
            self.tick()
        self.oracle.archived = True
        self.oracle.change(self.file, lambda store: store.cohorts.archive(self.oracle.cohort, self.now))

    @rule(edition=st.sampled_from(("", " (new)")))
    def the_programme_is_reworded(self, edition: str) -> None:
        self.shelf.programme = programme(6, edition=edition, papers=(2, 5))

    @rule(hours=st.integers(1, 60))
    def the_programme_cannot_be_read_for_a_while(self, hours: int) -> None:
        before, self.shelf.programme = self.shelf.programme, None
        self.now += hours * HOUR
        self.tick()
        self.shelf.programme = before
        self.now = max(self.now, self.oracle.seen_until) + HOUR
        self.tick()

    # What holds always

    @invariant()
    def the_ledger_holds_all_that_is_due_and_nothing_else(self) -> None:
        rows = self.file.rows()
        # What is later was written ahead.
        found = {row.key: row.due for row in rows if row.key in self.oracle.expected or row.due <= self.looked_at}
        lost, extra = self.oracle.expected.keys() - found.keys(), found.keys() - self.oracle.expected.keys()
        assert not lost, f"lost: {lost}"
        assert not extra, f"nobody asked for: {extra}"
        assert found == self.oracle.expected, "at their instants"
        for row in rows:
            key, state = row.key, row.state
            assert row.fence >= self.fences.get(key, 0), f"the fence of {key} went back"
            self.fences[key] = row.fence
            greeting = self.oracle.greetings.get(key)
            shown = self.last_posted.get((row.lane, bool(row.in_thread)), row.due)
            if greeting and key not in self.states and row.due < shown:
                self.passed.add(key)  # somebody joined after the clock had stepped back
            before = self.states.get(key, state)
            assert before == state or before not in {"sent", "skipped"}, f"{key} was {before} and is {state}"
            self.states[key] = state
            if greeting and (by := greeting.by):
                assert (state, row.reason, row.detail) == ("skipped", "gathered", str(by.id)), key

    @precondition(lambda self: self.sending)
    @invariant()
    def a_lane_with_one_under_way_gives_no_other(self) -> None:
        offered = self.file.write(
            lambda store: store.deliveries.rows([each.id for each in store.deliveries.ready(self.now, 1000)])
        )
        assert not {row.lane for row in offered} & {row.lane for row in self.sending}
        assert all(row.what.due <= self.now for row in offered)

    def teardown(self) -> None:
        """In the end all that came due was posted, or closed for a reason; what is parked waits for a person."""
        try:
            if not hasattr(self, "oracle"):
                return
            self.now = max([self.now, self.oracle.seen_until, *(each.due for each in self.oracle.greetings.values())])
            self.crash(0)
            self._deliver_all()
            self.the_ledger_holds_all_that_is_due_and_nothing_else()
            for key, state, *_ in (row for row in self.file.rows() if row.due <= self.now):
                assert state in {"sent", "skipped", "parked"}, f"{key} is left behind as {state}"
                assert state == "parked" or self.posted[mark_of(key)] == (state == "sent"), f"{key} is {state}"
        finally:
            self.file.close()

    def _deliver_all(self) -> None:
        while True:
            self.claim(100)
            if not (self.sending or self.looking):
                if not self.file.write(lambda store: store.deliveries.ready(self.now, 1)):
                    return
                continue
            while self.sending:
                self.accepted(0)
            while self.looking:
                self.looked_up(0)

    @staticmethod
    def _take(rows: list[Delivery], index: int) -> Delivery:
        return rows.pop(index % len(rows))

    def _post(self, row: Delivery) -> None:
        """The platform has it; a channel shows messages in the order of their instants, and so do its threads."""
        self.posted[row.mark] += 1
        assert self.posted[row.mark] == 1, f"{row.what.key} is posted twice"
        if row.what.kind == "joined":
            names = self._named(row)
            assert not names & self.greeted, f"{row.what.key} greets somebody again"
            self.greeted |= names
        if row.what.key not in self.passed and row.what.due <= self.now:
            order = (row.lane, row.what.in_thread)
            assert row.what.due >= self.last_posted.get(order, row.what.due), f"{row.what.key} is out of order"
            self.last_posted[order] = row.what.due
