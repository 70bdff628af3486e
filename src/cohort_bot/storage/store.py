"""The Store port on a SQLAlchemy connection: one transaction's reads and writes."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

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


class SqlStore(Store):
    """One transaction."""

    def __init__(
        self, connection: sqlalchemy.Connection, shelf: Shelf | None = None, lasting: Lasting | None = None
    ) -> None:
        shelf = {} if shelf is None else shelf
        self.connection = connection
        self._connection = own = Connection(connection, lasting)
        self.deliveries = self._ledger = SqlDeliveries(own)
        self.cohorts = SqlCohorts(own, self._ledger, shelf)
        self.moderators = SqlModerators(own)
        self.codes = SqlCodes(own)
        self.people = self._people = SqlPeople(own)
        self.members = SqlMembers(own)
        self.checkins = SqlCheckIns(own)
        self.audits = SqlAudits(own)
        self.retrospectives = SqlRetrospectives(own)
        self.marks = SqlMarks(own)
        self.revisions = SqlRevisions(own)
        self.health = SqlHealth(own)
        self.outreach = SqlOutreaches(own)
        self.papers = SqlPapers(own)
        self.installations = SqlInstallations(own)
        self.job_runs = SqlJobRuns(own)
        self.calendars = SqlCalendars(own)
        self.groups = SqlSmallGroups(own)
        self.paper_club = SqlPaperClub(own)
        self.recall_answers = SqlRecallAnswers(own)
        self.programmes = SqlWorkspaceProgrammes(own, shelf)

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
        return not self._connection.written.isdisjoint({"deliveries", "revisions"})

    @property
    def plans_changed(self) -> bool:
        return "cohorts" in self._connection.written

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
            gone += self._connection.execute(delete(table).where(key.in_(some))).rowcount
        return gone + self.groups.sweep(at, most - gone)

    def add_draft(self, body: Mapping[str, str], at: datetime, token: str = "") -> str:
        if token:
            self._connection.execute(delete(drafts).where(drafts.c.token == token))
        token = token or secrets.token_urlsafe(9)
        of = {"user": body.get("user"), "member_id": int(body["member"]) if "member" in body else None}
        self._connection.execute(insert(drafts).values(token=token, body=json.dumps(dict(body)), at=at, **of))
        return token

    def draft(self, token: str) -> Mapping[str, str] | None:
        body = self._connection.execute(select(drafts.c.body).where(drafts.c.token == token)).scalar_one_or_none()
        stored: Mapping[str, str] | None = None if body is None else json.loads(body)
        return stored

    def first_time(self, invocation_id: str, at: datetime) -> bool:
        note = _FIRST[self._connection.dialect.name]
        return self._connection.execute(note, {"id": invocation_id, "at": at}).first() is not None
