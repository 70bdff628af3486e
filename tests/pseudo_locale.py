"""A language for tests: every sentence with accents, 40 % longer, between right-to-left marks, and still to be read.

    with instead_of_english(PseudoLocale()):
        assert english(_("Leave {cohort}?", cohort="AI 2027")) == "Leave AI 2027?"

What is shown without accents goes through no translation; what is too long for a platform would be in German, too. The
fakes read through `english`, so that what a test looks for in English is found.
"""

import gettext
import math
from collections.abc import Iterator
from contextlib import contextmanager
from string import Formatter

from cohort_bot.chat.catalogues import CATALOGUES, ENGLISH

MARK = "\N{RIGHT-TO-LEFT MARK}"
PADDING = "˷"
LONGER = 0.4
ASCII = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTED = "ȧƀƈḓḗƒɠħīĵķŀḿƞǿƥɋřşŧŭṽẇẋẏẑȦƁƇḒḖƑƓĦĪĴĶĿḾȠǾƤɊŘŞŦŬṼẆẊẎẐ"

_THERE = str.maketrans(ASCII, ACCENTED)
_BACK = str.maketrans(ACCENTED, ASCII, MARK + PADDING)


def english(text: str) -> str:
    """What the text says, in English; a text without the marks is English already."""
    return text.translate(_BACK) if MARK in text or PADDING in text else text


def pseudo(message: str) -> str:
    """The message in this language, its placeholders as they are."""
    parts = list(Formatter().parse(message))
    length = sum(len(text) for text, _name, _spec, _conversion in parts)
    said = "".join(
        _escaped(text.translate(_THERE)) + (f"{{{name}}}" if name is not None else "")
        for text, name, _spec, _conversion in parts
    )
    return f"{MARK}{said}{PADDING * math.ceil(length * LONGER)}{MARK}"


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


class PseudoLocale(gettext.NullTranslations):
    """A catalogue that has every sentence."""

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)


@contextmanager
def instead_of_english(catalogue: gettext.NullTranslations) -> Iterator[None]:
    """Everything that would be said in English is said by this catalogue while the block runs, wherever it is said."""
    before, CATALOGUES[ENGLISH] = CATALOGUES[ENGLISH], catalogue
    try:
        yield
    finally:
        CATALOGUES[ENGLISH] = before
