"""Typed commands, for a platform that has no fields for their options: `/checkin round:3` -> Invocation. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from cohort_bot.app.commands import HELP, CommandSpec, Table
from cohort_bot.app.errors import PersonError
from cohort_bot.app.typed_command import closest, in_english, options
from cohort_bot.app.words import typed_command as typed_command_words
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import people
from cohort_bot.chat.typed import in_words, shorten
from cohort_bot.platforms.common.origin import Origin


def invocation(
    line: str,
    table: Table,
    origin: Origin,
    platform: str,
    people_in: Callable[[str], Iterable[tuple[str, str]]] | None = None,
) -> Invocation:
    """The invocation that the line means. `people_in` finds roles and people in an option for them
    (`chat.place.people`); without it none are recognised.

    Raises PersonError with what to type instead.
    """
    spec, given = typed(line, table, platform)
    args = dict(given)
    for param in spec.params:
        if param.kind == "people" and param.name in args:
            said = args[param.name]
            args[param.name] = people(people_in(said) if people_in else (("unknown", word) for word in said.split()))
    return origin.invocation("command", spec.action, args)


def typed(line: str, table: Table, platform: str) -> tuple[CommandSpec, Mapping[str, str]]:
    """The row of the line and its options as they were typed. Raises PersonError with what to type instead."""
    spec, rest = _command(line, table, platform)
    return spec, options(rest, spec)


def after_words(text: str, count: int) -> str:
    """The text after the first `count` words of the command."""
    return re.sub(rf"^\s*(?:\S+\s*){{{count}}}", "", text) if count else text


def _command(line: str, table: Table, platform: str) -> tuple[CommandSpec, str]:
    line = line.strip()
    if not line.startswith("/"):
        raise typed_command_words.no_slash()
    names: Mapping[str, CommandSpec] = dict(table.commands(platform))
    line = f"/{in_english(line[1:].lstrip(), table.verbs)}"
    typed = line[1:].split()
    for size in range(len(typed), 0, -1):
        spec = names.get(" ".join(typed[:size]).lower())
        if spec is not None:
            return spec, after_words(line[1:], size)
    if len(typed) == 1 and any(name.startswith(f"{typed[0].lower()} ") for name in names) and (spec := table.get(HELP)):
        return spec, ""
    raise _unknown_command(typed, [in_words(f"/{name}")[1:] for name in names])


def _unknown_command(typed: Sequence[str], names: Sequence[str]) -> PersonError:
    first, *others = [word.lower() for word in typed[:2]] or [""]
    verbs = [name.removeprefix(f"{first} ") for name in names if name.startswith(f"{first} ")]
    if verbs and others:
        return typed_command_words.no_verb(first, shorten(others[0], 40), closest(others[0], verbs), verbs)
    near = closest(" ".join((first, *others)), names) or closest(first, names)
    return typed_command_words.no_command(shorten(" ".join((first, *others)), 40), near)
