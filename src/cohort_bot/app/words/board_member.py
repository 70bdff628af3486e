"""The board's page of one member: everything that chat's record of them has, and all of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from cohort_bot.app.ports.audits import Change
from cohort_bot.app.ports.outreach import Outreach
from cohort_bot.app.ports.store import Delivery
from cohort_bot.app.words.audit import done, them
from cohort_bot.app.words.person import entry
from cohort_bot.app.words.statuses import status_name
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import Span, When
from cohort_bot.core.checkins import CheckIn, Status

WORDS_MOST = 4000


@dataclass(frozen=True, slots=True)
class Entry:
    """A check-in: its round and week, when it was filed, its tasks with whether each is done, and what was written."""

    heading: str
    filed: Sequence[Span]
    tasks: Sequence[tuple[str, bool]]
    written: Sequence[tuple[str, str]]


def checkin(made: CheckIn, status: Status, title: str) -> Entry:
    """A check-in in full; `title` is its week's, empty when the programme has none."""
    heading = _("Round {round}, week {week}", round=made.round, week=made.week)
    filed = spans("{status}, filed {day}", status=status_name(status), day=When(made.filed_at, "day"))
    if made.edited_at is not None:
        filed += (", ", *spans("edited {day}", day=When(made.edited_at, "day")))
    written = ((_("Done"), made.done), (_("Blocker"), made.blockers), (_("Next step"), made.next_step))
    tasks = [(_task(task.text, task.done_in), task.done) for task in made.tasks]
    return Entry(f"{heading}: {title}" if title else heading, filed, tasks, [each for each in written if each[1]])


def _task(text: str, done_in: int | None) -> str:
    return text if done_in is None else _("{task} (ticked in round {round})", task=text, round=done_in)


def checkins_heading(number: int) -> str:
    return ngettext("{n} check-in", "{n} check-ins", number)


def tasks_done(made: Sequence[CheckIn]) -> str:
    """How many of the tasks in the check-ins are ticked."""
    ticked = [task.done for each in made for task in each.tasks]
    return ngettext("{done} of {n} task done.", "{done} of {n} tasks done.", len(ticked), done=sum(ticked))


def no_checkins() -> str:
    return _("No check-in yet.")


def earlier(number: int) -> str:
    return ngettext("{n} earlier check-in", "{n} earlier check-ins", number)


def is_done() -> str:
    return _("done")


def is_open() -> str:
    return _("not done")


def outreach_heading() -> str:
    return _("Outreach")


def nobody_wrote() -> str:
    return _("Nobody has written to them yet.")


def outreach(log: Sequence[tuple[Outreach, Delivery | None]]) -> list[tuple[Span, ...]]:
    """The whole log, newest first."""
    return [entry(wrote, carried, WORDS_MOST) for wrote, carried in log]


def changes_heading() -> str:
    return _("Changed by moderators")


def nothing_changed() -> str:
    return _("Nothing so far.")


def changes(made: Sequence[Change]) -> list[tuple[Span, ...]]:
    return [done(each, them()) for each in made]
