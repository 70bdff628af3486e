"""When a place of a cohort has gone quiet: said once, and not again until somebody has spoken there since."""

from collections.abc import Collection
from typing import Final

QUIET_AFTER: Final = 2
"""So many rounds in a row in which nothing was said are a silence."""


def fell_silent(there: Collection[int], said: Collection[int], number: int) -> bool:
    """Whether a place has been silent for exactly two rounds, of which `number` is the last.

    `there` are the rounds in which it could have been spoken, `said` those in which it was. In the round after the
    silence goes on and is old, so it is told once without anybody keeping that it was.
    """
    silence = range(number - QUIET_AFTER + 1, number + 1)
    if not all(each in there and each not in said for each in silence):
        return False
    before = silence.start - 1
    return before in said or before not in there


def fell_silent_after(first: int, last: int | None, number: int) -> bool:
    """The same for a place of which only the last word is known: `first` is the first whole round in which it was
    there, `last` the one in which somebody last spoke, None when nobody ever has.
    """
    if last is not None and last > number:
        return False
    return fell_silent(range(first, number + 1), () if last is None else (last,), number)
