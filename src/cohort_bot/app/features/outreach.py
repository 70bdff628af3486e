"""Outreach: a moderator writes to a member, or records a talk; other moderators see it before they write."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta

from cohort_bot.app.access import MODERATOR, MODERATOR_OF_MEMBER
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.delivery import keys
from cohort_bot.app.errors import PersonError
from cohort_bot.app.options import page_of, parse_date
from cohort_bot.app.ports.outreach import OutreachResult
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.queries.standing import LOOK_AGAIN, Record, by_urgency, read_record, standing_of, standings
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import fields as fields_words
from cohort_bot.app.words import outreach as outreach_words
from cohort_bot.chat.form import FieldErrors, Form, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.nudges import by_day
from cohort_bot.core.outreach_order import NOT_NOW_FOR
from cohort_bot.core.rounds import instant

AHEAD_MOST = timedelta(days=366)
NOON = time(12)


async def choose(services: Services, invocation: Invocation) -> Reply:
    """Let the moderator choose a member; those at risk come first."""
    purpose = invocation.args.get("for", "")

    def read(store: Store, cohort: Cohort) -> Record:
        if purpose not in outreach_words.PURPOSES:
            raise outreach_words.old_button()
        return read_record(store, cohort, invocation.at, services.weeks(cohort))

    record = await services.read(invocation, MODERATOR, read)
    people = await asyncio.to_thread(standings, record)
    if not people:
        raise outreach_words.nobody_in(record.cohort)
    ordered = by_urgency(people, record.cohort.calendar.today(invocation.at))
    return outreach_words.choose(record.cohort, purpose, ordered, page_of(invocation))


def _known(store: Store, member: Member, at: datetime) -> str:
    return outreach_words.before(next(iter(store.outreach.of_member(member.id)), None), at)


@reads(MODERATOR_OF_MEMBER)
def write(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Form:
    """Open the form with a prepared message; it says who wrote to the member last."""
    words = outreach_words.draft(
        cohort, standing_of(store, cohort, member, invocation.at, services.weeks(cohort)), invocation.actor.name
    )
    follow = (cohort.calendar.today(invocation.at) + LOOK_AGAIN).isoformat()
    return outreach_words.write_form(
        cohort, member, _known(store, member, invocation.at), {"text": words, "how": "bot"}, follow
    )


@changes(MODERATOR_OF_MEMBER)
def write_save(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Send the message through the bot, or show it for copying; the outreach is recorded either way."""
    words, how, typed_day = invocation.field("text"), invocation.field("how") or "bot", invocation.field("follow")
    errors: dict[str, str] = {}
    follow_up = _follow_up(cohort, typed_day, invocation.at, errors)
    if not words:
        errors["text"] = fields_words.no_words()
    if len(words) > outreach_words.WORDS_LIMIT:
        errors["text"] = fields_words.too_long(outreach_words.WORDS_LIMIT, len(words))
    if how not in {"bot", "self"}:
        errors["how"] = fields_words.one_of_two()
    if errors:
        known = _known(store, member, invocation.at)
        return FieldErrors(
            outreach_words.write_form(cohort, member, known, {"text": words, "how": how}, typed_day), errors
        )
    by = (invocation.actor.user, invocation.actor.name)
    if how == "self":
        store.outreach.add(cohort.id, member.id, invocation.at, by, words, OutreachResult.WAITING, follow_up)
        return outreach_words.to_copy(member, words, follow_up)
    key = keys.outreach(cohort.id, invocation.actor.platform, invocation.id)
    entry = store.outreach.add(cohort.id, member.id, invocation.at, by, words, OutreachResult.WAITING, follow_up, key)
    args = {"entry": str(entry.id), "platform": invocation.actor.platform}
    due = by_day(invocation.at, member.account.zone)
    store.deliveries.add([NewDelivery.to_member("outreach", key, member, due, args=args)])
    return outreach_words.carried(member, follow_up, due if due > invocation.at else None)


def _follow_up(cohort: Cohort, typed: str, at: datetime, errors: dict[str, str]) -> date | None:
    """The day on which a moderator checks again. An error is added to `errors` under "follow"."""
    if not typed:
        return None
    today = cohort.calendar.today(at)
    try:
        day = parse_date("follow", typed, today, field=True)
    except PersonError as error:
        errors["follow"] = str(error)
        return None
    if not today <= day <= today + AHEAD_MOST:
        errors["follow"] = fields_words.later_day()
    return day


@changes(MODERATOR_OF_MEMBER)
def not_now(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Do not suggest the member to this moderator for some days."""
    until = invocation.at + NOT_NOW_FOR
    store.outreach.set_put_off(cohort.id, member.id, invocation.actor.user, until)
    return outreach_words.not_now(member, cohort.calendar.today(until))


@reads(MODERATOR_OF_MEMBER)
def log(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Form:
    """Open the form for an outreach that happened elsewhere."""
    today = cohort.calendar.today(invocation.at)
    values = {"when": today.isoformat(), "outcome": OutreachResult.ANSWERED.name.lower(), "note": "", "follow": ""}
    return outreach_words.log_form(cohort, member, _known(store, member, invocation.at), values)


@changes(MODERATOR_OF_MEMBER)
def log_save(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Record that outreach for the other moderators."""
    fields = {key: invocation.field(key) for key in ("when", "outcome", "note", "follow")}
    errors: dict[str, str] = {}
    follow_up = _follow_up(cohort, fields["follow"], invocation.at, errors)
    at = _when(cohort, fields["when"], invocation.at, errors)
    outcome = next((result for result in OutreachResult if result.name.lower() == fields["outcome"]), None)
    if outcome is None:
        errors["outcome"] = fields_words.one_of_these()
    if len(fields["note"]) > outreach_words.NOTE_LIMIT:
        errors["note"] = fields_words.too_long(outreach_words.NOTE_LIMIT, len(fields["note"]))
    if errors or outcome is None:
        form = outreach_words.log_form(cohort, member, _known(store, member, invocation.at), fields)
        return FieldErrors(form, errors)
    by = (invocation.actor.user, invocation.actor.name)
    store.outreach.add(cohort.id, member.id, at, by, fields["note"], outcome, follow_up)
    return outreach_words.logged(member, outcome, follow_up)


def _when(cohort: Cohort, typed: str, at: datetime, errors: dict[str, str]) -> datetime:
    """When the outreach was: `at` if it was today, otherwise noon of its day. An error is added to `errors`."""
    today = cohort.calendar.today(at)
    try:
        day = parse_date("when", typed, today, field=True, past=True)
    except PersonError as error:
        errors["when"] = str(error)
        return at
    if not today - AHEAD_MOST <= day <= today:
        errors["when"] = fields_words.earlier_day()
        return at
    zone = cohort.calendar.zone_of(max(1, cohort.calendar.latest(at)))
    return at if day == today else instant(day, NOON, zone).astimezone(UTC)


ROWS = (
    CommandSpec("cohort.choose", Role.MODERATOR, choose),
    CommandSpec("cohort.write", Role.MODERATOR, write),
    CommandSpec("cohort.write.save", Role.MODERATOR, write_save),
    CommandSpec("cohort.notnow", Role.MODERATOR, not_now),
    CommandSpec("cohort.log", Role.MODERATOR, log),
    CommandSpec("cohort.log.save", Role.MODERATOR, log_save),
)
