"""Commands are data: one row per command, button or form. Registration, help, parsing and completion derive from it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, Literal

from cohort_bot.chat.catalogues import languages
from cohort_bot.chat.form import Option, Reply
from cohort_bot.chat.i18n import _
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.traits import traits_of

ParamKind = Literal["text", "int", "date", "time", "day", "zone", "cohort", "member", "people", "channel", "choice"]
GROUPED: Final = "grouped"
"""The key of a command's name where commands are grouped (`chat.traits`)."""

COMMAND: Final = "command"
"""The key of the completer of the commands themselves."""

HELP: Final = "help"
"""The action of a command that is only the first word of others, when typed alone."""

REPLY: Final = "reply"
"""The action of a message that somebody writes to the bot directly."""

Handler = Callable[[Any, Invocation], Awaitable[Reply]]
"""Given the row's `Services`. Their type is not named here: services hold platforms, which are given the rows."""
Completer = Callable[[Any, Invocation, str], Awaitable[Sequence[Option]]]


class Role(IntEnum):
    """Who may run an action. Every transaction of its handler checks it (`access.Permission`), never a platform."""

    ANYONE = 0
    MEMBER = 1
    MODERATOR = 2


@dataclass(frozen=True, slots=True)
class Param:
    """An option of a command. `least` and `most` bound an int; `choices` are for kind "choice".

    `summary` and the labels of `choices` are marked by N_, and translated where they are shown.
    `suggest` names the completer when it is not that of the kind. `example` is a value as it is typed, which a required
    option other than an int has.
    `alone` is the value that the option's name means by itself, where options are typed.
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
    example: str = ""
    alone: str = ""

    @property
    def labelled(self) -> tuple[Option, ...]:
        """The choices with their labels as people read them."""
        return tuple(Option(each.value, _(each.label)) for each in self.choices)

    @property
    def completer(self) -> str:
        """The key of its completer in the table; there may be none."""
        return self.suggest or self.kind


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """One thing that a person can do.

    `names` are the words that are typed, such as "cohort create": those of the key GROUPED where commands are grouped,
    those of the key "" elsewhere and where there are no others. A row without names is a button or a form.
    """

    action: str
    who: Role
    handler: Handler
    summary: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    params: tuple[Param, ...] = ()

    def name_on(self, platform: str) -> str | None:
        """The command's words on the platform, None for a button or a form."""
        name = self.names.get("")
        return self.names.get(GROUPED, name) if traits_of(platform).grouped else name


@dataclass(frozen=True, slots=True)
class Table:
    """All rows, and the completers of their options by key."""

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

    @property
    def verbs(self) -> list[str]:
        """Every word of the commands' names, once."""
        return list(dict.fromkeys(word for row in self.rows for name in row.names.values() for word in name.split()))

    @property
    def words(self) -> list[str]:
        """Every word that people type, once: those of the names, the options, and the values to choose from, but
        for the codes of languages.
        """
        params = [param for row in self.rows if row.names for param in row.params]
        values = [each.value for param in params for each in param.choices if each.value not in languages()]
        return list(dict.fromkeys((*self.verbs, *(param.name for param in params), *values)))
