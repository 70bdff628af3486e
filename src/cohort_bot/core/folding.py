"""Normalises text that differs only in case, diacritics, width, dashes or apostrophes."""

import re
import unicodedata

MINUS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2796\u30fc\ufe58\ufe63\uff0d\u00ad\u02d7\u2043"
"""All characters that phones, word processors and Asian keyboards write for a hyphen or a minus."""

_PLAIN = str.maketrans(
    {
        **dict.fromkeys(MINUS, "-"),
        **dict.fromkeys("’‘‛ʼʻ′`´ʹʾʿ＇", "'"),
        **dict.fromkeys("“”„‟«»″＂", '"'),
        **dict.fromkeys("：﹕∶꞉ː", ":"),
        "½": ".5", "¼": ".25", "¾": ".75",
        "＋": "+", "➕": "+", "﹢": "+", "。": ".", "、": ",", "，": ",", "／": "/", "⁄": "/", "∕": "/",
    }
)  # fmt: skip
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"})
_BETWEEN = re.compile(r"[\s_\-.,/()\[\]\"]+")


def plain(text: str) -> str:
    """The text with full-width signs, dashes, colons and quotes as a plain keyboard writes them, and single spaces.

    Invisible signs (zero-width spaces, directional marks) are left out.
    """
    if text.isascii():
        return " ".join(text.split())
    ordinary = unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN)
    return " ".join("".join(sign for sign in ordinary if unicodedata.category(sign) != "Cf").split())


def bare(text: str) -> str:
    """The text in lower case without diacritics; its signs stay."""
    lower = plain(text).casefold()
    if lower.isascii():
        return lower
    apart = unicodedata.normalize("NFKD", lower)
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(_LETTERS)


def fold(text: str) -> str:
    """A key to look words up by: lower case, no diacritics, no apostrophes, words apart by one space."""
    return _BETWEEN.sub(" ", bare(text).replace("'", "")).strip()


def begins(text: str, typed: str) -> bool:
    """Whether a text begins with what is typed, whatever the case and the accents."""
    return bare(text).startswith(bare(typed))


def odd_sign(text: str) -> str:
    """The first sign that is neither a letter, a digit nor one that stands in dates and times; empty without one."""
    fine = " .,:/-\"'"
    return next(
        (
            sign
            for sign in text
            if not plain(sign).isalnum() and (plain(sign) or sign) not in fine and not sign.isspace()
        ),
        "",
    )
