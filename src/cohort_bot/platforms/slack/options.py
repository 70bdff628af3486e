"""A slash command and what Slack writes after it -> a row of the table and its options. Pure.

With `should_escape` in the manifest Slack sends `<#C1|general>` and `<@U1|ann>` for what it completed, `<https://…>`
for links, and `&`, `<`, `>` as entities; all of this is undone here by the kind of the option.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cohort_bot.app.commands import CommandSpec, Param, Table, shorten
from cohort_bot.app.errors import PersonError
from cohort_bot.app.typed import options
from cohort_bot.app.views import options as says
from cohort_bot.chat.place import people

HELP: Final = "help"
"""The action that a command alone runs when it is only the head of others."""

_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|([^<>]*))?>")
_USER = re.compile(r"<@([A-Z0-9]+)(?:\|([^<>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto):[^<>|]+)(?:\|([^<>]*))?>")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Typed:
    """A row and the options that were given to it."""

    spec: CommandSpec
    given: Mapping[str, str]

    @property
    def missing(self) -> Sequence[Param]:
        """Required options that were left out."""
        return [param for param in self.spec.params if param.required and not self.given.get(param.name)]


def typed(command: str, line: str, table: Table, platform: str = "slack") -> Typed:
    """`/cohort` and `create name:"AI 2027"` as a row with its options. Raises PersonError with what to type instead."""
    names = dict(table.commands(platform))
    head = command.removeprefix("/").lower()
    words = line.split(maxsplit=1)
    verb = words[0].lower() if words else ""
    if (spec := names.get(f"{head} {verb}")) is not None and verb:
        return Typed(spec, _options(words[1] if len(words) > 1 else "", spec))
    if (spec := names.get(head)) is not None:
        return Typed(spec, _options(line, spec))
    heads = any(name.startswith(f"{head} ") for name in names)
    if heads and not verb and (spec := table.get(HELP)) is not None:
        return Typed(spec, {})
    raise _unknown_verb(head, verb, list(names))


def _options(line: str, spec: CommandSpec) -> Mapping[str, str]:
    return options(line, spec, understood, unescaped)


def understood(value: str, param: Param) -> str:
    """The value as the person meant it: a channel's or a person's id where one is asked for, else what they saw."""
    if param.kind == "people":
        return people(_people(value))
    wanted = {"channel": _CHANNEL, "member": _USER}.get(param.kind)
    if wanted is not None and (match := wanted.fullmatch(value.strip())):
        return match[1]
    shown = _CHANNEL.sub(lambda match: f"#{match[2] or match[1]}", value)
    shown = _USER.sub(lambda match: f"@{match[2] or match[1]}", shown)
    shown = _LINK.sub(lambda match: match[2] or match[1], shown)
    return unescaped(shown)


def _people(value: str) -> Iterator[tuple[str, str]]:
    """People who were picked; of a user group Slack does not tell who is in it, so it is not known here."""
    for word in re.findall(r"<[^<>]*>|[^\s,<]+|<", value):
        match = _USER.fullmatch(word)
        yield ("person", match[1]) if match else ("unknown", unescaped(word))


def unescaped(value: str) -> str:
    """The three entities that Slack writes, undone once."""
    return value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unknown_verb(head: str, verb: str, names: Sequence[str]) -> PersonError:
    verbs = [name.removeprefix(f"{head} ") for name in names if name.startswith(f"{head} ")]
    seen = shorten(unescaped(verb), _SHOWN)
    near = next(iter(difflib.get_close_matches(verb, verbs, 1, 0.5)), None)
    return says.no_verb(head, seen, near, verbs)
