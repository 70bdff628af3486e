"""One-time codes, in SQL."""

import hashlib
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from cohort_bot.storage.repository import Repository
from cohort_bot.storage.tables import codes, wrong_codes

ROOM = "room"


def _digest(code: str) -> str:
    return hashlib.blake2b(code.encode(), digest_size=20, person=b"cohort-bot code").hexdigest()


class SqlCodes(Repository):
    """Implements `app.ports.codes.Codes`."""

    def add(self, cohort_id: int, code: str, by: str, expires: datetime) -> None:
        self._connection.execute(delete(codes).where(codes.c.cohort_id == cohort_id, codes.c.purpose == ROOM))
        values = {"cohort_id": cohort_id, "purpose": ROOM, "by": by, "expires": expires}
        self._connection.execute(insert(codes).values(digest=_digest(code), **values))

    def cohort_of(self, code: str, at: datetime) -> int | None:
        query = select(codes.c.cohort_id).where(codes.c.digest == _digest(code), codes.c.expires > at)
        cohort_id: int | None = self._connection.execute(query.where(codes.c.purpose == ROOM)).scalar_one_or_none()
        return cohort_id

    def use(self, code: str) -> None:
        self._connection.execute(delete(codes).where(codes.c.digest == _digest(code)))

    def wrong(self, platform: str, workspace: str, user: str, at: datetime) -> None:
        values = {"platform": platform, "workspace": workspace, "user": user, "at": at}
        self._connection.execute(insert(wrong_codes).values(values))

    def wrong_since(self, platform: str, workspace: str, user: str, since: datetime) -> int:
        theirs = (wrong_codes.c.platform == platform, wrong_codes.c.workspace == workspace, wrong_codes.c.user == user)
        query = select(func.count()).select_from(wrong_codes).where(*theirs, wrong_codes.c.at > since)
        return int(self._connection.execute(query).scalar_one())
