"""The demo's sample cohort: twelve people in their ninth week, made by the bot itself.

`sample_people.toml` says who does what and when. Each act is an invocation that goes through the table of commands, as
one from the page does, while the calendar moves from one due post to the next. So the room, the inboxes, the streaks
and the reasons are what the rules make of it, and a rule that changes changes them.
"""

import asyncio
import contextlib
import itertools
import logging
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from cohort_bot.app.cohorts import OPENING_AT
from cohort_bot.app.delivery.upcoming import AFTER_AN_OPENING
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.chat.form import ChoiceField, FieldErrors, Form, Reply, TextField
from cohort_bot.chat.message import Message, buttons
from cohort_bot.clocks import ScriptedClock
from cohort_bot.core.rounds import instant, zone_info
from cohort_bot.platforms.common.origin import Origin
from cohort_bot.platforms.local import pages, translate
from cohort_bot.platforms.local.adapter import LocalPlatform
from cohort_bot.platforms.local.chat import Chat, Person
from cohort_bot.runtime import Bot, DemoTime
from cohort_bot.storage.in_one_transaction import InOneTransaction

SCRIPT: Final = Path(__file__).with_name("sample_people.toml")

ROOM: Final = "study-hall"
"""The room of the sample cohort; the other one is empty."""

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TOGETHER: Final = timedelta(minutes=45)
"""What people do within this time is delivered together: it looks the same and is quicker."""


class BrokenScript(Exception):
    """Somebody in the script does what the bot refuses."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A week, a day of it (0 is Monday) and a time: "6 Tue 11:30". Week 0 is the one before the first opening."""

    week: int
    day: int
    at: time

    @classmethod
    def read(cls, written: str) -> "Moment":
        week, day, *at = written.split()
        return cls(int(week), _WEEKDAYS.index(day), time.fromisoformat(at[0]) if at else time())

    def on(self, first: date) -> date:
        """Its date, when week 1 opens on `first`."""
        return first + timedelta(weeks=self.week - 1, days=self.day)


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does: a typed line or a button, and what goes into the form that opens."""

    at: Moment
    person: Person
    how: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Script:
    """All that happens."""

    name: str
    zone: str
    weeks: int
    people: Sequence[Person]
    acts: Sequence[Act]

    @property
    def members(self) -> Sequence[Person]:
        """Those who join."""
        joined = {act.person.id for act in self.acts if act.how.get("type") == "/join"}
        return [person for person in self.people if person.id in joined]


@cache
def script() -> Script:
    """The script that is shipped."""
    written = tomllib.loads(SCRIPT.read_text(encoding="utf-8"))
    people, acts = [], []
    for each in written["people"]:
        person = Person(each["id"], each["name"], each["zone"], each.get("admin", False), in_story=True)
        people.append(person)
        does = [*each.get("acts", ())]
        if "joins" in each:
            does.append(_joining(person, **each["joins"]))
        does += (_checking_in(**made) for made in each.get("check_ins", ()))
        acts += [Act(Moment.read(how["at"]), person, how) for how in does]
    acts.sort(key=lambda act: (act.at.week, act.at.day, act.at.at))
    return Script(written["name"], written["zone"], written["weeks"], people, acts)


def _joining(person: Person, at: str, hours: int, why: str) -> Mapping[str, Any]:
    return {"at": at, "type": "/join", "fill": {"timezone": person.zone, "hours": str(hours), "why": why}}


def _checking_in(
    at: str,
    ticks: Sequence[int],
    done: str = "",
    blocked: str = "",
    next: str = "",  # noqa: A002 - as the form's field is called
    round: int = 0,  # noqa: A002
    *,
    share: bool = False,
    tell: bool = False,
) -> Mapping[str, Any]:
    shared = [*(["thread"] if share else []), *(["blocker"] if tell else [])]
    fill = {"tasks": [str(each) for each in ticks], "done": done, "blockers": blocked, "next": next, "share": shared}
    return {"at": at, "press": "checkin", "round": round or Moment.read(at).week, "fill": fill}


def begins(now: datetime) -> date:
    """The date of the first opening, so that the script ends a day and an hour after its last one, within the week that
    has passed by `now`.
    """
    played = script()
    day = (now - AFTER_AN_OPENING).astimezone(zone_info(played.zone)).date()
    newest = day - timedelta(days=day.weekday())
    if _opening(newest, played.zone) + AFTER_AN_OPENING > now:
        newest -= timedelta(weeks=1)
    return newest - timedelta(weeks=played.weeks - 1)


def _opening(day: date, zone: str) -> datetime:
    return instant(day, OPENING_AT, zone)


async def play(path: Path, chat: Chat, programmes: Programmes, now: datetime) -> datetime | None:
    """Fill the database at `path`, and the chat. Returns the instant at which the script ends, within a week before
    `now`; None, with nothing done, when there is a cohort already.

    Nothing is kept of a script that fails. Raises BrokenScript.
    """
    played = script()
    first = begins(now)
    clock = ScriptedClock(_instant(played.acts[0].at, first, played.zone))
    platform = LocalPlatform(chat, DemoTime(clock, clock.move_to), pages.build, played.people)
    database = InOneTransaction(path)
    with chat.together(), _quietly():
        # What goes on beside commands and posts, such as asking who has left, has nothing to do here.
        async with Bot(database, programmes, {platform.name: platform}, clock, carries=False) as bot:
            if await bot.database.read(lambda store: store.cohorts.next_due()) is not None:
                return None
            carrying = asyncio.create_task(bot.courier.run())
            scene = _Scene(bot, platform, clock, first, played.zone)
            newest = _opening(first + timedelta(weeks=played.weeks - 1), played.zone)
            try:
                await scene.perform(played.acts)
                await scene.until(newest + AFTER_AN_OPENING)
            finally:
                bot.courier.stop()
                await carrying
            for person in played.people:
                chat.read_all(person.id, newest)
            database.keep()
    return newest + AFTER_AN_OPENING


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Log nothing but trouble: hundreds of lines about what is only played would hide the demo's address."""
    ours = logging.getLogger("cohort_bot")
    before = ours.level
    ours.setLevel(logging.WARNING)
    try:
        yield
    finally:
        ours.setLevel(before)


class _Scene:
    """The bot while the script is played."""

    def __init__(self, bot: Bot, platform: LocalPlatform, clock: ScriptedClock, first: date, zone: str) -> None:
        self._bot = bot
        self._platform = platform
        self._clock = clock
        self._first = first
        self._zone = zone
        self._cohort = ""
        self._numbers = itertools.count(1)
        self._acted = False

    async def perform(self, acts: Sequence[Act]) -> None:
        """Let everybody act in turn, and all that is due go out in between."""
        since = None
        for act in acts:
            at = _instant(act.at, self._first, self._zone)
            due = await self._bot.ticker.next_due()
            if since is None or at - since > _TOGETHER or (due is not None and due <= at):
                await self.until(at)
                since = at
            self._clock.move_to(at)
            await self._do(act)

    async def until(self, at: datetime) -> None:
        """Move the calendar to the instant, from one due post to the next."""
        await self._deliver()
        while (due := await self._bot.ticker.next_due()) is not None and due <= at:
            self._clock.move_to(due)
            await self._deliver()
        self._clock.move_to(at)

    async def _deliver(self) -> None:
        if await self._bot.ticker.tick() or self._acted:
            await self._bot.courier.drain()
        self._acted = False

    async def _do(self, act: Act) -> None:
        how = act.how
        self._acted = True
        if "type" in how:
            reply = await self._type(act.person, re.sub(r"\{(.+?)\}", self._date, how["type"]))
        else:
            reply = await self._press(act.person, how["press"], await self._args(how))
        if isinstance(reply, Form):
            reply = await self._send(act.person, reply, how["fill"])
        if "yes" in how and isinstance(reply, Message):
            button = next((each for each in buttons(reply) if each.action == how["yes"]), None)
            if button is not None:
                reply = await self._press(act.person, button.action, button.args)
        if not isinstance(reply, Message):
            raise BrokenScript(f"{act.person.name}, {how}: {reply}")

    async def _type(self, person: Person, line: str) -> Reply:
        table, origin = self._platform.answers.table, self._origin(person)
        return await self._bot.dispatcher(translate.command(line, table, origin, self._names()))

    async def _press(self, person: Person, action: str, args: Mapping[str, str]) -> Reply:
        return await self._bot.dispatcher(self._origin(person).invocation("button", action, args))

    async def _send(self, person: Person, form: Form, fill: Mapping[str, str | Sequence[str]]) -> Reply:
        """Send a form with what is filled in, and what else it offers as it stands."""
        fields: dict[str, tuple[str, ...]] = {}
        for field in form.fields:
            if isinstance(field, TextField):
                fields[field.key] = (str(fill.get(field.key, field.value)),)
            elif isinstance(field, ChoiceField):
                filled = fill.get(field.key, tuple(field.value))
                wanted = (filled,) if isinstance(filled, str) else filled
                fields[field.key] = tuple(each.value for each in field.options if each.value in wanted)
        reply = await self._bot.dispatcher(self._origin(person).invocation("form", form.action, form.args, fields))
        if isinstance(reply, FieldErrors):
            raise BrokenScript(f"{person.name}, {form.title}: {reply.errors}")
        return reply

    async def _args(self, how: Mapping[str, Any]) -> Mapping[str, str]:
        """What the button carries: the round or the paper's week, and the member by name."""
        if not self._cohort:
            self._cohort = str((await self._bot.database.read(lambda store: store.cohorts.active()))[0].id)
        args = {"id": self._cohort, **{key: str(how[key]) for key in ("round", "week") if key in how}}
        if "member" in how:
            members = await self._bot.database.read(lambda store: store.members.in_cohort(int(self._cohort)))
            args["member"] = next(str(member.id) for member in members if member.name == how["member"])
        return args

    def _origin(self, person: Person) -> Origin:
        return self._platform.origin(person, ROOM, f"sample-{next(self._numbers)}")

    def _date(self, written: re.Match[str]) -> str:
        return Moment.read(written[1]).on(self._first).isoformat()

    def _names(self) -> Mapping[str, str]:
        return {person.id: person.name for person in self._platform.people.values()}


def _instant(moment: Moment, first: date, zone: str) -> datetime:
    return instant(moment.on(first), moment.at, zone)
