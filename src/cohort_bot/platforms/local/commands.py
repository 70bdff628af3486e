"""The command table in the page's command box: what could be typed next. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cohort_bot.app.commands import CommandSpec, Param, Table
from cohort_bot.app.errors import PersonError
from cohort_bot.app.typed_command import english, in_english, options, quoted
from cohort_bot.chat.i18n import _
from cohort_bot.chat.typed import in_words, word
from cohort_bot.core.folding import bare, begins
from cohort_bot.platforms.common.typed_lines import after_words

PLATFORM: Final = "local"

_OPEN_VALUE = re.compile(r'(?:^|\s)([^\W\d_][\w-]*)[:：](?:["“”„]([^"“”„]*)|([^\s"“”„]*))$')


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`line` is the whole command box when it is taken; `label` and `detail` are what the list shows. `name` is the
    command's in English, where it is one.
    """

    line: str
    label: str
    detail: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class CommandWanted:
    """A command is being typed. `known` are those with what is `typed` in their name, those that begin with it first;
    only the application knows which of them the person may use.
    """

    typed: str
    known: Sequence[Suggestion]

    def among(self, names: Collection[str]) -> Sequence[Suggestion]:
        """Those that are among the names."""
        return [suggestion for suggestion in self.known if suggestion.name in names]


@dataclass(frozen=True, slots=True)
class ValueWanted:
    """The value of an option is being typed: only the application can suggest one. `before` is the line up to it."""

    action: str
    args: Mapping[str, str]
    option: str
    typed: str
    before: str


def suggest(line: str, table: Table, platform: str = PLATFORM) -> Sequence[Suggestion] | CommandWanted | ValueWanted:
    """Commands, then options of the command, then values, as far as the line has got."""
    if not line.startswith("/"):
        return ()
    names = dict(table.commands(platform))
    said = in_english(line[1:].lstrip(), table.verbs)
    lowered = " ".join(said.lower().split())
    chosen = max((name for name in names if f"{lowered} ".startswith(f"{name} ")), key=len, default=None)
    if chosen is None or not (line[-1].isspace() or len(lowered) > len(chosen)):
        typed = " ".join(bare(line[1:]).split())
        known = [
            Suggestion(f"{shown} ", shown, _(row.summary), name)
            for name, row in names.items()
            for shown in (in_words(f"/{name}"),)
        ]
        spelled = {each.name: (each.name, bare(each.label[1:])) for each in known}
        starts = [each for each in known if any(name.startswith(typed) for name in spelled[each.name])]
        inside = [each for each in known if each not in starts and any(typed in name for name in spelled[each.name])]
        return CommandWanted(typed, starts + inside)
    spec = names[chosen]
    rest = after_words(line[1:], len(chosen.split()))
    return _suggest_option(line, rest, spec)


def _suggest_option(line: str, rest: str, spec: CommandSpec) -> Sequence[Suggestion] | ValueWanted:
    params = {param.name: param for param in spec.params}
    match = _OPEN_VALUE.search(rest)
    if match and (param := params.get(english(match[1], params))):
        so_far = match[2] if match[2] is not None else match[3]
        before = line[: len(line) - len(match[0].lstrip())] + f"{word(param.name)}:"
        return ValueWanted(spec.action, _tolerant(rest[: match.start()], spec), param.name, so_far, before)
    fragment = "" if rest[-1:].isspace() else (rest.split() or [""])[-1]
    used = _tolerant(rest[: len(rest) - len(fragment)], spec)
    before = line[: len(line) - len(fragment)]
    return [
        Suggestion(f"{before}{word(name)}:", f"{word(name)}:", _what_for(param))
        for name, param in params.items()
        if name not in used and (begins(name, fragment) or begins(word(name), fragment))
    ]


def _what_for(param: Param) -> str:
    summary = _(param.summary)
    return _("{summary} (required)", summary=summary) if param.required else summary


def taken(before: str, value: str, label: str) -> Suggestion:
    """A suggested value, and the line when it is taken."""
    return Suggestion(f"{before}{quoted(value)} ", value, "" if label == value else label)


def _tolerant(text: str, spec: CommandSpec) -> Mapping[str, str]:
    try:
        return options(text, spec)
    except PersonError:
        return {}
