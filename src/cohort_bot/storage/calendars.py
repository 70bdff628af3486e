"""Calendars that people subscribe to, in SQL."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update

from cohort_bot.app.ports.calendars import KeptCalendar
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.statements import once
from cohort_bot.storage.tables import accounts, calendars

_THEIRS = select(accounts.c.id).where(accounts.c.person_id == bindparam("person"))
_ERASE = once(delete(calendars).where(calendars.c.account_id.in_(_THEIRS)))


def _digest(secret: str) -> str:
    return hashlib.blake2b(secret.encode(), digest_size=20, person=b"cohort-bot cal").hexdigest()


class SqlCalendars(Repository):
    """Implements `app.ports.calendars.Calendars`."""

    def of_account(self, account_id: int) -> KeptCalendar | None:
        return self._one(calendars.c.account_id == account_id)

    def by_secret(self, secret: str) -> KeptCalendar | None:
        return self._one(calendars.c.digest == _digest(secret))

    def revise(self, account_id: int, fingerprint: str, at: datetime) -> KeptCalendar:
        before = self.of_account(account_id)
        sequence = 0 if before is None else before.sequence + 1
        values: dict[str, Any] = {"fingerprint": fingerprint, "sequence": sequence, "changed_at": at}
        if before is None:
            self._connection.execute(insert(calendars).values(account_id=account_id, **values))
        else:  # all of them: accounts that were merged may have had one each
            self._connection.execute(update(calendars).where(calendars.c.account_id == account_id).values(values))
        return KeptCalendar(account_id, fingerprint, sequence, at, before.since if before else None)

    def set_secret(self, account_id: int, secret: str | None, at: datetime) -> None:
        before = self.of_account(account_id)
        if before is None and secret is None:
            return
        before = before or KeptCalendar(account_id, "", 0, at, None)
        self._connection.execute(delete(calendars).where(calendars.c.account_id == account_id))
        values = {"fingerprint": before.fingerprint, "sequence": before.sequence, "changed_at": before.changed_at}
        address = {} if secret is None else {"digest": _digest(secret), "since": at}
        self._connection.execute(insert(calendars).values(account_id=account_id, **values, **address))

    def erase(self, person_id: int) -> None:
        self._connection.execute(_ERASE, {"person": person_id})

    def _one(self, where: ColumnElement[bool]) -> KeptCalendar | None:
        newest = select(calendars).where(where).order_by(calendars.c.sequence.desc(), calendars.c.id.desc()).limit(1)
        row = self._connection.execute(newest).first()
        return (
            None
            if row is None
            else KeptCalendar(row.account_id, row.fingerprint, row.sequence, row.changed_at, row.since)
        )
