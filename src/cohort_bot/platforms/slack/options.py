"""`name:value "quoted value"` after a slash command -> options of its row. Pure.

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
from cohort_bot.chat.place import people

HELP: Final = "help"
"""The action that a command alone runs when it is only the head of others."""

_NAME = re.compile(r"\s*([A-Za-z][\w-]*):[ \t]*")
# An unquoted value ends where the next option begins; a word with "://" is a link and no option.
_NEXT = re.compile(r"\s+(?=[A-Za-z][\w-]*:(?!//))|\s*$")
_QUOTES: Final = {'"': '"', "“": "”“", "„": "“”", "«": "»", "'": "'", "‘": "’"}
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
        return Typed(spec, options(words[1] if len(words) > 1 else "", spec))
    if (spec := names.get(head)) is not None:
        return Typed(spec, options(line, spec))
    heads = any(name.startswith(f"{head} ") for name in names)
    if heads and not verb and (spec := table.get(HELP)) is not None:
        return Typed(spec, {})
    raise PersonError(_unknown_verb(head, verb, list(names)))


def options(line: str, spec: CommandSpec) -> Mapping[str, str]:
    """The options of a row. Raises PersonError."""
    known = {param.name: param for param in spec.params}
    found: dict[str, str] = {}
    position = 0
    while line[position:].strip():
        match = _NAME.match(line, position)
        if match is None:
            raise PersonError(_stray(line[position:].split(maxsplit=1)[0], spec))
        name = match[1].lower()
        if name not in known:
            raise PersonError(_unknown_option(name, spec))
        if name in found:
            raise PersonError(f"{name} is there twice. Please give it once.")
        value, position = _value(line, match.end(), name)
        found[name] = understood(value, known[name])
    return found


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


def _value(line: str, start: int, name: str) -> tuple[str, int]:
    closing = _QUOTES.get(line[start : start + 1])
    if closing is None:
        end = _NEXT.search(line, start)
        stop = end.start() if end else len(line)
        return line[start:stop], stop
    value, position = "", start + 1
    while position < len(line) and line[position] not in closing:
        if line[position] == "\\" and line[position + 1 : position + 2] in ("\\", '"'):
            position += 1
        value += line[position]
        position += 1
    if position >= len(line):
        raise PersonError(f'The quote after {name}: is never closed. Please end the value with ".')
    if line[position + 1 : position + 2].strip():
        raise PersonError(f"Please put a space after the closing quote of {name}.")
    return value, position + 1


def _unknown_verb(head: str, verb: str, names: Sequence[str]) -> str:
    verbs = [name.removeprefix(f"{head} ") for name in names if name.startswith(f"{head} ")]
    seen = shorten(unescaped(verb), _SHOWN)
    near = difflib.get_close_matches(verb, verbs, 1, 0.5)
    if near:
        return f"There is no /{head} {seen}. Did you mean /{head} {near[0]}?"
    if verbs:
        return f"There is no /{head} {seen}. There is: {', '.join(verbs)}."
    return f"I do not know /{head}. Please type /cohort help to see what there is."


def _unknown_option(name: str, spec: CommandSpec) -> str:
    names = [param.name for param in spec.params]
    seen = shorten(name, _SHOWN)
    if not names:
        return f"This command has no options. Please type it without {seen}:."
    near = difflib.get_close_matches(name, names, 1, 0.5)
    hint = f"Did you mean {near[0]}:?" if near else f"It takes {', '.join(names)}."
    return f"There is no option {seen}. {hint} If it is part of a value, put the value in quotes."


def _stray(word: str, spec: CommandSpec) -> str:
    seen = shorten(unescaped(word), _SHOWN)
    if not spec.params:
        return f"This command has no options. Please type it without “{seen}”."
    example = spec.params[0].name
    return f"“{seen}” has no name. Please write options as name:value, such as {example}:{seen}."
