"""Cards of the programme: the opening of a round, a member's plan, the paper of the month, gates and the end."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from cohort_bot.app.words import guide_language
from cohort_bot.app.words.counts import hours, hours_between, phases
from cohort_bot.app.words.dates import duration
from cohort_bot.app.words.lists import numbers
from cohort_bot.app.words.plan import has_page, no_such_week, page_button, plan_button
from cohort_bot.chat.catalogues import CATALOGUES, typing
from cohort_bot.chat.i18n import _, language, ngettext, nspans, spans
from cohort_bot.chat.message import (
    Actions,
    Block,
    Button,
    Heading,
    Link,
    Message,
    Paragraph,
    Span,
    Strong,
    When,
    bullets,
    mixed,
    paragraph,
)
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Paper, Phase, Programme, Resource, Task, Week

SHORT_STEP = 20
"""A task of so many minutes at most is offered as something for right now."""


SKILL_MOST = 200


def begin_with(task: Task) -> str:
    """The words before the task to begin with; they promise no time that the task does not keep to."""
    if task.minutes is None:
        return _("A place to start:")
    if task.minutes <= SHORT_STEP:
        return ngettext("Got {n} minute? Start here:", "Got {n} minutes? Start here:", task.minutes)
    return _("The shortest open task takes about {duration}:", duration=duration(task.minutes))


def check_in_button(cohort: Cohort, number: int) -> Button:
    return Button(_("Check in"), "checkin", {"id": str(cohort.id), "round": str(number)}, "primary")


def opening(
    cohort: Cohort, programme: Programme, number: int, platform: str, *, late: datetime | None, missed: Sequence[int]
) -> Message:
    """What a round opens with. `late` is when it should have come; `missed` are rounds whose card never came."""
    card = _opening(programme, number, cohort.calendar.closes(number))
    blocks = list(card.blocks)
    if away := _while_away(late, missed, platform):
        blocks.insert(1, paragraph(*away, quiet=True))
    buttons = [check_in_button(cohort, number)]
    if number == programme.phases[-1].first_week and has_page(programme, "reality"):  # when it is time to decide
        buttons.append(page_button(cohort, "reality"))
    return Message(card.summary, (*blocks, Actions(tuple(buttons))), card.accent)


def _opening(programme: Programme, number: int, closes: datetime) -> Message:
    """What all cohorts read whose round closes then, made once as long as no other closing comes between."""
    key = "opening", number, CATALOGUES[language()], typing()
    made: tuple[datetime, Message] | None = programme.cards.get(key)
    if made is None or made[0] != closes:
        made = programme.cards[key] = closes, _opening_card(programme, number, closes)
    return made[1]


def _opening_card(programme: Programme, number: int, closes: datetime) -> Message:
    week = programme.week(number)
    if week is None:
        raise ValueError(f"{programme.slug} has no week {number}")
    phase = programme.phase_of(number)
    heading, *rest = _about(programme, week)
    blocks: list[Block] = [heading]  # whoever looks for the week finds it before any other
    if phase and phase.first_week == number and number > 1:
        begins = _("A new phase begins: {phase}.", phase=phase.title)
        blocks.append(paragraph(Strong(begins), f" {_phase_length(phase)}"))
    blocks.extend(rest)
    blocks.extend(guide_language.of_week(programme, number, once=True))
    until = spans(
        "Check in by {closes} (one day's grace). Nothing done? A blank check-in still counts.", closes=When(closes)
    )
    blocks.append(paragraph(*until))
    return Message(_title(week), tuple(blocks), phase.colour if phase else None)


def _while_away(late: datetime | None, missed: Sequence[int], platform: str) -> list[Span]:
    """What an outage did, in one line; nothing when all came in time."""
    said: list[Span] = []
    if late:
        said += spans("This is late: it was due {due}. It won't cost anyone anything.", due=When(late))
    if missed:
        said += [" "] if said else []
        said += nspans(
            "While I was away, week {weeks} started without a card; {plan} week:{last} shows it.",
            "While I was away, weeks {weeks} started without cards; {plan} week:{last} shows the last one.",
            len(missed),
            weeks=numbers(missed),
            plan=typed("plan", platform),
            last=missed[-1],
        )
    return said


def plan(
    programme: Programme,
    number: int,
    buttons: Sequence[Button] = (),
    intros: Sequence[Span] = (),
    dates: Sequence[Block] = (),
) -> Message:
    week = programme.week(number)
    if week is None:
        return Message(no_such_week(programme, number))
    phase = programme.phase_of(number)
    blocks: list[Block] = [paragraph(intro) for intro in intros]
    blocks.extend(_about(programme, week))
    blocks.extend(guide_language.of_week(programme, number, once=False))
    papers = programme.papers_of(number)
    blocks.extend(
        paragraph(*spans("Paper of the month: {paper}", paper=Link(paper.title, paper.url))) for paper in papers
    )
    blocks.extend(dates)
    if buttons:
        blocks.append(Actions(tuple(buttons)))
    return Message(_title(week), tuple(blocks), phase.colour if phase else None)


def own_intro(cohort: Cohort, number: int) -> str:
    """Above the week of a member who is at their own pace."""
    return _("Round {round} of {cohort} is open. Here's your own week:", round=number, cohort=cohort.name)


def untitled() -> str:
    """The thread of a card whose text is not known any more."""
    return _("This week")


def _title(week: Week) -> str:
    return _("Week {week}: {title}", week=week.number, title=week.title)


def _about(programme: Programme, week: Week) -> Sequence[Block]:
    """The week itself, made once for all cohorts and members who read it in one language."""
    key = week.number, CATALOGUES[language()], typing()  # the catalogue itself: tests put others in place of English
    card: Sequence[Block] | None = programme.cards.get(key)
    if card is None:
        phase = programme.phase_of(week.number)
        guide = guide_language.marked(programme, week.number)
        card = programme.cards[key] = (*_week(week, phase, guide), *_worth_knowing(programme, week.number))
    return card


def _week(week: Week, phase: Phase | None, guide: Callable[[str], str]) -> list[Block]:
    heading = spans("Week {week} · {title}", week=week.number, title=guide(week.title))
    blocks: list[Block] = [Heading(mixed(*heading))]
    if phase:
        about = _("{phase} · about {hours}", phase=phase.title, hours=hours(week.hours))
        blocks.append(paragraph(about, quiet=True))
    blocks.append(paragraph(guide(week.goal)))
    blocks.append(bullets(_task(task, guide) for task in week.tasks))
    blocks.append(paragraph(Strong(_("Share this week:")), mixed(" ", guide(week.share))))
    if week.resources:
        blocks.append(paragraph(Strong(_("Helpful:")), " ", *resources(week.resources, guide)))
    if week.note:
        blocks.append(paragraph(Strong(_("Good to know:")), mixed(" ", guide(week.note))))
    return blocks


def _worth_knowing(programme: Programme, number: int) -> Iterator[Block]:
    """What the programme says about itself in the week in which it helps: what members bring, a skill that begins."""
    if number == 1 and programme.strengths:
        names = ", ".join(strength.name for strength in programme.strengths)
        yield paragraph(Strong(_("What you already bring:")), f" {names}.")
    for skill in programme.skills:
        if programme.covering(skill.id)[:1] == (number,):
            about = shorten(skill.text, SKILL_MOST)
            yield paragraph(Strong(_("A new skill starts here: {skill}.", skill=skill.name)), f" {about}")


def _task(task: Task, guide: Callable[[str], str]) -> str:
    text = guide(task.text)
    return text if task.minutes is None else mixed(text, f" ({duration(task.minutes)})")


def resources(resources: Sequence[Resource], guide: Callable[[str], str] = str) -> list[Span]:
    spans: list[Span] = []
    for index, resource in enumerate(resources):
        if index:
            spans.append(" · ")
        title = guide(resource.title)
        spans.append(Link(title, resource.url) if resource.url else title)
    return spans


def _phase_length(phase: Phase) -> str:
    length = phase.last_week - phase.first_week + 1
    return ngettext("It runs for {n} week.", "It runs for {n} weeks.", length)


def read_button(cohort: Cohort, week: int) -> Button:
    """Notes that the paper of a week has been read."""
    return Button(_("I've read it"), "paper.read", {"id": str(cohort.id), "week": str(week)})


def paper(chosen: Paper, *, posted: bool, button: Button | None = None) -> Message:
    """The paper of the month; when it is `posted` to the group, answers belong into its thread."""
    blocks: list[Block] = [Heading(_("Paper of the month")), paragraph(Link(chosen.title, chosen.url))]
    about = [part for part in (chosen.authors, chosen.venue) if part]  # one that a moderator picked has only its title
    if chosen.minutes:
        about.append(ngettext("about {n} minute", "about {n} minutes", chosen.minutes))
    if about:
        blocks.append(paragraph(" · ".join(about), quiet=True))
    if chosen.why:
        blocks.append(paragraph(chosen.why))
    if chosen.questions:
        blocks += [paragraph(Strong(_("Questions to keep in mind:"))), bullets(chosen.questions)]
    if posted:
        blocks.append(paragraph(_("One paragraph in this thread is plenty. Even half an answer helps the others.")))
    if button:
        blocks.append(Actions((button,)))
    return Message(_("Paper of the month: {paper}", paper=chosen.title), tuple(blocks))


def gate(cohort: Cohort, phase: Phase) -> Message:
    """The end of a phase: what passes it, and three questions to look back."""
    if phase.gate is None:
        raise ValueError(f"phase {phase.id} has no gate")
    head = _("The end of “{phase}”", phase=phase.title)
    look_back = _("Three short questions to look back. Only you see your answers; they go into your portfolio.")
    return Message(
        head,
        (
            Heading(head),
            paragraph(_("To complete this phase, you need:")),
            bullets(phase.gate.passes),
            paragraph(Strong(_("Not there yet?")), f" {phase.gate.if_missed}"),
            paragraph(look_back),
            Actions((Button(_("Look back"), "retrospective", {"id": str(cohort.id), "phase": phase.id}),)),
        ),
        phase.colour,
    )


def graduation(cohort: Cohort, programme: Programme, members: int, platform: str) -> Message:
    on = _("However much you finished, you now know how to go on.")
    if members:
        here = ngettext("{n} of you is here at the end.", "{n} of you are here at the end.", members)
        on = f"{here} {on}"
    whole = _("{cohort} has gone all the way through “{programme}”.", cohort=cohort.name, programme=programme.title)
    portfolio = _(
        "Each of you gets a portfolio by direct message: what you did, what came of it, what you read. If you "
        "started later, you carry on and get yours at your own end. {progress} shows your record.",
        progress=typed("progress", platform),
    )
    return Message(
        _("{cohort} has reached the end of the programme", cohort=cohort.name),
        (
            Heading(ngettext("{n} week, done", "{n} weeks, done", programme.length)),
            paragraph(whole),
            paragraph(on),
            paragraph(portfolio),
        ),
    )


def _what_you_get(programme: Programme) -> Iterator[tuple[Span, ...]]:
    each = [week.hours for week in programme.weeks]
    about = hours_between(min(each), max(each))
    line = _("a card with the tasks, and a short check-in. Miss one and nobody will scold you.")
    yield (Strong(_("Each week, {hours}:", hours=about)), f" {line}")
    if any(paper.week and not paper.spare for paper in programme.papers):
        yield (Strong(_("Each month:")), " ", _("a paper to read together."))
    if len(programme.phases) > 1:
        titles = ", ".join(phase.title for phase in programme.phases)
        yield (Strong(_("{phases}:", phases=phases(len(programme.phases)))), f" {titles}.")
    yield (Strong(_("At the end:")), " ", _("a portfolio of what you did, made from your check-ins."))


def join_card(cohort: Cohort, programme: Programme) -> Message:
    opens = nspans(
        "{n} week, together. It opens {opens}.",
        "{n} weeks, together. The first one opens {opens}.",
        programme.length,
        opens=When(cohort.calendar.opens(1)),
    )
    who = _("Moderators can read your check-ins; the group sees only what you share.")
    more = Button(_("Who reads what"), "join.privacy", {"id": str(cohort.id)})
    return Message(
        _("{cohort} starts", cohort=cohort.name),
        (
            Heading(f"{cohort.name}: {programme.title}"),
            Paragraph((programme.summary,)),
            paragraph(*opens),
            bullets(_what_you_get(programme)),
            paragraph(who, quiet=True),
            Actions((Button(_("Join"), "join", {"id": str(cohort.id)}, "primary"), plan_button(cohort), more)),
        ),
        programme.phases[0].colour if programme.phases else None,
    )
