"""The command table on Slack: the slash commands of the manifest, and a typed one -> its row and options. Pure.

With `should_escape` in the manifest Slack sends `<#C1|general>` and `<@U1|ann>` for what it completed, `<https://…>`
for links, and `&`, `<`, `>` as entities; all of this is undone here by the kind of the option.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cohort_bot.app.commands import HELP, CommandSpec, Param, Table
from cohort_bot.app.errors import PersonError
from cohort_bot.app.typed_command import closest, in_english, options
from cohort_bot.app.words import typed_command as typed_command_words
from cohort_bot.chat.i18n import _
from cohort_bot.chat.place import people
from cohort_bot.chat.typed import in_words, shorten
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.common.option_fields import missing
from cohort_bot.platforms.slack import limits

PLATFORM: Final = "slack"

RESERVED: Final = frozenset(
    (
        "archive",
        "call",
        "collapse",
        "dm",
        "expand",
        "feed",
        "invite",
        "join",
        "kick",
        "leave",
        "me",
        "msg",
        "mute",
        "open",
        "part",
        "pref",
        "remind",
        "remove",
        "rename",
        "search",
        "shortcuts",
        "shrug",
        "star",
        "status",
        "topic",
        "who",
    )
)
"""Slack's own commands; one of them makes the whole manifest fail."""

_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|([^<>]*))?>")
_USER = re.compile(r"<@([A-Z0-9]+)(?:\|([^<>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto):[^<>|]+)(?:\|([^<>]*))?>")
_SHOWN = 40


def payload(table: Table) -> Sequence[Mapping[str, Any]]:
    """The slash commands: the first words of the table's names, each once. Raises CannotRender."""
    names = dict(table.commands(PLATFORM))
    verbs = {head: verbs_of(head, names) for head in dict.fromkeys(words.split(" ")[0] for words in names)}
    summaries = {words: _(row.summary) for words, row in names.items() if " " not in words}
    if len(verbs) > limits.COMMANDS:
        raise CannotRender(f"{len(verbs)} commands, Slack takes {limits.COMMANDS}")
    return [_command(head, verbs[head], summaries.get(head), table) for head in verbs]


def _command(head: str, verbs: Sequence[str], summary: str | None, table: Table) -> Mapping[str, Any]:
    command = f"/{head}"
    if head in RESERVED or len(command) > limits.COMMAND:
        raise CannotRender(f"{command} is Slack's own, or longer than {limits.COMMAND} characters")
    if verbs:
        described = ", ".join(in_words(f"/{head} {verb}").removeprefix(f"/{head} ") for verb in verbs)
        described = described[:1].upper() + described[1:]
        hint = _("[verb] [name:value …]")
        summary = summary or described
    else:
        row = next(row for words, row in table.commands(PLATFORM) if words == head)
        hint = in_words(" ".join(f"[{param.name}:…]" for param in row.params))
        summary = summary or _(row.summary)
    shown: dict[str, Any] = {
        "command": command,
        "description": limits.cut(summary, limits.SUMMARY),
        "should_escape": True,
    }
    if hint:
        shown["usage_hint"] = hint[: limits.HINT]
    return shown


@dataclass(frozen=True, slots=True)
class Typed:
    """A row and the options that were given to it."""

    spec: CommandSpec
    given: Mapping[str, str]

    @property
    def missing(self) -> Sequence[Param]:
        """Required options that are missing."""
        return missing(self.spec, self.given)


def typed(command: str, line: str, table: Table) -> Typed:
    """`/cohort` and `create name:"AI 2027"` as a row with its options. Raises PersonError with what to type instead."""
    names = dict(table.commands(PLATFORM))
    line = in_english(line.lstrip(), table.verbs)
    head = command.removeprefix("/").lower()
    if (spec := names.get(head)) is not None:
        return Typed(spec, _options(line, spec))
    if (found := _found(head, line, names)) is not None:
        return Typed(found[0], _options(found[1], found[0]))
    heads = any(name.startswith(f"{head} ") for name in names)
    if heads and not line.strip() and (spec := table.get(HELP)) is not None:
        return Typed(spec, {})
    raise _unknown_verb(head, line, list(names))


def _found(head: str, line: str, names: Mapping[str, CommandSpec]) -> tuple[CommandSpec, str] | None:
    """The row of the verb after a command, and the rest of the line. A stand-alone command is a verb as well, and the
    spelling of a verb makes no difference: `/cohort Check-in` and `/cohort check in` are `/checkin`.
    """
    verbs = {_joined(verb): names.get(f"{head} {verb}") or names[verb] for verb in verbs_of(head, names)}
    for count in (2, 1):
        words = line.split(maxsplit=count)
        verb = " ".join(words[:count])
        if len(words) >= count and ":" not in verb and (spec := verbs.get(_joined(verb))) is not None:
            return spec, words[count] if len(words) > count else ""
    return None


def verbs_of(head: str, names: Iterable[str]) -> list[str]:
    """The verbs of a command: its own, and the stand-alone commands. None for one that takes no verb."""
    known = list(names)
    if not any(name.startswith(f"{head} ") for name in known):
        return []
    return [name.removeprefix(f"{head} ") for name in known if name.startswith(f"{head} ") or " " not in name]


def _joined(verb: str) -> str:
    return re.sub(r"[\W_]", "", unescaped(verb).casefold())


def _options(line: str, spec: CommandSpec) -> Mapping[str, str]:
    return options(line, spec, understood, unescaped)


def understood(value: str, param: Param) -> str:
    """The value as the person meant it: a channel's or a person's id where the option takes one, else the text they
    saw.
    """
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
    """People who were picked; Slack does not report who is in a user group, so that counts as unknown."""
    for word in re.findall(r"<[^<>]*>|[^\s,<]+|<", value):
        match = _USER.fullmatch(word)
        yield ("person", match[1]) if match else ("unknown", unescaped(word))


def unescaped(value: str) -> str:
    """The three entities that Slack writes, undone once."""
    return value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unknown_verb(head: str, line: str, names: Sequence[str]) -> PersonError:
    verb = next(iter(line.split()), "").lower()
    verbs = [in_words(f"/{head} {each}").split(" ", 1)[1] for each in verbs_of(head, names)]
    seen = shorten(unescaped(verb), _SHOWN)
    return typed_command_words.no_verb(head, seen, closest(verb, verbs), verbs)
