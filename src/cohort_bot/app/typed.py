"""`name:value "quoted value"` after a typed command -> options of its row, where a platform has no fields for them."""

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Final

from cohort_bot.app.commands import CommandSpec, Param, shorten
from cohort_bot.app.errors import PersonError
from cohort_bot.app.views import options as says

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
            raise _stray(shown(line[position:].split(maxsplit=1)[0]), spec)
        name = match[1].lower()
        if name not in known:
            raise _unknown(name, spec)
        if name in found:
            raise says.twice(name)
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
        raise says.quote_open(name)
    if line[position + 1 : position + 2].strip():
        raise says.quote_glued(name)
    return value, position + 1


def _unknown(name: str, spec: CommandSpec) -> PersonError:
    names = [param.name for param in spec.params]
    near = next(iter(difflib.get_close_matches(name, names, 1, 0.5)), None)
    return says.unknown(shorten(name, _SHOWN), near, names)


def _stray(word: str, spec: CommandSpec) -> PersonError:
    seen = shorten(word, _SHOWN)
    return says.stray(seen, f"{spec.params[0].name}:{quoted(seen)}" if spec.params else None)
