"""The marks of sent posts, in SQL."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, or_, select

from cohort_bot.app.ports.marks import SentMark, UnseenMark
from cohort_bot.chat.place import Place, Ref
from cohort_bot.core.delivery_states import State
from cohort_bot.storage.columns import insert_new
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.tables import cohorts, deliveries, unseen_marks

_HIDE = insert_new(unseen_marks, "spot")
_UNSEEN = (
    select(
        unseen_marks,
        deliveries.c.platform,
        deliveries.c.channel,
        deliveries.c.message_id,
        deliveries.c.mark,
        deliveries.c.updated,
    )
    .join(deliveries, deliveries.c.id == unseen_marks.c.delivery_id)
    .join(cohorts, cohorts.c.id == deliveries.c.cohort_id)
    .where(cohorts.c.archived_at.is_(None))
    .order_by(unseen_marks.c.since, unseen_marks.c.spot)
)


class SqlMarks(Repository):
    """Implements `app.ports.marks.Marks`."""

    def sent(self, cohort_id: int, place: Place, apart: Collection[str], most: int) -> Sequence[SentMark]:
        there = and_(deliveries.c.channel == place.channel, deliveries.c.message_id.is_not(None))
        apart_ = deliveries.c.kind.in_(list(apart))
        if place.thread is not None:
            where = and_(deliveries.c.thread == place.thread, or_(deliveries.c.in_thread == 1, apart_))
        else:  # the thread of other posts is the one under them
            where = and_(deliveries.c.in_thread == 0, or_(~apart_, deliveries.c.thread.is_(None)))
        query = select(deliveries.c.id, deliveries.c.mark, deliveries.c.message_id, deliveries.c.updated)
        query = query.where(deliveries.c.cohort_id == cohort_id, deliveries.c.state == State.SENT.value, there, where)
        rows = self._connection.execute(query.order_by(deliveries.c.id.desc()).limit(most))
        return [SentMark(row.id, row.mark, Ref(place, row.message_id), row.updated) for row in rows]

    def unseen(self, spot: str | None = None) -> Sequence[UnseenMark]:
        query = _UNSEEN if spot is None else _UNSEEN.where(unseen_marks.c.spot == spot)
        found = []
        for row in self._connection.execute(query):
            place = Place(row.platform, row.workspace, row.channel or "", row.thread)
            ref = None if row.channel is None or row.message_id is None else Ref(place, row.message_id)
            post = SentMark(row.delivery_id, row.mark, ref, row.updated)
            found.append(UnseenMark(row.spot, post, row.platform, row.since))
        return found

    def hide(self, spot: str, delivery_id: int, place: Place, at: datetime) -> bool:
        if not self.unseen(spot):
            self.show(spot)  # what was left there by a cohort that has ended
        statement = _HIDE[self._connection.dialect.name]
        where = {"workspace": place.workspace, "thread": place.thread}
        values = {"spot": spot, "delivery_id": delivery_id, "since": at, **where}
        return self._connection.execute(statement, values).first() is not None

    def show(self, spot: str) -> bool:
        return self._connection.execute(delete(unseen_marks).where(unseen_marks.c.spot == spot)).rowcount == 1
