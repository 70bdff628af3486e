"""Papers that moderators picked, and who has read which, in SQL."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update

from cohort_bot.app.ports.papers import BY_VOTE, Pick
from cohort_bot.storage.columns import inserting
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.statements import once
from cohort_bot.storage.tables import accounts, members, paper_picks, paper_reads

_ERASE = once(delete(paper_reads).where(paper_reads.c.member_id == bindparam("member")))


class SqlPapers(Repository):
    """Implements `app.ports.papers.Papers`."""

    def picks(self, cohort_id: int) -> Mapping[int, Pick]:
        query = select(paper_picks).where(paper_picks.c.cohort_id == cohort_id)
        rows = self._connection.execute(query)
        return {row.week: Pick(row.week, row.paper, row.title, row.url, row.by == BY_VOTE) for row in rows}

    def pick(self, cohort_id: int, pick: Pick, by: str, at: datetime) -> None:
        values = {"paper": pick.paper, "title": pick.title, "url": pick.url, "by": by, "at": at}
        statement = update(paper_picks).where(paper_picks.c.cohort_id == cohort_id, paper_picks.c.week == pick.week)
        if not self._connection.execute(statement.values(values)).rowcount:
            new = insert(paper_picks).values(cohort_id=cohort_id, week=pick.week, **values)
            self._connection.execute(new)

    def unpick(self, cohort_id: int, week: int) -> None:
        chosen = (paper_picks.c.cohort_id == cohort_id, paper_picks.c.week == week)
        self._connection.execute(delete(paper_picks).where(*chosen))

    def note_read(self, member_id: int, week: int, at: datetime) -> bool:
        upsert = inserting(self._connection.dialect.name)
        new = upsert(paper_reads).values(member_id=member_id, week=week, at=at).on_conflict_do_nothing()
        return self._connection.execute(new).rowcount == 1

    def readers(self, cohort_id: int) -> Mapping[int, int]:
        query = (
            select(paper_reads.c.week, func.count())
            .join(members, members.c.id == paper_reads.c.member_id)
            .join(accounts, accounts.c.id == members.c.account_id)
            .where(members.c.cohort_id == cohort_id, members.c.left_at.is_(None), accounts.c.gone_at.is_(None))
            .group_by(paper_reads.c.week)
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def erase(self, member_id: int) -> None:
        self._connection.execute(_ERASE, {"member": member_id})

    def read_by(self, member_id: int) -> frozenset[int]:
        query = select(paper_reads.c.week).where(paper_reads.c.member_id == member_id)
        return frozenset(self._connection.execute(query).scalars())
