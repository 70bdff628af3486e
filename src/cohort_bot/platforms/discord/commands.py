"""The command table -> Discord's application commands. Pure, and every limit is held here, before Discord sees it.

Names, descriptions and choices go in every language on board: Discord shows each person those of their client, and
sends the English ones back.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from cohort_bot.app.commands import CommandSpec, Param, Table
from cohort_bot.chat.catalogues import ENGLISH, closest, in_passing, languages
from cohort_bot.chat.i18n import N_, _, speaking
from cohort_bot.chat.typed import HEADS, word
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


@in_passing()
def payload(table: Table) -> list[dict[str, Any]]:
    """What is registered. Raises CannotRender for a row that Discord would refuse."""
    by_name: dict[str, dict[str, Any]] = {}
    for name, spec in table.commands(PLATFORM):
        words = name.split()
        for each in words:
            _check_name(each)
        if len(words) > 3:  # noqa: PLR2004 - command, group, subcommand
            raise CannotRender(f"/{name} has more than three words")
        _place(by_name, words, spec)
    if len(by_name) > limits.COMMANDS:
        raise CannotRender(f"there are {len(by_name)} of {limits.COMMANDS} commands")
    _tell_apart(list(by_name.values()))
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
    for each in words[1:-1]:
        group = next((option for option in options if option["name"] == each), None)
        if group is None:
            group = {"type": GROUP, **_called(each, _GROUP_SUMMARY), "options": []}
            options.append(group)
        options = group["options"]
    options.append({"type": SUBCOMMAND, **_called(words[-1], spec.summary), "options": _options(spec)})
    if len(options) > limits.SUBCOMMANDS:
        raise CannotRender(f"/{words[0]} has more than {limits.SUBCOMMANDS} subcommands")


def _top(name: str, summary: str) -> dict[str, Any]:
    return {
        "type": 1,
        **_called(name, summary),
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
    option: dict[str, Any] = {**_called(param.name, param.summary, head=False), "required": param.required}
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
            {**_worded("name", _choice(each.label), limits.CHOICE), "value": _choice(each.value)}
            for each in param.choices
        ]
    elif param.suggest or param.kind in {"zone", "cohort", "day"} or param.choices:
        option["autocomplete"] = True
    return option


def _choice(text: str) -> str:
    if not text or limits.size(text) > limits.CHOICE:
        raise CannotRender(f"the choice {text!r} is empty or longer than {limits.CHOICE} characters")
    return text


def _called(name: str, summary: str, *, head: bool = True) -> dict[str, Any]:
    """A name and what it is for. `head`: it may be a command's first word."""
    if not summary or limits.size(summary) > limits.SUMMARY:
        raise CannotRender(f"{summary!r} has {limits.size(summary)} of 1 to {limits.SUMMARY} characters")
    fixed = head and name in HEADS
    return {
        "name": name,
        "name_localizations": {} if fixed else _localized(name, lambda: word(name)),
        **_worded("description", summary, limits.SUMMARY),
    }


def _worded(key: str, text: str, most: int) -> dict[str, Any]:
    def shown() -> str:
        return limits.cut(_(text), most)

    return {key: _in(ENGLISH, shown), f"{key}_localizations": _localized(text, shown)}


def _localized(english: str, said: Callable[[], str]) -> dict[str, str]:
    """What it is for each of Discord's locales whose language is on board, unless that is the English."""
    return {locale: words for locale, language in _locales() if (words := _in(language, said)) != english}


def _in(language: str, said: Callable[[], str]) -> str:
    with speaking(language):
        return said()


@cache
def _locales() -> Sequence[tuple[str, str]]:
    known = [(locale, closest(locale)) for locale in limits.LOCALES]
    return [(locale, language) for locale, language in known if language in languages() and language != ENGLISH]


def _tell_apart(siblings: Sequence[dict[str, Any]]) -> None:
    """Leave out what two commands or options beside each other would both be called in a language."""
    for locale, _language in _locales():
        names = Counter(each["name_localizations"].get(locale, each["name"]) for each in siblings)
        for each in siblings:
            if names[each["name_localizations"].get(locale, "")] > 1:
                del each["name_localizations"][locale]
    for each in siblings:
        _tell_apart(each.get("options", ()))


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or name != name.lower():
        raise CannotRender(f"{name!r} cannot be a name on Discord: lower case, 1 to 32 letters, digits, - or _")


def _length(entry: Mapping[str, Any]) -> int:
    """As Discord counts: of each text the longest, in whatever language."""
    own = sum(
        max(map(limits.size, (entry.get(key, ""), *entry.get(f"{key}_localizations", {}).values())))
        for key in ("name", "description", "value")
    )
    return own + sum(_length(each) for inner in ("options", "choices") for each in entry.get(inner, ()))


_KEPT: Final = frozenset(
    (
        "type",
        "name",
        "name_localizations",
        "description",
        "description_localizations",
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
        if value not in (None, False, [], {}):
            kept[key] = value
    return kept
