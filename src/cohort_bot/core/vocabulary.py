"""What the words of another language for days and times are in English, so that `datewords`, `clockwords` and `zones`
read every language by the same rules.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product

from cohort_bot.core.folding import bare

SHORTEST = 3
"""The letters that are enough of the name of a day or a month."""

MOST = 32
"""So many readings of one text are tried."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


class Vocabulary:
    """Phrases of one language by what they mean. A phrase may mean several things ("mar" is Tuesday and March), and may
    mean nothing ("el" before a day).
    """

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        """`phrases` are pairs of a phrase and its English."""
        self._meanings: dict[str, list[str]] = {}
        for phrase, english in phrases:
            for spelled in {bare(phrase), bare(phrase.casefold().translate(_UMLAUTS))}:
                meanings = self._meanings.setdefault(spelled, [])
                if english not in meanings:
                    meanings.append(english)
        longest = "|".join(re.escape(each) for each in sorted(self._meanings, key=len, reverse=True))
        self._phrase = re.compile(rf"(?<![^\W\d_])({longest})(?![^\W\d_])" if longest else r"(?!)")

    def readings(self, text: str) -> Iterator[str]:
        """What the text may be in English; nothing when no phrase is in it."""
        apart = self._phrase.split(bare(text))
        meanings = [self._meanings[phrase] for phrase in apart[1::2]]
        if not meanings:
            return
        for meant in islice(product(*meanings), MOST):
            words = [each for pair in zip(apart[::2], (*meant, ""), strict=True) for each in pair]
            yield " ".join("".join(words).split())


ENGLISH = Vocabulary(())


def beginnings(names: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    """Names and what they begin with, by their English: "mie", "mier" and so on for Wednesday in Spanish."""
    for english, spelled in names.items():
        for name in spelled:
            whole = name.rstrip(".")
            yield whole, english
            for length in range(SHORTEST, len(whole)):
                yield whole[:length], english
