"""The paper club's proposals, votes and meetings, in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, or_, select, update

from cohort_bot.app.ports.paper_club import Part, Proposal
from cohort_bot.core.paper_club import Meeting
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.statements import once
from cohort_bot.storage.tables import members, paper_meetings, paper_proposals, paper_votes

_PROPOSALS = (
    select(paper_proposals, func.count(paper_votes.c.id).label("votes"))
    .join_from(paper_proposals, paper_votes, paper_votes.c.proposal_id == paper_proposals.c.id, isouter=True)
    .group_by(paper_proposals.c.id)
    .order_by(paper_proposals.c.id)
)

_PRESENTS = paper_meetings.c.member_id == bindparam("member")
_AFTER = bindparam("after", type_=paper_meetings.c.starts.type)
_CANCEL = once(delete(paper_meetings).where(_PRESENTS, paper_meetings.c.starts > _AFTER).returning(paper_meetings))

# A member's part is erased in this order.
_THEIRS = select(paper_proposals.c.id).where(paper_proposals.c.member_id == bindparam("member"))
_VOTES_FOR = once(delete(paper_votes).where(paper_votes.c.proposal_id.in_(_THEIRS)))
_PART = [
    once(delete(each).where(each.c.member_id == bindparam("member")).returning(each.c.week))
    for each in (paper_votes, paper_proposals)
]
_MEETINGS = (
    once(delete(paper_meetings).where(_PRESENTS, paper_meetings.c.summary == "")),
    once(update(paper_meetings).where(_PRESENTS).values(member_id=None)),
)


class SqlPaperClub(Repository):
    """Implements `app.ports.paper_club.PaperClub`."""

    def proposals(self, cohort_id: int, week: int) -> Sequence[Proposal]:
        here = select(members.c.id).where(members.c.cohort_id == cohort_id)
        query = _PROPOSALS.where(paper_proposals.c.week == week, paper_proposals.c.member_id.in_(here))
        return [_proposal(row) for row in self._connection.execute(query)]

    def propose(self, member_id: int, week: int, title: str, url: str, at: datetime) -> None:
        values = {"member_id": member_id, "week": week, "title": title, "url": url, "at": at}
        self._connection.execute(insert(paper_proposals).values(values))

    def withdraw(self, member_id: int, week: int) -> bool:
        mine = (paper_proposals.c.member_id == member_id, paper_proposals.c.week == week)
        own = select(paper_proposals.c.id).where(*mine)
        self._connection.execute(delete(paper_votes).where(paper_votes.c.proposal_id.in_(own)))
        return self._connection.execute(delete(paper_proposals).where(*mine)).rowcount == 1

    def vote(self, member_id: int, week: int, proposal: int) -> None:
        mine = (paper_votes.c.member_id == member_id, paper_votes.c.week == week)
        if not self._connection.execute(update(paper_votes).where(*mine).values(proposal_id=proposal)).rowcount:
            values = {"member_id": member_id, "week": week, "proposal_id": proposal}
            self._connection.execute(insert(paper_votes).values(values))

    def vote_of(self, member_id: int, week: int) -> int | None:
        query = select(paper_votes.c.proposal_id)
        found = query.where(paper_votes.c.member_id == member_id, paper_votes.c.week == week)
        return next(iter(self._connection.execute(found).scalars()), None)

    def meetings(self, cohort_id: int) -> Mapping[int, Meeting]:
        by_somebody = paper_meetings.join(members, paper_meetings.c.member_id == members.c.id, isouter=True)
        held = or_(members.c.left_at.is_(None), paper_meetings.c.summary != "")
        query = select(paper_meetings).select_from(by_somebody).where(paper_meetings.c.cohort_id == cohort_id, held)
        return {row.week: _meeting(row) for row in self._connection.execute(query)}

    def meet(self, cohort_id: int, week: int, member_id: int, starts: datetime) -> None:
        values = {"member_id": member_id, "starts": starts}
        known = update(paper_meetings).where(*_of(cohort_id, week)).values(values)
        if not self._connection.execute(known).rowcount:
            new = insert(paper_meetings).values(cohort_id=cohort_id, week=week, summary="", **values)
            self._connection.execute(new)

    def cancel(self, member_id: int, after: datetime) -> Sequence[Meeting]:
        gone = self._connection.execute(_CANCEL, {"member": member_id, "after": after})
        return [_meeting(row) for row in gone]

    def summarise(self, cohort_id: int, week: int, summary: str) -> None:
        self._connection.execute(update(paper_meetings).where(*_of(cohort_id, week)).values(summary=summary))

    def of_member(self, member_id: int) -> Part:
        proposed = self._connection.execute(_PROPOSALS.where(paper_proposals.c.member_id == member_id))
        voted = select(paper_votes.c.week, paper_proposals.c.title).join_from(paper_votes, paper_proposals)
        votes = self._connection.execute(voted.where(paper_votes.c.member_id == member_id))
        query = select(paper_meetings).where(paper_meetings.c.member_id == member_id).order_by(paper_meetings.c.week)
        meetings = self._connection.execute(query)
        return Part(
            [_proposal(row) for row in proposed],
            {row.week: row.title for row in votes},
            [_meeting(row) for row in meetings],
        )

    def erase(self, member_id: int) -> Sequence[int]:
        mine = {"member": member_id}
        self._connection.execute(_VOTES_FOR, mine)
        weeks = {week for part in _PART for week in self._connection.execute(part, mine).scalars()}
        for statement in _MEETINGS:
            self._connection.execute(statement, mine)
        return sorted(weeks)


def _of(cohort_id: int, week: int) -> tuple[Any, Any]:
    return paper_meetings.c.cohort_id == cohort_id, paper_meetings.c.week == week


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(row.id, row.member_id, row.week, row.title, row.url, row.votes)


def _meeting(row: Row[Any]) -> Meeting:
    return Meeting(row.week, row.member_id, row.starts, row.summary)
