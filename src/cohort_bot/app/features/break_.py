"""`/break`: dates off for a member. A round does not count when four or more of its dates are taken off."""

from datetime import date, datetime, timedelta
from typing import Final

from cohort_bot.app.access import MEMBER
from cohort_bot.app.commands import GROUPED, CommandSpec, Param, Role
from cohort_bot.app.errors import PersonError, Question
from cohort_bot.app.options import Options, parse_date
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes
from cohort_bot.app.words import break_ as words
from cohort_bot.chat.form import FieldErrors, Form, Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.core.membership import Break, Cohort, Member
from cohort_bot.core.rounds import Calendar

LONGEST: Final = timedelta(weeks=12)
"""For more than a season it is kinder to leave: the record stays, nothing is expected, and /join brings all back."""

AHEAD: Final = timedelta(days=366)
"""The latest begin of a break from today on: what is further off is taken for a typing mistake."""

PROPOSED: Final = timedelta(days=7)
"""How long the break is that the form proposes."""


class _Wrong(PersonError):
    """A date that cannot be taken; `field` names the field that it was typed into."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


async def pause(services: Services, invocation: Invocation) -> Reply:
    """Record the break when its end is given; otherwise open the form."""
    options = Options(BREAK, invocation.args)
    cohort, _ = await services.require(invocation, MEMBER)
    today = cohort.calendar.today(invocation.at)
    first, last = options.day("from", today), options.day("until", today)
    if last is not None:
        return await _take(services, invocation, first, last)
    begins = first or today
    _check(begins, begins, today, invocation.actor.platform)
    return words.break_form(cohort, begins.isoformat(), (begins + PROPOSED).isoformat())


async def save(services: Services, invocation: Invocation) -> Reply:
    """Record the break from the form; returns FieldErrors for dates that cannot be taken."""
    typed = {key: invocation.field(key) for key in ("from", "until")}
    cohort, _ = await services.require(invocation, MEMBER)
    today = cohort.calendar.today(invocation.at)
    days: dict[str, date] = {}
    errors: dict[str, str] = {}
    unclear: Question | None = None
    for key, value in typed.items():
        try:
            days[key] = parse_date(key, value, today, field=True)
        except Question as question:
            errors[key], unclear = str(question), question
        except PersonError as error:
            errors[key] = str(error)
    if unclear and len(errors) == 1:
        raise unclear
    if not errors:
        try:
            return await _take(services, invocation, days["from"], days["until"])
        except _Wrong as error:
            errors[error.field] = str(error)
    return FieldErrors(_form(cohort, typed), errors)


def _form(cohort: Cohort, typed: dict[str, str]) -> Form:
    return words.break_form(cohort, typed["from"], typed["until"])


async def _take(services: Services, invocation: Invocation, first: date | None, last: date) -> Message:
    def write(store: Store, cohort: Cohort, member: Member) -> tuple[Cohort, Member, Break, bool]:
        now = cohort.calendar.today(invocation.at)
        begins = first or now
        _check(begins, last, now, invocation.actor.platform)
        wanted = Break(begins, last)
        new = not any(known.first <= begins and last <= known.last for known in member.breaks)
        if new:
            store.members.add_break(member.id, wanted)
        return cohort, store.members.get(member.id) or member, wanted, new

    cohort, member, wanted, new = await services.change(invocation, MEMBER, write)
    return words.break_taken(cohort, wanted, _taken_out(cohort.calendar, member, wanted, invocation.at), new=new)


def _check(first: date, last: date, now: date, platform: str) -> None:
    if first < now:
        raise _Wrong("from", words.break_passed(first, now))
    if first - now > AHEAD:
        raise _Wrong("from", words.break_far(first))
    if last < first:
        raise _Wrong("until", words.break_backwards(first))
    if last - first >= LONGEST:
        most = first + LONGEST - timedelta(days=1)
        raise _Wrong("until", words.break_long(LONGEST.days // 7, most, platform))


def _taken_out(calendar: Calendar, member: Member, wanted: Break, at: datetime) -> list[int]:
    """The numbers of the rounds that do not count because of the new break, alone or together with others."""
    numbers: list[int] = []
    number = max(1, calendar.latest(at), member.first_round)
    while calendar.opens_on(number) <= wanted.last:
        dates = calendar.dates(number)
        if any(wanted.first <= day <= wanted.last for day in dates) and member.on_break(dates):
            numbers.append(number)
        number += 1
    return numbers


@changes(MEMBER)
def end(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """End the present break and drop future ones; rounds count again from today on."""
    now = cohort.calendar.today(invocation.at)
    if not any(known.last > now for known in member.breaks):
        raise words.no_break(cohort)
    store.members.end_breaks(member.id, now)
    return words.break_ended(cohort, invocation.actor.platform)


BREAK = CommandSpec(
    "break",
    Role.MEMBER,
    pause,
    N_("Take some time off; your streak waits"),
    {"": "break", GROUPED: "cohort break"},
    (
        Param("from", "date", N_("the first day off, such as 2027-01-31 or tomorrow; today if left out")),
        Param("until", "date", N_("the last day off, such as 2027-02-06 or 6 February")),
        COHORT,
    ),
)
ROWS = (BREAK, CommandSpec("break.save", Role.MEMBER, save), CommandSpec("break.end", Role.MEMBER, end))
