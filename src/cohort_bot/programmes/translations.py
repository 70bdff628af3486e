"""A programme in other languages: `translations/<language>.po` beside it, an entry for each of its texts.

An entry is found by the text that it translates. When that changes, the entry fits nothing any more and the text is
shown as it was written: a translation can be missing, and never be of something else.
"""

import difflib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cohort_bot.app.words.programme_check import Translation
from cohort_bot.chat.sentence import Sentence
from cohort_bot.core.programme import Programme, same_language
from cohort_bot.programmes import models
from cohort_bot.programmes.card_size import CARD_BUDGET, paper_size, week_size
from cohort_bot.programmes.compiled import MAX_BYTES
from cohort_bot.programmes.languages import confusable, in_words, texts_of, too_long, translated
from cohort_bot.programmes.problems import Problem
from cohort_bot.programmes.source import unseen

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

_BEFORE: Final = "before: "
"""What an original that has changed said, in a comment for its translator."""

_UNKNOWN: Final = tuple(
    f'"{key}'.encode() for key in ("POT-", "PO-Revision", "Last-Tr", "Report-", "Language-Team", "Plural", "Generated")
)
"""What Babel writes into a header without knowing it, or for plurals, which a programme has none of."""


@dataclass(frozen=True, slots=True)
class Translations:
    """What a file of translations has: those that can be used by their originals, what is wrong with others, and those
    whose original has changed.
    """

    language: str
    name: str
    texts: Mapping[str, str]
    problems: tuple[Problem, ...]
    outdated: tuple[Problem, ...]


def _limit(kind: type, name: str) -> int | None:
    """How long the original may be, which is said in its model."""
    info = getattr(models, f"{kind.__name__}Model").model_fields[name]
    inner = getattr(info.annotation, "__args__", (None,))[0]  # of a list it is that of each entry
    given = [each for field in getattr(inner, "__metadata__", ()) for each in field.metadata] or info.metadata
    return next((each.max_length for each in given if hasattr(each, "max_length")), None)


def read(path: Path, name: str, programme: Programme) -> Translations:
    """Read a file of translations; whatever is wrong with it ends up in `problems`, under `name`."""
    spoken = path.stem.replace("_", "-")
    try:
        catalog = _catalog(path)
    except _Unreadable as error:
        problem = Problem(name, error.line, 1, error.what)
        return Translations(spoken, name, {}, (problem,), ())
    rooms: dict[str, int | None] = {}
    for text in texts_of(programme):
        before, limit = rooms.get(text.original), _limit(text.kind, text.field)
        rooms[text.original] = min(before, limit) if before and limit else limit
    texts: dict[str, str] = {}
    problems: list[Problem] = list(_about(spoken, name, catalog, programme))
    outdated: list[Problem] = []
    for entry in catalog:
        if not entry.id or not entry.string:
            continue
        line = entry.lineno or 1
        if not isinstance(entry.id, str):
            problems.append(Problem(name, line, 1, Translation.PLURAL()))
        elif entry.fuzzy or entry.id not in rooms:
            folder = str(path.parents[1])
            what = Translation.CHANGED(text=_beginning(entry), folder=folder, language=spoken)
            outdated.append(Problem(name, line, 1, what))
        elif wrong := _wrong(entry, rooms[entry.id]):
            problems.append(Problem(name, line, 1, wrong))
        else:
            texts[entry.id] = str(entry.string)
    problems += _cards(name, catalog, programme, texts)
    return Translations(spoken, name, texts, tuple(problems), tuple(outdated))


class _Unreadable(Exception):
    def __init__(self, what: Sentence, line: int = 1) -> None:
        super().__init__(what)
        self.what, self.line = what, line


def _catalog(path: Path) -> "Catalog":
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415 - nobody needs it in one language

    try:
        data = path.read_bytes()
        if len(data) > 4 * MAX_BYTES:
            raise _Unreadable(Translation.LARGE(most=4 * MAX_BYTES))
        return read_po(io.BytesIO(data), abort_invalid=True)
    except OSError as error:
        raise _Unreadable(Translation.UNREADABLE(reason=str(error.strerror))) from error
    except PoFileError as error:
        raise _Unreadable(Translation.BROKEN(reason=str(error)), error.lineno + 1) from error
    except (UnicodeDecodeError, LookupError) as error:
        raise _Unreadable(Translation.NOT_UTF8()) from error
    except (ValueError, TypeError, AttributeError) as error:  # what Babel makes of a header or an escape that is none
        raise _Unreadable(Translation.NOT_PO()) from error


def _about(spoken: str, name: str, catalog: "Catalog", programme: Programme) -> Iterator[Problem]:
    if not re.match(models.LANGUAGE_TAG, spoken):
        yield Problem(name, 1, 1, Translation.NO_LANGUAGE(name=spoken))
    elif same_language(spoken, programme.language):
        yield Problem(name, 1, 1, Translation.OWN_LANGUAGE(name=spoken))
    given = (catalog.locale_identifier or "").replace("_", "-")
    if given and given != spoken:
        yield Problem(name, 1, 1, Translation.HEADER(language=given))


def _beginning(entry: "Message") -> str:
    text = str(entry.id)
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004


def _wrong(entry: "Message", room: int | None) -> Sentence | None:
    original, text = str(entry.id), str(entry.string)
    if not text.strip():
        return Translation.BLANK(text=_beginning(entry))
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if room is not None and units > room:
        return Translation.LONG(text=_beginning(entry), size=units, most=room)
    if "\n" in text and "\n" not in original:
        return Translation.LINES(text=_beginning(entry))
    if hidden := unseen(text):
        return Translation.INVISIBLE(code=f"{ord(hidden):04X}")
    return None


def _cards(name: str, catalog: "Catalog", programme: Programme, texts: Mapping[str, str]) -> Iterator[Problem]:
    """Weeks and papers that would have no room, or two tasks of one name."""
    whole: Programme = in_words(programme, texts)
    wrong: list[tuple[str, Sentence]] = []
    for week, after in zip(programme.weeks, whole.weeks, strict=True):
        if too_long(after):
            what = Translation.CARD_OF_WEEK(number=week.number, size=week_size(after), most=CARD_BUDGET)
            wrong.append((week.title, what))
        elif confusable(after):
            wrong.append((week.title, Translation.SAME_SHORT(number=week.number)))
    for paper, translated_paper in zip(programme.papers, whole.papers, strict=True):
        if (size := paper_size(translated_paper)) > CARD_BUDGET:
            wrong.append((paper.why, Translation.CARD_OF_PAPER(name=paper.id, size=size, most=CARD_BUDGET)))
    for original, what in wrong:
        entry = catalog.get(original)
        yield Problem(name, (entry and entry.lineno) or 1, 1, what)


def coverage(programme: Programme, found: Translations) -> Sentence:
    """How much of the programme is translated, in a line."""
    all_texts = {text.original for text in texts_of(programme)}
    known = translated(programme, found.language, found.texts).translation
    weeks, papers = (len(known.weeks), len(known.papers)) if known else (0, 0)
    return Translation.COVERAGE(
        name=found.name,
        weeks=weeks,
        all_weeks=programme.length,
        papers=papers,
        all_papers=len(programme.papers),
        texts=len(found.texts),
        all_texts=len(all_texts),
    )


def merged(programme: Programme, language: str, path: Path, weeks: int) -> bytes:
    """The file of translations with an entry for each text up to that week, and with all that it has.

    What has changed keeps its translation, marked as fuzzy, with what it said before; what is gone is kept at the end.
    Raises ValueError when the file is there and cannot be read.
    """
    from babel.messages.catalog import Catalog  # noqa: PLC0415
    from babel.messages.pofile import write_po  # noqa: PLC0415

    try:
        old = _catalog(path) if path.exists() else Catalog()
    except _Unreadable as error:
        raise ValueError(str(Problem(str(path), error.line, 1, error.what))) from error
    known = {str(entry.id): entry for entry in old if entry.id}
    papers = tuple(each for each in programme.papers if (each.week or programme.length) <= weeks)
    start = replace(programme, weeks=programme.weeks[:weeks], papers=papers)
    wanted = {text.original for text in texts_of(start)} | known.keys()
    about = old.header_comment if known else f"# {programme.slug} in another language."
    made = Catalog(language.replace("-", "_"), project=programme.slug, header_comment=about, fuzzy=False)
    for text in texts_of(programme):
        if text.original in wanted:
            limit = _limit(text.kind, text.field)
            room = [f"at most {limit} characters"] if limit else []
            entry = made.add(text.original, auto_comments=[", ".join([text.where, *room])])
            if before := known.get(text.original):
                kept = [each for each in before.user_comments if before.fuzzy or not each.startswith(_BEFORE)]
                entry.string, entry.flags, entry.user_comments = before.string, before.flags, kept
    new = [str(entry.id) for entry in made if entry.id and entry.id not in known]
    for before in (entry for original, entry in known.items() if original not in made):
        near = difflib.get_close_matches(str(before.id), new, n=1)
        if near and before.string:
            new.remove(near[0])
            entry = made[near[0]]
            entry.string, entry.flags, entry.user_comments = before.string, {"fuzzy"}, [f"{_BEFORE}{before.id}"]
        elif before.string:
            made.obsolete[str(before.id)] = before
    made.obsolete |= {key: entry for key, entry in old.obsolete.items() if key not in made}
    out = io.BytesIO()
    write_po(out, made, width=100)
    return b"".join(line for line in out.getvalue().splitlines(keepends=True) if not line.startswith(_UNKNOWN))
