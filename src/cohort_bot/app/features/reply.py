"""Answering the bot in the direct conversation: the answer is shown as the check-in that it would be, for a yes or no.

Nothing is recorded without that yes. The answer is kept as a draft under a token made from the message, so that an edit
changes the draft, and a message that the platform delivers twice has one.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from cohort_bot.app.access import ANYONE, MEMBER, VISIBLE_COHORTS, Access, account_of
from cohort_bot.app.commands import REPLY, CommandSpec, Role
from cohort_bot.app.delivery import keys
from cohort_bot.app.errors import PersonError
from cohort_bot.app.options import whole_number
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.words import errors as errors_words
from cohort_bot.app.words import reply as words
from cohort_bot.chat.form import ChoiceField, FieldErrors, Form, Reply, TextField
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.checkins import takes
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Account, Cohort, Member
from cohort_bot.core.nudges import PARTS
from cohort_bot.core.rounds import LATE_ROUNDS

LATELY: Final = timedelta(days=3)
"""So long after a moderator's message an answer may be for them."""

OPEN: Final = "open"
SAVED: Final = "saved"
DISCARDED: Final = "discarded"
"""What has become of an answer."""


@dataclass(frozen=True, slots=True)
class _Target:
    """The check-in that an answer may become: of a round, or without one of the round that is due. `closed` is the
    round of the reminder that was answered when it takes no check-in any more; `others` are the member's other cohorts.
    `writer` is a moderator who has just written to them through the bot, for whom the answer may be.
    """

    account: Account
    cohort: Cohort
    member: Member
    number: int | None = None
    closed: int | None = None
    others: Sequence[Cohort] = ()
    writer: str = ""


async def reply(services: Services, invocation: Invocation) -> Reply:
    """Show the message as the check-in that it would be. Raises PersonError for somebody who cannot make one."""
    target = await services.read(invocation, VISIBLE_COHORTS, lambda store, seen: _target(store, seen, invocation))
    if isinstance(target, Cohort):
        return await services.run("checkin", _about(invocation, target))  # it says since when there is none to make
    said = invocation.field("text")
    if not said:
        return words.no_text(target.cohort, files=bool(invocation.args.get("files")))
    body = {
        "action": REPLY,
        "state": OPEN,
        "user": target.account.user,
        "member": str(target.member.id),
        "text": said,
        "files": invocation.args.get("files", ""),
    }
    token = _token(invocation)

    def write(store: Store) -> Mapping[str, str] | None:
        before = store.draft(token)
        if before is not None and before.get("state") == SAVED:
            return before
        store.add_draft(body, invocation.at, token)
        return None

    saved = await services.change(invocation, ANYONE, write, repeatable=True)
    if saved is not None:
        return words.saved_before(target.cohort, whole_number(saved["round"]))
    return await _preview(services, invocation, target, token, body)


async def move(services: Services, invocation: Invocation) -> Reply:
    """Show the answer as a check-in of another round or cohort."""
    target, token, body = await _answered(services, invocation)
    return await _preview(services, invocation, target, token, body)


async def save(services: Services, invocation: Invocation) -> Reply:
    """Record the check-in that was shown; when it would be another one by now, show that instead."""
    target, token, body = await _answered(services, invocation)
    form = await _form(services, invocation, target)
    _, version = _done(form, body["text"])
    if version != invocation.args.get("v"):
        return await _preview(services, invocation, target, token, body)
    filled = replace(invocation, kind="form", args=form.args, fields=_fields(form, body["text"]))
    saved = await services.run("checkin.save", filled)
    if not isinstance(saved, FieldErrors):
        kept = {key: body[key] for key in ("action", "user", "member")}
        kept |= {"state": SAVED, "round": form.args["round"]}
        await services.change(
            invocation, MEMBER, lambda store, *_: store.add_draft(kept, invocation.at, token), repeatable=True
        )
    return saved


async def add_tasks(services: Services, invocation: Invocation) -> Reply:
    """Open the check-in form with the answer in it."""
    target, _, body = await _answered(services, invocation)
    form = await _form(services, invocation, target)
    done, _ = _done(form, body["text"])
    fields = tuple(
        replace(field, value=done[: field.limit]) if isinstance(field, TextField) and field.key == "done" else field
        for field in form.fields
    )
    return replace(form, fields=fields)


async def discard(services: Services, invocation: Invocation) -> Reply:
    """Forget the answer."""
    token = invocation.args.get("draft", "")

    def write(store: Store) -> Reply:
        account, body = account_of(store, invocation.actor), store.draft(token)
        if body is None or account is None or (body.get("action"), body.get("user")) != (REPLY, account.user):
            raise words.gone()
        if body["state"] == SAVED:
            raise words.saved_already()
        kept = {key: body[key] for key in ("action", "user", "member")} | {"state": DISCARDED}
        store.add_draft(kept, invocation.at, token)
        return words.discarded()

    return await services.change(invocation, ANYONE, write, repeatable=True)


def _token(invocation: Invocation) -> str:
    """The draft of a message: the same when it is edited, or delivered again."""
    place = invocation.place
    parts = (invocation.actor.platform, place.channel if place else "", invocation.args.get("message", invocation.id))
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=6).hexdigest()


def _target(store: Store, seen: Sequence[Access], invocation: Invocation) -> _Target | Cohort:
    """What the message is about: the reminder that it answers, else the newest one that the person got. A cohort alone
    is one that they have left or that has ended. Raises PersonError for somebody who never was in any.
    """
    account = account_of(store, invocation.actor)
    mine = [access for access in seen if access.member is not None and access.cohort.active]
    if account is None or not mine:
        former = next((access for access in seen if access.former is not None), None)
        if former is None:
            raise errors_words.nowhere(invocation.actor.platform)
        return former.cohort
    answered = invocation.args.get("answers", "")
    found = _reminder(store, mine, invocation, answered) if answered or len(mine) > 1 else None
    chosen, number = found if found is not None else (mine[0], None)
    assert chosen.member is not None  # noqa: S101 - `mine` are memberships
    others = [access.cohort for access in mine if access is not chosen]
    writer = _writer(store, chosen.member, invocation, answered)
    target = _Target(account, chosen.cohort, chosen.member, others=others, writer=writer)
    if not answered or number is None:
        return target
    if takes(chosen.cohort.calendar, number, invocation.at):
        return replace(target, number=number)
    return replace(target, closed=number)


def _writer(store: Store, member: Member, invocation: Invocation, answered: str) -> str:
    """The moderator whose message, sent by the bot, is answered or came lately; empty when there is none."""
    newest = next((entry for entry in store.outreach.of_member(member.id) if entry.delivery_key), None)
    row = store.deliveries.by_key(newest.delivery_key or "") if newest is not None else None
    if newest is None or row is None or row.state is not State.SENT:
        return ""
    fits = row.message_id == answered if answered else invocation.at - row.updated <= LATELY
    return newest.by_name if fits else ""


def _reminder(store: Store, mine: Sequence[Access], invocation: Invocation, answered: str) -> tuple[Access, int] | None:
    """The membership and round of the message with the platform's id `answered`; without an id, of the newest reminder
    that was sent.
    """
    newest = None
    for access in mine:
        member, latest = access.member, access.cohort.calendar.latest(invocation.at)
        if member is None:
            continue
        first = member.first_round if answered else max(1, latest - LATE_ROUNDS)
        wanted = [key for number in range(first, latest + 1) for key in _keys(access.cohort.id, number, member.id)]
        for row in store.deliveries.by_keys(wanted):
            fits = row.message_id == answered if answered else row.state is State.SENT
            if fits and row.what.round is not None and (newest is None or row.updated > newest[0]):
                newest = row.updated, access, row.what.round
    return newest and newest[1:]


def _keys(cohort_id: int, number: int, member_id: int) -> list[str]:
    """The keys of the messages of a round that somebody may answer with a check-in."""
    kinds = [("nudge", part) for part in PARTS] + [(kind, None) for kind in ("snooze", "comeback", "own-week")]
    return [keys.of_member(kind, cohort_id, number, member_id, part) for kind, part in kinds]


async def _answered(services: Services, invocation: Invocation) -> tuple[_Target, str, Mapping[str, str]]:
    """The check-in that a preview's button is about, with the answer. Raises PersonError when that is gone."""
    token = invocation.args.get("draft", "")

    def read(store: Store, cohort: Cohort, member: Member) -> tuple[_Target, str, Mapping[str, str]]:
        account, body = account_of(store, invocation.actor), store.draft(token)
        if body is None or account is None or (body.get("action"), body.get("user")) != (REPLY, account.user):
            raise words.gone()
        if body["state"] == SAVED:
            raise words.saved_already()
        if body["state"] == DISCARDED:
            raise words.discarded_already()
        number = whole_number(invocation.args.get("round", "")) or None
        others = [each for each in _cohorts_of(store, account) if each.id != cohort.id]
        return _Target(account, cohort, member, number, others=others), token, body

    return await services.read(invocation, MEMBER, read)


def _cohorts_of(store: Store, account: Account) -> list[Cohort]:
    """The cohorts in which the person is."""
    found = (store.cohorts.get(member.cohort_id) for member in store.members.of_person(account.person_id))
    return [cohort for cohort in found if cohort is not None and cohort.active]


async def _form(services: Services, invocation: Invocation, target: _Target) -> Form:
    """The check-in form as it would open, with what is recorded. Raises PersonError when no check-in can be made."""
    form = await services.run("checkin", _about(invocation, target.cohort, target.number))
    if not isinstance(form, Form):
        raise TypeError("/checkin opens a form")
    return form


def _about(invocation: Invocation, cohort: Cohort, number: int | None = None) -> Invocation:
    """The press of a button that opens the check-in form of the cohort, of the round or the one that is due."""
    args = {"id": str(cohort.id), **({"round": str(number)} if number else {})}
    return replace(invocation, kind="button", action="checkin", args=args)


async def _preview(
    services: Services, invocation: Invocation, target: _Target, token: str, body: Mapping[str, str]
) -> Reply:
    try:
        form = await _form(services, invocation, target)
    except PersonError as error:
        if target.closed is None:
            raise
        raise words.closed(target.member.week(target.closed), str(error)) from error
    number = int(form.args["round"])
    done, version = _done(form, body["text"])
    tasks = next((field for field in form.fields if isinstance(field, ChoiceField) and field.key == "tasks"), None)
    shown = words.Shown(
        week=target.member.week(number),
        number=number,
        done=done,
        added=done != body["text"],
        tasks=[(each.label, each.value in tasks.value) for each in tasks.options] if tasks else [],
        files=bool(body["files"]),
        closed=target.member.week(target.closed) if target.closed else None,
        writer=target.writer,
    )
    args = {"id": str(target.cohort.id), "round": str(number), "draft": token, "v": version}
    return words.preview(target.cohort, shown, args, _moves(target, number, invocation))


def _moves(target: _Target, number: int, invocation: Invocation) -> list[tuple[Cohort, int | None, int]]:
    """What else the answer may be about: the other round that is open or in its grace, other cohorts. Each is a cohort,
    and for a round of the same cohort its number and week.
    """
    calendar, at, member = target.cohort.calendar, invocation.at, target.member
    rounds = {calendar.in_grace(at), calendar.open(at)} - {None, number}
    found: list[tuple[Cohort, int | None, int]] = [
        (target.cohort, each, member.week(each))
        for each in sorted(each for each in rounds if each is not None)
        if each >= member.first_round and member.week(each) >= 1
    ]
    return found + [(cohort, None, 0) for cohort in target.others]


def _done(form: Form, said: str) -> tuple[str, str]:
    """What the check-in would say was done: what it says already, then the answer; and a version of that."""
    before = next(field.value for field in form.fields if isinstance(field, TextField) and field.key == "done")
    there = before == said or before.endswith(f"\n{said}")
    whole = before if there else "\n".join(filter(None, (before, said)))
    stamp = "\n".join((form.args["id"], form.args["round"], whole))
    return whole, hashlib.blake2b(stamp.encode(), digest_size=4).hexdigest()


def _fields(form: Form, said: str) -> dict[str, tuple[str, ...]]:
    """The form's answers when it is sent as it is, with the answer in it."""
    done, _ = _done(form, said)
    filled = {
        field.key: tuple(sorted(field.value)) if isinstance(field, ChoiceField) else (field.value,)
        for field in form.fields
    }
    return {**filled, "done": (done,)}


ROWS = (
    CommandSpec(REPLY, Role.ANYONE, reply),
    CommandSpec("reply.save", Role.MEMBER, save),
    CommandSpec("reply.tasks", Role.MEMBER, add_tasks),
    CommandSpec("reply.move", Role.MEMBER, move),
    CommandSpec("reply.discard", Role.ANYONE, discard),
)
