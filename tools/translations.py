"""What each language lacks and what is wrong in it: `make locales` shows it, and a test holds complete ones to it."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from cohort_bot.app.table import TABLE
from cohort_bot.chat.typed import CONTEXT, HEADS, WORD

LOCALES = Path(__file__).parents[1] / "locales"
TEMPLATE = LOCALES / "cohort_bot.pot"

COMPLETE: frozenset[str] = frozenset({"de", "es"})
"""Languages that have every sentence; of the others the missing ones are only reported."""

FIRST = 3

_NAMES = sorted({name for row in TABLE.rows for name in row.names.values() if name}, key=len, reverse=True)
COMMAND = re.compile(rf"/({'|'.join(_NAMES)})\b")


def sources() -> dict[str, Path]:
    """The PO file of each language."""
    return {path.parents[1].name: path for path in sorted(LOCALES.glob("*/LC_MESSAGES/cohort_bot.po"))}


def read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def problems(catalogue: Catalog, template: Catalog) -> Iterator[tuple[str, str]]:
    """Each sentence that the language does not say, or not as it has to, with what is wrong with it."""
    for wanted in template:
        if not wanted.id:
            continue
        found = catalogue.get(wanted.id, wanted.context)
        if found is None or not all(forms(found)):
            yield first(wanted), "is missing"
        elif found.fuzzy:
            yield first(wanted), "is marked as fuzzy, so it is not used"
        else:
            wrong = (
                _unfit(found) if wanted.context == CONTEXT else (*_broken(wanted, found), *_unnamed(found, catalogue))
            )
            yield from ((first(wanted), each) for each in wrong)


def forms(message: Message) -> tuple[str, ...]:
    """The translation, in each of its plural forms."""
    return message.string if isinstance(message.string, tuple) else (str(message.string or ""),)


def first(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple) else str(message.id)


def _broken(wanted: Message, found: Message) -> Iterator[str]:
    """Placeholders that are lost or invented. A form for one may leave its number out: "one week", and what English
    leaves out there.
    """
    english = [_names(each) for each in (wanted.id if isinstance(wanted.id, tuple) else (str(wanted.id),))]
    known, optional = set().union(*english), {"n"} if wanted.pluralizable else set[str]()
    *_fewer, last = forms(found)
    for form in forms(found):
        try:
            has = _names(form)
        except ValueError:
            yield "has a brace that opens or closes nothing"
            continue
        needed = english[-1] if form is last else set.intersection(*english)
        if lost := needed - has - optional:
            yield f"has lost {{{'}, {'.join(sorted(lost))}}}"
        if has - known:
            yield f"has {{{'}, {'.join(sorted(has - known))}}}, which the sentence does not"


def _unfit(found: Message) -> Iterator[str]:
    """What is typed as one word has to be one, on every platform."""
    (said,) = forms(found)
    if not WORD.fullmatch(said) or said != said.lower():
        yield "is typed: one word in lower case, with at most 32 letters"


def _unnamed(found: Message, catalogue: Catalog) -> Iterator[str]:
    """Commands of the sentence that its translation calls by other words. The English ones may stay: the bot puts in
    those of the language.
    """
    english = " ".join(found.id if isinstance(found.id, tuple) else (str(found.id),))
    for name in {each[1] for each in COMMAND.finditer(english)}:
        words = [str(known.string) if (known := catalogue.get(each, CONTEXT)) else each for each in name.split()]
        if name.split()[0] in HEADS:
            words[0] = name.split()[0]
        if not any(f"/{said}" in form for said in (name, " ".join(words)) for form in forms(found)):
            yield f"does not name /{' '.join(words)}"


def _names(text: str) -> set[str]:
    """The placeholders of a sentence."""
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def main() -> None:
    template = read(TEMPLATE)
    for language, path in sources().items():
        found = list(problems(read(path, language), template))
        print(f"{language}: {sum(bool(each.id) for each in template) - len(found)} sentences, {len(found)} to do")
        for sentence, wrong in found[:FIRST]:
            print(f"    {sentence!r} {wrong}")


if __name__ == "__main__":
    main()
