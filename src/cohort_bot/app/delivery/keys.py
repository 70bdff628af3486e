"""The keys of the ledger's rows: each names one post for ever, and only this module makes or reads one.

They are made of row numbers and rounds, never of a date that may move. Anything that a rule needs to know about a row
is a column.
"""

import hashlib
from collections.abc import Sequence
from datetime import date

from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import NewDelivery
from cohort_bot.core.membership import Account, Cohort, Room


def in_room(kind: str, cohort_id: int, number: int, room_id: int, part: str | None = None) -> str:
    """A post that a round has once in each room; `part` distinguishes several of one kind."""
    return f"{kind}:{cohort_id}:r{number}{f':{part}' if part else ''}:{room_id}"


def of_member(kind: str, cohort_id: int, number: int, member_id: int, part: str | None = None) -> str:
    """A message that a round has once for each member; `part` as above."""
    return f"{kind}:{cohort_id}:r{number}{f':{part}' if part else ''}:m{member_id}"


def opening(cohort_id: int, number: int, room_id: int) -> str:
    """The card with which a round opens in a room."""
    return in_room("opening", cohort_id, number, room_id)


def check_ins(cohort_id: int, number: int, room_id: int) -> str:
    """The line above a round's check-ins, in a room where no card is posted."""
    return in_room("check-ins", cohort_id, number, room_id)


def paper(cohort_id: int, number: int, room_id: int, paper_id: str) -> str:
    """The paper of the month in a room, by its id in the programme."""
    return in_room("paper", cohort_id, number, room_id, paper_id)


def paper_meeting(cohort_id: int, week: int, change: str, room_id: int) -> str:
    """The date on which a paper is presented, in a room, by the command that set it."""
    return in_room("paper-meeting", cohort_id, week, room_id, change)


def paper_summary(cohort_id: int, week: int, change: str, member_id: int) -> str:
    """The question to whoever presented a paper, by the command that set the date."""
    return of_member("paper-summary", cohort_id, week, member_id, change)


def paper_open(cohort_id: int, week: int, change: str, room_id: int) -> str:
    """That nobody presents a paper any more, in a room, by what brought that about."""
    return in_room("paper-open", cohort_id, week, room_id, change)


def moderators(cohort_id: int, number: int, account_id: int | None) -> str:
    """The moderators' digest of a round, to one of them or in their channel."""
    return f"moderators:{cohort_id}:r{number}" + ("" if account_id is None else f":a{account_id}")


def join_card(room: Room, channel: str = "") -> str:
    """The invitation in a room, or the one in a channel to which the room has moved."""
    return f"join-card:{room.cohort_id}:{room.id}" + (f":{channel}" if channel else "")


def invitations(rooms: Sequence[Room]) -> list[str]:
    """The keys of all invitations that may be posted in rooms, including those posted when a room moved."""
    return [join_card(room) for room in rooms] + [join_card(room, room.channel) for room in rooms]


def joined(member_id: int, room_id: int) -> str:
    """The greeting of a member in a room."""
    return f"joined:{member_id}:{room_id}"


def shared(member_id: int, number: int, room_id: int) -> str:
    """A member's check-in as it is shown in a room."""
    return f"shared:{member_id}:r{number}:{room_id}"


def announce(cohort: Cohort, draft: str, room_id: int) -> str:
    """An announcement in a room, by its draft."""
    return f"announce:{cohort.id}:{draft}:{room_id}"


def schedule(cohort_id: int, change: str, room_id: int) -> str:
    """The notice of a changed schedule in a room, by the click that made the change."""
    return f"schedule:{cohort_id}:{change}:{room_id}"


def closing(room: Room) -> str:
    """The last line of a cohort in a room."""
    return f"closing:{room.cohort_id}:{room.id}"


def changed(change: int, member_id: int) -> str:
    """The message to a member about a change in their record, by the change's row."""
    return f"changed:{change}:m{member_id}"


def outreach(cohort_id: int, platform: str, invocation_id: str) -> str:
    """A moderator's message to a member, by the form that sent it."""
    return f"outreach:{cohort_id}:{platform}:{invocation_id}"


def outcome(cohort_id: int, day: date, account_id: int) -> str:
    """The question to a moderator what came of all that they wrote on a day, which is over and does not move."""
    return f"outcome:{cohort_id}:{day.isoformat()}:a{account_id}"


def export(member_id: int, platform: str, invocation_id: str) -> str:
    """A person's record in a cohort, by the click that asked for it."""
    return f"export:{member_id}:{platform}:{invocation_id}"


def group(number: int) -> str:
    """The first message to a small group, in a conversation of its own."""
    return f"group:{number}"


def group_thread(number: int) -> str:
    """The same in the room, where there can be no such conversation."""
    return f"group-thread:{number}"


def mention(room_id: int, nudge: str) -> str:
    """The mention in place of a reminder, by the reminder's key."""
    return f"mention:{room_id}:{nudge}"


def alert(what: NewDelivery, reason: DeliveryReason, detail: str | None, to: Account) -> str:
    """An alert to a moderator about a room and a reason, once a day. A detail is included as a digest."""
    digest = "" if detail is None else "-" + hashlib.blake2b(detail.encode(), digest_size=5).hexdigest()
    return f"alert:{what.cohort_id}:{what.room_id}:{reason.value}{digest}:{what.due:%Y-%m-%d}:a{to.id}"


def silent(delivery_id: int, to: Account) -> str:
    """The message to a moderator about a post that is stalled."""
    return f"silent:{delivery_id}:a{to.id}"
