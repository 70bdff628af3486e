"""The Store port on a SQLAlchemy connection: one transaction's reads and writes."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from cohort_bot.app.ports.codes import KEEP_WRONG_CODES
from cohort_bot.app.ports.store import KEEP_DRAFTS, KEEP_INVOCATIONS, Store
from cohort_bot.storage.calendars import SqlCalendars
from cohort_bot.storage.checkins import SqlCheckIns
from cohort_bot.storage.codes import SqlCodes
from cohort_bot.storage.cohorts import SqlCohorts
from cohort_bot.storage.columns import insert_new
from cohort_bot.storage.deliveries import SqlDeliveries
from cohort_bot.storage.health import SqlHealth
from cohort_bot.storage.installations import SqlInstallations
from cohort_bot.storage.job_runs import SqlJobRuns
from cohort_bot.storage.logbook import SqlAudits, SqlRetrospectives
from cohort_bot.storage.moderators import SqlModerators
from cohort_bot.storage.outreach import SqlOutreaches
from cohort_bot.storage.papers import SqlPapers
from cohort_bot.storage.people import SqlMembers, SqlPeople
from cohort_bot.storage.recall_answers import SqlRecallAnswers
from cohort_bot.storage.revisions import SqlRevisions
from cohort_bot.storage.tables import codes, drafts, invocations, oauth_states, put_off, wrong_codes
from cohort_bot.storage.workspace_programmes import Shelf, SqlWorkspaceProgrammes

_FIRST = insert_new(invocations, "id")


class SqlStore(Store):
    """One transaction."""

    def __init__(self, connection: Connection, shelf: Shelf | None = None) -> None:
        shelf = {} if shelf is None else shelf
        self.connection = connection
        self.deliveries = self._ledger = SqlDeliveries(connection)
        self.cohorts = SqlCohorts(connection, self._ledger, shelf)
        self.moderators = SqlModerators(connection)
        self.codes = SqlCodes(connection)
        self.people = self._people = SqlPeople(connection)
        self.members = SqlMembers(connection)
        self.checkins = SqlCheckIns(connection)
        self.audits = SqlAudits(connection)
        self.retrospectives = SqlRetrospectives(connection)
        self.revisions = SqlRevisions(connection)
        self.health = SqlHealth(connection)
        self.outreach = SqlOutreaches(connection)
        self.papers = SqlPapers(connection)
        self.installations = SqlInstallations(connection)
        self.job_runs = SqlJobRuns(connection)
        self.calendars = SqlCalendars(connection)
        self.recall_answers = SqlRecallAnswers(connection)
        self.programmes = SqlWorkspaceProgrammes(connection, shelf)

    @property
    def opened(self) -> Sequence[int]:
        """Rows of the ledger that this transaction has made or opened again."""
        return self._ledger.opened

    @property
    def erased(self) -> bool:
        """Whether this transaction has erased what a person wrote, so that no copy of it may stay."""
        return self._people.erased

    def sweep(self, at: datetime) -> int:
        too_old = (
            (drafts, drafts.c.at < at - KEEP_DRAFTS),
            (invocations, invocations.c.at < at - KEEP_INVOCATIONS),
            (codes, codes.c.expires < at),
            (wrong_codes, wrong_codes.c.at < at - KEEP_WRONG_CODES),
            (put_off, put_off.c.until < at),
            (oauth_states, oauth_states.c.expires < at),
        )
        return sum(self.connection.execute(delete(table).where(those)).rowcount for table, those in too_old)

    def add_draft(self, body: Mapping[str, str], at: datetime, token: str = "") -> str:
        if token:
            self.connection.execute(delete(drafts).where(drafts.c.token == token))
        token = token or secrets.token_urlsafe(9)
        of = {"user": body.get("user"), "member_id": int(body["member"]) if "member" in body else None}
        self.connection.execute(insert(drafts).values(token=token, body=json.dumps(dict(body)), at=at, **of))
        return token

    def draft(self, token: str) -> Mapping[str, str] | None:
        body = self.connection.execute(select(drafts.c.body).where(drafts.c.token == token)).scalar_one_or_none()
        stored: Mapping[str, str] | None = None if body is None else json.loads(body)
        return stored

    def first_time(self, invocation_id: str, at: datetime) -> bool:
        note = _FIRST[self.connection.dialect.name]
        return self.connection.execute(note, {"id": invocation_id, "at": at}).first() is not None
