"""`/join`: the form, joining, and coming back after having left."""

from datetime import datetime, timedelta

from cohort_bot.app.access import VISIBLE_COHORT, Access, account_of, ensure_account
from cohort_bot.app.commands import GROUPED, CommandSpec, Param, Role
from cohort_bot.app.delivery import keys
from cohort_bot.app.delivery.directory import time_away
from cohort_bot.app.errors import Question
from cohort_bot.app.options import Options
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.queries.standing import history_of
from cohort_bot.app.services import Services, reads
from cohort_bot.app.words import fields as fields_words
from cohort_bot.app.words import join as words
from cohort_bot.app.zones import zone_named
from cohort_bot.chat.form import FieldErrors, Form, Option, Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.core.answers import answer
from cohort_bot.core.checkins import Streak, streak
from cohort_bot.core.membership import Cohort, Member, Pace, Slip, first_round

TOGETHER = timedelta(minutes=5)
"""The time between two greetings in a room: sixty people who join at a kick-off make a few lines."""


def _must_run(cohort: Cohort) -> None:
    if not cohort.active:
        raise words.ended(cohort)


async def join(services: Services, invocation: Invocation) -> Reply:
    """Join at once when a time zone is given; otherwise open the form."""
    options = Options(JOIN, invocation.args)
    pace = options.choice("pace")
    hours = options.number("hours")
    typed_zone = options.text("timezone")

    def read(store: Store, access: Access) -> tuple[Access, str]:
        account = account_of(store, invocation.actor)
        return access, (account.zone if account else None) or invocation.actor.zone or ""

    access, zone = await services.read(invocation, VISIBLE_COHORT, read)
    cohort = access.cohort
    if access.former is None and pace != Pace.WEEK_1.value and _too_late(services, cohort, invocation.at):
        return words.come_too_late(cohort, cohort.calendar.closes(services.weeks(cohort)), invocation.at)
    _must_run(cohort)
    if access.member is not None:
        return words.already_in(cohort, invocation.actor.platform)
    if typed_zone is not None:
        zone = await zone_named(typed_zone, invocation.at)
        return await _enrol(services, invocation, zone, Pace(pace or "cohort"), hours, "")
    return _form(services, cohort, invocation, zone, str(hours or ""), "", pace)


def _too_late(services: Services, cohort: Cohort, at: datetime) -> bool:
    """Whether somebody who joins now would begin after the programme's last week, unless they start from week 1."""
    return cohort.active and first_round(cohort.calendar, at) > services.weeks(cohort)


def _form(
    services: Services, cohort: Cohort, invocation: Invocation, zone: str, hours: str, why: str, pace: str | None
) -> Form:
    choice = pace or Pace.COHORT.value if cohort.calendar.latest(invocation.at) > 1 else None
    if _too_late(services, cohort, invocation.at):
        return words.join_form(cohort, zone, hours, why, Pace.WEEK_1.value, late=True)
    return words.join_form(cohort, zone, hours, why, choice)


async def save(services: Services, invocation: Invocation) -> Reply:
    """Join with the values of the form; returns FieldErrors for those that cannot be taken."""
    (access,) = await services.require(invocation, VISIBLE_COHORT)
    cohort = access.cohort
    _must_run(cohort)
    errors: dict[str, str] = {}
    typed_zone, hours, why = invocation.field("timezone"), invocation.field("hours"), answer(invocation.field("why"))
    pace = invocation.field("pace") or None
    zone = ""
    unclear: Question | None = None
    try:
        zone = await zone_named(typed_zone, invocation.at)
    except Question as question:
        errors["timezone"], unclear = str(question), question
    if hours and not (hours.isascii() and hours.isdigit() and 1 <= int(hours[:4]) <= words.HOURS_MOST):
        errors["hours"] = fields_words.hours(words.HOURS_MOST)
    if len(why) > words.WHY_LIMIT:
        errors["why"] = fields_words.too_long(words.WHY_LIMIT, len(why))
    if pace not in {None, *(choice.value for choice in Pace)}:
        errors["pace"] = fields_words.one_of_two()
    elif pace != Pace.WEEK_1.value and access.former is None and _too_late(services, cohort, invocation.at):
        errors["pace"] = fields_words.only_week_1()
    if unclear and unclear.several and list(errors) == ["timezone"]:
        raise unclear
    if errors:
        return FieldErrors(_form(services, cohort, invocation, typed_zone, hours, why, pace), errors)
    return await _enrol(services, invocation, zone, Pace(pace or "cohort"), int(hours) if hours else None, why)


async def _enrol(
    services: Services, invocation: Invocation, zone: str, pace: Pace, hours: int | None, why: str
) -> Message:
    at = invocation.at

    def write(store: Store, access: Access) -> tuple[Cohort, Member, bool, Streak | None]:
        cohort = access.cohort
        _must_run(cohort)
        account = ensure_account(store, invocation.actor, zone, at)
        member = store.members.of(cohort.id, account.person_id)
        if member is not None and member.active:
            return cohort, member, True, None
        if member is not None:
            _come_back(store, member, at)
        else:
            first = first_round(cohort.calendar, at)
            member = store.members.add(cohort.id, account, at, first, hours, why)
            if pace is Pace.WEEK_1 and first > 1:
                store.members.add_slip(member.id, Slip(first, first - 1))
        store.cohorts.replan(cohort.id, at)
        greet(store, cohort, member, at)
        now = store.members.get(member.id) or member
        if member.left_at is None:
            return cohort, now, False, None
        return cohort, now, False, streak(history_of(store, cohort, now, at, services.weeks(cohort)))

    cohort, member, already, back = await services.change(invocation, VISIBLE_COHORT, write)
    if already:
        return words.already_in(cohort, invocation.actor.platform)
    programme = services.programmes.get(cohort.programme)
    if programme is None:
        raise words.joined_without_programme(cohort)
    return words.joined(cohort, programme, member, at, back)


def greet(store: Store, cohort: Cohort, member: Member, at: datetime) -> None:
    """Post a greeting in each room: at once, or together with others who join within TOGETHER of the last one."""
    number, before = cohort.calendar.open(at), store.members.newest(cohort.id, member.id)
    for room in store.cohorts.rooms(cohort.id):
        last = None if before is None else store.deliveries.by_key(keys.joined(before, room.id))
        shared = () if last is None else (last.what.due, last.what.due + TOGETHER)
        # Never later than that: the calendar may have been wrong for a moment, and the one before due in years.
        due = next((other for other in shared if at < other <= at + TOGETHER), at)
        key, there = keys.joined(member.id, room.id), number is not None
        row = NewDelivery.to_room("joined", key, room, due, member_id=member.id, round=number, in_thread=there)
        store.deliveries.add([row])


def _come_back(store: Store, member: Member, at: datetime) -> None:
    """Activate the membership again; the time away counts as a break, not as missed rounds."""
    store.members.set_left(member.id, None)
    store.paper_club.cancel(member.id, at)  # the rooms have heard that nobody presents it
    if member.left_at is not None:
        time_away(store, member, member.left_at, at)


@reads(VISIBLE_COHORT)
def privacy(_services: Services, invocation: Invocation, _store: Store, access: Access) -> Reply:
    """Show who reads what somebody writes; also before they join."""
    return words.privacy(access.cohort, invocation.actor.platform)


JOIN = CommandSpec(
    "join",
    Role.ANYONE,
    join,
    N_("Join a cohort"),
    {"": "join", GROUPED: "cohort join"},
    (
        COHORT,
        Param("timezone", "zone", N_("your time zone: a city, a country, or what your clock shows")),
        Param(
            "pace",
            "choice",
            N_("where to start if the cohort has already started"),
            choices=(Option("cohort", N_("with the cohort")), Option("week-1", N_("from week 1"))),
        ),
        Param("hours", "int", N_("hours per week you can spend on this"), most=words.HOURS_MOST),
    ),
)
ROWS = (
    JOIN,
    CommandSpec("join.save", Role.ANYONE, save),
    CommandSpec("join.privacy", Role.ANYONE, privacy),
)
