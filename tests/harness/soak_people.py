"""The people of a soak: what each of them does in a quarter, and how they fare with the answers."""

import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from tests.harness.soak_sides import UNANSWERED, Side

START = date(2027, 1, 4)
"""A Monday. Clocks change in New York and in Europe before the quarter is over."""

COHORT_ZONES = ("Europe/Berlin", "Europe/Lisbon", "America/New_York")
ZONES = ("Europe/Berlin", "Asia/Tokyo", "Europe/Lisbon", "America/New_York", "Asia/Kolkata")
HABITS = ("steady", "reminded", "late", "slipping", "absent", "steady", "resting", "leaving", "steady", "reminded")
"""In turn. Steady ones check in early; reminded ones by the reminder's button; late ones in the day of grace; absent
ones never. Slipping ones slip a week in round 4, resting ones rest in rounds 5 and 6, leaving ones are away in 7 and 8.
"""

SLIP, REST, AWAY, BACK, HOLIDAY, EDITED = 4, (5, 6), 6, 9, 7, 6
TRIES = 3
"""So often somebody tries again who got no answer."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member. `number` is theirs within the cohort."""

    name: str
    number: int
    side: Side
    channel: str
    zone: str
    habit: str

    def made(self, number: int) -> bool:
        """Whether they check in for the round."""
        if self.habit == "resting":
            return number not in REST
        return self.habit != "absent" and not (self.habit == "leaving" and AWAY < number < BACK)

    def week(self, number: int) -> int:
        """Their week of the programme in the round."""
        return number - 1 if self.habit == "slipping" and number > SLIP else number

    def shares(self, number: int) -> bool:
        """Whether they show that check-in to the group."""
        return self.made(number) and (self.number + number) % 3 == 0


@dataclass(slots=True)
class Group:
    """One cohort: its rooms by side, the moderator of the first, and what goes on in it."""

    number: int
    name: str
    zone: str
    rooms: Sequence[tuple[Side, str]]
    moderator: str
    other_admin: str
    people: list[Person] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)

    @property
    def holiday(self) -> bool:
        """Whether it has a week off after round 7."""
        return self.number % 5 == 2

    @property
    def moved(self) -> bool:
        """Whether its hour is moved in round 6; it is one of Lisbon's."""
        return self.number % 6 == 1

    def day(self, number: int) -> date:
        """The date on which a round opens."""
        return START + timedelta(weeks=number - 1 + (self.holiday and number > HOLIDAY))

    def opens(self, number: int) -> datetime:
        """The instant."""
        at = wall(11) if self.moved and number > EDITED else wall(9)
        return datetime.combine(self.day(number), at, ZoneInfo(self.zone)).astimezone(UTC)

    def closes(self, number: int) -> datetime:
        """Seven local days later, at the hour of its opening."""
        opened = self.opens(number).astimezone(ZoneInfo(self.zone))
        at = datetime.combine(opened.date() + timedelta(days=7), opened.timetz().replace(tzinfo=None))
        return at.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


class Wrong(Exception):
    """An answer that is none to what was asked."""


@dataclass
class Crowd:
    """What people did, and how the bot answered: seconds to each answer."""

    seconds: list[float] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)

    async def ask(self, what: str, who: str, act: Callable[[], Awaitable[Any]]) -> Any:
        """The answer to one command, button or form. Who gets none says so, and tries again."""
        for _ in range(TRIES):
            began = time.perf_counter()
            try:
                answer = await act()
            except UNANSWERED as error:
                self.unanswered.append(f"{what} of {who}: {type(error).__name__} {error}"[:160])
                continue
            self.seconds.append(time.perf_counter() - began)
            self.did[what] += 1
            return answer
        raise Wrong(f"{what} of {who}: no answer in {TRIES} tries")

    async def form(self, what: str, side: Side, who: str, act: Callable[[], Awaitable[Any]]) -> Any:
        """The form that it opens, also when it took so long that there is a button for it."""
        answer = await self.ask(what, who, act)
        for _ in range(TRIES):
            if side.is_form(answer):
                return answer
            if "Open the form" not in str(getattr(answer, "buttons", "")) + side.text(answer):
                break
            answer = await self.ask("second button", who, partial(side.press, who, answer, "Open the form"))
        raise Wrong(f"{what} of {who} opened no form: {side.text(answer)[:200]}")

    def expect(self, side: Side, answer: Any, words: str, what: str) -> None:
        """Note an answer without the words."""
        text = side.text(answer)
        if words not in text:
            raise Wrong(f"{what}: “{words}” isn't in: {text[:200]}")

    async def does(self, name: str, act: Awaitable[None]) -> None:
        """One act; what goes wrong in it is noted and stops nobody else."""
        try:
            await act
        except Exception as error:  # noqa: BLE001 - whatever it is, it is part of the outcome
            self.wrong.append(f"{name}: {type(error).__name__}: {error}")

    # What members do

    async def join(self, group: Group, person: Person, *, by_form: bool) -> None:
        side, who = person.side, person.name
        if by_form:
            card = side.with_button(person.channel, "Join")
            form = await self.form("join button", side, who, lambda: side.press(who, card, "Join"))
            given = {"timezone": person.zone, "hours": "6", "why": "To learn it *properly* <with> others & friends"}
            answer = await self.ask("join form", who, lambda: side.submit(who, form, **given))
        else:
            words = {"timezone": person.zone}
            answer = await self.ask("join", who, lambda: side.command(who, person.channel, "join", **words))
        self.expect(side, answer, group.name, f"join of {who}")

    async def check_in(self, person: Person, number: int, how: str) -> None:
        side, who = person.side, person.name
        if how == "command":
            form = await self.form("checkin", side, who, lambda: side.command(who, person.channel, "checkin"))
        elif how == "edit":
            form = await self.form(
                "checkin round", side, who, lambda: side.command(who, person.channel, "checkin", round=number)
            )
        else:
            where = f"dm:{who}" if how == "reminder" else person.channel
            shown = side.with_button(where, "Check in", "" if how == "reminder" else f"Week {number} ")
            form = await self.form(f"{how}'s button", side, who, lambda: side.press(who, shown, "Check in"))
        share = {"share": ["thread"] if person.shares(number) else []}
        words = {"done": f"{how} {number} https://example.org/{person.number} *x* @everyone <!channel> " + "y" * 200}
        tasks = {"tasks": ["1", "2"] if how == "edit" else ["1"]}
        given: dict[str, Any] = {**words, **tasks, **share}
        if how == "edit":
            given["blockers"] = "No quiet hour"
        answer = await self.ask("checkin form", who, lambda: side.submit(who, form, **given))
        self.expect(side, answer, f"for week {person.week(number)}, on time", f"{how} of {who} for round {number}")

    async def look(self, person: Person, number: int) -> None:
        """Something that changes nothing."""
        words = ("plan", "progress", "paper", "help", "profile")[(person.number + number) % 5]
        await self.ask(words, person.name, lambda: person.side.command(person.name, person.channel, words))

    async def slip(self, person: Person, number: int) -> None:
        side, who = person.side, person.name
        answer = await self.ask("slip", who, lambda: side.command(who, person.channel, "slip", weeks=1))
        self.expect(side, answer, f"{number + 1}", f"slip of {who}")

    async def rest(self, group: Group, person: Person) -> None:
        side, who = person.side, person.name
        first = group.day(REST[0])
        last = group.day(REST[1]) + timedelta(days=6)
        dates = {"from": first.isoformat(), "until": last.isoformat()}
        answer = await self.ask("break", who, lambda: side.command(who, person.channel, "break", **dates))
        self.expect(side, answer, "break", f"break of {who}")

    async def leave(self, person: Person) -> None:
        side, who = person.side, person.name
        asked = await self.ask("leave", who, lambda: side.command(who, person.channel, "leave"))
        answer = await self.ask("leave button", who, lambda: side.press(who, asked, "Leave"))
        self.expect(side, answer, "You've left", f"leaving of {who}")

    # What moderators do

    async def create(self, group: Group) -> None:
        (side, channel), who = group.rooms[0], group.moderator
        given = {"name": group.name, "timezone": group.zone, "starts": START.isoformat()}
        preview = await self.ask("cohort create", who, lambda: side.command(who, channel, "cohort create", **given))
        yes = "Create it and invite the room"
        await self.ask("create button", who, lambda: side.press(who, preview, yes))

    async def bring(self, group: Group) -> None:
        """Into the second room, on the other platform, by a code."""
        (here, channel), (there, other) = group.rooms
        who, admin = group.moderator, group.other_admin
        rooms = await self.ask("cohort room", who, lambda: here.command(who, channel, "cohort room"))
        shown = await self.ask("code button", who, lambda: here.press(who, rooms, "Code for another place"))
        code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", here.text(shown))
        if code is None:
            raise Wrong(f"no code: {here.text(shown)}")
        words = {"code": code[0]}
        answer = await self.ask("cohort room code", admin, lambda: there.command(admin, other, "cohort room", **words))
        self.expect(there, answer, "now meets here", "the second room")

    async def progress(self, group: Group) -> None:
        (side, channel), who = group.rooms[0], group.moderator
        answer = await self.ask("cohort progress", who, lambda: side.command(who, channel, "cohort progress"))
        self.expect(side, answer, "checked in", f"progress of {group.name}")

    async def announce(self, group: Group, number: int) -> None:
        (side, channel), who = group.rooms[0], group.moderator
        words = f"Call number {number} of {group.name}"
        preview = await self.ask("announce", who, lambda: side.command(who, channel, "cohort announce", text=words))
        await self.ask("announce button", who, lambda: side.press(who, preview, "Post it"))
        group.announced.append(words)

    async def holiday(self, group: Group) -> None:
        (side, channel), who = group.rooms[0], group.moderator
        preview = await self.ask("holiday", who, lambda: side.command(who, channel, "cohort holiday", rounds=1))
        await self.ask("holiday button", who, lambda: side.press(who, preview, "Give the week off"))

    async def move(self, group: Group) -> None:
        (side, channel), who = group.rooms[0], group.moderator
        words = {"time": "11:00"}
        preview = await self.ask("cohort edit", who, lambda: side.command(who, channel, "cohort edit", **words))
        await self.ask("edit button", who, lambda: side.press(who, preview, "Change it"))


Act = tuple[datetime, str, Callable[[], Awaitable[None]]]


def agenda(crowd: Crowd, group: Group, weeks: int) -> list[Act]:
    """All that the people of a cohort do from its first opening on, in no order."""
    found: list[Act] = []

    def at(number: int, days: int, hour: int, name: str, act: Callable[[], Awaitable[None]]) -> None:
        moment = datetime.combine(group.day(number) + timedelta(days=days), wall(hour), UTC)
        found.append((moment, f"{name} in round {number} of {group.name}", act))

    for n in range(1, weeks + 1):
        at(n, 2, 8, "progress", lambda: crowd.progress(group))
        if n % 4 == 2:
            at(n, 2, 8, "announcement", lambda n=n: crowd.announce(group, n))  # type: ignore[misc]
        if n == HOLIDAY and group.holiday:
            at(n, 3, 8, "holiday", lambda: crowd.holiday(group))
        if n == EDITED and group.moved:
            at(n, 1, 20, "edit", lambda: crowd.move(group))
        for person in group.people:
            _of_person(crowd, group, person, n, at)
    return found


def _of_person(crowd: Crowd, group: Group, person: Person, n: int, at: Callable[..., None]) -> None:
    name, habit = person.name, person.habit
    if (person.number + n) % 4 == 0 and habit != "leaving":
        at(n, 4, 12, f"look of {name}", lambda: crowd.look(person, n))
    if habit == "leaving" and n == AWAY:
        at(n, 3, 8, f"leaving of {name}", lambda: crowd.leave(person))
    if habit == "leaving" and n == BACK:
        at(n, 2, 8, f"return of {name}", lambda: crowd.join(group, person, by_form=False))
    if habit == "slipping" and n == SLIP:
        at(n, 4, 12, f"slip of {name}", lambda: crowd.slip(person, n))
    if habit == "resting" and n == REST[0] - 1:
        at(n, 2, 8, f"break of {name}", lambda: crowd.rest(group, person))
    if not person.made(n):
        return
    how = ("command", "card")[(person.number // 2 + n) % 2]
    if habit in {"reminded", "resting"}:
        at(n, 4, 12, f"check-in of {name}", lambda: crowd.check_in(person, n, "reminder"))
    elif habit == "late":
        at(n, 7, 16, f"check-in of {name}", lambda: crowd.check_in(person, n, "command"))
    else:
        hour = 12 if person.number % 2 else 20
        at(n, 2, hour, f"check-in of {name}", lambda: crowd.check_in(person, n, how))
        if (person.number + n) % 5 == 0:
            at(n, 5, 12, f"edit of {name}", lambda: crowd.check_in(person, n, "edit"))
