"""The Store port on a SQLAlchemy connection: one transaction's reads and writes."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection, delete, insert, select

from cohort_bot.storage.checkins import SqlCheckIns
from cohort_bot.storage.codes import REMEMBER as REMEMBER_WRONG_CODES
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
from cohort_bot.storage.revisions import SqlRevisions
from cohort_bot.storage.tables import codes, drafts, invocations, oauth_states, wrong_codes

REMEMBER = timedelta(days=2)
"""How long an invocation is remembered; platforms repeat one within minutes (Slack: up to five)."""

KEEP_DRAFTS = timedelta(days=30)

_FIRST = insert_new(invocations, "id")


class SqlStore:
    """One transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def connection(self) -> Connection:
        """For what belongs into the transaction and is no business of the application's."""
        return self._connection

    @property
    def opened(self) -> Sequence[int]:
        """Rows of the ledger that this transaction has made or opened again."""
        return self.deliveries.opened if "deliveries" in self.__dict__ else ()

    @property
    def erased(self) -> bool:
        """Whether this transaction has erased what a person wrote, so that no copy of it may stay."""
        return "people" in self.__dict__ and self.people.erased

    @cached_property
    def cohorts(self) -> SqlCohorts:
        """Cohorts, rooms, calendars."""
        return SqlCohorts(self._connection, self.deliveries)

    @cached_property
    def moderators(self) -> SqlModerators:
        """Who was named to look after a cohort."""
        return SqlModerators(self._connection)

    @cached_property
    def codes(self) -> SqlCodes:
        """One-time codes."""
        return SqlCodes(self._connection)

    @cached_property
    def people(self) -> SqlPeople:
        """People and accounts."""
        return SqlPeople(self._connection)

    @cached_property
    def members(self) -> SqlMembers:
        """Memberships."""
        return SqlMembers(self._connection)

    @cached_property
    def checkins(self) -> SqlCheckIns:
        """The record."""
        return SqlCheckIns(self._connection)

    @cached_property
    def deliveries(self) -> SqlDeliveries:
        """The ledger."""
        return SqlDeliveries(self._connection)

    @cached_property
    def audits(self) -> SqlAudits:
        """What moderators changed."""
        return SqlAudits(self._connection)

    @cached_property
    def retrospectives(self) -> SqlRetrospectives:
        """What members look back on."""
        return SqlRetrospectives(self._connection)

    @cached_property
    def revisions(self) -> SqlRevisions:
        """Posts to be edited."""
        return SqlRevisions(self._connection)

    @cached_property
    def health(self) -> SqlHealth:
        """How the whole database stands."""
        return SqlHealth(self._connection)

    @cached_property
    def outreach(self) -> SqlOutreaches:
        """Who wrote to whom."""
        return SqlOutreaches(self._connection)

    @cached_property
    def papers(self) -> SqlPapers:
        """Papers that were picked, and who has read them."""
        return SqlPapers(self._connection)

    @cached_property
    def installations(self) -> SqlInstallations:
        """Workspaces that let the bot in."""
        return SqlInstallations(self._connection)

    @cached_property
    def job_runs(self) -> SqlJobRuns:
        """What is done regularly."""
        return SqlJobRuns(self._connection)

    def sweep(self, at: datetime) -> int:
        """Delete what is too old to be of use; returns how many rows."""
        too_old = (
            (drafts, drafts.c.at < at - KEEP_DRAFTS),
            (invocations, invocations.c.at < at - REMEMBER),
            (codes, codes.c.expires < at),
            (wrong_codes, wrong_codes.c.at < at - REMEMBER_WRONG_CODES),
            (oauth_states, oauth_states.c.expires < at),
        )
        return sum(self._connection.execute(delete(table).where(those)).rowcount for table, those in too_old)

    def add_draft(self, body: Mapping[str, str], at: datetime) -> str:
        """Keep what a button or form needs and its id cannot hold; returns a short token."""
        token = secrets.token_urlsafe(9)
        self._connection.execute(insert(drafts).values(token=token, body=json.dumps(dict(body)), at=at))
        return token

    def draft(self, token: str) -> Mapping[str, str] | None:
        """What was kept under the token, None when it is too old or never was."""
        body = self._connection.execute(select(drafts.c.body).where(drafts.c.token == token)).scalar_one_or_none()
        found: Mapping[str, str] | None = None if body is None else json.loads(body)
        return found

    def first_time(self, invocation_id: str, at: datetime) -> bool:
        """Note the invocation; False when its change was made before."""
        note = _FIRST[self._connection.dialect.name]
        return self._connection.execute(note, {"id": invocation_id, "at": at}).first() is not None
