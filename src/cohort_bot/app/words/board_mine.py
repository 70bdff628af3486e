"""A member's own page on the board, and their portfolio as a file to keep and to print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cohort_bot.app.queries.portfolio import Portfolio
from cohort_bot.app.words import counts, own_calendar
from cohort_bot.app.words.dates import short_day
from cohort_bot.app.words.progress import actions_line, phase_made, work
from cohort_bot.app.words.retrospective import QUESTIONS
from cohort_bot.app.words.statuses import status_name, streak_words
from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.chat.message import file_name
from cohort_bot.core.checkins import SKIPS, Status
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Phase, Week


@dataclass(frozen=True, slots=True)
class Worked:
    """What came of a week: the tasks that are done, and what was written about them, with its links."""

    heading: str
    tasks: Sequence[str]
    written: Sequence[str]


@dataclass(frozen=True, slots=True)
class PhasePart:
    """A phase of the page and of the portfolio. `squares` are titles and statuses of its weeks; `answers` look back."""

    title: str
    heading: str
    colour: str
    squares: Sequence[tuple[str, Status]]
    actions: Sequence[str]
    worked: Sequence[Worked]
    answers: Sequence[tuple[str, str]]


def title(cohort: Cohort) -> str:
    return _("Your way through {cohort}", cohort=cohort.name)


def part(folio: Portfolio, phase: Phase, statuses: Mapping[int, Status]) -> PhasePart:
    """What a member did in a phase; `statuses` are by week."""
    weeks = folio.programme.weeks[phase.first_week - 1 : phase.last_week]
    shown = [(week, statuses.get(week.number, Status.AHEAD)) for week in weeks]
    heading = phase_made(phase, sum(status.made for _week, status in shown))
    back = next((each for each in folio.retrospectives if each.phase == phase.id), None)
    return PhasePart(
        phase.title,
        heading,
        phase.colour,
        [(_square(week, status), status) for week, status in shown],
        [action.text for action in phase.actions if action.id in folio.done.actions],
        [each for week in weeks if (each := _worked(folio, week)) is not None],
        [(_(question), back.answers[key]) for key, question in QUESTIONS if back and back.answers.get(key)],
    )


def _square(week: Week, status: Status) -> str:
    return _("Week {number}, {status}: {title}", number=week.number, status=status_name(status), title=week.title)


def _worked(folio: Portfolio, week: Week) -> Worked | None:
    """What was finished in a week, however often it was done; None when nothing was."""
    made = [each for each in folio.made if each.week == week.number]
    tasks = list(dict.fromkeys(folio.programme.said(task.text) for each in made for task in each.tasks if task.done))
    written = [each.done for each in made if each.done]
    if not tasks and not written:
        return None
    return Worked(_("Week {number}: {title}", number=week.number, title=week.title), tasks, written)


def skips_label(left: int) -> str:
    """What the shields say."""
    return ngettext("{left} of {n} skip left", "{left} of {n} skips left", SKIPS, left=left)


def figures(folio: Portfolio) -> list[str]:
    """The record in sentences, after the streak."""
    return [work(folio.done), actions_line(folio.done), papers_line(folio)]


def streak_line(folio: Portfolio) -> str:
    return streak_words(folio.run)


def papers_line(folio: Portfolio) -> str:
    return ngettext("{n} paper read.", "{n} papers read.", len(folio.papers))


def squares_legend() -> list[tuple[Status, str]]:
    """The meaning of the squares, each with a status that is drawn so."""
    return [
        (Status.ON_TIME, _("checked in")),
        (Status.OPEN, _("open now")),
        (Status.MISSED, _("missed")),
        (Status.BREAK, _("on a break or excused")),
        (Status.AHEAD, _("ahead")),
    ]


def actions_heading() -> str:
    return _("Actions of the guide completed")


def papers_heading() -> str:
    return _("Papers read")


def paper_of(week: int) -> str:
    return _("Week {number}", number=week)


def work_heading() -> str:
    return _("Finished work")


def nothing_finished() -> str:
    return _("Nothing yet. Tick a task in your check-in, or write what came of it, and it stands here.")


def look_back() -> str:
    return _("Looking back")


def keep() -> str:
    return _("Keep your portfolio (one file)")


def calendar_label() -> str:
    return own_calendar.button().label


def keep_hint() -> str:
    return _("Your finished work on one page, to open in any browser, to print or to send. It holds nothing of others.")


def portfolio_name(folio: Portfolio) -> str:
    """The file's name."""
    return file_name("portfolio", folio.cohort.name, kind="html")


def portfolio_by(folio: Portfolio) -> str:
    return _("{name}, {day}", name=folio.member.account.name, day=short_day(folio.at))


def portfolio_figures(folio: Portfolio) -> list[tuple[str, str]]:
    """Numbers of a portfolio, each with what it counts."""
    done = folio.done
    return [
        (str(len(done.weeks)), _("of {weeks}", weeks=counts.weeks(done.of_weeks))),
        (str(counts.to_hours(done.minutes)), ngettext("hour", "hours", counts.to_hours(done.minutes))),
        (str(len(done.actions)), _("of {actions} of the guide", actions=counts.actions(done.of_actions))),
        (str(len(folio.papers)), ngettext("paper read", "papers read", len(folio.papers))),
    ]
