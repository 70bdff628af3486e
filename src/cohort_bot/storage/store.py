"""The Store port on a SQLAlchemy connection: one transaction's reads and writes."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

import sqlalchemy
from sqlalchemy import delete, insert, select

from cohort_bot.app.ports.codes import KEEP_WRONG_CODES
from cohort_bot.app.ports.store import KEEP_DRAFTS, KEEP_INVOCATIONS, Store
from cohort_bot.storage.calendars import SqlCalendars
from cohort_bot.storage.checkins import SqlCheckIns
from cohort_bot.storage.codes import SqlCodes
from cohort_bot.storage.cohorts import SqlCohorts
from cohort_bot.storage.columns import insert_new
from cohort_bot.storage.deliveries import SqlDeliveries
from cohort_bot.storage.groups import SqlSmallGroups
from cohort_bot.storage.health import SqlHealth
from cohort_bot.storage.installations import SqlInstallations
from cohort_bot.storage.job_runs import SqlJobRuns
from cohort_bot.storage.logbook import SqlAudits, SqlRetrospectives
from cohort_bot.storage.marks import SqlMarks
from cohort_bot.storage.moderators import SqlModerators
from cohort_bot.storage.outreach import SqlOutreaches
from cohort_bot.storage.paper_club import SqlPaperClub
from cohort_bot.storage.papers import SqlPapers
from cohort_bot.storage.people import SqlMembers, SqlPeople
from cohort_bot.storage.recall_answers import SqlRecallAnswers
from cohort_bot.storage.revisions import SqlRevisions
from cohort_bot.storage.statements import Connection, Lasting
from cohort_bot.storage.tables import codes, drafts, invocations, oauth_states, put_off, wrong_codes
from cohort_bot.storage.workspace_programmes import Shelf, SqlWorkspaceProgrammes

_FIRST = insert_new(invocations, "id")


T = TypeVar("T")


class _Made:
    """A repository that is made when a transaction first asks for it: most ask for a few of them."""

    def __init__(self, make: Callable[[Connection], Any]) -> None:
        self._make = make

    def __set_name__(self, _store: type, name: str) -> None:
        self._name = name

    def __get__(self, store: "SqlStore", _store: type) -> Any:
        made = store.__dict__[self._name] = self._make(store.own)
        return made


def _made(make: Callable[[Connection], T]) -> T:
    return cast("T", _Made(make))


class SqlStore(Store):
    """One transaction."""

    moderators = _made(SqlModerators)
    codes = _made(SqlCodes)
    members = _made(SqlMembers)
    checkins = _made(SqlCheckIns)
    audits = _made(SqlAudits)
    retrospectives = _made(SqlRetrospectives)
    marks = _made(SqlMarks)
    revisions = _made(SqlRevisions)
    health = _made(SqlHealth)
    outreach = _made(SqlOutreaches)
    papers = _made(SqlPapers)
    installations = _made(SqlInstallations)
    job_runs = _made(SqlJobRuns)
    calendars = _made(SqlCalendars)
    groups = _made(SqlSmallGroups)
    paper_club = _made(SqlPaperClub)
    recall_answers = _made(SqlRecallAnswers)

    def __init__(
        self, connection: sqlalchemy.Connection, shelf: Shelf | None = None, lasting: Lasting | None = None
    ) -> None:
        shelf = {} if shelf is None else shelf
        self.connection = connection
        self.own = Connection(connection, lasting)
        """The same, as repositories use it."""
        self.deliveries = self._ledger = SqlDeliveries(self.own)
        self.cohorts = SqlCohorts(self.own, self._ledger, shelf)
        self.people = self._people = SqlPeople(self.own)
        self.programmes = SqlWorkspaceProgrammes(self.own, shelf)

    @property
    def opened(self) -> Sequence[int]:
        """Rows of the ledger that this transaction has made or opened again."""
        return self._ledger.opened

    @property
    def erased(self) -> bool:
        """Whether this transaction has erased what a person wrote, so that no copy of it may stay."""
        return self._people.erased

    @property
    def posts_changed(self) -> bool:
        return not self.own.written.isdisjoint({"deliveries", "revisions"})

    @property
    def plans_changed(self) -> bool:
        return "cohorts" in self.own.written

    def sweep(self, at: datetime, most: int) -> int:
        too_old = (
            (drafts, drafts.c.at < at - KEEP_DRAFTS),
            (invocations, invocations.c.at < at - KEEP_INVOCATIONS),
            (codes, codes.c.expires < at),
            (wrong_codes, wrong_codes.c.at < at - KEEP_WRONG_CODES),
            (put_off, put_off.c.until < at),
            (oauth_states, oauth_states.c.expires < at),
        )
        gone = 0
        for table, those in too_old:
            (key,) = table.primary_key
            some = select(key).where(those).limit(most - gone)
            gone += self.own.execute(delete(table).where(key.in_(some))).rowcount
        return gone + self.groups.sweep(at, most - gone)

    def add_draft(self, body: Mapping[str, str], at: datetime, token: str = "") -> str:
        if token:
            self.own.execute(delete(drafts).where(drafts.c.token == token))
        token = token or secrets.token_urlsafe(9)
        of = {"user": body.get("user"), "member_id": int(body["member"]) if "member" in body else None}
        self.own.execute(insert(drafts).values(token=token, body=json.dumps(dict(body)), at=at, **of))
        return token

    def draft(self, token: str) -> Mapping[str, str] | None:
        body = self.own.execute(select(drafts.c.body).where(drafts.c.token == token)).scalar_one_or_none()
        stored: Mapping[str, str] | None = None if body is None else json.loads(body)
        return stored

    def first_time(self, invocation_id: str, at: datetime) -> bool:
        note = _FIRST[self.own.dialect.name]
        return self.own.execute(note, {"id": invocation_id, "at": at}).first() is not None
