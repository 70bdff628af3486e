"""The week's plan, the whole plan, and what to expect."""

from collections.abc import Iterator, Sequence
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import counted
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Strong, bullets, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Horizon, Item, Phase, Programme


def no_week(programme: Programme, week: int) -> PersonError:
    """A week that the programme does not have."""
    return PersonError(f"{programme.title} has {counted(programme.length, 'week')}; there is no week {week}.")


ITEM_MOST = 110


ANSWER_MOST = 500
"""An imported guide may be long; with these a usual plan fits into one message of every platform."""


_HORIZONS: Final[tuple[tuple[Horizon, str], ...]] = (
    ("this_week", "In the first week"),
    ("this_month", "In the first month"),
    ("next_90_days", "In 90 days"),
)


def plan_button(cohort: Cohort) -> Button:
    """Shows the whole plan, privately."""
    return Button("See the whole plan", "plan.whole", {"id": str(cohort.id)})


def whole_plan(cohort: Cohort, programme: Programme) -> Message:
    """What the guide asks for: its phases with their actions, and what comes first."""
    hours = [week.hours for week in programme.weeks]
    least, most = min(hours), max(hours)
    each = counted(most, "hour") if least == most else f"{least} to {counted(most, 'hour')}"
    in_all = f" each, about {counted(sum(hours), 'hour')} in all" if programme.length > 1 else ""
    total = f"{counted(programme.length, 'week')}, {each}{in_all}."
    blocks: list[Block] = [Heading(f"The plan: {programme.title}"), paragraph(total)]
    for phase in programme.phases:
        blocks += [paragraph(Strong(f"{_weeks(phase)}: {phase.title}")), _items(phase.actions)]
    for name, title in _HORIZONS:
        if items := (programme.horizons or {}).get(name):
            blocks += [paragraph(Strong(title)), _items(items)]
    if any(_expectations(programme)):
        button = Button("Questions, and what to expect", "plan.expect", {"id": str(cohort.id)})
        blocks.append(Actions((button,)))
    return Message(f"The plan: {programme.title}", tuple(blocks))


def expectations(programme: Programme) -> Message:
    """What people ask, what helps them, and an honest look at where it leads."""
    head = f"What to expect: {programme.title}"
    return Message(head, (Heading(head), *_expectations(programme)))


def _expectations(programme: Programme) -> Iterator[Block]:
    for entry in programme.faq:
        yield paragraph(Strong(entry.question), f" {shorten(entry.answer, ANSWER_MOST)}")
    reality = programme.reality_check
    for title, lines in (
        ("What you may enjoy", reality.enjoy),
        ("What you may miss", reality.miss),
        ("What is hard", reality.challenges),
    ):
        if lines:
            yield paragraph(Strong(title))
            yield bullets(shorten(line, ITEM_MOST) for line in lines)


def _items(items: Sequence[Item]) -> Block:
    return bullets(shorten(item.text, ITEM_MOST) for item in items)


def _weeks(phase: Phase) -> str:
    one = phase.first_week == phase.last_week
    return f"Week {phase.first_week}" if one else f"Weeks {phase.first_week} to {phase.last_week}"
