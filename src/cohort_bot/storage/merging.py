"""Merges two accounts that turn out to be one person's."""

from typing import Final

from sqlalchemy import Table, case, delete, exists, func, select, update

from cohort_bot.core.membership import Account
from cohort_bot.storage.columns import metadata
from cohort_bot.storage.statements import Connection
from cohort_bot.storage.tables import accounts, group_seats, members, people

_ONCE = {
    "checkins": "round",
    "excuses": "round",
    "retrospectives": "phase",
    "paper_reads": "week",
    "paper_proposals": "week",
    "paper_votes": "week",
    "recall_answers": "round",
    "group_places": "group_id",
}
"""By table, the column that is unique for a member; where both have a row, the remaining member's is kept."""


_ONE: Final = frozenset({"group_seats"})
"""Tables with at most one row a member."""


def merge(connection: Connection, account: Account, other: Account) -> None:
    """Move everything from the other account to this one, and delete the other."""
    mine = members.alias("mine")
    both = connection.execute(
        select(mine.c.id, members.c.id)
        .select_from(mine.join(members, mine.c.cohort_id == members.c.cohort_id))
        .where(mine.c.person_id == account.person_id, members.c.person_id == other.person_id)
    ).all()
    if account.person_id != other.person_id:
        for kept, doubled in both:
            _one_membership(connection, kept, doubled)
    theirs = update(members).where(members.c.person_id == other.person_id)
    connection.execute(theirs.values(person_id=account.person_id))
    for table in _pointing("account_id"):
        connection.execute(update(table).where(table.c.account_id == other.id).values(account_id=account.id))
    connection.execute(delete(accounts).where(accounts.c.id == other.id))
    left = select(accounts.c.person_id)
    connection.execute(delete(people).where(people.c.id == other.person_id, people.c.id.not_in(left)))


def _one_membership(connection: Connection, kept: int, doubled: int) -> None:
    """One membership with the rounds of both, from the earlier of the two; it counts as left only when both had
    left.
    """
    theirs = select(group_seats.c.group_id).where(group_seats.c.member_id == doubled).scalar_subquery()
    waits = (group_seats.c.member_id == kept, group_seats.c.group_id.is_(None))
    connection.execute(update(group_seats).where(*waits).values(group_id=theirs))
    for table in _pointing("member_id"):
        move = update(table).where(table.c.member_id == doubled)
        if column := _ONCE.get(table.name):
            kept_rounds = select(table.c[column]).where(table.c.member_id == kept)
            move = move.where(table.c[column].not_in(kept_rounds))
        if table.name in _ONE:
            mine = table.alias()
            move = move.where(~exists().where(mine.c.member_id == kept))
        connection.execute(move.values(member_id=kept))
    one = members.c.id.in_([kept, doubled])
    both_left = func.count(members.c.left_at) == 2  # noqa: PLR2004 - both
    ended = case((both_left, func.max(members.c.left_at)))
    since = connection.execute(
        select(func.min(members.c.joined_at), func.min(members.c.first_round), ended).where(one)
    ).one()
    connection.execute(delete(members).where(members.c.id == doubled))
    values = dict(zip(("joined_at", "first_round", "left_at"), since, strict=True))
    connection.execute(update(members).where(members.c.id == kept).values(values))


def _pointing(column: str) -> list[Table]:
    return [table for table in metadata.sorted_tables if column in table.c]
