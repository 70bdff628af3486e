"""Sentences that people read, through gettext. Placeholders are named, and may be spans of a message.

    _("Round {number} is paused.", number=3)
    spans("Check in by {closes}.", closes=When(closes))
    ngettext("{n} week", "{n} weeks", weeks)

The message is the English sentence and stands where it is used. `make locales` collects every one of them in
`locales/cohort_bot.pot`. Values are put in as they are: what a person typed is no template.

Which language is spoken belongs to the context, as a task or a transaction has its own: `with speaking("de"):`. The
dispatcher and the delivery set it, so that no feature passes a language around.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from string import Formatter

from cohort_bot.chat.catalogues import CATALOGUES, ENGLISH, SPOKEN, Spoken, language, on_board
from cohort_bot.chat.formats import number as written_number
from cohort_bot.chat.message import Span
from cohort_bot.chat.typed import in_words

__all__ = ["NN_", "N_", "_", "answering", "go_on_in", "language", "ngettext", "nspans", "pgettext", "spans", "speaking"]

log = logging.getLogger(__name__)

Value = Span | int | tuple[Span, ...]


@contextmanager
def speaking(language: str, *, client: bool = False) -> Iterator[None]:
    """Speak this language while the block runs, in what it calls and the tasks it starts; English where the language is
    not on board. `client`: it is that of a client that shows commands in no other.
    """
    token = SPOKEN.set(Spoken(on_board(language), on_board(language) if client else ""))
    try:
        yield
    finally:
        SPOKEN.reset(token)


@contextmanager
def answering(language: str) -> Iterator[None]:
    """The same, and the `speaking` block around this one goes on in the language, for whoever shows the answer."""
    with speaking(language) if SPOKEN.get() is None else nullcontext():
        go_on_in(language)
        yield


def go_on_in(language: str) -> None:
    """From now on the innermost `speaking` block speaks this language: what its reader speaks was found out in it."""
    if (spoken := SPOKEN.get()) is not None:
        spoken.language = on_board(language)


def N_(message: str) -> str:  # noqa: N802 - the name that translators' tools look for
    """Mark a message that is translated later by `_`, where it is shown: for tables and rows of commands."""
    return message


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - as above
    """The same for both forms of a message with a number."""
    return one, many


def _(message: str, /, **values: str | int | Path) -> str:
    """The sentence, with its placeholders filled in."""
    return _text(message, _said(message), values)


def pgettext(context: str, message: str, /) -> str:
    """A word of which a translator has to know more, without placeholders: the context says where it is used."""
    return CATALOGUES[language()].pgettext(context, message)


def ngettext(one: str, many: str, number: int, /, **values: str | int | Path) -> str:
    """The sentence for this number, which is `{n}` in it."""
    source = one if number == 1 else many
    return _text(source, _counted(one, many, number), {"n": written_number(number), **values})


def spans(message: str, /, **values: Value) -> tuple[Span, ...]:
    """The sentence as running text, with spans in the place of its placeholders."""
    return _spans(message, _said(message), values)


def nspans(one: str, many: str, number: int, /, **values: Value) -> tuple[Span, ...]:
    """The sentence for this number, which is `{n}` in it, as running text."""
    source = one if number == 1 else many
    return _spans(source, _counted(one, many, number), {"n": written_number(number), **values})


def _said(message: str) -> str:
    """The translation; translators leave commands in it as they are in English, or not, as they like."""
    if (spoken := SPOKEN.get()) is None:
        return CATALOGUES[ENGLISH].gettext(message)
    return in_words(CATALOGUES[spoken.language].gettext(message))


def _counted(one: str, many: str, number: int) -> str:
    if (spoken := SPOKEN.get()) is None:
        return CATALOGUES[ENGLISH].ngettext(one, many, number)
    return in_words(CATALOGUES[spoken.language].ngettext(one, many, number))


def _text(source: str, message: str, values: Mapping[str, object]) -> str:
    try:
        return message.format_map(values)
    except (AttributeError, IndexError, KeyError, ValueError):
        if message == source:
            raise
        log.exception("the translation of %r does not fit it", source)  # English is better than no answer
        return _text(source, source, values)


@lru_cache(maxsize=4096)
def _parts(message: str) -> tuple[tuple[str, str | None], ...]:
    """The message as pairs of text and the name of the placeholder that follows it."""
    return tuple((text, name) for text, name, _spec, _conversion in Formatter().parse(message))


def _spans(source: str, message: str, values: dict[str, Value]) -> tuple[Span, ...]:
    filled: list[Span] = []
    try:
        for text, name in _parts(message):
            value = () if name is None else values[name]
            for span in (text, *(value if isinstance(value, tuple) else (value,))):
                _add(filled, str(span) if isinstance(span, int) else span)
    except (KeyError, ValueError):
        if message == source:
            raise
        log.exception("the translation of %r does not fit it", source)
        return _spans(source, source, values)
    return tuple(filled)


def _add(filled: list[Span], span: Span) -> None:
    """Append a span; adjacent texts become one."""
    if type(span) is str and filled and type(filled[-1]) is str:
        filled[-1] += span
    elif span != "":
        filled.append(span)
