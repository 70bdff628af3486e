"""A cohort on a SQLite file beside what the rules say should become of it: the oracle of the ledger's machine."""

import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import NullPool, create_engine, event, select

from cohort_bot.app.delivery import ledger
from cohort_bot.app.features.join import greet
from cohort_bot.app.ports.store import Delivery, Store
from cohort_bot.core.membership import Member, Slip, first_round
from cohort_bot.core.programme import Programme
from cohort_bot.storage.database import writer_engine
from cohort_bot.storage.postgres import address
from cohort_bot.storage.store import SqlStore
from cohort_bot.storage.tables import deliveries
from tests.fakes.databases import Current, sqlite_template
from tests.properties.worlds import DAY, Almanac, by_day, moment, programme, reminders, return_call

T = TypeVar("T")
WEEKS = 6
PAPERS = (2, 5)
START = date(2027, 3, 15)
"""Two weeks before Europe's clocks change."""
BORN = datetime(2027, 3, 13, 12, 0, tzinfo=UTC)
FAR = timedelta(minutes=10)
"""What is planned further ahead was planned by a wrong calendar."""
OPEN = {"ready", "unknown", "sending"}
TOGETHER = timedelta(minutes=5)
"""How long after a greeting the next one comes, for all who have come meanwhile."""
PATIENCE = {"nudge": timedelta(hours=3), "digest": DAY, "paper": 7 * DAY, "gate": 7 * DAY}
"""How long each kind is still worth sending; the others for ever."""
CAPPED = {"nudge", "comeback"}
MOST_DIRECT = 3
"""These are not sent as the fourth message to a person in a round."""


def whole(at: datetime) -> datetime:
    """As the ledger keeps it, in milliseconds."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _hurry(connection: sqlite3.Connection, _: object) -> None:
    """Power does not fail here, only processes do."""
    connection.execute("PRAGMA synchronous=OFF")


class File:
    """A copy of the database of the running test's kind, driven without a thread."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        if Current.databases.kind == "sqlite":
            (folder / "bot.db").write_bytes(sqlite_template())
            self._engine = writer_engine(folder / "bot.db")
            event.listen(self._engine, "connect", _hurry)
        else:
            self._engine = create_engine(address(Current.databases.url(folder)), poolclass=NullPool)
        self._connection = self._engine.connect()

    def write(self, fn: Callable[[Store], T]) -> T:
        with self._connection.begin():
            return fn(SqlStore(self._connection))

    def rows(self) -> Sequence["Row"]:
        """The whole ledger."""
        with self._connection.begin():
            query = select(*(deliveries.c[name] for name in Row._fields))
            return [Row(*row) for row in self._connection.execute(query)]

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()
        self._folder.cleanup()


class Row(NamedTuple):
    """What is looked at of a row of the ledger."""

    key: str
    state: str
    lane: str
    fence: int
    due: datetime
    in_thread: int
    reason: str | None
    detail: str | None


class Shelf:
    """The one programme; None while it cannot be read."""

    def __init__(self) -> None:
        self.programme: Programme | None = programme(WEEKS, papers=PAPERS)

    def get(self, slug: str) -> Programme | None:
        return self.programme

    def slugs(self) -> Sequence[str]:
        return ("sample",)


@dataclass
class Person:
    """What the oracle knows of a member."""

    id: int
    account: int
    zone: str
    joined: datetime
    first: int
    behind: int
    name: str
    here: bool = True
    reminders: bool = True
    filed: set[int] = field(default_factory=set)
    called: set[int] = field(default_factory=set)
    away: list[tuple[date, date]] = field(default_factory=list)

    def resting(self, dates: Sequence[date]) -> bool:
        return sum(any(first <= day <= last for first, last in self.away) for day in dates) >= 4


@dataclass
class Greeting:
    """What the oracle knows of the line that says that somebody has joined."""

    person: Person
    due: datetime
    round: int | None
    by: Delivery | None = None
    """The row that greets them, too: then they have no line of their own."""


class Oracle:
    """What must be in the ledger, and whether a row is still wanted; from the rules, by plain counting."""

    def __init__(self, cohort: int, room: int, zone: str) -> None:
        self.cohort, self.room = cohort, room
        self.almanac = Almanac(START, time(9), zone)
        self.people: list[Person] = []
        self.archived = False
        self.seen_until = BORN
        self.expected: dict[str, datetime] = {}
        self.greetings: dict[str, Greeting] = {}
        self.dropped: dict[str, datetime] = {}
        """When a row was not wanted any more, or came too late."""
        self.sent: dict[str, datetime] = {}
        """When a row was known to be sent."""
        self._ends: dict[str, datetime] = {}

    def look(self, now: datetime) -> None:
        """Whatever has come due since the last look is expected from now on, and for ever."""
        if now <= self.seen_until or self.archived:
            return
        self.almanac.pass_to(now)
        for number in range(1, len(self.almanac.opened) + 1):
            for key, at in self._all(number):
                if self.seen_until < at <= now and key not in self.expected:  # a moved round keeps what it has had
                    self.expected[key] = at
                    self._ends[key] = self.almanac.closes(number)
                    if key.startswith("portfolio"):
                        self._ends[key] += DAY + timedelta(days=30, hours=1)
                    if key.startswith(("nudge", "comeback")):
                        self._ends[key] = min(self._ends[key], self._night(key, at))
        self.seen_until = now

    def _all(self, number: int) -> list[tuple[str, datetime]]:
        opens, closes = self.almanac.opens(number), self.almanac.closes(number)
        found: list[tuple[str, datetime]] = []
        if number <= WEEKS:
            found += [(f"opening::{self.room}", opens), (f"digest::{self.room}", closes + DAY)]
            if number in PAPERS:
                found.append((f"paper:paper-{number}:{self.room}", self.wednesday(number)))
            if number in {WEEKS // 2, WEEKS}:
                found.append((f"gate::{self.room}", closes - 3 * DAY))
            if number == WEEKS:
                found.append((f"graduation::{self.room}", closes + DAY))
        for person in self.people:
            if not person.here or number < person.first or number - person.behind > WEEKS:
                continue
            if person.behind and opens > person.joined:
                found.append((f"own-week::m{person.id}", opens))
            endings = []
            if person.behind and number - person.behind in {WEEKS // 2, WEEKS}:
                endings.append(("own-gate", by_day(closes - 3 * DAY, person.zone)))
            if number - person.behind == WEEKS:
                endings.append(("portfolio", by_day(closes + DAY + timedelta(hours=1), person.zone)))
            found += [(f"{kind}::m{person.id}", at) for kind, at in endings if at > person.joined]
            for name, at in reminders(opens, closes, person.zone).items():
                if at > person.joined:
                    found.append((f"nudge:{name}:m{person.id}", at))
            if number >= person.first + 2:
                found.append(
                    (f"comeback::m{person.id}", return_call(opens, self.almanac.closes(number - 1), person.zone))
                )
        return [(self._key(part, number), at) for part, at in found]

    def _key(self, said: str, number: int) -> str:
        kind, part, target = said.split(":")
        return ":".join([kind, str(self.cohort), f"r{number}", *([part] if part else []), target])

    def wednesday(self, number: int) -> datetime:
        """When the paper of the round comes."""
        opens, _, zone = self.almanac.opened[number - 1]
        instants = [moment(day, time(18), zone) for day in self.almanac.dates(number) if day.weekday() == 2]
        fits = [at for at in instants if opens < at < self.almanac.closes(number)]
        return fits[0] if fits else opens + timedelta(hours=2)

    def planned(self, file: File) -> datetime:
        """Up to when everything is in the ledger."""
        return file.write(lambda store: store.cohorts.planned([self.cohort])[self.cohort])

    @staticmethod
    def next_due(file: File, now: datetime) -> datetime | None:
        """When there is something to do: to plan, or to bring what was written ahead."""
        instants = file.write(lambda store: (store.cohorts.next_due(), store.deliveries.next_due(now)))
        return min((due for due in instants if due is not None), default=None)

    def change(self, file: File, fn: Callable[[Store], None]) -> None:
        """A change of the cohort: what was written ahead and never tried is taken back, and expected anew."""
        before = {row.key: row for row in file.rows()}
        file.write(fn)
        for key in before.keys() - {row.key for row in file.rows()}:
            assert (before[key].state, before[key].fence) == ("ready", 0), f"{key} is taken back"
            self.expected.pop(key, None)

    def take_back(self, file: File, now: datetime, back: timedelta) -> list[str] | None:
        """When the calendar turns out to have been ahead: whatever lies later than now, and was not tried, counts no
        more. Returns what may begin anew. `back` is how far it went since the last look.
        """
        before, planned = {row.key: row for row in file.rows()}, self.planned(file)
        if not self.archived and (planned > now + FAR or back > FAR):
            file.write(lambda store: ledger.take_back(store, self.cohort, now))
        after = {row.key: row for row in file.rows()}
        if self.archived or (planned <= now + FAR and back <= FAR):
            assert after == before
            return None
        due = {key: row.due for key, row in after.items()}
        self.seen_until = min(self.seen_until, now)
        self.sent = {key: min(at, now) for key, at in self.sent.items()}
        anew = []
        for key, row in before.items():
            dropped = row.state == "skipped" and self.dropped.get(key, now) > now
            greeting = self.greetings.get(key)
            gone = not greeting and not row.fence and (dropped or (row.state == "ready" and row.due > now))
            assert gone is (key not in after), f"{key} is taken back" if key not in after else f"{key} stays"
            if gone:
                self.seen_until = min(self.seen_until, row.due - timedelta(milliseconds=1))
                self.expected.pop(key, None)
            elif dropped:
                assert after[key].state == "ready", f"{key} may be wanted again"
            if gone or dropped:
                self.dropped.pop(key, None)
                anew.append(key)
            if greeting and row.due > now and (dropped or (row.state in OPEN and row.due > now + FAR)):
                greeting.due = self.expected[key] = whole(now)
            assert gone or greeting is None or due[key] == greeting.due, key
        return anew

    def look_again(self, now: datetime) -> None:
        """Something has changed: what the newest two rounds bring is asked again, and nothing comes twice."""
        self.almanac.pass_to(now)
        newest = self.almanac.latest(now)
        since = self.almanac.opens(max(1, newest - 1)) - timedelta(milliseconds=1) if newest else now
        self.seen_until = min(self.seen_until, since)

    def join(self, person: Person, now: datetime) -> None:
        """They are greeted at once, or with whoever else comes within five minutes of the greeting before."""
        due = whole(now)
        if self.people:
            before = self.greetings[f"joined:{self.people[-1].id}:{self.room}"].due
            if now - TOGETHER < before <= now:
                due = before + TOGETHER
            elif now < before <= now + TOGETHER:
                due = before
        self.almanac.pass_to(now)
        number = self.almanac.latest(now)
        is_open = number and now < self.almanac.closes(number)
        key = f"joined:{person.id}:{self.room}"
        self.greetings[key] = Greeting(person, due, number if is_open else None)
        self.expected[key] = due
        self.people.append(person)

    def welcomes(self, row: Delivery, ledger: Sequence[Row], now: datetime) -> set[str]:
        """Whom a greeting that is claimed now is about: at its first claim all of its round who wait by then, too, and
        have no line of their own from now on; later those of the first claim.
        """
        own = self.greetings[row.what.key]
        if self.archived or now > own.due + DAY:
            return set()
        if row.first_try is None:
            waiting = {each.key for each in ledger if (each.state, each.fence) == ("ready", 0) and each.due <= now}
            for key, other in self.greetings.items():
                if key in waiting and other is not own and other.round == own.round:
                    other.by = row
        about = [own, *(each for each in self.greetings.values() if each.by and each.by.id == row.id)]
        return {each.person.name for each in about if each.person.here}

    def wants(self, key: str, now: datetime) -> bool:
        """Whether a row that has come due, other than a greeting, should go out when it is claimed now."""
        kind, _, said, *_, target = key.split(":")
        number, due = int(said[1:]), self.expected[key]
        if kind == "portfolio":
            return next(each.here for each in self.people if f"m{each.id}" == target) and now <= self._ends[key]
        if self.archived or (kind in PATIENCE and now > due + PATIENCE[kind]):
            return False
        if kind == "opening":
            return self.almanac.latest(now) <= number or number == WEEKS
        if kind == "digest":
            return any(person.here and (person.first <= number or number in person.filed) for person in self.people)
        if not target.startswith("m"):
            return True
        person = next(each for each in self.people if f"m{each.id}" == target)
        reachable = person.here and person.reminders and now <= self._ends[key]
        rule = {
            "own-week": self._at_work,
            "own-gate": self._at_work,
            "comeback": self._calls_back,
            "nudge": self._reminds,
        }[kind]
        many = kind in CAPPED and len(self._heard(person, now)) >= MOST_DIRECT
        return reachable and not many and rule(person, number, now)

    def _at_work(self, person: Person, number: int, _: datetime) -> bool:
        return not person.resting(self.almanac.dates(number))

    def _calls_back(self, person: Person, number: int, now: datetime) -> bool:
        """Exactly two missed rounds since the last check-in, and nobody has written to them about these before."""
        if self._quiet(person, number, now):
            return False
        missed: list[int] = []
        for each, made in self._counted(person, now):
            missed = [] if made else [*missed, each]
        if len(missed) != 2 or any(missed[0] < before < number for before in person.called):
            return False
        person.called.add(number)
        return True

    def _night(self, key: str, at: datetime) -> datetime:
        zone = next(each.zone for each in self.people if key.endswith(f":m{each.id}"))
        return moment(at.astimezone(ZoneInfo(zone)).date(), time(22), zone)

    def _reminds(self, person: Person, number: int, now: datetime) -> bool:
        quiet = self._quiet(person, number, now) or self.silent(person, now)
        return not quiet and not self._reminded(person, number, now)

    def _heard(self, person: Person, now: datetime) -> list[str]:
        """What they got directly since the newest round opened. It is more than usual where a schedule was moved, or
        the calendar was ahead.
        """
        newest = self.almanac.latest(now)
        since = self.almanac.opens(newest) if newest else now - 7 * DAY
        return [key for key, at in self.sent.items() if key.endswith(f":m{person.id}") and at >= since]

    def _reminded(self, person: Person, number: int, now: datetime) -> bool:
        """Whether the other reminder of the round came less than a day before."""
        others = [key for key in self._heard(person, now) if key.startswith(f"nudge:{self.cohort}:r{number}:")]
        return any(now - self.sent[key] < DAY for key in others)

    def _quiet(self, person: Person, number: int, now: datetime) -> bool:
        """Who has checked in needs no reminder, nor who is on a break of the round, or on a shorter one today."""
        zone = self.almanac.opened[max(self.almanac.latest(now), 1) - 1][2]
        today = now.astimezone(ZoneInfo(zone)).date()
        away = any(first <= today <= last for first, last in person.away)
        return number in person.filed or away or person.resting(self.almanac.dates(number))

    def silent(self, person: Person, now: datetime) -> bool:
        """Whether the last two rounds that count for them were both missed."""
        counted = [made for _, made in self._counted(person, now)]
        return len(counted) >= 2 and not any(counted[-2:])

    def _counted(self, person: Person, now: datetime) -> list[tuple[int, bool]]:
        """The rounds that count for them, and whether they were made."""
        return [
            (number, number in person.filed)
            for number in range(1, self.almanac.latest(now) + 1)
            if number in person.filed
            or (
                number >= person.first
                and now > self.almanac.closes(number) + DAY
                and not person.resting(self.almanac.dates(number))
            )
        ]


def join(store: Store, oracle: Oracle, now: datetime, zone: str, *, from_week_1: bool) -> None:
    """Somebody joins, as the command does it."""
    cohort = store.cohorts.get(oracle.cohort)
    assert cohort is not None
    number = len(oracle.people) + 1
    account = store.people.add("local", "playground", f"member-{number}", f"Sample Member {number}", zone)
    first = _first(oracle, now)
    assert first == first_round(cohort.calendar, now)
    member: Member = store.members.add(oracle.cohort, account, now, first, None, "")
    behind = first - 1 if from_week_1 else 0
    if behind:
        store.members.add_slip(member.id, Slip(first, behind))
    store.cohorts.replan(oracle.cohort, now)
    greet(store, cohort, member, now)
    oracle.join(Person(member.id, account.id, zone, now, first, behind, account.name), now)
    oracle.look_again(now)


def _first(oracle: Oracle, now: datetime) -> int:
    """The open round when four of its dates are still to come, else the next."""
    oracle.almanac.pass_to(now)
    number = oracle.almanac.latest(now)
    if not number or now >= oracle.almanac.closes(number):
        return number + 1
    today = now.astimezone(ZoneInfo(oracle.almanac.opened[number - 1][2])).date()
    return number if sum(day >= today for day in oracle.almanac.dates(number)) >= 4 else number + 1
