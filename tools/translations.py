"""What each language lacks and what is wrong in it: `make locales` shows it, and a test holds complete ones to it."""

import string
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parents[1] / "locales"
TEMPLATE = LOCALES / "cohort_bot.pot"

COMPLETE: frozenset[str] = frozenset()
"""Languages that have every sentence; of the others the missing ones are only reported."""

FIRST = 3


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
            yield from ((first(wanted), wrong) for wrong in _broken(wanted, found))


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
