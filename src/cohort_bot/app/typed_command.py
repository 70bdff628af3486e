"""`name:value "quoted value"` after a typed command -> options of its row, where a platform has no fields for them.

Commands, options and choices are understood in English, in the language that is spoken, and in every other on board.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from cohort_bot.app.commands import CommandSpec, Param
from cohort_bot.app.errors import PersonError
from cohort_bot.app.words import typed_command as typed_command_words
from cohort_bot.chat.catalogues import ENGLISH, language, languages
from cohort_bot.chat.i18n import speaking
from cohort_bot.chat.typed import shorten, word
from cohort_bot.core.folding import bare, plain

# Phones and Asian keyboards write other colons and quotes; a name and its colon may be full-width.
_COLON: Final = ":：﹕∶꞉"
_LETTER: Final = r"[^\W\d_]"
_NAME = re.compile(rf"\s*({_LETTER}[\w-]*)\s?[{_COLON}][ \t\u00a0\u3000]*")
# An unquoted value ends where the next option begins; a word with "://" is a link and no option.
_NEXT = re.compile(rf"\s+(?={_LETTER}[\w-]*[{_COLON}](?!//))|\s*$")
_DOUBLE: Final = '"“”„‟″＂«»❝❞〝〞「」『』《》'
_SINGLE: Final = "'‘’‚‛＇‹›`´"
_CLOSING: Final = {"“": "”“", "„": "“”", "«": "»", "「": "」", "『": "』", "《": "》", "‘": "’", "‹": "›", "»": "«"}
"""The signs that close a quote are those that belong to the one that opened it; failing these, any of its kind."""
_PLAIN = re.compile(rf"[^\s\\{_COLON[1:]}{_DOUBLE}{_SINGLE}]+")
_WORD = re.compile(r"([^\s:]+)(\s+|$)")
_SHOWN = 40
_ALIKE: Final = 0.6
"""From 0 to 1: “progess” is like “progress”, “foo” is not like “room”."""


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
    given: dict[str, str] = {}
    position = 0
    while line[position:].strip():
        match = _NAME.match(line, position)
        if match is None:
            stray = line[position:].split(maxsplit=1)[0]
            param = known.get(english(stray, known))
            if param is None or not param.alone or param.name in given:
                raise _stray(shown(stray), spec)
            given[param.name], position = param.alone, line.index(stray, position) + len(stray)
            continue
        name = english(match[1], known)
        if name not in known:
            raise _unknown(plain(match[1]).lower(), spec)
        if name in given:
            raise typed_command_words.twice(word(name))
        value, position = _value(line, match.end(), word(name))
        given[name] = understood(value, known[name])
    return given


def english(typed: str, known: Iterable[str]) -> str:
    """The one of the words of commands that is meant, in English; what was typed where it is none of them."""
    key, words = _key(typed), tuple(known)
    for spoken in dict.fromkeys((ENGLISH, language(), *languages())):
        if (found := _spelled(spoken, words).get(key)) is not None:
            return found
    return typed


def in_english(line: str, verbs: Sequence[str]) -> str:
    """A typed line, the words of its command in English; the rest stays as it is."""
    position, said = 0, ""
    while (found := _WORD.match(line, position)) and (verb := english(found[1], verbs)) in verbs:
        said, position = f"{said}{verb}{found[2]}", found.end()
    return said + line[position:]


@lru_cache(maxsize=256)
def _spelled(spoken: str, words: tuple[str, ...]) -> Mapping[str, str]:
    """The words by how they are spelled in a language, the first of two that are the same."""
    with speaking(spoken):
        return {_key(word(each)): each for each in reversed(words)}


def _key(typed: str) -> str:
    """Case, accents and hyphens make no difference."""
    return re.sub(r"[\W_]", "", bare(typed))


def closest(typed: str, known: Sequence[str]) -> str | None:
    """The word that was probably meant; None when nothing is much like it."""
    return next(iter(difflib.get_close_matches(typed, known, 1, _ALIKE)), None)


def quoted(value: str) -> str:
    """The value as it is typed after `name:`."""
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _value(line: str, start: int, name: str) -> tuple[str, int]:
    opening = line[start : start + 1]
    kind = next((kind for kind in (_DOUBLE, _SINGLE) if opening and opening in kind), None)
    if kind is None:
        end = _NEXT.search(line, start)
        stop = end.start() if end else len(line)
        return line[start:stop], stop
    quoted_value = _quoted(line, start + 1, _CLOSING.get(opening, opening)) or _quoted(line, start + 1, kind)
    if quoted_value is None:
        raise typed_command_words.quote_open(name)
    value, stop = quoted_value
    if line[stop : stop + 1].strip():
        raise typed_command_words.quote_glued(name)
    return value, stop


def _quoted(line: str, start: int, closing: str) -> tuple[str, int] | None:
    """The value and where it has ended; None when it is never closed. An apostrophe inside a word closes nothing."""
    value, position = "", start
    while position < len(line):
        sign, following = line[position], line[position + 1 : position + 2]
        if sign == "\\" and following in ("\\", '"'):
            position += 1
            sign = following
        elif sign in closing and not (sign in _SINGLE and following.isalpha() and line[position - 1].isalpha()):
            return value, position + 1
        value += sign
        position += 1
    return None


def _unknown(name: str, spec: CommandSpec) -> PersonError:
    names = [word(param.name) for param in spec.params]
    return typed_command_words.unknown(shorten(name, _SHOWN), closest(name, names), names)


def _stray(typed: str, spec: CommandSpec) -> PersonError:
    seen = shorten(typed, _SHOWN)
    # the required ones come first; else a place is likelier than the name of a cohort
    params = sorted(spec.params, key=lambda param: (not param.required, param.kind != "zone"))
    return typed_command_words.stray(seen, f"{word(params[0].name)}:{quoted(seen)}" if params else None)
