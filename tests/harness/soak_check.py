"""What a soak must have shown by its end, worked out from what its people did and never by the bot's own planner."""

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import psycopg

from cohort_bot.core.programme import Programme
from cohort_bot.storage.ledger_rows import mark_of
from tests.harness.soak_people import AWAY, REST, SLIP, Group, Person
from tests.harness.soak_sides import Seen, Side

DAY = timedelta(days=1)
SETTLED = frozenset({"sent", "skipped"})


@dataclass(slots=True)
class Ledger:
    """As much of the bot's database as its keys are made of, and how its deliveries stand."""

    cohorts: dict[str, int]
    rooms: dict[tuple[int, str, str], int]
    members: dict[tuple[int, str, str], int]
    states: dict[str, tuple[str, str, str]]
    """key -> state, reason, due."""


def ledger(address: str) -> Ledger:
    """Read the database of a bot that has been stopped."""
    shared = address.startswith("postgresql:")
    opened = psycopg.connect(address) if shared else sqlite3.connect(address.removeprefix("sqlite:///"))
    with closing(opened) as database:

        def rows(query: str) -> list[tuple[object, ...]]:
            return list(database.execute(query))

        cohorts = {str(name): int(str(number)) for name, number in rows("SELECT name, id FROM cohorts")}
        rooms = rows("SELECT cohort_id, platform, channel, id FROM rooms")
        members = rows(
            'SELECT m.cohort_id, a.platform, a."user", m.id FROM members m JOIN accounts a ON a.person_id = m.person_id'
        )
        states = rows("SELECT key, state, coalesce(reason, ''), due FROM deliveries")
    return Ledger(
        cohorts,
        {(int(str(c)), str(p), str(channel)): int(str(r)) for c, p, channel, r in rooms},
        {(int(str(c)), str(p), str(user)): int(str(m)) for c, p, user, m in members},
        {str(key): (str(state), str(reason), str(due)) for key, state, reason, due in states},
    )


@dataclass
class Check:
    """One cohort after another against what was seen; `wrong` are the violations."""

    programme: Programme
    book: Ledger
    end: datetime
    seen: dict[str, list[Seen]]
    ids: dict[tuple[str, str], str]
    """(platform, the crowd's name of a channel or person) -> the platform's id."""
    wrong: list[str] = field(default_factory=list)
    expected: int = 0

    def once(self, key: str, where: str, under: str | None = None) -> None:
        """It must be there once, in its place."""
        self.expected += 1
        found = self.seen.get(mark_of(key), [])
        parts = Counter(each.part for each in found)
        if not found:
            self.wrong.append(f"lost: {key} {self.book.states.get(key, 'not in the ledger')}")
        if any(count > 1 for count in parts.values()):
            self.wrong.append(f"{len(found)} times: {key}")
        root = mark_of(under) if under else None
        for each in found:
            if (each.channel, each.under) != (where, root):
                self.wrong.append(f"{key} is in {each.channel} under {each.under}, not in {where} under {root}")

    def never(self, key: str) -> None:
        """It must not be there."""
        if mark_of(key) in self.seen:
            self.wrong.append(f"unwanted: {key}")

    def cohort(self, group: Group) -> None:
        """All that the rooms and the members of a cohort must have got, and reminders that nobody must get."""
        number = self.book.cohorts[group.name]
        opened = [n for n in range(1, 60) if group.opens(n) <= self.end]
        over = [n for n in opened if group.closes(n) + DAY <= self.end]
        for side, channel in group.rooms:
            room = self.book.rooms[number, side.name, self.ids[side.name, channel]]
            if (side, channel) == group.rooms[0]:
                self.once(f"join-card:{number}:{room}", channel)
            for n in opened:
                opening = f"opening:{number}:r{n}:{room}"
                self.once(opening, channel)
                if n in over:
                    self.once(f"digest:{number}:r{n}:{room}", channel, opening)
                wednesday = datetime.combine(group.day(n) + 2 * DAY, time(18), ZoneInfo(group.zone))
                for paper in self.programme.papers_of(n)[:1] if wednesday <= self.end else ():
                    self.once(f"paper:{number}:r{n}:{paper.id}:{room}", channel)
                for person in group.people if n in over else ():
                    if person.shares(n):
                        member = self._member(number, person)
                        self.once(f"shared:{member}:r{n}:{room}", channel, opening)
            texts = [each for marked in self.seen.values() for each in marked if each.channel == channel]
            for person in group.people:  # some are greeted together
                shown = (
                    person.name if person.side.name == "discord" else f"Sample member {group.number}-{person.number}"
                )
                hellos = [each.text for each in texts if f"joined {group.name}. Say hello" in each.text]
                self.expected += 1
                if (times := sum(bool(re.search(rf"\b{re.escape(shown)}\b", each)) for each in hellos)) != 1:
                    self.wrong.append(f"{times} times greeted: {person.name} in {channel}")
            for words in group.announced:
                self.expected += 1
                if (times := sum(words in each.text for each in texts)) != 1:
                    self.wrong.append(f"{times} times: {words}")
        for person in group.people:
            self._reminders(number, group, person, opened, over)

    def _reminders(self, number: int, group: Group, person: Person, opened: Sequence[int], over: Sequence[int]) -> None:
        member, direct = self._member(number, person), f"dm:{person.name}"
        for n in opened:
            wanted = reminders(person, n) if n in over else {"own-week", "comeback"} & reminders(person, n)
            for kind in ("nudge:middle", "nudge:closing", "comeback", "own-week"):
                name, _, part = kind.partition(":")
                key = f"{name}:{number}:r{n}:{part + ':' if part else ''}m{member}"
                if kind in wanted:
                    self.once(key, direct)
                elif not (person.habit == "leaving" and n == AWAY):
                    self.never(key)
            saturday = datetime.combine(group.day(n) + 5 * DAY, time(11), ZoneInfo(person.zone))
            key = f"questions:{number}:r{n}:m{member}"
            if not asked(person, n):
                self.never(key)
            elif saturday <= self.end and person.habit != "leaving":
                self.once(key, direct)

    def _member(self, number: int, person: Person) -> int:
        return self.book.members[number, person.side.name, self.ids[person.side.name, person.name]]

    def ledger_holds(self) -> None:
        """What the ledger says was sent is there once; what is there is in the ledger; nothing that was due is open."""
        known = {mark_of(key): key for key in self.book.states}
        for mark, found in self.seen.items():
            if mark not in known:
                self.wrong.append(f"in no ledger: {found[0]}")
            elif max(Counter(each.part for each in found).values()) > 1:
                self.wrong.append(f"{len(found)} times: {known[mark]}")
        for key, (state, reason, _due) in self.book.states.items():
            if state == "sent" and mark_of(key) not in self.seen:
                self.wrong.append(f"sent, and nobody sees it: {key}")
            if state not in SETTLED:
                self.wrong.append(f"{state}: {key} {reason}")


BOTH = {"nudge:middle", "nudge:closing"}


def reminders(person: Person, n: int) -> set[str]:
    """What somebody hears directly in a round."""
    match person.habit:
        case "reminded" | "resting":
            return {"nudge:middle"} if person.made(n) else set()
        case "late":
            return BOTH
        case "slipping":
            return {"own-week"} if n > SLIP else set()
        case "absent":
            return BOTH if n <= 2 else {"comeback"} if n == 3 else set()
        case _:
            return set()


def asked(person: Person, n: int) -> bool:
    """Whether a card with questions on earlier weeks is for them: nobody answers it, so there is always something."""
    return n > 4 and person.habit != "absent" and not (person.habit == "resting" and n in REST)


def all_seen(sides: Sequence[Side]) -> dict[str, list[Seen]]:
    """Everything with a mark, by mark. What has none is an answer, sent directly as a last resort."""
    found: dict[str, list[Seen]] = defaultdict(list)
    for each in _everything(sides):
        if each.mark:
            found[each.mark].append(each)
    return dict(found)


def _everything(sides: Sequence[Side]) -> Iterator[Seen]:
    for side in sides:
        yield from side.history()
