"""What moderators change is noted where the others see it: in the weekly digest and beside the list of members.

A change in a member's record is also told to the member, once, and can be looked up by them.
"""

from datetime import timedelta
from typing import Final

from cohort_bot.app.ports.audits import Change
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Place
from cohort_bot.core.membership import Cohort, Member, Moderator
from cohort_bot.core.nudges import awake

WITHIN: Final = timedelta(days=1)
"""It is told by day, in the member's zone, and no later than this."""

RECORDED, EXCUSED, REMOVED = "recorded", "excused", "removed"
"""What is done to one member."""

CREATED, ARCHIVED, EXPORTED = "created", "archived", "exported"
RENAMED = "renamed"
MOVED, HOLIDAY, HOLIDAY_UNDONE = "moved", "holiday", "holiday undone"
ANNOUNCED, SKIPPED, UNSKIPPED, REPAIRED, PICKED = "announced", "skipped", "unskipped", "repaired", "picked"
NAMED, ROOM_MOVED, ROOM_ADDED, ROOM_DROPPED = "named", "room moved", "room added", "room dropped"
CODE, DIGEST_ROOM, DIGEST_DIRECT = "code", "digest room", "digest direct"
"""What is done to the cohort."""


def note(
    store: Store,
    cohort: Cohort,
    member: Member,
    invocation: Invocation,
    action: str,
    number: int | None,
    reason: str,
    *,
    told: bool = True,
) -> None:
    """Note the change that the actor makes, in its transaction; `told` says whether the member hears of it."""
    at, actor = invocation.at, invocation.actor
    row = store.audits.add(cohort.id, Change(at, actor.user, actor.name, action, number, reason, member.id))
    if not told:
        return
    account = member.account
    store.deliveries.add(
        [
            NewDelivery(
                key=f"changed:{row}:m{member.id}",
                kind="changed",
                platform=account.platform,
                cohort_id=cohort.id,
                due=awake(at, account.zone, at + WITHIN),
                account_id=account.id,
                member_id=member.id,
                round=number,
                args={"change": str(row)},
            )
        ]
    )


def of_cohort(
    store: Store, cohort: Cohort, invocation: Invocation, action: str, words: str = "", number: int | None = None
) -> None:
    """Note what the actor does to the whole cohort, in its transaction; `words` say what it is now."""
    actor = invocation.actor
    store.audits.add(cohort.id, Change(invocation.at, actor.user, actor.name, action, number, words))


def room(place: Place) -> str:
    """A channel as the words of a change; ids mean something in their own workspace only, so that goes along."""
    return f"{place.platform} {place.workspace} channel:{place.channel}"


def people(platform: str, workspace: str, named: tuple[Moderator, ...]) -> str:
    """Those who were named as the words of a change."""
    return " ".join((platform, workspace, *(f"{moderator.kind}:{moderator.target}" for moderator in named)))
