"""The week's plan, the whole plan, and what to expect."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import hours, weeks
from cohort_bot.chat.i18n import N_, _, ngettext, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Span, Strong, When, bullets, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.agenda import Ahead
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Horizon, Item, Phase, Programme


def no_week(programme: Programme, week: int) -> PersonError:
    return PersonError(no_such_week(programme, week))


def no_such_week(programme: Programme, week: int) -> str:
    return ngettext(
        "{programme} has {n} week; there is no week {week}.",
        "{programme} has {n} weeks; there is no week {week}.",
        programme.length,
        programme=programme.title,
        week=week,
    )


COMING_UP = 4
TITLE_MOST = 50
ITEM_MOST = 110
ANSWER_MOST = 500
"""An imported guide may be long; with these a usual plan fits into one message of every platform."""


_HORIZONS: Final[tuple[tuple[Horizon, str], ...]] = (
    ("this_week", N_("In the first week")),
    ("this_month", N_("In the first month")),
    ("next_90_days", N_("In 90 days")),
)


def opens(at: datetime | None, now: datetime) -> Sequence[Block]:
    """When a week opens, or did; nothing for one before the member's start."""
    if at is None:
        return ()
    line = spans("It opens {time}.", time=When(at)) if at > now else spans("It opened {time}.", time=When(at))
    return (paragraph(*line),)


def coming_up(programme: Programme, openings: Sequence[Ahead]) -> Sequence[Block]:
    """The dates of the next weeks, and the weeks off between them."""
    lines: list[tuple[Span, ...]] = []
    for each in openings:
        if each.off and each.since:
            lines.append(spans("From {day}: {weeks} off", day=When(each.since, "day"), weeks=weeks(each.off)))
        title = shorten(programme.weeks[each.week - 1].title, TITLE_MOST)
        day = When(each.opens, "day")
        lines.append(spans("{day}: week {week}, {title}", day=day, week=each.week, title=title))
    return (paragraph(Strong(_("Coming up:"))), bullets(lines)) if lines else ()


def plan_button(cohort: Cohort) -> Button:
    return Button(_("See the whole plan"), "plan.whole", {"id": str(cohort.id)})


def whole_plan(cohort: Cohort, programme: Programme) -> Message:
    """What the guide asks for: its phases with their actions, and what comes first."""
    head = _("The plan: {programme}", programme=programme.title)
    blocks: list[Block] = [Heading(head), paragraph(_effort(programme))]
    for phase in programme.phases:
        blocks += [paragraph(Strong(_phase(phase))), _items(phase.actions)]
    for name, title in _HORIZONS:
        if items := (programme.horizons or {}).get(name):
            blocks += [paragraph(Strong(_(title))), _items(items)]
    if any(_expectations(programme)):
        button = Button(_("Questions, and what to expect"), "plan.expect", {"id": str(cohort.id)})
        blocks.append(Actions((button,)))
    return Message(head, tuple(blocks))


def _effort(programme: Programme) -> str:
    """How many weeks, and how many hours they take."""
    each = [week.hours for week in programme.weeks]
    least, most = min(each), max(each)
    a_week = hours(most) if least == most else _("{least} to {hours}", least=least, hours=hours(most))
    if programme.length == 1:
        return _("{weeks}, {hours}.", weeks=weeks(1), hours=a_week)
    return _(
        "{weeks}, {hours} each, about {in_all} in all.",
        weeks=weeks(programme.length),
        hours=a_week,
        in_all=hours(sum(each)),
    )


def expectations(programme: Programme) -> Message:
    """What people ask, what helps them, and an honest look at where it leads."""
    head = _("What to expect: {programme}", programme=programme.title)
    return Message(head, (Heading(head), *_expectations(programme)))


def _expectations(programme: Programme) -> Iterator[Block]:
    for entry in programme.faq:
        yield paragraph(Strong(entry.question), f" {shorten(entry.answer, ANSWER_MOST)}")
    reality = programme.reality_check
    for title, lines in (
        (N_("What you may enjoy"), reality.enjoy),
        (N_("What you may miss"), reality.miss),
        (N_("What is hard"), reality.challenges),
    ):
        if lines:
            yield paragraph(Strong(_(title)))
            yield bullets(shorten(line, ITEM_MOST) for line in lines)


def _items(items: Sequence[Item]) -> Block:
    return bullets(shorten(item.text, ITEM_MOST) for item in items)


def _phase(phase: Phase) -> str:
    if phase.first_week == phase.last_week:
        return _("Week {week}: {phase}", week=phase.first_week, phase=phase.title)
    return _("Weeks {first} to {last}: {phase}", first=phase.first_week, last=phase.last_week, phase=phase.title)
