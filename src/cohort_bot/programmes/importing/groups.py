"""Which of the parts in a guide are the plan: parts that come twice, several plans in one file, lists beside a plan."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from cohort_bot.app.words.guide_reading import Asked, Read, Why
from cohort_bot.chat.sentence import Sentence
from cohort_bot.programmes.importing.guide import Guide, shortened
from cohort_bot.programmes.importing.questions import Answers, Question
from cohort_bot.programmes.importing.tree import Block

_BESIDE = re.compile(
    r"\b(?:milestones?|checkpoints?|progress|tracking|tracker|checklists?|assessments?|schedule|timetable|tips|resources"
    r"|metrics|kpis?|log|journal|meilensteine|hitos|recursos|ressourcen)\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"\b(?:paths?|tracks?|options?|templates?|routes?|variants?|alternatives?|roadmap \d|plan (?:\d|[a-d]\b)|pfad"
    r"|variante|opción|opção|ruta|trilha)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Group:
    """Parts that stand side by side below one heading."""

    heading: Block
    parts: list[Block]

    @property
    def name(self) -> str:
        """What a person would call it."""
        return self.heading.text.strip(" :") or self.parts[0].text

    @property
    def fullness(self) -> int:
        """How many of its parts say what to do."""
        return sum(len(list(part.walk())) > 1 for part in self.parts)


def groups_of(block: Block) -> Iterator[Group]:
    """All groups at and below the block that are in no other part, in order: bullets and headings are two lists."""
    for _, parts in groupby(block.parts, key=lambda part: (part.line.bullet, part.line.heading > 0)):
        yield Group(block, list(parts))
    for child in block.children:
        if child.kind != "part":
            yield from groups_of(child)


def the_plan(groups: list[Group], guide: Guide, answers: Answers) -> list[Group]:
    """The groups that make the plan; asks where only the author can know. What is left out is remarked."""
    chosen = _without_repeats(_without_lists_beside(groups, guide), guide, answers)
    if len(chosen) > 1 and not run_through(chosen):
        chosen = _one_after_the_other(_one_path(chosen, guide, answers), guide, answers)
    return chosen


def run_through(groups: Sequence[Group]) -> bool:
    """Whether the numbers go on from one group to the next: then the headings above them are phases."""
    labels = [part.label for group in groups for part in group.parts]
    known = [label for label in labels if label is not None]
    if len(known) < len(labels) or len({label.unit for label in known}) > 1:
        return False
    return all(later.first > earlier.first for earlier, later in pairwise(known))


def _without_lists_beside(groups: list[Group], guide: Guide) -> list[Group]:
    """Milestones, schedules and checklists by month stand beside a plan, where there is one."""
    numbered = any(len([part for part in group.parts if part.label]) > 1 for group in groups)
    plans = [
        group for group in groups if not (_BESIDE.search(group.heading.text) or (numbered and _is_a_remark(group)))
    ]
    if not any(part.unit != "phase" or part.duration for group in plans for part in group.parts):
        return groups
    for group in groups:
        if group not in plans:
            _leave(group, guide, Why.NOT_IN_PLAN())
    return plans


def _is_a_remark(group: Group) -> bool:
    """Whether it is one heading with a length and no number, such as "Overall goals (90 days)"."""
    return len(group.parts) == 1 and group.parts[0].label is None and not group.parts[0].line.cells


def _without_repeats(groups: list[Group], guide: Guide, answers: Answers) -> list[Group]:
    """Where the same parts come twice, the fuller ones; asked when they do not agree."""
    kept: list[Group] = []
    for group in groups:
        twin = next((each for each in kept if _same(each.parts, group.parts)), None)
        if twin is None:
            kept.append(group)
            continue
        better = _better(twin, group, guide, answers)
        if better is group:
            kept[kept.index(twin)] = group
    return kept


def _better(twin: Group, group: Group, guide: Guide, answers: Answers) -> Group:
    """The one of two lists of the same parts that is the plan."""
    agree = [_said_length(part) for part in twin.parts] == [_said_length(part) for part in group.parts]
    if agree and not (twin.fullness and group.fullness):
        better = max(twin, group, key=lambda each: each.fullness)
        other = group if better is twin else twin
        guide.remark(other.parts[0].line.number, Read.LISTED_TWICE())
        _leave(other, guide, Why.REPEATED())
        return better
    question = Question(
        f"twice:{group.heading.line.number}",
        Asked.TWICE(title=shortened(group.parts[0].text, 60), heading=shortened(group.name, 40)),
        (shortened(twin.name, 60), shortened(group.name, 60)),
        group.parts[0].line.number,
    )
    better = (twin, group)[answers.ask(question)]
    _leave(group if better is twin else twin, guide, Why.OTHER_LIST())
    return better


def _one_path(groups: list[Group], guide: Guide, answers: Answers) -> list[Group]:
    """Several plans in one guide: only its author knows which one is meant."""
    paths = _paths(groups) if _alternatives(groups) else []
    if len(paths) < 2:  # noqa: PLR2004 - one is no choice
        return groups
    names = tuple(shortened(path[0].name, 60) for path in paths)
    question = Question(
        f"path:{paths[0][0].heading.line.number}",
        Asked.PATHS(names=names),
        names,
        paths[1][0].heading.line.number,
    )
    chosen = answers.ask(question)
    for number, path in enumerate(paths):
        for group in path if number != chosen else ():
            _leave(group, guide, Why.OTHER_PLAN())
    return paths[chosen]


def _one_after_the_other(groups: list[Group], guide: Guide, answers: Answers) -> list[Group]:
    """Weeks that begin again after phases of another kind may run beside them: asked."""
    kept = groups[:1]
    for group in groups[1:]:
        label, before = group.parts[0].label, kept[-1].parts[0]
        line = group.parts[0].line.number
        if label is not None and label.first <= 1 and label.unit in {"month", "week"} and before.unit == "phase":
            said = Asked.BEGINS_AGAIN(label=label.said, title=shortened(kept[-1].parts[-1].text, 60))
            options = (Asked.LEAVE_OUT(), Asked.FOLLOW())
            if answers.ask(Question(f"beside:{line}", said, options, line)) == 0:
                _leave(group, guide, Why.ALONGSIDE())
                continue
        kept.append(group)
    return kept


def _alternatives(groups: Sequence[Group]) -> bool:
    """Whether the groups are several plans: their numbers begin again, or their headings say so."""
    firsts = [group.parts[0].label for group in groups]
    again = (
        all(label is not None for label in firsts) and len({(each.unit, each.first) for each in firsts if each}) == 1
    )
    named = sum(_CHOICE.search(group.heading.text) is not None for group in groups) > 1
    return again or named


def _paths(groups: Sequence[Group]) -> list[list[Group]]:
    """Groups by the plan that they belong to: a plan begins where the numbers begin again, or with a heading."""
    paths: list[list[Group]] = []
    for group in groups:
        label = group.parts[0].label
        begins = label is None or label.first <= 1 or _CHOICE.search(group.heading.text) is not None
        if begins or not paths:
            paths.append([group])
        else:
            paths[-1].append(group)
    return paths


def _same(some: Sequence[Block], others: Sequence[Block]) -> bool:
    """Whether both name the same parts: by number and title."""
    if any(part.label is not None and not part.label.title for part in (*some, *others)):
        return False
    mine, theirs = {_key(part) for part in some}, {_key(part) for part in others}
    return len(mine & theirs) * 2 > min(len(mine), len(theirs))


def _key(part: Block) -> tuple[str, int, str]:
    title = part.label.title if part.label else part.text
    return part.unit, part.label.first if part.label else 0, re.sub(r"\W+", " ", title).strip().casefold()


def _said_length(part: Block) -> int:
    if part.duration is not None:
        return part.duration.weeks
    return part.label.count if part.label and part.unit != "phase" else 0


def _leave(group: Group, guide: Guide, why: Sentence) -> None:
    for part in group.parts:
        for block in part.walk():
            guide.leave_out(block.line, why)
    if group.heading.kind != "root":
        guide.leave_out(group.heading.line, why)
