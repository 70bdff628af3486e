"""What became of the questions on earlier weeks, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from cohort_bot.core.recall import Answer
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.statements import once
from cohort_bot.storage.tables import recall_answers

_OF_MEMBER = once(
    select(recall_answers)
    .where(recall_answers.c.member_id == bindparam("member"))
    .order_by(recall_answers.c.round, recall_answers.c.id)
)

_ERASE = once(delete(recall_answers).where(recall_answers.c.member_id == bindparam("member")))


class SqlRecallAnswers(Repository):
    """Implements `app.ports.recall_answers.RecallAnswers`."""

    def of_member(self, member_id: int) -> Sequence[Answer]:
        rows = self._connection.execute(_OF_MEMBER, {"member": member_id})
        return [Answer(row.question, row.round, bool(row.known)) for row in rows]

    def put(self, member_id: int, answer: Answer, at: datetime) -> None:
        theirs = recall_answers.c.member_id == member_id
        same = (theirs, recall_answers.c.round == answer.round, recall_answers.c.question == answer.question)
        self._connection.execute(delete(recall_answers).where(*same))
        values = {"round": answer.round, "question": answer.question, "known": int(answer.known), "at": at}
        self._connection.execute(insert(recall_answers).values(member_id=member_id, **values))

    def erase(self, member_id: int) -> None:
        self._connection.execute(_ERASE, {"member": member_id})
