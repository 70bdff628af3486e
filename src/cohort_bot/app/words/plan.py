"""The week's plan, the whole plan, and what to expect."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import hours, hours_between, weeks
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
        "{programme} has {n} week, so there's no week {week}.",
        "{programme} has {n} weeks, so there's no week {week}.",
        programme.length,
        programme=programme.title,
        week=week,
    )


COMING_UP = 4
TITLE_MOST = 50
ITEM_MOST = 110
ANSWER_MOST = 500
"""An imported guide may be long; with these a usual plan fits into one message of every platform."""


Page = Literal["questions", "reality", "skills", "strengths"]
PAGES: Final[tuple[Page, ...]] = ("questions", "reality", "skills", "strengths")
QUESTIONS_MOST = 20
BUTTONS_A_ROW = 5
LABEL_MOST = 75

_PAGES: Final[Mapping[Page, str]] = {
    "questions": N_("Common questions"),
    "reality": N_("What to expect"),
    "skills": N_("What you'll learn"),
    "strengths": N_("What you already bring"),
}

_HORIZONS: Final[tuple[tuple[Horizon, str], ...]] = (
    ("this_week", N_("In the first week")),
    ("this_month", N_("In the first month")),
    ("next_90_days", N_("In the first 90 days")),
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
    if any(has_page(programme, page) for page in PAGES):
        blocks.append(Actions((about_button(cohort),)))
    return Message(head, tuple(blocks))


def _effort(programme: Programme) -> str:
    """How many weeks, and how many hours they take."""
    each = [week.hours for week in programme.weeks]
    a_week = hours_between(min(each), max(each))
    if programme.length == 1:
        return _("{weeks}, {hours}.", weeks=weeks(1), hours=a_week)
    return _(
        "{weeks}, {hours} each, about {in_all} in all.",
        weeks=weeks(programme.length),
        hours=a_week,
        in_all=hours(sum(each)),
    )


def about_button(cohort: Cohort) -> Button:
    return Button(_("Questions and what to expect"), "plan.expect", {"id": str(cohort.id)})


def about(cohort: Cohort, programme: Programme) -> Message:
    """Where to read on about the programme: a button for each page that it has."""
    head = _("About {programme}", programme=programme.title)
    buttons = tuple(page_button(cohort, page) for page in PAGES if has_page(programme, page))
    if not buttons:
        return Message(head, (Heading(head), paragraph(_("The programme says nothing more about itself."))))
    return Message(head, (Heading(head), paragraph(_("What would you like to read?")), Actions(buttons)))


def page_button(cohort: Cohort, page: Page) -> Button:
    return Button(_(_PAGES[page]), "plan.page", {"id": str(cohort.id), "page": page})


def has_page(programme: Programme, page: Page) -> bool:
    """Whether there is anything on the page."""
    reality = programme.reality_check
    match page:
        case "questions":
            return bool(programme.faq)
        case "reality":
            return bool(reality.enjoy or reality.miss or reality.challenges)
        case "skills":
            return bool(programme.skills)
        case _:
            return bool(programme.strengths)


def page(cohort: Cohort, programme: Programme, which: Page) -> Message:
    """One page about the programme, no longer than a phone's screen."""
    head = _(_PAGES[which])
    blocks: list[Block] = [Heading(head)]
    match which:
        case "questions":
            blocks += _questions(cohort, programme)
        case "reality":
            reality = programme.reality_check
            for title, lines in (
                (N_("What you'll probably enjoy"), reality.enjoy),
                (N_("What you'll probably miss"), reality.miss),
                (N_("What's hard"), reality.challenges),
            ):
                if lines:
                    blocks += [paragraph(Strong(_(title))), bullets(shorten(line, ITEM_MOST) for line in lines)]
        case "skills":
            ranked = sorted(programme.skills, key=lambda skill: skill.rank)
            blocks.append(paragraph(_("Most important first:")))
            blocks.append(bullets(_named(skill.name, skill.text) for skill in ranked))
        case _:
            blocks.append(bullets(_named(strength.name, strength.text) for strength in programme.strengths))
    return Message(head, (*blocks, Actions((_more(cohort),))))


def _named(name: str, text: str) -> tuple[Span, ...]:
    return (Strong(f"{name}:"), f" {shorten(text, ITEM_MOST)}")


def _questions(cohort: Cohort, programme: Programme) -> Iterator[Block]:
    """A button for each question; its answer is a page of its own."""
    buttons = [
        Button(shorten(entry.question, LABEL_MOST), "plan.answer", {"id": str(cohort.id), "question": str(number)})
        for number, entry in enumerate(programme.faq[:QUESTIONS_MOST])
    ]
    for start in range(0, len(buttons), BUTTONS_A_ROW):
        yield Actions(tuple(buttons[start : start + BUTTONS_A_ROW]))


def answer(cohort: Cohort, programme: Programme, number: int) -> Message:
    """The answer to one of the questions; the list of them when there is no such question."""
    if not number < len(programme.faq):
        return page(cohort, programme, "questions")
    entry = programme.faq[number]
    again = Button(_("Other questions"), "plan.page", {"id": str(cohort.id), "page": "questions"})
    return Message(
        entry.question,
        (paragraph(Strong(entry.question)), paragraph(shorten(entry.answer, ANSWER_MOST)), Actions((again,))),
    )


def _more(cohort: Cohort) -> Button:
    return Button(_("Continue reading"), "plan.expect", {"id": str(cohort.id)})


def _items(items: Sequence[Item]) -> Block:
    return bullets(shorten(item.text, ITEM_MOST) for item in items)


def _phase(phase: Phase) -> str:
    if phase.first_week == phase.last_week:
        return _("Week {week}: {phase}", week=phase.first_week, phase=phase.title)
    return _("Weeks {first} to {last}: {phase}", first=phase.first_week, last=phase.last_week, phase=phase.title)
