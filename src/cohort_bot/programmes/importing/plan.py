"""From the tree of a plan to its phases, each week of them with its work. What does not agree is asked about."""

import re
from collections.abc import Sequence
from itertools import pairwise

from cohort_bot.app.words import programme_draft
from cohort_bot.app.words.counts import Count
from cohort_bot.app.words.guide_reading import Asked, Read, Refused, Why
from cohort_bot.programmes.importing import durations
from cohort_bot.programmes.importing.durations import LONGEST, Duration, in_weeks
from cohort_bot.programmes.importing.entries import entries_of, fill, gate_of
from cohort_bot.programmes.importing.groups import Group, groups_of, the_plan
from cohort_bot.programmes.importing.guide import Entry, Guide, Slot, Stage, shortened
from cohort_bot.programmes.importing.labels import RANK
from cohort_bot.programmes.importing.outline import Section
from cohort_bot.programmes.importing.questions import Answers, ImportRefused, Question
from cohort_bot.programmes.importing.tree import Block, tree
from cohort_bot.programmes.models import NAME_LIMIT

# For a phase whose length the guide does not give; most guides of this kind come to about this.
WEEKS_PER_ACTION = 4
MOST_ASSUMED = 20
"""Weeks that are assumed for a phase without a length; for more its author is asked."""
MOST_PHASES = 50
MOST_SINGLE_WEEKS = 12
"""A plan of more weeks without phases gets phases of four weeks."""
WEEKS_TOGETHER = 4
MOST_WEEKS_A_MONTH = 6
"""More weeks below a month than this are asked about."""

_TITLE_LENGTH = re.compile(
    r"(?P<amount>\d+|[^\W\d_]+)[\s-]+(?P<unit>days?|weeks?|months?|tage|wochen|monate)[\s-]+(?:[^\W\d_]+[\s-]+){0,3}?"
    r"(?:plan|roadmap|road map|curriculum|course|challenge|sprint|bootcamp|program(?:me)?|schedule|lernplan)"
    r"|\bin\s+(?P<amount2>\d+|[^\W\d_]+)\s+(?P<unit2>days?|weeks?|months?|wochen|monaten?)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\d\s*\+|\bongoing\b|\bonwards?\b|\bfortlaufend\b", re.IGNORECASE)
_AS_THEY_STAND = (Asked.AS_THEY_STAND(),)


def read_plan(guide: Guide, sections: Sequence[Section], answers: Answers) -> None:
    """Add the phases to the guide. Raises ImportRefused where the plan makes no sense."""
    root = tree([(section.heading, section.lines) for section in sections])
    line = next((line.number for section in sections for line in section.lines), 0)
    groups = list(groups_of(root))
    if not groups:
        raise ImportRefused(Refused.NO_LENGTH(), line)
    _Plan(guide, answers).read(the_plan(groups, guide, answers))
    _settle(guide, answers, line)


class _Plan:
    """Adds one phase after the other to the guide. `months` is how many months with numbers have passed."""

    def __init__(self, guide: Guide, answers: Answers) -> None:
        self.guide = guide
        self.answers = answers
        self.months = 0.0

    def read(self, groups: Sequence[Group]) -> None:
        for group in groups:
            self.introduction(group.heading)
        if len(groups) > 1 and all(RANK[part.unit] > 0 for group in groups for part in group.parts):
            self.numbers([part for group in groups for part in group.parts])
            for group in groups:
                self.guide.stages.append(self.stage(group.name, group.heading, group.parts))
            return
        for group in groups:
            self.numbers(group.parts)
            days = [part for part in group.parts if part.unit == "day"]
            weeks = [part for part in group.parts if part.unit == "week"]
            if len(days) == len(group.parts):
                self.days(days)
            elif len(weeks) == len(group.parts) > MOST_SINGLE_WEEKS:
                self.weeks_together(weeks)
            else:
                for part in group.parts:
                    self.guide.stages.append(self.phase(part))

    def weeks_together(self, weeks: Sequence[Block]) -> None:
        """A long row of weeks without phases: four at a time."""
        mine: list[Slot] = []
        begin = 1
        for part in weeks:
            self.guide.placed.add(part.line.number)
            mine += self.slots(part)
            length = sum(slot.weeks for slot in mine)
            if length >= WEEKS_TOGETHER or part is weeks[-1]:
                title = programme_draft.weeks(begin, begin + length - 1)
                self.guide.stages.append(Stage(title, mine[0].line, mine))
                begin, mine = begin + length, []
        self.guide.remark(0, Read.NO_PHASES())

    def days(self, days: Sequence[Block]) -> None:
        """Days become weeks of seven."""
        slots: dict[int, Slot] = {}
        labels = [day.label for day in days if day.label]
        base, last = min(label.first for label in labels), max(label.last for label in labels)
        for day, label in zip(days, labels, strict=True):
            slot = slots.setdefault((label.first - base) // 7, Slot(1, day.line.number))
            self.guide.placed.add(day.line.number)
            did = [entry for child in day.children for entry in entries_of(child, self.guide)]
            head = f"{label.said}: {label.title}".strip(" :")
            text = "; ".join(entry.text for entry in did if entry.text != label.title)
            links = (*day.line.links, *(link for entry in did for link in entry.links))
            slot.actions.append(Entry(f"{head}: {text}" if text else head, day.line.number, links))
        for number in range((last - base) // 7 + 1):
            # A week in which no day begins goes on with the day before it.
            slot = slots.get(number) or Slot(1, slots[number - 1].line, actions=slots[number - 1].actions[-1:])
            slots[number] = slot
            self.guide.stages.append(Stage(programme_draft.weeks(number + 1, number + 1), slot.line, [slot]))
        self.guide.remark(days[0].line.number, Read.DAYS())

    def phase(self, part: Block) -> Stage:
        """One part at the top, whatever it is called, as a phase."""
        title = part.text or (part.label.said if part.label else "")
        if not title:
            title = programme_draft.phase(len(self.guide.stages) + 1)
            self.guide.remark(part.line.number, Read.NO_PHASE_TITLE(title=title))
        if len(title) > NAME_LIMIT:
            raise ImportRefused(Refused.LONG_TITLE(size=len(title), most=NAME_LIMIT), part.line.number)
        return self.stage(title, part, [part])

    def stage(self, title: str, block: Block, parts: Sequence[Block]) -> Stage:
        """A phase of these parts."""
        stage = Stage(shortened(title, NAME_LIMIT), block.line.number)
        self.guide.placed.add(block.line.number)
        for part in parts:
            self.guide.placed.add(part.line.number)
            stage.slots += self.slots(part)
        for gate in block.walk():
            if gate.kind == "gate":
                stage.gate += gate_of(gate, self.guide)
        return stage

    def introduction(self, part: Block) -> None:
        """What stands before the parts of a part: said to have no place."""
        self.guide.placed.add(part.line.number)
        for child in part.children:
            if child.kind in {"heading", "sub", "item"} and any(each.kind == "part" for each in child.walk()):
                self.guide.placed.add(child.line.number)
            elif child.kind in {"item", "text"} and child.text:
                self.guide.leave_out(child.line, Why.INTRODUCTION())
            elif child.kind == "text":
                self.guide.placed.add(child.line.number)

    def slots(self, part: Block) -> list[Slot]:
        """The weeks of a part: those of the parts inside it, or all of it at once."""
        others = (child for child in part.children if child.kind not in {"part", "gate"})
        below = [each for child in others for group in groups_of(child) for each in group.parts]
        below = [each for each in (*part.parts, *below) if each.unit != "day" and _may_contain(part, each)]
        if not below:
            slot = Slot(self.length(part), part.line.number)
            fill(part, slot, self.guide)
            if slot.weeks == 0:
                slot.weeks = self.assumed(part, slot)
            return [slot]
        below.sort(key=lambda each: each.line.number)
        self.introduction(part)
        self.numbers(below)
        before = self.months
        slots: list[Slot] = []
        for each in below:
            self.guide.placed.add(each.line.number)
            slots += self.slots(each)
        self.agree(part, slots, before)
        return slots

    def agree(self, part: Block, slots: list[Slot], before: float) -> None:
        """The weeks inside a part are as many as it says, or it is asked about."""
        had = sum(slot.weeks for slot in slots)
        own = part.duration.weeks if part.duration else 0
        if part.unit == "month" and part.label and not own:
            own = 0 if had <= MOST_WEEKS_A_MONTH * part.label.count else durations.months(part.label.count, before)
            self.months = before + part.label.count
            if had < 3 * part.label.count:
                self.guide.remark(part.line.number, Read.FOUND(label=part.label.said, weeks=in_weeks(had)))
        elif part.unit == "week" and part.label:
            own = part.label.count
        if not own or own == had or (part.duration and part.duration.allows(had)):
            return
        options = [Asked.PARTS(weeks=in_weeks(had))]
        if own > had - slots[-1].weeks:
            options.append(Asked.LONGER_END(weeks=in_weeks(own), last=in_weeks(slots[-1].weeks + own - had)))
        said = Asked.LENGTHS(title=shortened(part.text, 60), said=in_weeks(own), weeks=in_weeks(had))
        if self.answers.ask(Question(f"length:{part.line.number}", said, tuple(options), part.line.number)) == 1:
            slots[-1].weeks += own - had

    def length(self, part: Block) -> int:
        """A part's weeks; 0 when nothing says so."""
        if part.duration is not None:
            if part.duration.remark:
                self.guide.remark(part.length_line or part.line.number, part.duration.remark)
            self.begins(part, part.duration)
            return part.duration.weeks
        if part.label is None or part.unit == "phase":
            return 0
        if part.unit != "month":
            return part.label.count if part.unit == "week" else 1
        weeks = durations.months(part.label.count, self.months)
        self.months += part.label.count
        self.guide.remark(part.line.number, durations.converted(part.label.said, weeks))
        return weeks

    def assumed(self, part: Block, slot: Slot) -> int:
        """A length for a part that gives none; asked where it is long, or goes on and on, such as "Weeks 21+"."""
        weeks = WEEKS_PER_ACTION * len(slot.actions)
        said = Asked.ASSUMED(title=shortened(part.text, 60), weeks=in_weeks(weeks), each=WEEKS_PER_ACTION)
        if weeks > MOST_ASSUMED or _GOES_ON.search(part.line.body):
            line = part.line.number
            options = (Asked.YES(weeks=in_weeks(weeks)), in_weeks(WEEKS_TOGETHER))
            question = Question(f"open:{line}", said, options, line)
            return WEEKS_TOGETHER if self.answers.ask(question) == 1 else weeks
        self.guide.remark(part.line.number, said)
        return weeks

    def begins(self, part: Block, duration: Duration) -> None:
        """Where a phase gives weeks from and to, they go on from the phase before."""
        begin = sum(stage.weeks for stage in self.guide.stages) + 1
        if duration.first is None or duration.first == begin or (begin == 1 and duration.first < 1):
            return
        line = part.length_line or part.line.number
        said = Asked.BEGINS(title=shortened(part.text, 60), said=duration.first, number=begin)
        self.answers.ask(Question(f"begin:{line}", said, _AS_THEY_STAND, line))

    def numbers(self, parts: Sequence[Block]) -> None:
        """The numbers of parts side by side go up without gap or overlap, or it is asked about."""
        known = [(part, part.label) for part in parts if part.label is not None]
        for (_, before), (later, after) in pairwise(known):
            if before.unit != after.unit or after.unit == "phase" or after.first == before.last + 1:
                continue
            if after.first > before.last + 1:
                said = Asked.GAP(label=after.said, before=before.said)
            elif after.first == before.last and after.last > after.first:
                said = Asked.IN_BOTH(label=after.said, before=before.said, number=after.first)
            else:
                said = Asked.OUT_OF_ORDER(label=after.said, before=before.said)
            self.answers.ask(Question(f"order:{later.line.number}", said, _AS_THEY_STAND, later.line.number))


def _may_contain(part: Block, other: Block) -> bool:
    return RANK[other.unit] > RANK[part.unit] or other.unit == "phase"


def _settle(guide: Guide, answers: Answers, line: int) -> None:
    """Refuse what makes no plan, and ask where the title says another length."""
    stages = guide.stages
    total = sum(stage.weeks for stage in stages)
    assumed = sum(remark.text.message == Asked.ASSUMED.value for remark in guide.remarks)
    if assumed and assumed == len(stages):
        raise ImportRefused(Refused.NO_LENGTH(), line)
    if len(stages) > MOST_PHASES:
        raise ImportRefused(
            Refused.MANY_PHASES(phases=Count.PHASES(n=len(stages)), most=MOST_PHASES), stages[MOST_PHASES].line
        )
    if total > LONGEST and not answers.open:
        raise ImportRefused(Refused.MANY_WEEKS(weeks=in_weeks(total), most=LONGEST), line)
    _title_agrees(guide, answers, total)


def _title_agrees(guide: Guide, answers: Answers, total: int) -> None:
    found = _TITLE_LENGTH.search(guide.title.replace("_", " "))
    if found is None:
        return
    try:
        amount = durations.number(found["amount"] or found["amount2"])
    except ValueError:
        return
    unit = (found["unit"] or found["unit2"]).lower()
    if unit.startswith(("d", "t")):
        agrees = amount / 7 - 1 <= total <= amount / 7 + 2
    elif unit.startswith("mon"):
        agrees = amount * 4 - 1 <= total <= amount * 4.5 + 1
    else:
        agrees = total in {amount, amount + 1}  # with a week 0
    if not agrees:
        said = Asked.TITLE(said=found[0].strip(), weeks=in_weeks(total))
        answers.ask(Question("title", said, (Asked.YES(weeks=in_weeks(total)),)))
