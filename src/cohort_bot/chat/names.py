"""Names of people: cleaned up for showing, and made distinguishable.

A name is what somebody chose on a platform, so it may hold anything: line breaks, signs that cannot be seen, the same
letters as a neighbour's, a thousand of them.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from cohort_bot.chat.characters import beginning, columns, cut, ending

LONGEST: Final = 32
"""Columns of a name as it is shown."""

_HANDLE: Final = 16
"""Columns of an account's name behind somebody's own."""

_NAMELESS: Final = "Somebody"
_MOST: Final = 400
"""Code points of a name that are looked at."""

_BLANK: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters that are invisible."""

_ABOVE: Final = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]"
_PILED = re.compile(f"({_ABOVE}{{2}}){_ABOVE}+")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+")
_CHOOSES_LOOK = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def clean(name: str, instead: str = "") -> str:
    """The name on one line, without what cannot be seen, piles up marks or turns the reading direction; `instead` when
    nothing is left.
    """
    if name.isascii() and name.isprintable():
        return " ".join(name[:_MOST].split()) or clean(instead or _NAMELESS)
    composed = unicodedata.normalize("NFC", name[:_MOST])
    flags = {at for flag in _FLAG.finditer(composed) for at in range(*flag.span())}
    kept = "".join(sign if index in flags else _seen(composed, index, sign) for index, sign in enumerate(composed))
    line = " ".join(_PILED.sub(r"\1", kept).split())
    shown = any(unicodedata.category(sign)[0] in "LNPS" for sign in line)
    return line if shown else clean(instead or _NAMELESS)


def _seen(name: str, index: int, sign: str) -> str:
    """The character, a space for white space, nothing for an invisible character."""
    category = unicodedata.category(sign)
    if category in {"Cc", "Zl", "Zp", "Zs"}:
        return " "
    if sign in _BLANK or category in {"Cs", "Co", "Cn"}:
        return ""
    if category != "Cf":
        return sign
    before, after = name[index - 1 : index], name[index + 1 : index + 2]
    return sign if sign in "\u200c\u200d" and before and after and _joins(before, after) else ""


def _joins(before: str, after: str) -> bool:
    """Whether a joiner between them changes how they look: in an emoji, in Arabic and in Indian scripts."""
    emoji = unicodedata.category(after) == "So" and unicodedata.category(before) in {"So", "Sk", "Mn"}
    letters = unicodedata.bidirectional(before) == "AL" or "\u0900" <= before <= "\u0dff"
    return emoji or (letters and unicodedata.category(after)[0] in "LM")


def told_apart(people: Sequence[tuple[str, str]]) -> list[str]:
    """How people of one group are shown, from their names and the names of their accounts: no two the same.

    Who has a namesake is shown with their account's name, which is theirs alone.
    """
    names = [clean(name, handle) for name, handle in people]
    same = _groups([cut(name, LONGEST, columns) for name in names])
    for group in same:
        full = {_folded(names[index]) for index in group}
        if len(full) == len(group):
            continue  # they only begin alike
        for index in group:
            handle = cut(clean(people[index][1], " "), _HANDLE, columns) if people[index][1].strip() else ""
            if handle and _folded(handle) != _folded(names[index]):
                room = LONGEST - columns(handle) - len(" ()")
                names[index] = f"{cut(names[index], room, columns)} ({handle})"
    return fitted(names, LONGEST)


def fitted(names: Sequence[str], most: int) -> list[str]:
    """Each name within so many columns, and still no two the same: of long ones that begin alike the end stays, too."""
    shown = [cut(name, most, columns) for name in names]
    for group in _groups(shown):
        for index in group:
            if columns(names[index]) > most:
                tail = ending(names[index], most // 3, columns)
                shown[index] = f"{beginning(names[index], most - columns(tail) - 1, columns)}…{tail}"
    taken = {_folded(name) for name in shown}
    for group in _groups(shown):
        for index in group[1:]:
            number = 2
            while _folded(numbered := _numbered(shown[index], number, most)) in taken:
                number += 1
            shown[index] = numbered
            taken.add(_folded(numbered))
    return shown


def _numbered(name: str, number: int, most: int) -> str:
    suffix = f" ({number})"
    return cut(name, most - len(suffix), columns) + suffix


def _groups(names: Sequence[str]) -> list[list[int]]:
    """The indices of names that look the same, in groups."""
    indices: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(names):
        indices[_folded(name)].append(index)
    return [places for places in indices.values() if len(places) > 1]


def _folded(name: str) -> str:
    """A key that is equal for names that look the same, whatever their case and width."""
    if name.isascii():
        return name.casefold()
    return " ".join(_CHOOSES_LOOK.sub("", unicodedata.normalize("NFKC", name)).casefold().split())
