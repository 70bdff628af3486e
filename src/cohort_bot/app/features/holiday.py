"""`/cohort holiday`: weeks off for a whole cohort, after a preview."""

from dataclasses import replace
from datetime import date, datetime

from cohort_bot.app import audit, schedule
from cohort_bot.app.access import MODERATOR
from cohort_bot.app.cohorts import programme_of
from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.app.drafts import button, keep, kept, unless_stale
from cohort_bot.app.options import Options
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes
from cohort_bot.app.shifts import as_text, moved_openings
from cohort_bot.app.words import buttons as buttons_words
from cohort_bot.app.words import holiday as words
from cohort_bot.app.words import schedule as schedule_words
from cohort_bot.app.words import shifts as shifts_words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Programme
from cohort_bot.core.rounds import Calendar, Holiday

HOLIDAY_MOST = 12


@changes(MODERATOR)
def holiday(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Show which openings would move; nothing is changed yet."""
    options = Options(HOLIDAY, invocation.args)
    rounds = options.number("rounds") or 1
    earliest = options.day("from", cohort.calendar.today(invocation.at))
    number = _first(cohort, programme_of(services.programmes, cohort), earliest, invocation.at)
    shifts = _off(cohort.calendar, Holiday(number, rounds), programme_of(services.programmes, cohort).length)
    body = {"before": str(number), "rounds": str(rounds), "shown": as_text(shifts)}
    args = keep(store, cohort, "cohort.holiday.yes", body, invocation.at)
    told = schedule.offered(store, cohort, _change("off", shifts[0], rounds), invocation.actor.platform)
    buttons = schedule.buttons(button(words.take_off(), "cohort.holiday.yes", args))
    return words.holiday_preview(cohort, rounds, shifts, told, buttons)


@changes(MODERATOR)
def holiday_yes(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Give the weeks off that were previewed."""
    body = kept(store, cohort, invocation)
    off = Holiday(int(body["before"]), int(body["rounds"]))
    if off.before <= cohort.calendar.latest(invocation.at):
        raise words.holiday_begun(off.before)
    shifts = _off(cohort.calendar, off, services.weeks(cohort))
    unless_stale(body["shown"], as_text(shifts))
    store.cohorts.add_holiday(cohort.id, off, invocation.at)
    audit.of_cohort(store, cohort, invocation, audits.HOLIDAY, str(off.rounds), off.before)
    taken = replace(cohort.calendar, holidays=(*cohort.calendar.holidays, off))
    body = {
        "before": str(off.before),
        "rounds": str(off.rounds),
        "shown": as_text(moved_openings(taken, taken, off.before, services.weeks(cohort))),
    }
    body["told"] = schedule.tell(store, cohort, invocation, _change("off", shifts[0], off.rounds))
    kept_for = keep(store, cohort, "cohort.holiday.undo", body, invocation.at)
    undo = Button(buttons_words.undo(), "cohort.holiday.undo", kept_for)
    return words.holiday_given(cohort, off.rounds, shifts[0], undo)


@changes(MODERATOR)
def holiday_undo(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Undo the weeks off, if the calendar has not changed since and they have not begun."""
    body = kept(store, cohort, invocation)
    back = Holiday(int(body["before"]), -int(body["rounds"]))
    length = services.weeks(cohort)
    unless_stale(body["shown"], as_text(moved_openings(cohort.calendar, cohort.calendar, back.before, length)))
    shifts = _off(cohort.calendar, back, length)
    if shifts[0].new <= invocation.at:
        raise words.holiday_on()
    store.cohorts.add_holiday(cohort.id, back, invocation.at)
    audit.of_cohort(store, cohort, invocation, audits.HOLIDAY_UNDONE, str(-back.rounds), back.before)
    if told := body.get("told"):
        schedule.tell(store, cohort, invocation, _change("on", shifts[0], -back.rounds), undoes=told)
    return words.holiday_undone(cohort, shifts[0])


def _change(what: schedule_words.What, first: shifts_words.Shift, rounds: int) -> schedule_words.Change:
    return schedule_words.Change(what, first.number, first.new, first.old, rounds)


def _off(calendar: Calendar, off: Holiday, length: int) -> list[shifts_words.Shift]:
    return moved_openings(calendar, replace(calendar, holidays=(*calendar.holidays, off)), off.before, length)


def _first(cohort: Cohort, programme: Programme, earliest: date | None, now: datetime) -> int:
    """The round that the weeks off come before: the next one, or the first that opens on or after `earliest`."""
    calendar = cohort.calendar
    number = calendar.latest(now) + 1
    while number <= programme.length and earliest is not None and calendar.opens_on(number) < earliest:
        number += 1
    if number > programme.length:
        raise words.no_week_off(cohort, earliest)
    return number


HOLIDAY = CommandSpec(
    "cohort.holiday",
    Role.MODERATOR,
    holiday,
    N_("Give the cohort weeks off; shows a preview first"),
    {"": "cohort holiday"},
    (
        Param("rounds", "int", N_("how many weeks"), required=True, most=HOLIDAY_MOST),
        Param("from", "date", N_("the first day off, such as 2027-01-31 or 31 January; the next opening if left out")),
        COHORT,
    ),
)


ROWS = (
    HOLIDAY,
    CommandSpec("cohort.holiday.yes", Role.MODERATOR, holiday_yes),
    CommandSpec("cohort.holiday.undo", Role.MODERATOR, holiday_undo),
)
