"""`name:value "quoted value"` after a typed command -> options of its row, where a platform has no fields for them."""

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Final

from cohort_bot.app.commands import CommandSpec, Param, shorten
from cohort_bot.app.errors import PersonError

_NAME = re.compile(r"\s*([A-Za-z][\w-]*):[ \t]*")
# An unquoted value ends where the next option begins; a word with "://" is a link and no option.
_NEXT = re.compile(r"\s+(?=[A-Za-z][\w-]*:(?!//))|\s*$")
_QUOTES: Final = {'"': '"', "“": "”“", "„": "“”", "«": "»", "'": "'", "‘": "’"}
_PLAIN = re.compile(rf"[^\s\\{''.join(_QUOTES)}]+")
_SHOWN = 40


def options(
    line: str,
    spec: CommandSpec,
    understood: Callable[[str, Param], str] = lambda value, _param: value,
    shown: Callable[[str], str] = lambda word: word,
) -> Mapping[str, str]:
    """The options of a row. Raises PersonError with what to type instead.

    `understood` is what a platform makes of a value, `shown` what the person saw where an error repeats a word.
    """
    known = {param.name: param for param in spec.params}
    found: dict[str, str] = {}
    position = 0
    while line[position:].strip():
        match = _NAME.match(line, position)
        if match is None:
            raise PersonError(_stray(shown(line[position:].split(maxsplit=1)[0]), spec))
        name = match[1].lower()
        if name not in known:
            raise PersonError(_unknown(name, spec))
        if name in found:
            raise PersonError(f"{name} is there twice. Please give it once.")
        value, position = _value(line, match.end(), name)
        found[name] = understood(value, known[name])
    return found


def quoted(value: str) -> str:
    """The value as it is typed after `name:`."""
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


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


def _unknown(name: str, spec: CommandSpec) -> str:
    names = [param.name for param in spec.params]
    seen = shorten(name, _SHOWN)
    if not names:
        return f"This command has no options. Please type it without {seen}:."
    near = difflib.get_close_matches(name, names, 1, 0.5)
    hint = f"Did you mean {near[0]}:?" if near else f"It takes {', '.join(names)}."
    return f"There is no option {seen}. {hint} If it is part of a value, put the value in quotes."


def _stray(word: str, spec: CommandSpec) -> str:
    seen = shorten(word, _SHOWN)
    if not spec.params:
        return f"This command has no options. Please type it without “{seen}”."
    example = f"{spec.params[0].name}:{quoted(seen)}"
    return f"“{seen}” has no name. Please write options as name:value, such as {example}."
