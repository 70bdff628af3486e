"""Telling a cohort's rooms that the dates of its weeks change.

The moderator's preview shows the post, and a second button does the same without it. What an undone change would have
said is not posted, and its end is only told to a room that was told of the change.
"""

from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.delivery import edits, keys
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.queries.readers import speaking_to
from cohort_bot.app.words import schedule as words
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Block, Button
from cohort_bot.core.membership import Cohort
from cohort_bot.core.rounds import Calendar


def offered(store: Store, cohort: Cohort, change: words.Change, platform: str) -> Sequence[Block]:
    """The post for a preview; `cohort` has the calendar and the language that it would get."""
    with speaking_to(cohort):
        notice = words.notice(cohort, change, platform)
    return words.offer(notice, len(store.cohorts.rooms(cohort.id)))


def buttons(yes: Button) -> tuple[Button, Button]:
    """The button of a preview, and the one that tells nobody."""
    return yes, words.quietly(yes)


def tell(store: Store, cohort: Cohort, invocation: Invocation, change: words.Change, undoes: str = "") -> str:
    """Post the change in each room, unless the pressed button says not to; returns the token for undoing it.

    `undoes` is the token of the change that this one takes back.
    """
    if invocation.args.get("quiet"):
        return ""
    token = f"{invocation.actor.platform}:{invocation.id}"
    args = {
        "what": change.what,
        "opens": change.opens.isoformat(),
        "was": change.was.isoformat(),
        "rounds": str(change.rounds),
    }
    store.deliveries.add(
        NewDelivery.to_room(
            "schedule",
            keys.schedule(cohort.id, token, room.id),
            room,
            invocation.at,
            round=change.week,
            expires=change.opens,
            args={**args, "undoes": keys.schedule(cohort.id, undoes, room.id) if undoes else ""},
        )
        for room in store.cohorts.rooms(cohort.id)
    )
    return token


def redate_open_card(store: Store, cohort: Cohort, new: Calendar, invocation: Invocation) -> None:
    """Edit the card of the open week when the new calendar closes it at another time."""
    number = cohort.calendar.open(invocation.at)
    if number is not None and cohort.calendar.closes(number) != new.closes(number):
        rewrite_open_card(store, cohort, invocation.at)


def rewrite_open_card(store: Store, cohort: Cohort, at: datetime) -> None:
    """Have the card of the open week composed again in every room, if a week is open."""
    if (number := cohort.calendar.open(at)) is not None:
        for room in store.cohorts.rooms(cohort.id):
            edits.request(store, keys.opening(cohort.id, number, room.id), at)
