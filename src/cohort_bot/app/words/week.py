"""Cards of the programme: the opening of a round, a member's plan, the paper of the month, gates and the end."""

from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.words.counts import counted
from cohort_bot.app.words.dates import duration
from cohort_bot.app.words.plan import plan_button
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
    paragraph,
)
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Paper, Phase, Programme, Resource, Task, Week
from cohort_bot.core.progress import numbers

SHORT_STEP = 20
"""A task of so many minutes at most is offered as something for right now."""


def begin_with(task: Task) -> str:
    """The words before the task to begin with; they promise no time that the task does not keep to."""
    if task.minutes is None:
        return "A place to start:"
    if task.minutes <= SHORT_STEP:
        return f"Got {counted(task.minutes, 'minute')}? Start here:"
    return f"The shortest open task takes about {duration(task.minutes)}:"


def check_in_button(cohort: Cohort, number: int) -> Button:
    """Opens the check-in form of a round."""
    return Button("Check in", "checkin", {"id": str(cohort.id), "round": str(number)}, "primary")


def opening(
    cohort: Cohort, programme: Programme, number: int, platform: str, *, late: datetime | None, missed: Sequence[int]
) -> Message:
    """What a round opens with. `late` is when it should have come; `missed` are rounds whose card never came."""
    week = programme.week(number)
    if week is None:
        raise ValueError(f"{programme.slug} has no week {number}")
    closes = cohort.calendar.closes(number)
    phase = programme.phase_of(number)
    heading, *rest = _week(week, phase)
    blocks: list[Block] = [heading]  # whoever looks for the week finds it before any other
    if away := _while_away(late, missed, platform):
        blocks.append(paragraph(*away, quiet=True))
    if phase and phase.first_week == number and number > 1:
        blocks.append(paragraph(Strong(f"A new phase begins: {phase.title}."), f" {_phase_length(phase)}"))
    blocks.extend(rest)
    blocks.append(
        paragraph("Check in until ", When(closes), ", or a day after that. A check-in with nothing ticked counts.")
    )
    blocks.append(Actions((check_in_button(cohort, number),)))
    return Message(f"Week {number}: {week.title}", tuple(blocks), phase.colour if phase else None)


def _while_away(late: datetime | None, missed: Sequence[int], platform: str) -> list[Span]:
    """What an outage did, in one line; nothing when all came in time."""
    said: list[Span] = ["This comes late: it was due ", When(late), ". Nobody loses anything by it."] if late else []
    if missed:
        one = len(missed) == 1
        which = f"week {missed[0]} began without a card" if one else f"weeks {numbers(missed)} began without cards"
        shows = f"{typed('plan', platform)} week:{missed[-1]} shows {'it' if one else 'the last of them'}"
        said.append(f"{' ' if said else ''}While I was away, {which}; {shows}.")
    return said


def plan(programme: Programme, number: int, buttons: Sequence[Button] = (), intros: Sequence[Span] = ()) -> Message:
    """A week as one person sees it."""
    week = programme.week(number)
    if week is None:
        return Message(f"{programme.title} has {counted(programme.length, 'week')}; there is no week {number}.")
    phase = programme.phase_of(number)
    blocks: list[Block] = [paragraph(intro) for intro in intros]
    blocks.extend(_week(week, phase))
    papers = programme.papers_of(number)
    blocks.extend(paragraph("Paper of the month: ", Link(paper.title, paper.url)) for paper in papers)
    if buttons:
        blocks.append(Actions(tuple(buttons)))
    return Message(f"Week {number}: {week.title}", tuple(blocks), phase.colour if phase else None)


def own_intro(cohort: Cohort, number: int) -> str:
    """Above the week of a member who is at their own pace."""
    return f"Round {number} of {cohort.name} is open. This is your own week in it:"


def _week(week: Week, phase: Phase | None) -> list[Block]:
    blocks: list[Block] = [Heading(f"Week {week.number} · {week.title}")]
    if phase:
        blocks.append(paragraph(f"{phase.title} · about {counted(week.hours, 'hour')}", quiet=True))
    blocks.append(paragraph(week.goal))
    blocks.append(bullets(_task(task) for task in week.tasks))
    blocks.append(paragraph(Strong("To show: "), week.share))
    if week.resources:
        blocks.append(paragraph(Strong("Helpful: "), *_resources(week.resources)))
    if week.note:
        blocks.append(paragraph(Strong("Good to know: "), week.note))
    return blocks


def _task(task: Task) -> str:
    return task.text if task.minutes is None else f"{task.text} ({duration(task.minutes)})"


def _resources(resources: Sequence[Resource]) -> list[Span]:
    spans: list[Span] = []
    for index, resource in enumerate(resources):
        if index:
            spans.append(" · ")
        spans.append(Link(resource.title, resource.url) if resource.url else resource.title)
    return spans


def _phase_length(phase: Phase) -> str:
    return f"It runs for {counted(phase.last_week - phase.first_week + 1, 'week')}."


def read_button(cohort: Cohort, week: int) -> Button:
    """Notes that the paper of a week has been read."""
    return Button("I have read it", "paper.read", {"id": str(cohort.id), "week": str(week)})


def paper(chosen: Paper, *, posted: bool, button: Button | None = None) -> Message:
    """The paper of the month; when it is `posted` to the group, answers belong into its thread."""
    blocks: list[Block] = [Heading("Paper of the month"), paragraph(Link(chosen.title, chosen.url))]
    about = [part for part in (chosen.authors, chosen.venue) if part]  # one that a moderator picked has only its title
    if chosen.minutes:
        about.append(f"about {counted(chosen.minutes, 'minute')}")
    if about:
        blocks.append(paragraph(" · ".join(about), quiet=True))
    if chosen.why:
        blocks.append(paragraph(chosen.why))
    if chosen.questions:
        blocks += [paragraph(Strong("To read with:")), bullets(chosen.questions)]
    if posted:
        blocks.append(paragraph("One paragraph in this thread is plenty. Half an answer helps the others too."))
    if button:
        blocks.append(Actions((button,)))
    return Message(f"Paper of the month: {chosen.title}", tuple(blocks))


def gate(cohort: Cohort, phase: Phase) -> Message:
    """The end of a phase: what passes it, and three questions to look back."""
    if phase.gate is None:
        raise ValueError(f"phase {phase.id} has no gate")
    return Message(
        f"The end of “{phase.title}”",
        (
            Heading(f"The end of “{phase.title}”"),
            paragraph("You pass this phase with:"),
            bullets(phase.gate.passes),
            paragraph(Strong("Not there yet? "), phase.gate.if_missed),
            paragraph("Three short questions to look back; what you answer is for you, and goes into your portfolio."),
            Actions((Button("Look back", "retrospective", {"id": str(cohort.id), "phase": phase.id}),)),
        ),
        phase.colour,
    )


def graduation(cohort: Cohort, programme: Programme, members: int, platform: str) -> Message:
    """The end of the programme for the cohort."""
    here = f"{counted(members, 'of you is', 'of you are')} here at the end. " if members else ""
    return Message(
        f"{cohort.name} has come to the end of the programme",
        (
            Heading(f"{counted(programme.length, 'week')}, done"),
            paragraph(f"{cohort.name} has walked the whole way of “{programme.title}”."),
            paragraph(f"{here}Whatever you finished, you know now how to go on."),
            paragraph(
                "Each of you gets a portfolio by direct message: what you did, what came of it, what you read. "
                "Those who started later go on, and get theirs at their end. "
                f"{typed('progress', platform)} shows your record."
            ),
        ),
    )


def join_card(cohort: Cohort, programme: Programme) -> Message:
    """The invitation that stands in the room."""
    opens = cohort.calendar.opens(1)
    first = "The first one" if programme.length > 1 else "It"
    return Message(
        f"{cohort.name} starts",
        (
            Heading(f"{cohort.name}: {programme.title}"),
            Paragraph((programme.summary,)),
            paragraph(f"{counted(programme.length, 'week')}, together. {first} opens ", When(opens), "."),
            paragraph("Each week: a card with its tasks, and a short check-in. Miss one and nobody scolds you."),
            Actions((Button("Join", "join", {"id": str(cohort.id)}, "primary"), plan_button(cohort))),
        ),
        programme.phases[0].colour if programme.phases else None,
    )
