"""Whoever does something is here: who had left is taken up again, who could not be written to hears of it."""

import logging
from dataclasses import replace
from datetime import datetime

from cohort_bot.app.ports import Database
from cohort_bot.app.store import Store
from cohort_bot.chat.message import Actions, Button, Message, paragraph
from cohort_bot.chat.place import Actor
from cohort_bot.core.membership import Account, Member, away

log = logging.getLogger(__name__)


async def noticed(database: Database, actor: Actor, at: datetime) -> Account | None:
    """The account of who is here, if there is something to tell them; None if not."""
    account = await database.read(lambda store: _account(store, actor))
    if account is not None and account.gone_at is not None:
        await database.write(lambda store: _back(store, actor, at))
    return account if account is not None and account.closed_at is not None else None


async def told(database: Database, account: Account, reply: Message) -> Message:
    """The reply with a word on what could not be delivered; it is said once for each time."""
    try:
        await database.write(lambda store: store.people.set_closed(account.id, None))
    except Exception:  # what they did is done and answered; this is told the next time
        log.exception("account %s cannot be told that a direct message failed", account.id)
        return reply
    words = (
        "A direct message of mine did not arrive: you seem to have closed them. You can open them in your privacy "
        "settings."
    )
    buttons = []
    if not account.mention:
        words += " Or I mention you in the week's thread when there is a reminder; that only if you say so."
        buttons = [Button("Mention me in the thread", "mention.on")]
    shown = reply.blocks or (paragraph(reply.summary),)
    actions = (Actions(tuple(buttons)),) if buttons else ()
    return replace(reply, blocks=(*shown, paragraph(words, quiet=True), *actions))


def _account(store: Store, actor: Actor) -> Account | None:
    return store.people.account(actor.platform, actor.workspace or "", actor.user)


def _back(store: Store, actor: Actor, at: datetime) -> None:
    account = _account(store, actor)
    if account is None or account.gone_at is None:
        return
    for member in store.members.of_person(account.person_id):
        time_away(store, member, account.gone_at, at)
        store.cohorts.replan(member.cohort_id)
    store.people.set_gone(account.id, None)


def time_away(store: Store, member: Member, since: datetime, at: datetime) -> None:
    """Count the time in which somebody was not there as a break, not as missed rounds."""
    cohort = store.cohorts.get(member.cohort_id)
    if cohort is not None:
        store.members.add_break(member.id, away(cohort.calendar, since, at))
