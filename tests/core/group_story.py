"""Small groups as a moderator would tell of them ("A, B and C ask for a group on Thu of 1"), and what becomes of them.

Letters stand for people, who check in every Tuesday unless it is said otherwise. Groups are made by the code that makes
them in the bot; only the database and the chat are lists.
"""

import asyncio
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, cast

from cohort_bot.app.delivery.group_matching import carry_out, form, read
from cohort_bot.app.delivery.kind import Scene
from cohort_bot.app.delivery.kinds import compose
from cohort_bot.app.delivery.parcel import Circle
from cohort_bot.app.ports.platform import ChatPlatform, Refused
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.queries.quiet import quiet_groups
from cohort_bot.chat.message import plain
from cohort_bot.chat.place import Place
from cohort_bot.core import zones
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.features import GENTLE, Feature
from cohort_bot.core.groups import match
from cohort_bot.core.membership import Break, Cohort, Member, Room
from cohort_bot.core.nudges import settled_at
from cohort_bot.core.programme import Programme
from cohort_bot.core.rounds import Calendar, zone_info
from tests.fakes.lists import OneGuide, Seats
from tests.properties.worlds import DAY, account, programme
from tests.pseudo_locale import english

if TYPE_CHECKING:
    from tests.core.story import Life

ROOMS = (Room(1, 1, "local", "w", "general"), Room(2, 1, "slack", "w", "general"))


def letters(words: str) -> list[str]:
    return re.findall(r"[A-Z]", words)


@dataclass
class Circles:
    """The people of a cohort who want to be in a small group. It is its own store, as far as that is asked for."""

    calendar: Calendar
    weeks: int
    features: frozenset[Feature] = GENTLE
    zones: dict[str, str] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    silent: dict[str, tuple[int, int]] = field(default_factory=dict)
    breaks: dict[str, Break] = field(default_factory=dict)
    written: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)
    digests: list[str] = field(default_factory=list)
    happens: list[tuple[datetime, Callable[["Circles", datetime], None]]] = field(default_factory=list)
    over: datetime | None = None
    now: datetime | None = None
    groups: Seats = field(default_factory=Seats)
    rows: list[NewDelivery] = field(default_factory=list)

    @property
    def cohort(self) -> Cohort:
        made = Cohort(1, "local", "w", "Sample", "sample", self.calendar, self.calendar.opens(1), "moderator")
        ended = self.over and self.now and self.over <= self.now
        return replace(made, features=self.features, archived_at=self.over if ended else None)

    @property
    def members(self) -> "Circles":
        return self

    checkins = cohorts = deliveries = people = programmes = members

    # The store

    def get(self, which: int | str) -> Member | Cohort | Programme | None:
        if isinstance(which, str):
            return programme(self.weeks)
        return self.cohort if which == 1 else self.member(which)

    def member(self, number: int) -> Member | None:
        if number in self.groups.gone:
            return None
        name = chr(number)
        who = replace(account(number, self.zones.get(name, "Europe/Berlin")), name=name)
        who = replace(who, platform="slack" if name in self.elsewhere else "local", workspace="w")
        breaks = (self.breaks[name],) if name in self.breaks else ()
        return Member(number, 1, who, self.calendar.opens(1) - 3 * DAY, 1, breaks=breaks)

    def rooms(self, cohort_id: int) -> Sequence[Room]:
        return ROOMS

    def in_cohort(self, cohort_id: int) -> Sequence[Member]:
        return [member for each in sorted(self.groups.taken) if (member := self.member(each))]

    def filed(self, cohort_id: int) -> Mapping[int, Mapping[int, datetime]]:
        def at(name: str, number: int) -> bool:
            first, last = self.silent.get(name, (0, -1))
            return not first <= number <= last

        known = range(1, self.calendar.latest(self.now or self.calendar.opens(1)) + 1)
        return {
            each: {
                number: self.calendar.opens(number) + DAY + timedelta(hours=3)
                for number in known
                if at(chr(each), number)
            }
            for each in self.groups.taken
        }

    def of_cohort(self, cohort_id: int, since: int) -> Sequence[CheckIn]:
        return ()

    def excused(self, cohort_id: int) -> Mapping[int, frozenset[int]]:
        return {}

    def direct(self, account_id: int, since: datetime) -> Sequence[object]:
        return ()

    def add(self, rows: Collection[NewDelivery]) -> None:
        self.rows += rows

    # What happens

    def live(self, seen: datetime) -> "Circles":
        """Let all that happens, and the matching after each round, come in its order."""
        if self.now == seen:
            return self
        events = [*self.happens]
        for number in range(1, self.calendar.latest(seen) + 1):
            events.append((self.calendar.closes(number), partial(Circles.look, number=number)))
            events.append((settled_at(self.calendar, number), partial(Circles.matching, number=number)))
        for at, does in sorted(events, key=lambda event: event[0]):
            if at <= seen:
                self.now = at
                does(self, at)
        self.now = seen
        return self

    def look(self, at: datetime, number: int) -> None:
        """The round has closed: in each conversation that can be seen it is seen when somebody last wrote."""
        if number not in self.hidden:
            for each in self.groups.conversations():
                spoken = [
                    then for told in self.written if each.formed_at < (then := self.calendar.opens(told) + 3 * DAY) < at
                ]
                self.groups.heard(each.number, at, max(spoken, default=None))

    def matching(self, at: datetime, number: int) -> None:
        self.digests += [
            f"{'unseen' if each.unseen else 'quiet'} in {number}"
            for each in quiet_groups(cast("Store", self), self.cohort, number)
        ]
        store, programmes = cast("Store", self), cast("Programmes", self)
        found = read(store, programmes, 1, number)
        if found is None:
            return
        moves = match(found.people, found.past)
        for team in (*moves.formed, *((each,) for each in moves.out)):
            assert carry_out(store, found, team, at)

    def move(self, name: str, to: str, at: datetime) -> None:
        """As a moderator's move does it."""
        before = {each.member_id: each.group for each in self.groups.seats([1])}
        team = [self.member(each) for each in before if before[each] == before[ord(to)] or each == ord(name)]
        row = form(cast("Store", self), ROOMS, [each for each in team if each], before, at)
        self.rows.append(row)

    # What is looked at

    def shown(self) -> str:
        together: dict[int, list[str]] = {}
        for seat in self.groups.seats([1]):
            if seat.group is not None:
                together.setdefault(seat.group, []).append(chr(seat.member_id))
        waiting = [chr(seat.member_id) for seat in self.groups.seats([1]) if seat.group is None]
        shown = [" ".join(each) for each in sorted(together.values())]
        return ", ".join([*shown, *(f"{name} waits" for name in waiting)]) or "nobody"

    def said(self, kind: str) -> list[tuple[NewDelivery, str]]:
        """What goes out of a kind, and what it says."""
        guides = OneGuide(programme(self.weeks))
        rows = (row for row in self.rows if row.kind == kind)
        scenes = (Scene(cast("Store", self), self.cohort, guides, row, row.due) for row in rows)
        composed = ((scene.row, compose(scene)) for scene in scenes)
        return [(row, english(plain(message))) for row, message in composed if message]

    def began(self) -> str:
        """When the conversations of the groups that are there began, by the cohort's clock."""
        zone = zone_info(self.calendar.zone)
        return ", ".join(f"{row.due.astimezone(zone):%a %d %b %H:%M}" for row, _ in self.said("group")) or "none"

    def told(self) -> str:
        rows = (row for row in self.rows if row.kind == "group-silent")
        return ", ".join(f"{chr(row.member_id or 0)} in {row.round}" for row in rows) or "nobody"

    def where(self) -> str:
        """Where they talk on a platform that has no conversation of a few people."""
        try:
            asyncio.run(Circle(Place("local", "w", "general"), ("A", "B"), "").place(cast("ChatPlatform", object())))
        except Refused:
            self.rows = [replace(row, kind="group-thread") for row in self.rows]
        read_along = [text for _, text in self.said("group-thread") if "Anybody in this channel can read along" in text]
        return "a thread in the room, which says who can read it" if read_along else "nowhere"


# The words


def each(names: str, does: Callable[[Seats, int, datetime], None]) -> Callable[[Circles, datetime], None]:
    """Somebody's seat changes, and somebody else's."""

    def all_of_them(it: Circles, at: datetime) -> None:
        for name in letters(names):
            does(it.groups, ord(name), at)

    return all_of_them


def then(does: Callable[..., Callable[[Circles, datetime], None]]) -> Callable[..., None]:
    """At the point with which the words end."""
    return lambda life, *words: life.circles.happens.append((life.point(words[-1]), does(*words[:-1])))


def silent(life: "Life", names: str, first: str, last: str | None) -> None:
    life.circles.silent |= dict.fromkeys(letters(names), (int(first), int(last or 999)))


def rest(life: "Life", name: str, first: str, last: str) -> None:
    calendar = life.calendar
    life.circles.breaks[name] = Break(calendar.opens_on(int(first)), calendar.dates(int(last))[-1])


def write(life: "Life", rounds: str) -> None:
    life.circles.written |= set(map(int, re.findall(r"\d+", rounds)))


def hide(life: "Life", first: str, last: str) -> None:
    life.circles.hidden |= set(range(int(first), int(last) + 1))


def live_in(life: "Life", names: str, city: str) -> None:
    zone = zones.find(city, life.calendar.opens(1))
    assert isinstance(zone, str), city
    life.circles.zones |= dict.fromkeys(letters(names), zone)


NAMES = r"([A-Z](?:(?:, | and )[A-Z])*)"
ON = r" on (\w{3}(?: \d\d:\d\d)? (?:of|before) \d+)"
RULES: Mapping[str, Callable[..., None]] = {
    rf"{NAMES} asks? for a group{ON}": then(lambda names: each(names, Seats.join)),
    rf"{NAMES} leaves? the group{ON}": then(lambda names: each(names, lambda seats, who, _: seats.leave(who))),
    rf"([A-Z]) leaves the cohort{ON}": then(lambda name: lambda it, _: it.groups.gone.add(ord(name))),
    rf"a moderator moves ([A-Z]) to ([A-Z]){ON}": then(lambda name, to: lambda it, at: it.move(name, to, at)),
    rf"{NAMES} (?:is|are) silent from (\d+)(?: to (\d+))?": silent,
    r"([A-Z]) has a break from (\d+) to (\d+)": rest,
    rf"{NAMES} lives? in ([A-Za-z ]+)": live_in,
    rf"{NAMES} (?:is|are) on the other platform": lambda life, names: life.circles.elsewhere.update(letters(names)),
    r"somebody writes in ((?:\d+(?:, | and )?)+)": write,
    r"the conversation is hidden from (\d+) to (\d+)": hide,
    rf"the cohort ends{ON}": lambda life, point: setattr(life.circles, "over", life.point(point)),
    r"groups are off": lambda life: setattr(life.circles, "features", GENTLE - {Feature.GROUPS}),
}

COLUMNS: Mapping[str, Callable[["Life"], str]] = {
    "Groups": lambda life: life.circles.live(life.seen).shown(),
    "Began": lambda life: life.circles.live(life.seen).began(),
    "Told": lambda life: life.circles.live(life.seen).told(),
    "In the digest": lambda life: ", ".join(life.circles.live(life.seen).digests) or "nothing",
    "Where": lambda life: life.circles.live(life.seen).where(),
}
