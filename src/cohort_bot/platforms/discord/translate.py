"""Discord's interaction payloads -> Invocation. Pure: no library objects, no clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from cohort_bot.app.commands import Table
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Actor, Place
from cohort_bot.platforms.discord import ids
from cohort_bot.platforms.discord.commands import GROUP, INTEGER, PLATFORM, SUBCOMMAND

Data = Mapping[str, Any]
"""The `data` of an interaction, as Discord sends it."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who did it, where and when. `id` is the interaction's."""

    id: str
    actor: Actor
    place: Place | None
    at: datetime
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """An option that is being typed; `whole` says that Discord wants a whole number for it."""

    so_far: Invocation
    option: str
    typed: str
    whole: bool = False


def command(data: Data, table: Table, origin: Origin) -> Invocation:
    """A slash command. One that the table no longer has keeps its words as its action."""
    words, options = _words(data)
    spec = dict(table.commands(PLATFORM)).get(" ".join(words))
    args = {option["name"]: _value(option["value"]) for option in options if "value" in option}
    return _invocation(origin, spec.action if spec else " ".join(words), "command", args)


def completing(data: Data, table: Table, origin: Origin) -> Wanted | None:
    """The option that wants suggestions."""
    _, options = _words(data)
    focused = next((option for option in options if option.get("focused")), None)
    if focused is None:
        return None
    typed, whole = _value(focused.get("value", "")), focused["type"] == INTEGER
    return Wanted(command(data, table, origin), focused["name"], typed, whole)


def pressed(data: Data, origin: Origin) -> Invocation:
    """A button."""
    action, args = ids.decode(data["custom_id"])
    return _invocation(origin, action, "button", args)


def submitted(data: Data, origin: Origin) -> tuple[Invocation, str]:
    """A sent form, and the action that had opened it (empty when its id had no room for it)."""
    action, args = ids.decode(data["custom_id"])
    opener = args.pop(ids.OPENER, "")
    fields = dict(_fields(data.get("components", ())))
    return _invocation(origin, action, "form", args, fields), opener


def place(guild: str | None, channel: str | None, parent: str | None) -> Place | None:
    """Where it happened; `parent` is the channel of a thread. None where Discord does not tell."""
    if channel is None:
        return None
    if parent is not None:
        return Place(PLATFORM, guild or "", parent, channel)
    return Place(PLATFORM, guild or "", channel)


def _invocation(
    origin: Origin,
    action: str,
    kind: Literal["command", "button", "form"],
    args: Mapping[str, str],
    fields: Mapping[str, tuple[str, ...]] | None = None,
) -> Invocation:
    return Invocation(
        id=origin.id,
        action=action,
        kind=kind,
        actor=origin.actor,
        place=origin.place,
        at=origin.at,
        args=args,
        fields=fields or {},
        direct=origin.direct,
    )


def _words(data: Data) -> tuple[list[str], Sequence[Data]]:
    """The command's words, and the options of the innermost."""
    words = [data["name"]]
    options = data.get("options", ())
    while options and options[0]["type"] in {SUBCOMMAND, GROUP}:
        words.append(options[0]["name"])
        options = options[0].get("options", ())
    return words, options


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _fields(components: Sequence[Data]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each field with its values, whatever labels and rows it is wrapped in."""
    for component in components:
        if inner := component.get("component"):
            yield from _fields((inner,))
        elif inner := component.get("components"):
            yield from _fields(inner)
        elif "values" in component:
            yield component["custom_id"], tuple(component["values"])
        elif component.get("value") is not None:
            yield component["custom_id"], (str(component["value"]),)
