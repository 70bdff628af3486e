"""A programme: the guide's action plan as weeks, with the papers that go along.

A *week* is a piece of the programme; a *round* (see `rounds`) is a slot of a cohort's calendar.
"""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

Horizon = Literal["this_week", "this_month", "next_90_days"]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the guide with its id. An action of a phase, or an item of a horizon."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Gate:
    """What passes a phase."""

    passes: tuple[str, ...]
    if_missed: str


@dataclass(frozen=True, slots=True)
class Phase:
    """A run of weeks with one theme.

    `colour` is #RRGGBB; the weeks are counted from 1 in the whole programme, both ends included.
    """

    id: str
    title: str
    first_week: int
    last_week: int
    colour: str
    actions: tuple[Item, ...]
    gate: Gate | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do in one week.

    `short` is its checkbox (at most 75 characters, Slack's limit for an option). `minutes` is an estimate,
    None where the programme gives none.
    """

    text: str
    short: str
    minutes: int | None = None

    @property
    def key(self) -> str:
        """What it is called in the record, whatever language it is read in: `short` in the guide's own."""
        return self.short


@dataclass(frozen=True, slots=True)
class TranslatedTask(Task):
    """A task in another language than the guide's; `original` is its `short` there."""

    original: str = ""

    @property
    def key(self) -> str:
        return self.original


@dataclass(frozen=True, slots=True)
class Recall:
    """A question on what the week taught, to be asked again later. `source` says where the answer is found."""

    question: str
    answer: str
    source: str

    @property
    def key(self) -> str:
        """What it is called in the record, whatever language it is read in: `question` in the guide's own."""
        return self.question


@dataclass(frozen=True, slots=True)
class TranslatedRecall(Recall):
    """A question in another language than the guide's; `original` is its `question` there."""

    original: str = ""

    @property
    def key(self) -> str:
        return self.original


@dataclass(frozen=True, slots=True)
class Resource:
    """Something to read, watch or use. `url` is None where no stable link is known."""

    title: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """One week's work. `hours` is for the whole week; `covers` names the guide items that it serves."""

    number: int
    phase: str
    title: str
    goal: str
    hours: int
    tasks: tuple[Task, ...]
    share: str
    covers: tuple[str, ...]
    resources: tuple[Resource, ...] = ()
    note: str | None = None
    recall: tuple[Recall, ...] = ()

    def first_step(self, done: Collection[str] = ()) -> Task | None:
        """The open task to begin with: the shortest one, or the first where the estimates are not complete.

        `done` holds the keys of what is done; None when that is everything.
        """
        still_open = [task for task in self.tasks if task.key not in done]
        if all(task.minutes is not None for task in still_open):
            return min(still_open, key=lambda task: task.minutes or 0, default=None)
        return still_open[0]


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the month, or a spare that can stand in for one.

    `minutes` is one careful reading; `week` is None for a spare.
    """

    id: str
    title: str
    authors: str
    year: int
    venue: str
    url: str
    minutes: int
    why: str
    questions: tuple[str, ...]
    phase: str
    week: int | None = None
    spare: bool = False


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill to learn. Rank 1 matters most to the guide."""

    id: str
    rank: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Strength:
    """A skill that carries over from the old career."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class RealityCheck:
    """An honest look at the new career. What people enjoy, miss and find hard afterwards."""

    enjoy: tuple[str, ...] = ()
    miss: tuple[str, ...] = ()
    challenges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A frequently asked question."""

    question: str
    answer: str


UNKNOWN: Final = "und"
"""The tag of a guide whose language nobody has told."""


def same_language(one: str, other: str) -> bool:
    """Whether whoever reads one of these languages (BCP 47) reads the other, whatever the country; of one that is not
    known it is not denied.
    """
    return UNKNOWN in {one, other} or one.partition("-")[0] == other.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Translation:
    """What a guide has in another language: its texts by the original ones, and the weeks and the papers (by their ids)
    that are translated whole.
    """

    language: str
    texts: Mapping[str, str]
    weeks: frozenset[int]
    papers: frozenset[str]


@dataclass(frozen=True)
class Programme:
    """A whole guide, checked: weeks run from 1 without gap, phases cover them in order, papers are in order of week.

    `language` (BCP 47) is the guide's own. Read in another, it has that `translation`; what is not translated is there
    as it was written.
    """

    slug: str
    title: str
    summary: str
    phases: tuple[Phase, ...]
    weeks: tuple[Week, ...]
    papers: tuple[Paper, ...] = ()
    horizons: Mapping[Horizon, tuple[Item, ...]] | None = None
    skills: tuple[Skill, ...] = ()
    strengths: tuple[Strength, ...] = ()
    reality_check: RealityCheck = RealityCheck()
    faq: tuple[Question, ...] = ()
    language: str = "en"
    translation: Translation | None = None

    @cached_property
    def cards(self) -> dict[Hashable, Any]:
        """Kept here by whoever makes cards of its weeks, so that they are made again when the guide has changed."""
        return {}

    @property
    def length(self) -> int:
        """The number of weeks."""
        return len(self.weeks)

    def week(self, number: int) -> Week | None:
        """The week with that number, or None beyond the programme."""
        return self.weeks[number - 1] if 1 <= number <= len(self.weeks) else None

    def said(self, text: str) -> str:
        """A text of the guide, as the record keeps it, in the language in which this is read."""
        return self.translation.texts.get(text, text) if self.translation else text

    def language_of(self, number: int) -> str:
        """The language in which this has the texts of a week; the guide's own if one of them is not translated."""
        return self.translation.language if self.translation and number in self.translation.weeks else self.language

    def phase_of(self, number: int) -> Phase | None:
        """The phase that holds the week, or None beyond the programme."""
        return next((phase for phase in self.phases if phase.first_week <= number <= phase.last_week), None)

    def papers_of(self, number: int) -> tuple[Paper, ...]:
        """The papers that go out in the week; nearly always none or one."""
        return self._papers.get(number, ())

    @cached_property
    def _papers(self) -> Mapping[int | None, tuple[Paper, ...]]:
        """By week, looked up for every cohort at every opening."""
        weeks = {paper.week for paper in self.papers}
        return {week: tuple(p for p in self.papers if p.week == week and not p.spare) for week in weeks}

    @cached_property
    def has_recall(self) -> bool:
        """Whether any week has questions to be asked again later."""
        return any(week.recall for week in self.weeks)

    def covering(self, item_id: str) -> tuple[int, ...]:
        """The weeks that serve a guide item, in order."""
        return self._covering.get(item_id, ())

    @cached_property
    def _covering(self) -> Mapping[str, tuple[int, ...]]:
        items = {item for week in self.weeks for item in week.covers}
        return {item: tuple(week.number for week in self.weeks if item in week.covers) for item in items}
