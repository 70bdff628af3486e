"""The command table -> Discord's application commands. Pure, and every limit is held here, before Discord sees it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from cohort_bot.app.commands import CommandSpec, Param, Table
from cohort_bot.chat.i18n import N_, _
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.discord import limits

PLATFORM: Final = "discord"

SUBCOMMAND: Final = 1
GROUP: Final = 2
TEXT: Final = 3
INTEGER: Final = 4
USER: Final = 6
CHANNEL: Final = 7

CHANNEL_TYPES: Final = (0, 5)  # text and announcement channels: where a message can open a thread
_SERVER, _DIRECT = 0, 1
_CONTEXTS: Final = (_SERVER, _DIRECT)
_INSTALLED_IN_SERVER: Final = 0

# Discord's own pattern, ^[-_'\p{L}\p{N}]{1,32}$ in lower case, without the scripts that Python cannot name.
_NAME = re.compile(r"[-_'\w]{1,32}")
_GROUP_SUMMARY: Final = N_("Start and run a cohort (for moderators)")

Payload = Mapping[str, Any]


def payload(table: Table) -> list[dict[str, Any]]:
    """What is registered. Raises CannotRender for a row that Discord would refuse."""
    by_name: dict[str, dict[str, Any]] = {}
    for name, spec in table.commands(PLATFORM):
        words = name.split()
        for word in words:
            _check_name(word)
        if len(words) > 3:  # noqa: PLR2004 - command, group, subcommand
            raise CannotRender(f"/{name} has more than three words")
        _place(by_name, words, spec)
    if len(by_name) > limits.COMMANDS:
        raise CannotRender(f"there are {len(by_name)} of {limits.COMMANDS} commands")
    for command in by_name.values():
        if (length := _length(command)) > limits.COMMAND_TEXT:
            raise CannotRender(f"/{command['name']} has {length} of {limits.COMMAND_TEXT} characters")
    return list(by_name.values())


def same(wanted: Iterable[Payload], registered: Iterable[Payload]) -> bool:
    """Whether Discord has just these commands already; what it adds on its own (ids, versions, nulls) is left out."""
    mine = sorted((_core(command) for command in wanted), key=lambda command: str(command.get("name")))
    theirs = sorted((_core(command) for command in registered), key=lambda command: str(command.get("name")))
    return mine == theirs


def _place(found: dict[str, dict[str, Any]], words: Sequence[str], spec: CommandSpec) -> None:
    top = found.setdefault(words[0], {})
    if len(words) == 1:
        if top:
            raise CannotRender(f"/{words[0]} is a command and a group of commands")
        top.update(_top(words[0], spec.summary), options=_options(spec))
        return
    if top and not any(option["type"] <= GROUP for option in top["options"]):
        raise CannotRender(f"/{words[0]} is a command and a group of commands")
    if not top:
        top.update(_top(words[0], _GROUP_SUMMARY), options=[])
    options = top["options"]
    for word in words[1:-1]:
        group = next((option for option in options if option["name"] == word), None)
        if group is None:
            group = {"type": GROUP, "name": word, "description": _summary(_GROUP_SUMMARY), "options": []}
            options.append(group)
        options = group["options"]
    options.append(
        {"type": SUBCOMMAND, "name": words[-1], "description": _summary(spec.summary), "options": _options(spec)}
    )
    if len(options) > limits.SUBCOMMANDS:
        raise CannotRender(f"/{words[0]} has more than {limits.SUBCOMMANDS} subcommands")


def _top(name: str, summary: str) -> dict[str, Any]:
    return {
        "type": 1,
        "name": name,
        "description": _summary(summary),
        "contexts": list(_CONTEXTS),
        "integration_types": [_INSTALLED_IN_SERVER],
    }


def _options(spec: CommandSpec) -> list[dict[str, Any]]:
    """The options, those that are needed first, as Discord wants them."""
    if len(spec.params) > limits.OPTIONS:
        raise CannotRender(f"{spec.action} has more than {limits.OPTIONS} options")
    return [_option(param) for param in sorted(spec.params, key=lambda param: not param.required)]


def _option(param: Param) -> dict[str, Any]:
    _check_name(param.name)
    option: dict[str, Any] = {"name": param.name, "description": _summary(param.summary), "required": param.required}
    match param.kind:
        case "int":
            option |= {"type": INTEGER, "min_value": param.least, "max_value": param.most}
        case "member":
            option |= {"type": USER}
        case "channel":
            option |= {"type": CHANNEL, "channel_types": list(CHANNEL_TYPES)}
        case _:
            option |= {"type": TEXT}
    if param.choices and len(param.choices) <= limits.CHOICES:
        option["choices"] = [
            {"name": limits.cut(_(_choice(each.label)), limits.CHOICE), "value": _choice(each.value)}
            for each in param.choices
        ]
    elif param.suggest or param.kind in {"zone", "cohort", "day"} or param.choices:
        option["autocomplete"] = True
    return option


def _choice(text: str) -> str:
    if not text or limits.size(text) > limits.CHOICE:
        raise CannotRender(f"the choice {text!r} is empty or longer than {limits.CHOICE} characters")
    return text


def _summary(text: str) -> str:
    if not text or limits.size(text) > limits.SUMMARY:
        raise CannotRender(f"{text!r} has {limits.size(text)} of 1 to {limits.SUMMARY} characters")
    return limits.cut(_(text), limits.SUMMARY)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or name != name.lower():
        raise CannotRender(f"{name!r} cannot be a name on Discord: lower case, 1 to 32 letters, digits, - or _")


def _length(entry: Mapping[str, Any]) -> int:
    own = limits.size(entry["name"]) + limits.size(entry.get("description", ""))
    own += sum(limits.size(choice["name"]) + limits.size(choice["value"]) for choice in entry.get("choices", ()))
    return own + sum(_length(option) for option in entry.get("options", ()))


_KEPT: Final = frozenset(
    (
        "type",
        "name",
        "description",
        "options",
        "required",
        "choices",
        "autocomplete",
        "min_value",
        "max_value",
        "channel_types",
        "contexts",
        "integration_types",
        "value",
        "default_member_permissions",
        "nsfw",
    )
)


def _core(entry: Payload) -> dict[str, Any]:
    """What counts: keys that we send or an admin can see, without what is empty or the default."""
    kept: dict[str, Any] = {}
    for key in _KEPT & entry.keys():
        value = entry[key]
        if isinstance(value, list):
            value = [_core(item) if isinstance(item, Mapping) else item for item in value]
            if key in {"contexts", "integration_types", "channel_types"}:
                value = sorted(value)
        if value not in (None, False, []):
            kept[key] = value
    return kept
