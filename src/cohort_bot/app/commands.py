"""Commands are data: one row per command, button or form. Registration, help, parsing and completion derive from it."""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

from cohort_bot.app.views import options as says
from cohort_bot.chat.characters import cut
from cohort_bot.chat.form import Option, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.clockwords import read_clock
from cohort_bot.core.datewords import read_days
from cohort_bot.core.folding import odd_sign, plain
from cohort_bot.core.rounds import DAYS

if TYPE_CHECKING:
    from cohort_bot.app.services import Services

ParamKind = Literal["text", "int", "date", "time", "day", "zone", "cohort", "member", "people", "channel", "choice"]
HOURS = 24
_AROUND_DAY = re.compile(r"^(?:on|every|each|next)\s+|[.,;]+$")
Handler = Callable[["Services", Invocation], Awaitable[Reply]]
Completer = Callable[["Services", Invocation, str], Awaitable[Sequence[Option]]]


class Role(IntEnum):
    """Who may run an action; checked by the handler's own look-up of the cohort, never by a platform."""

    ANYONE = 0
    MEMBER = 1
    MODERATOR = 2


@dataclass(frozen=True, slots=True)
class Param:
    """An option of a command. `least` and `most` bound an int; `choices` are for kind "choice".

    `suggest` names the completer when it is not that of the kind.
    A platform gives "people" as `chat.place.people` writes them: roles and people that it knows.
    """

    name: str
    kind: ParamKind
    summary: str
    required: bool = False
    choices: tuple[Option, ...] = ()
    least: int = 1
    most: int = 1000
    suggest: str = ""

    @property
    def completer(self) -> str:
        """Under which key of the table's completers its suggestions are, if there are any."""
        return self.suggest or self.kind


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """One thing that a person can do.

    `names` maps a platform to the words typed there ("checkin", "cohort create"); "" is for every platform that has no
    name of its own. A row without names is a button or a form.
    """

    action: str
    who: Role
    handler: Handler
    summary: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    params: tuple[Param, ...] = ()

    def name_on(self, platform: str) -> str | None:
        """The command's words on the platform, None for a button or a form."""
        return self.names.get(platform, self.names.get(""))


@dataclass(frozen=True, slots=True)
class Table:
    """All rows, and what can be asked of them."""

    rows: tuple[CommandSpec, ...]
    completers: Mapping[str, Completer] = field(default_factory=dict)

    def get(self, action: str) -> CommandSpec | None:
        """The row of an action."""
        return next((row for row in self.rows if row.action == action), None)

    def commands(self, platform: str) -> Iterator[tuple[str, CommandSpec]]:
        """Each command with its words on the platform, in the table's order."""
        for row in self.rows:
            if name := row.name_on(platform):
                yield name, row


class Options:
    """A command's options, read by kind. A reader raises PersonError with the value, what is expected, an example."""

    def __init__(self, spec: CommandSpec, given: Mapping[str, str]) -> None:
        self._given = {key: value.strip() for key, value in given.items() if value.strip()}
        self._params = {param.name: param for param in spec.params}
        for param in spec.params:
            if param.required and param.name not in self._given:
                raise says.missing(param.name, param.summary)

    def text(self, name: str) -> str | None:
        """The option as it was typed, None when it was left out."""
        return self._given.get(name)

    def number(self, name: str) -> int | None:
        """A whole number within the option's bounds."""
        given = self._given.get(name)
        if given is None:
            return None
        param, value = self._params[name], plain(given)
        if not (value.isascii() and value.removeprefix("-").isdigit() and len(value) < len("1000000000")):
            raise says.no_number(shorten(value), name, param.least)
        if not param.least <= int(value) <= param.most:
            raise says.out_of_bounds(value, name, param.least, param.most)
        return int(value)

    def day(self, name: str, today: date) -> date | None:
        """A date as people write it; without a year the next one from `today` on."""
        value = self._given.get(name)
        return None if value is None else parse_date(name, value, today)

    def clock(self, name: str) -> time | None:
        """A wall time as people write it."""
        value = self._given.get(name)
        return None if value is None else parse_time(name, value)

    def weekday(self, name: str) -> int | None:
        """A day of the week by its English name or its first three letters; 0 is Monday."""
        value = self._given.get(name)
        if value is None:
            return None
        word = _AROUND_DAY.sub("", plain(value).casefold())
        for number, day in enumerate(DAYS):
            if len(word) >= len("Mon") and f"{day}s".lower().startswith(word):
                return number
        raise says.no_weekday(shorten(value), name)

    def choice(self, name: str) -> str | None:
        """One of the option's choices."""
        value = self._given.get(name)
        if value is None:
            return None
        known = [option.value for option in self._params[name].choices]
        if plain(value).lower() not in known:
            raise says.no_choice(shorten(value), name, known)
        return plain(value).lower()


def typed(command: str, platform: str) -> str:
    """A command as people type it on the platform: on Slack all but `/checkin` begin with `/cohort`.

    Slack keeps names such as `/join` and `/leave` for itself.
    """
    bare = platform != "slack" or command == "checkin" or command.startswith("cohort ")
    return f"/{command}" if bare else f"/cohort {command}"


def parse_date(name: str, value: str, today: date, *, field: bool = False, past: bool = False) -> date:
    """The date that an option, or a form's field, means; PersonError when it is none, or a Question when it is two.

    Without a year it is the next one from `today` on, or with `past` the last one until then.
    """
    days = read_days(value, today, past=past)
    if len(days) == 1:
        return days[0]
    if days:
        raise says.several_days(shorten(value), name, days)
    raise says.no_date(shorten(value), "it" if field else name, odd_sign(value))


def parse_time(name: str, value: str) -> time:
    """The wall time that an option means; PersonError when it is none, or a Question when it is two."""
    if reading := read_clock(value):
        return reading.at
    hour = plain(value)
    if not (hour.isdecimal() and len(hour) <= len("24") and int(hour) < HOURS):
        raise says.no_time(shorten(value), name, odd_sign(value))
    if int(hour) > HOURS // 2:
        return time(int(hour))
    raise says.several_times(
        shorten(value), name, (time(int(hour) % (HOURS // 2)), time(int(hour) % (HOURS // 2) + HOURS // 2))
    )


def shorten(value: str, most: int = 60) -> str:
    """The value on one line and not longer than `most` characters, for repeating it in an answer."""
    line = " ".join(value.split())
    return cut(line, most)
