"""What may stand in a programme's files. Editors use JSON Schemas made from these models.

Strict: unknown keys are refused and nothing is converted. Rules that need several values are in `check`.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# Slack shows at most 75 characters of a checkbox (docs.slack.dev, block kit, option object).
SHORT_LIMIT = 75
TITLE_LIMIT = 60
GOAL_LIMIT = 200
TASK_LIMIT = 300
SHARE_LIMIT = 300
NOTE_LIMIT = 400
TASKS_LIMIT = 4
ITEM_LIMIT = 1200
"""For actions, horizon items and skills: an imported guide keeps its own words, whatever their length."""
REALITY_LIMIT = 600
SUMMARY_LIMIT = 3000
NAME_LIMIT = 150
QUESTION_LIMIT = 300
ANSWER_LIMIT = 2000
WEEKS_LIMIT = 520
MINUTES_LIMIT = 6000
RECALL_LIMIT = 3
RECALL_QUESTION_LIMIT = 200
RECALL_ANSWER_LIMIT = 300

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60)]
Words = Annotated[str, Field(pattern=r"\S", max_length=ITEM_LIMIT)]
Name = Annotated[str, Field(pattern=r"\S", max_length=NAME_LIMIT)]
Link = Annotated[str, Field(pattern=r"^https://[^\s<>|\"]+\.[^\s<>|\"]+$", max_length=300)]
OpenLink = Annotated[str, Field(pattern=r"^https?://[^\s<>|\"]+\.[^\s<>|\"]+$", max_length=300)]


class Strict(BaseModel):
    """What all parts share: unknown keys are refused, a number is not a text, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ItemModel(Strict):
    """One line of the guide with its id."""

    id: Id = Field(description="Short and unique in the programme, such as P1A1 or TW2; weeks name it in `covers`.")
    text: Words = Field(description="What it asks for.")


class GateModel(Strict):
    """What passes a phase."""

    passes: Annotated[tuple[Words, ...], Field(min_length=1, max_length=10)] = Field(
        description="What must be there to pass the phase, one line each."
    )
    if_missed: Words = Field(description="What to do when it is not there.")


class PhaseModel(Strict):
    """A run of weeks with one theme."""

    id: Id = Field(description="Short and unique, such as P1.")
    title: Name = Field(description="The theme, as members read it.")
    weeks: Annotated[int, Field(ge=1, le=WEEKS_LIMIT)] = Field(description="How many weeks it lasts.")
    file: Annotated[str, Field(pattern=r"^[^\\:\x00-\x1f]+\.ya?ml$", max_length=200)] = Field(
        description="Where its weeks are, inside the programme's folder, such as phases/1-foundation.yaml."
    )
    colour: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")] = Field(
        description='The stripe of its cards as "#RRGGBB", in quotes because # begins a comment.'
    )
    actions: Annotated[tuple[ItemModel, ...], Field(min_length=1)] = Field(
        description="The guide's actions of this phase; each is covered by a week of the phase."
    )
    gate: GateModel | None = Field(default=None, description="What passes the phase, if there is such a thing.")


class HoursModel(Strict):
    """How many hours a week may take."""

    min: Annotated[int, Field(ge=0, le=100)] = Field(description="The lightest week.")
    max: Annotated[int, Field(ge=1, le=100)] = Field(description="The heaviest week.")


class HorizonsModel(Strict):
    """What the guide asks for first."""

    this_week: tuple[ItemModel, ...] = Field(default=(), description="To do in the first week.")
    this_month: tuple[ItemModel, ...] = Field(default=(), description="To do in the first month.")
    next_90_days: tuple[ItemModel, ...] = Field(default=(), description="To do in the first 90 days.")


class SkillModel(Strict):
    """A skill to learn."""

    id: Id = Field(description="Short and unique, such as S1; weeks name it in `covers`.")
    rank: Annotated[int, Field(ge=1, le=99)] = Field(description="1 matters most.")
    name: Name = Field(description="The skill in a word or two.")
    text: Words = Field(description="How to learn it.")


class StrengthModel(Strict):
    """A skill that carries over from the old career."""

    name: Name = Field(description="The skill in a word or two.")
    text: Words = Field(description="What it is good for in the new career.")


Line = Annotated[str, Field(pattern=r"\S", max_length=REALITY_LIMIT)]


class RealityCheckModel(Strict):
    """An honest look at the new career."""

    enjoy: tuple[Line, ...] = Field(default=(), description="What people like about it.")
    miss: tuple[Line, ...] = Field(default=(), description="What they miss from before.")
    challenges: tuple[Line, ...] = Field(default=(), description="What they find hard.")


class QuestionModel(Strict):
    """A frequently asked question."""

    question: Annotated[str, Field(pattern=r"\S", max_length=QUESTION_LIMIT)] = Field(
        description="As a member would ask it."
    )
    answer: Annotated[str, Field(pattern=r"\S", max_length=ANSWER_LIMIT)] = Field(description="The answer.")


class ProgrammeModel(Strict):
    """programme.yaml: what the programme is, its phases, and what the guide says beside them."""

    slug: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$", max_length=80)] = Field(
        description="The name of the programme's folder; cohorts refer to it."
    )
    title: Name = Field(description="As members read it.")
    summary: Annotated[str, Field(pattern=r"\S", max_length=SUMMARY_LIMIT)] = Field(
        description="What it is and for whom, in a paragraph."
    )
    hours: HoursModel = Field(description="The range of hours that a week may take.")
    phases: Annotated[tuple[PhaseModel, ...], Field(min_length=1, max_length=50)] = Field(
        description="The phases in order; together they are the whole programme."
    )
    horizons: HorizonsModel | None = Field(default=None, description="What the guide asks for first.")
    skills: tuple[SkillModel, ...] = Field(default=(), description="Skills to learn, by rank.")
    strengths: tuple[StrengthModel, ...] = Field(default=(), description="Skills that carry over.")
    reality_check: RealityCheckModel | None = Field(default=None, description="An honest look.")
    faq: tuple[QuestionModel, ...] = Field(default=(), description="Frequently asked questions.")


class TaskModel(Strict):
    """Something to do in one week."""

    text: Annotated[str, Field(pattern=r"\S", max_length=TASK_LIMIT)] = Field(
        description="What exactly to do, so that it is clear on Monday; at most 300 characters."
    )
    short: Annotated[str, Field(pattern=r"\S", max_length=SHORT_LIMIT)] = Field(
        description="Its checkbox in the check-in form, at most 75 characters."
    )
    minutes: Annotated[int, Field(ge=1, le=MINUTES_LIMIT)] | None = Field(
        default=None,
        description="An honest estimate; all tasks of a week have one, or none. Reminders name the shortest task.",
    )


class ResourceModel(Strict):
    """Something to read, watch or use."""

    title: Name = Field(description="What it is called.")
    url: OpenLink | None = Field(default=None, description="Its link, https://…; left out when no stable one is known.")


class RecallModel(Strict):
    """A question on what the week taught, to be asked again later."""

    question: Annotated[str, Field(pattern=r"\S", max_length=RECALL_QUESTION_LIMIT)] = Field(
        description="Answerable from what this week taught; at most 200 characters."
    )
    answer: Annotated[str, Field(pattern=r"\S", max_length=RECALL_ANSWER_LIMIT)] = Field(
        description="In a sentence or two, at most 300 characters."
    )
    source: Name = Field(description="Where the answer is found: a module, a chapter, a section of a paper.")


class WeekModel(Strict):
    """One week's work."""

    week: Annotated[int, Field(ge=1)] = Field(description="Its number in the whole programme, from 1.")
    title: Annotated[str, Field(pattern=r"\S", max_length=TITLE_LIMIT)] = Field(
        description="Unique in the programme, at most 60 characters."
    )
    goal: Annotated[str, Field(pattern=r"\S", max_length=GOAL_LIMIT)] = Field(
        description="The week in one sentence, at most 200 characters."
    )
    hours: Annotated[int, Field(ge=0)] = Field(
        description="For the whole week, inside `hours` of the programme; within ten per cent of its tasks' `minutes`."
    )
    tasks: Annotated[tuple[TaskModel, ...], Field(min_length=1, max_length=TASKS_LIMIT)] = Field(
        description="One to four, each doable in this week."
    )
    share: Annotated[str, Field(pattern=r"\S", max_length=SHARE_LIMIT)] = Field(
        description="What to show at the check-in, at most 300 characters."
    )
    covers: tuple[Id, ...] = Field(
        description="Ids of the guide's items (actions, horizon items, skills) that this week serves."
    )
    resources: Annotated[tuple[ResourceModel, ...], Field(max_length=10)] = Field(
        default=(), description="What helps with it."
    )
    note: Annotated[str, Field(pattern=r"\S", max_length=NOTE_LIMIT)] | None = Field(
        default=None, description="What to be told openly, at most 400 characters."
    )
    recall: Annotated[tuple[RecallModel, ...], Field(max_length=RECALL_LIMIT)] = Field(
        default=(), description="One to three questions on what the week taught, to be asked again later."
    )


class PhaseFileModel(Strict):
    """phases/….yaml: the weeks of one phase."""

    phase: Id = Field(description="The phase's id in programme.yaml.")
    weeks: Annotated[tuple[WeekModel, ...], Field(min_length=1)] = Field(
        description="Every week of the phase, in order."
    )


class PaperModel(Strict):
    """A paper of the month, or a spare that can stand in for one."""

    id: Id = Field(description="Unique in the programme.")
    title: Annotated[str, Field(pattern=r"\S", max_length=200)] = Field(description="As published.")
    authors: Annotated[str, Field(pattern=r"\S", max_length=300)] = Field(description="As they are cited.")
    year: Annotated[int, Field(ge=1600, le=2100)] = Field(description="Of publication.")
    venue: Annotated[str, Field(pattern=r"\S", max_length=200)] = Field(description="Where it appeared.")
    url: Link = Field(description="A stable link, https://…")
    minutes: Annotated[int, Field(ge=5, le=1000)] = Field(description="One careful reading.")
    why: Annotated[str, Field(pattern=r"\S", max_length=500)] = Field(description="Why it is worth the evening.")
    questions: Annotated[
        tuple[Annotated[str, Field(pattern=r"\S", max_length=400)], ...], Field(min_length=1, max_length=5)
    ] = Field(description="To talk about afterwards.")
    phase: Id = Field(description="The phase it belongs to.")
    week: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="The programme week in which it goes out; left out for a spare."
    )
    spare: bool = Field(default=False, description="true for one that only stands in for another.")


class PapersFileModel(Strict):
    """papers.yaml: the papers in order of their weeks, spares after them."""

    papers: tuple[PaperModel, ...] = Field(description="The papers in order.")
