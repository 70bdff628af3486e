"""`/cohort outreach`: a moderator writes to members one after the other; also to one of them, or records a talk.

Other moderators see it before they write.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from cohort_bot.app.access import MODERATOR, MODERATOR_OF_MEMBER, account_of, ensure_account, where
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.delivery import keys
from cohort_bot.app.errors import PersonError
from cohort_bot.app.options import page_of, parse_date
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.outreach import OutreachResult
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.queries.outreach import Suggestion, suggestion_of, suggestions
from cohort_bot.app.queries.readers import language_of
from cohort_bot.app.queries.standing import LOOK_AGAIN, Record, by_urgency, read_record, standings
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import fields as fields_words
from cohort_bot.app.words import outreach as outreach_words
from cohort_bot.chat.form import FieldErrors, Form, Reply
from cohort_bot.chat.i18n import N_, speaking
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Actor
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.nudges import by_day
from cohort_bot.core.outreach_order import FIVE, MINUTES, NOT_NOW_FOR
from cohort_bot.core.rounds import instant
from cohort_bot.core.templates import template

AHEAD_MOST = timedelta(days=366)
NOON = time(12)
ON = where(Feature.OUTREACH, MODERATOR)
ON_MEMBER = where(Feature.OUTREACH, MODERATOR_OF_MEMBER)


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


def _draft(store: Store, cohort: Cohort, suggestion: Suggestion, moderator: Actor) -> str:
    """The words to begin with: the moderator's last ones for the same reason, else ours in the member's language."""
    kept = store.outreach.template(cohort.id, moderator.user, suggestion.why)
    with speaking(language_of(suggestion.standing.member.account, cohort=cohort)):
        return outreach_words.prepared(kept, cohort, suggestion.standing, moderator.name)


@reads(MODERATOR_OF_MEMBER)
def write(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Form:
    """Open the form with a prepared message; it says who wrote to the member last."""
    suggestion = suggestion_of(store, cohort, member, invocation.at, services.weeks(cohort))
    words = _draft(store, cohort, suggestion, invocation.actor)
    follow = (cohort.calendar.today(invocation.at) + LOOK_AGAIN).isoformat()
    return outreach_words.write_form(
        cohort, member, _known(store, member, invocation.at), {"text": words, "how": "bot"}, follow
    )


@changes(MODERATOR_OF_MEMBER)
def write_save(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Send the message through the bot, or show it for copying; the outreach is recorded either way."""
    words, how, typed_day = invocation.field("text"), invocation.field("how") or "bot", invocation.field("follow")
    errors: dict[str, str] = {}
    follow_up = _follow_up(cohort, typed_day, invocation.at, errors)
    errors |= _of_words(words)
    if how not in {"bot", "self"}:
        errors["how"] = fields_words.one_of_two()
    if errors:
        known = _known(store, member, invocation.at)
        return FieldErrors(
            outreach_words.write_form(cohort, member, known, {"text": words, "how": how}, typed_day), errors
        )
    due = _record(services, store, invocation, cohort, member, words, follow_up, carry=how == "bot")
    if due is None:
        return outreach_words.to_copy(member, words, follow_up)
    return outreach_words.carried(member, follow_up, due if due > invocation.at else None)


def _of_words(words: str) -> dict[str, str]:
    """What is wrong with the words of a message, by field."""
    if not words:
        return {"text": fields_words.no_words()}
    if len(words) > outreach_words.WORDS_LIMIT:
        return {"text": fields_words.too_long(outreach_words.WORDS_LIMIT, len(words))}
    return {}


def _record(
    services: Services,
    store: Store,
    invocation: Invocation,
    cohort: Cohort,
    member: Member,
    words: str,
    follow_up: date | None = None,
    *,
    carry: bool,
) -> datetime | None:
    """Record that the moderator writes; with `carry` the bot delivers it, by day, at the instant that is returned.

    Words that they changed are their template for the next one with the same reason.
    """
    at, actor = invocation.at, invocation.actor
    suggestion = suggestion_of(store, cohort, member, at, services.weeks(cohort))
    changed = words and words != _draft(store, cohort, suggestion, actor)
    blocker = outreach_words.blocker_in(suggestion.standing)
    key = keys.outreach(cohort.id, actor.platform, invocation.id) if carry else None
    entry = store.outreach.add(
        cohort.id,
        member.id,
        at,
        (actor.user, actor.name),
        words,
        OutreachResult.WAITING,
        follow_up,
        key,
        suggestion.why,
        (at - suggestion.seen).days,
        template(words, member.account.name, cohort.name, blocker) if changed else "",
    )
    _ask_later(store, invocation, cohort)
    if key is None:
        return None
    args = {"entry": str(entry.id), "platform": actor.platform}
    due = by_day(at, member.account.zone)
    store.deliveries.add([NewDelivery.to_member("outreach", key, member, due, args=args)])
    return due


def _ask_later(store: Store, invocation: Invocation, cohort: Cohort) -> None:
    """Ask the moderator in a week what came of what they wrote today: once for all of it."""
    if Feature.OUTREACH not in cohort.features:
        return
    actor, day = invocation.actor, cohort.calendar.today(invocation.at)
    account = account_of(store, actor) or ensure_account(store, actor, cohort.calendar.zone, invocation.at)
    due, args = by_day(invocation.at + LOOK_AGAIN, account.zone), {"by": actor.user, "day": day.isoformat()}
    key = keys.outcome(cohort.id, day, account.id)
    store.deliveries.add([NewDelivery.to_account("outcome", key, account, cohort.id, due, args=args)])


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


# One after the other. A turn is a draft: when it began, what was done, who is shown now with which words.


async def begin(services: Services, invocation: Invocation) -> Reply:
    """Begin a turn: show the first person to whom a word would help."""

    def write(store: Store, cohort: Cohort) -> str:
        body = {"action": OUTREACH.action, "cohort": str(cohort.id), "user": invocation.actor.user}
        return store.add_draft({**body, "began": invocation.at.isoformat(), "done": ""}, invocation.at)

    return await _go_on(services, invocation, await services.change(invocation, ON, write), "")


def _turn(store: Store, cohort: Cohort, invocation: Invocation, token: str) -> Mapping[str, str]:
    """The moderator's own turn in the cohort. Raises PersonError when there is none, or it is too old."""
    body = store.draft(token) or {}
    mine = (OUTREACH.action, str(cohort.id), invocation.actor.user)
    if (body.get("action"), body.get("cohort"), body.get("user")) != mine:
        raise outreach_words.old_card()
    return body


async def _go_on(services: Services, invocation: Invocation, token: str, did: str) -> Reply:
    """The next card, or the end of the turn; `did` is what the press has done."""
    user = invocation.actor.user

    def read(store: Store, cohort: Cohort) -> tuple[Mapping[str, str], Record, Mapping[int, datetime], dict[int, str]]:
        body = _turn(store, cohort, invocation, token)
        record = read_record(store, cohort, invocation.at, services.weeks(cohort))
        names = {member.id: member.name for member in record.members}
        return body, record, store.outreach.put_off(cohort.id, user), names

    body, record, put_off, names = await services.read(invocation, ON, read)
    done = [(int(number), what) for number, _, what in (each.partition(":") for each in body["done"].split())]
    found = await asyncio.to_thread(lambda: suggestions(record, standings(record), put_off, user))
    left = [each for each in found if each.standing.member.id not in {number for number, _ in done}]
    if ended := _ends(datetime.fromisoformat(body["began"]), invocation.at, len(done), len(left)):
        sent = [names.get(number, "") for number, what in done if what in {outreach_words.SENT, outreach_words.SELF}]
        later = [names.get(number, "") for number, what in done if what == outreach_words.LATER]
        return outreach_words.enough(record.cohort, ended, [*filter(None, sent)], [*filter(None, later)], did)

    def show(store: Store, cohort: Cohort) -> Reply:
        first = left[0]
        member = first.standing.member
        words = _draft(store, cohort, first, invocation.actor)
        now = {**_turn(store, cohort, invocation, token), "member": str(member.id), "words": words}
        store.add_draft(now, invocation.at, token)
        newest = next(iter(store.checkins.of_member(member.id)[-1:]), None)
        place = (len(done) + 1, min(FIVE, len(done) + len(left)))
        return outreach_words.card(first, place, newest, words, {"id": str(cohort.id), "draft": token}, did)

    return await services.change(invocation, ON, show, repeatable=True)


def _ends(began: datetime, at: datetime, done: int, left: int) -> str:
    """Why a turn ends, empty when it goes on."""
    if done >= FIVE:
        return outreach_words.PEOPLE
    if not left:
        return outreach_words.EVERYBODY if done else outreach_words.NOBODY
    return outreach_words.TIME if at - began >= MINUTES else ""


async def _press(services: Services, invocation: Invocation, what: str, words: str | None = None) -> Reply:
    """Do one thing for the person who is shown, and go on. `words` are those of the form, else the ones of the card."""
    token = invocation.args.get("draft", "")

    def write(store: Store, cohort: Cohort) -> str:
        body = dict(_turn(store, cohort, invocation, token))
        shown, text = body.pop("member", ""), body.pop("words", "")
        if not shown or shown != invocation.args.get("member"):
            raise outreach_words.old_card()
        member = store.members.get(int(shown))
        did = what if member is not None and member.active else outreach_words.GONE
        if member is not None and did == outreach_words.LATER:
            store.outreach.set_put_off(cohort.id, member.id, invocation.actor.user, invocation.at + NOT_NOW_FOR)
        elif member is not None and did != outreach_words.GONE:
            said = "" if did == outreach_words.SELF else words or text
            _record(services, store, invocation, cohort, member, said, carry=did == outreach_words.SENT)
        store.add_draft({**body, "done": f"{body['done']} {shown}:{did}"}, invocation.at, token)
        return outreach_words.did(did, member.name if member else "")

    return await _go_on(services, invocation, token, await services.change(invocation, ON, write))


async def send(services: Services, invocation: Invocation) -> Reply:
    """Send the draft as it is shown."""
    return await _press(services, invocation, outreach_words.SENT)


async def wrote_myself(services: Services, invocation: Invocation) -> Reply:
    """Record that the moderator has written elsewhere."""
    return await _press(services, invocation, outreach_words.SELF)


async def later(services: Services, invocation: Invocation) -> Reply:
    """Go on to the next person, and suggest this one again in some days."""
    return await _press(services, invocation, outreach_words.LATER)


@reads(ON_MEMBER)
def edit(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Form:
    """Open the words of the card in a form."""
    words = _turn(store, cohort, invocation, invocation.args.get("draft", "")).get("words", "")
    return outreach_words.edit_form(member, words, _known(store, member, invocation.at), invocation.args)


async def save(services: Services, invocation: Invocation) -> Reply:
    """Send the words of the form."""
    words = invocation.field("text")
    if errors := _of_words(words):
        (_, member) = await services.require(invocation, ON_MEMBER)
        return FieldErrors(outreach_words.edit_form(member, words, "", invocation.args), errors)
    return await _press(services, invocation, outreach_words.SENT, words)


OUTREACH = CommandSpec(
    "cohort.outreach",
    Role.MODERATOR,
    begin,
    N_("Write to the people whom a word still helps, one after the other"),
    {"": "cohort outreach"},
    (COHORT,),
)
ROWS = (
    OUTREACH,
    CommandSpec("cohort.outreach.send", Role.MODERATOR, send),
    CommandSpec("cohort.outreach.edit", Role.MODERATOR, edit),
    CommandSpec("cohort.outreach.save", Role.MODERATOR, save),
    CommandSpec("cohort.outreach.self", Role.MODERATOR, wrote_myself),
    CommandSpec("cohort.outreach.later", Role.MODERATOR, later),
    CommandSpec("cohort.choose", Role.MODERATOR, choose),
    CommandSpec("cohort.write", Role.MODERATOR, write),
    CommandSpec("cohort.write.save", Role.MODERATOR, write_save),
    CommandSpec("cohort.notnow", Role.MODERATOR, not_now),
    CommandSpec("cohort.log", Role.MODERATOR, log),
    CommandSpec("cohort.log.save", Role.MODERATOR, log_save),
)
