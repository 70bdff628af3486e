"""What a programme's files may contain. Editors use JSON Schemas made from these models.

The types are those of `core.programme`; what is said here about a field is its limit and its purpose for an author.
Strict: unknown keys are refused and nothing is converted. Rules that need several values are in `check`.
"""

from dataclasses import MISSING, fields
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from cohort_bot.core import programme as core

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

LANGUAGE_TAG = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"
"""A language with its script and country where these matter (BCP 47): what Babel and the platforms know."""

_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
_LINK = r"^https://[^\s<>|\"]+\.[^\s<>|\"]+$"
_OPEN_LINK = r"^https?://[^\s<>|\"]+\.[^\s<>|\"]+$"


_Id = Annotated[str, Field(pattern=_ID, max_length=60)]
_Words = Annotated[str, Field(pattern=r"\S", max_length=ITEM_LIMIT)]
_Line = Annotated[str, Field(pattern=r"\S", max_length=REALITY_LIMIT)]


class Strict(BaseModel):
    """What all parts share: unknown keys are refused, a number is not a text, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _text(about: str, most: int | None = ITEM_LIMIT, pattern: str = r"\S") -> Any:
    """A text that is not blank, of at most so many characters."""
    return Field(description=about, max_length=most, pattern=pattern)


def _id(about: str) -> Any:
    return _text(about, 60, _ID)


def _number(about: str, least: int, most: int | None = None) -> Any:
    return Field(description=about, ge=least, le=most)


def _list(of: Any, about: str, least: int | None = None, most: int | None = None) -> Any:
    """A list of entries of that type: core's, or its model."""
    return tuple[of, ...], Field(description=about, min_length=least, max_length=most)


def _model(cls: type, summary: str = "", /, **about: Any) -> type[Strict]:
    """The model of a type of core: of its fields those that `about` describes, with core's types and defaults.

    What the file has in another shape comes as a pair of its type and its description. The first sentence of core's
    docstring is the model's, unless there is a `summary`.
    """
    own, types = {field.name: field for field in fields(cls)}, get_type_hints(cls)
    for name, info in about.items():
        about[name] = kind, field = info if isinstance(info, tuple) else (types[name], info)
        if name in own and own[name].default is not MISSING and field.is_required():
            about[name] = Annotated[kind, field], own[name].default
    return _file(cls.__name__, summary or (cls.__doc__ or "").partition(".")[0] + ".", **about)


def _file(name: str, summary: str, /, **about: Any) -> type[Strict]:
    """A model of what only the files have: each field's type and description."""
    return create_model(f"{name}Model", __base__=Strict, __doc__=summary, **about)


ItemModel = _model(
    core.Item,
    id=_id("Short and unique in the programme, such as P1A1 or TW2; weeks name it in `covers`."),
    text=_text("What it asks for."),
)
GateModel = _model(
    core.Gate,
    passes=_list(_Words, "What must be there to pass the phase, one line each.", 1, 10),
    if_missed=_text("What to do when it is not there."),
)
_PHASE_FILE = "Where its weeks are, inside the programme's folder, such as phases/1-foundation.yaml."
_COLOUR = 'The stripe of its cards as "#RRGGBB", in quotes because # begins a comment.'
PhaseModel = _model(
    core.Phase,
    id=_id("Short and unique, such as P1."),
    title=_text("The theme, as members read it.", NAME_LIMIT),
    weeks=(int, _number("How many weeks it lasts.", 1, WEEKS_LIMIT)),
    file=(str, _text(_PHASE_FILE, 200, r"^[^\\:\x00-\x1f]+\.ya?ml$")),
    colour=_text(_COLOUR, None, r"^#[0-9A-Fa-f]{6}$"),
    actions=_list(ItemModel, "The guide's actions of this phase; each is covered by a week of the phase.", 1),
    gate=(GateModel | None, Field(description="What passes the phase, if there is such a thing.")),
)
HoursModel = _file(
    "Hours",
    "How many hours a week may take.",
    min=(int, _number("The lightest week.", 0, 100)),
    max=(int, _number("The heaviest week.", 1, 100)),
)
_Items = tuple[ItemModel, ...]  # type: ignore[valid-type]
HorizonsModel = _file(
    "Horizons",
    "What the guide asks for first.",
    this_week=(_Items, Field((), description="To do in the first week.")),
    this_month=(_Items, Field((), description="To do in the first month.")),
    next_90_days=(_Items, Field((), description="To do in the first 90 days.")),
)
SkillModel = _model(
    core.Skill,
    id=_id("Short and unique, such as S1; weeks name it in `covers`."),
    rank=_number("1 matters most.", 1, 99),
    name=_text("The skill in a word or two.", NAME_LIMIT),
    text=_text("How to learn it."),
)
StrengthModel = _model(
    core.Strength,
    name=_text("The skill in a word or two.", NAME_LIMIT),
    text=_text("What it is good for in the new career."),
)
RealityCheckModel = _model(
    core.RealityCheck,
    enjoy=_list(_Line, "What people like about it."),
    miss=_list(_Line, "What they miss from before."),
    challenges=_list(_Line, "What they find hard."),
)
QuestionModel = _model(
    core.Question,
    question=_text("As a member would ask it.", QUESTION_LIMIT),
    answer=_text("The answer.", ANSWER_LIMIT),
)
_LANGUAGE = "The language that it is written in, as a tag such as en, de or pt-BR; en where it is left out."
ProgrammeModel = _model(
    core.Programme,
    "programme.yaml: what the programme is, its phases, and what the guide says beside them.",
    slug=_text("The name of the programme's folder; cohorts refer to it.", 80, r"^[A-Za-z0-9_][A-Za-z0-9._-]*$"),
    title=_text("As members read it.", NAME_LIMIT),
    summary=_text("What it is and for whom, in a paragraph.", SUMMARY_LIMIT),
    language=Field(description=_LANGUAGE, pattern=LANGUAGE_TAG),
    hours=(HoursModel, Field(description="The range of hours that a week may take.")),
    phases=_list(PhaseModel, "The phases in order; together they are the whole programme.", 1, 50),
    horizons=(HorizonsModel | None, Field(description="What the guide asks for first.")),
    skills=_list(SkillModel, "Skills to learn, by rank."),
    strengths=_list(StrengthModel, "Skills that carry over."),
    reality_check=(RealityCheckModel | None, Field(None, description="An honest look.")),
    faq=_list(QuestionModel, "Frequently asked questions."),
)
TaskModel = _model(
    core.Task,
    text=_text("What exactly to do, so that it is clear on Monday; at most 300 characters.", TASK_LIMIT),
    short=_text("Its checkbox in the check-in form, at most 75 characters.", SHORT_LIMIT),
    minutes=_number(
        "An honest estimate; all tasks of a week have one, or none. Reminders name the shortest task.", 1, 6000
    ),
)
ResourceModel = _model(
    core.Resource,
    title=_text("What it is called.", NAME_LIMIT),
    url=_text("Its link, https://…; left out when no stable one is known.", 300, _OPEN_LINK),
)
RecallModel = _model(
    core.Recall,
    question=_text("Answerable from what this week taught; at most 200 characters.", 200),
    answer=_text("In a sentence or two, at most 300 characters.", 300),
    source=_text("Where the answer is found: a module, a chapter, a section of a paper.", NAME_LIMIT),
)
_HOURS = "For the whole week, inside `hours` of the programme; within ten per cent of its tasks' `minutes`."
WeekModel = _model(
    core.Week,
    week=(int, _number("Its number in the whole programme, from 1.", 1)),
    title=_text("Unique in the programme, at most 60 characters.", TITLE_LIMIT),
    goal=_text("The week in one sentence, at most 200 characters.", GOAL_LIMIT),
    hours=_number(_HOURS, 0),
    tasks=_list(TaskModel, "One to four, each doable in this week.", 1, TASKS_LIMIT),
    share=_text("What to show at the check-in, at most 300 characters.", SHARE_LIMIT),
    covers=_list(_Id, "Ids of the guide's items (actions, horizon items, skills) that this week serves."),
    resources=_list(ResourceModel, "What helps with it.", most=10),
    note=_text("What to be told openly, at most 400 characters.", NOTE_LIMIT),
    recall=_list(RecallModel, "One to three questions on what the week taught, to be asked again later.", most=3),
)
PhaseFileModel = _file(
    "PhaseFile",
    "phases/….yaml: the weeks of one phase.",
    phase=(str, _id("The phase's id in programme.yaml.")),
    weeks=_list(WeekModel, "Every week of the phase, in order.", 1),
)
PaperModel = _model(
    core.Paper,
    id=_id("Unique in the programme."),
    title=_text("As published.", 200),
    authors=_text("As they are cited.", 300),
    year=_number("Of publication.", 1600, 2100),
    venue=_text("Where it appeared.", 200),
    url=_text("A stable link, https://…", 300, _LINK),
    minutes=_number("One careful reading.", 5, 1000),
    why=_text("Why it is worth the evening.", 500),
    questions=_list(Annotated[str, Field(pattern=r"\S", max_length=400)], "To talk about afterwards.", 1, 5),
    phase=_id("The phase it belongs to."),
    week=_number("The programme week in which it goes out; left out for a spare.", 1),
    spare=Field(description="true for one that only stands in for another."),
)
PapersFileModel = _file(
    "PapersFile",
    "papers.yaml: the papers in order of their weeks, spares after them.",
    papers=_list(PaperModel, "The papers in order."),
)
