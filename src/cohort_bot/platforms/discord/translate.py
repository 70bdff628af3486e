"""Discord's interaction payloads -> Invocation. Pure: no library objects, no clock."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from cohort_bot.app.commands import Table
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Place, people
from cohort_bot.platforms.common.files import SentFile
from cohort_bot.platforms.common.origin import Origin
from cohort_bot.platforms.common.payloads import reject_malformed
from cohort_bot.platforms.discord import ids
from cohort_bot.platforms.discord.commands import GROUP, INTEGER, PLATFORM, SUBCOMMAND

FILE_UPLOAD: Final = 19
"""The type of a modal's component that takes files."""

# A picked mention is complete, whatever follows it; an id may be written bare.
_WORD = re.compile(r"<@[!&]?\d+>|[^\s,<]+|<")
_MENTIONED = re.compile(r"(?:<@(?:!|(?P<role>&))?)?(?P<id>\d{5,20})>?")

Data = Mapping[str, Any]
"""The `data` of an interaction, as Discord sends it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An option that is being typed; `whole` means that Discord expects a whole number for it."""

    so_far: Invocation
    option: str
    typed: str
    whole: bool = False


@reject_malformed
def command(data: Data, table: Table, origin: Origin, roles: Mapping[str, str] = MappingProxyType({})) -> Invocation:
    """A slash command. One that the table no longer has keeps its words as its action.

    `roles` are the server's, id to name, without the one that everybody has.
    """
    words, options = _words(data)
    spec = dict(table.commands(PLATFORM)).get(" ".join(words))
    args = {option["name"]: _value(option["value"]) for option in options if "value" in option}
    for param in spec.params if spec else ():
        if param.kind == "people" and param.name in args:
            args[param.name] = people(_people(args[param.name], roles))
    return origin.invocation("command", spec.action if spec else " ".join(words), args)


@reject_malformed
def completing(data: Data, table: Table, origin: Origin) -> Wanted | None:
    """The option that needs suggestions."""
    _, options = _words(data)
    focused = next((option for option in options if option.get("focused")), None)
    if focused is None:
        return None
    typed, whole = _value(focused.get("value", "")), focused["type"] == INTEGER
    return Wanted(command(data, table, origin), focused["name"], typed, whole)


@reject_malformed
def pressed(data: Data, origin: Origin) -> Invocation:
    """A button."""
    action, args = ids.decode(data["custom_id"])
    return origin.invocation("button", action, args)


@reject_malformed
def submitted(data: Data, origin: Origin) -> tuple[Invocation, str]:
    """A sent form, and the action that had opened it (empty when its id had no room for it)."""
    action, args = ids.decode(data["custom_id"])
    opener = args.pop(ids.OPENER, "")
    sent = data.get("resolved", {}).get("attachments", {})
    fields = dict(_fields(data.get("components", ()), sent))
    return origin.invocation("form", action, args, fields), opener


def place(guild: str | None, channel: str | None, parent: str | None) -> Place | None:
    """Where it happened; `parent` is the channel of a thread. None where Discord gives none."""
    if channel is None:
        return None
    if parent is not None:
        return Place(PLATFORM, guild or "", parent, channel)
    return Place(PLATFORM, guild or "", channel)


def _words(data: Data) -> tuple[list[str], Sequence[Data]]:
    """The command's words, and the options of the innermost."""
    words = [data["name"]]
    options = data.get("options", ())
    while options and options[0]["type"] in {SUBCOMMAND, GROUP}:
        words.append(options[0]["name"])
        options = options[0].get("options", ())
    return words, options


def _people(said: str, roles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Mentions, ids, and the name of a role; Discord's client writes a mention when one is picked after `@`."""
    whole = said.strip().removeprefix("@").casefold()
    named = next((role for role, name in roles.items() if name.casefold() == whole), None)
    if named is not None:
        yield "role", named
        return
    for word in _WORD.findall(said):
        mention = _MENTIONED.fullmatch(word)
        if mention is None:
            known = next((role for role, name in roles.items() if name.casefold() == word[1:].casefold()), None)
            yield ("role", known) if known and word.startswith("@") else ("unknown", word)
        elif mention["id"] in roles:
            yield "role", mention["id"]
        else:
            yield ("unknown" if mention["role"] else "person", mention["id"])


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _fields(components: Sequence[Data], sent: Mapping[str, Data]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each field with its values, whatever labels and rows it is wrapped in; `sent` are attachments by id."""
    for component in components:
        if inner := component.get("component"):
            yield from _fields((inner,), sent)
        elif inner := component.get("components"):
            yield from _fields(inner, sent)
        elif component.get("type") == FILE_UPLOAD:
            files = (sent[each] for each in component.get("values", ()) if each in sent)
            yield component["custom_id"], tuple(_file(each).value() for each in files)
        elif "values" in component:
            yield component["custom_id"], tuple(component["values"])
        elif component.get("value") is not None:
            yield component["custom_id"], (str(component["value"]),)


def _file(attachment: Data) -> SentFile:
    return SentFile(str(attachment["filename"]), str(attachment["url"]), int(attachment.get("size") or 0))
