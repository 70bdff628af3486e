"""A programme in the languages that it has been translated to, each made when somebody first reads it there.

What is wrong with a translation is found by `translations`; here nothing is read or checked but what has to fit a card.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from cohort_bot.chat.i18n import language
from cohort_bot.core import programme as core
from cohort_bot.core.programme import Programme, same_language
from cohort_bot.programmes.card_size import CARD_BUDGET, paper_size, week_size

FOLDER: Final = "translations"

TEXTS: Final[Mapping[type, tuple[str, ...]]] = {
    core.Programme: ("title", "summary"),
    core.Phase: ("title",),
    core.Item: ("text",),
    core.Gate: ("passes", "if_missed"),
    core.Skill: ("name", "text"),
    core.Strength: ("name", "text"),
    core.RealityCheck: ("enjoy", "miss", "challenges"),
    core.Question: ("question", "answer"),
    core.Week: ("title", "goal", "share", "note"),
    core.Task: ("text", "short"),
    core.Resource: ("title",),
    core.Recall: ("question", "answer", "source"),
    core.Paper: ("why", "questions"),
}
"""What is translated of each type. The titles of papers stay as they were published."""

PARTS: Final[Mapping[type, tuple[str, ...]]] = {
    core.Programme: (
        "phases", "horizons", "skills", "strengths", "reality_check", "faq", "weeks", "papers",
    ),
    core.Phase: ("actions", "gate"),
    core.Week: ("tasks", "resources", "recall"),
}  # fmt: skip
"""The fields in which there is more to translate."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a programme, the field of which type it is, and its place for translators."""

    original: str
    where: str
    kind: type
    field: str


def files(folder: Path) -> dict[str, Path]:
    """The files of translations of the programme in the folder, by the language of their name."""
    return {path.stem.replace("_", "-"): path for path in sorted((folder / FOLDER).glob("*.po"))}


class InLanguages:
    """A programme in each language that it has, made when it is first read in it; `texts` loads what is translated."""

    def __init__(
        self, original: Programme, languages: Iterable[str], texts: Callable[[str], Mapping[str, str]]
    ) -> None:
        self._original = original
        self._languages = frozenset(languages)
        self._texts = texts
        self._made: dict[str, Programme] = {}

    def get(self) -> Programme:
        """The programme in the language that is spoken here; as it was written, where it has no translation."""
        spoken = language()
        if not self._languages or spoken == self._original.language:
            return self._original
        if (programme := self._made.get(spoken)) is None:
            found = matching(spoken, self._languages)
            programme = translated(self._original, found, self._texts(found)) if found else self._original
            self._made[spoken] = programme
        return programme


def matching(wanted: str, languages: Iterable[str]) -> str | None:
    """Of these languages the wanted one, or one of another country."""
    known = sorted(languages)
    near = (each for each in known if same_language(each, wanted))
    return wanted if wanted in known else next(near, None)


def translated(programme: Programme, language: str, texts: Mapping[str, str]) -> Programme:
    """The programme in the language. A week or paper whose card would have no room stays as it was written."""
    whole: Programme = in_words(programme, texts)
    pairs = list(zip(programme.weeks, whole.weeks, strict=True))
    weeks = tuple(before if too_long(after) or confusable(after) else after for before, after in pairs)
    papers = tuple(
        before if paper_size(after) > CARD_BUDGET else after
        for before, after in zip(programme.papers, whole.papers, strict=True)
    )
    return replace(
        whole,
        weeks=weeks,
        papers=papers,
        translation=core.Translation(
            language,
            texts,
            frozenset(week.number for week in programme.weeks if _has(texts, week) and week not in weeks),
            frozenset(paper.id for paper in programme.papers if _has(texts, paper) and paper not in papers),
        ),
    )


def _has(texts: Mapping[str, str], part: object) -> bool:
    return all(text.original in texts for text in texts_of(part))


def too_long(week: core.Week) -> bool:
    """Whether the card of a translated week would have no room."""
    return week_size(week) > CARD_BUDGET


def confusable(week: core.Week) -> bool:
    """Whether two tasks of a translated week have the same name."""
    return len({task.short.casefold() for task in week.tasks}) < len(week.tasks)


def in_words(part: Any, texts: Mapping[str, str]) -> Any:
    """A part of a programme with the texts that are translated."""
    kind = type(part)
    values = {name: (getattr(part, name), _texts_in) for name in TEXTS.get(kind, ())}
    values |= {name: (getattr(part, name), _parts_in) for name in PARTS.get(kind, ())}
    changed = {name: after for name, (before, fn) in values.items() if (after := fn(before, texts)) != before}
    if not changed:
        return part
    if isinstance(part, core.Task):
        return core.TranslatedTask(
            **{"text": part.text, "short": part.short} | changed, minutes=part.minutes, original=part.short
        )
    if isinstance(part, core.Recall):
        fields = {"question": part.question, "answer": part.answer, "source": part.source}
        return core.TranslatedRecall(**fields | changed, original=part.question)
    return replace(part, **changed)


def _texts_in(value: Any, texts: Mapping[str, str]) -> Any:
    if isinstance(value, tuple):
        return tuple(texts.get(each, each) for each in value)
    return value and texts.get(value, value)


def _parts_in(value: Any, texts: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _parts_in(each, texts) for key, each in value.items()}
    if isinstance(value, tuple):
        return tuple(in_words(each, texts) for each in value)
    return value and in_words(value, texts)


def texts_of(part: Any, where: str = "") -> Iterator[Text]:
    """All texts of a programme, or of a part of it, in its order."""
    for name in TEXTS.get(type(part), ()):
        value = getattr(part, name)
        for text in (value,) if isinstance(value, str) else value or ():
            yield Text(text, f"{where}{name}", type(part), name)
    for name in PARTS.get(type(part), ()):
        for label, each in _each(name, getattr(part, name)):
            yield from texts_of(each, f"{where}{label}")


def _each(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, items in value.items():
            yield from _each(key, items)
    elif isinstance(value, tuple):
        for index, each in enumerate(value, start=1):
            yield f"{name.removesuffix('s')} {getattr(each, 'id', getattr(each, 'number', index))}, ", each
    elif value is not None:
        yield f"{name}, ", value
