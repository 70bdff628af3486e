"""Workspaces that installed the bot, and installations under way, in SQL."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from cohort_bot.app.ports.installations import Installation
from cohort_bot.storage.columns import inserting
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.tables import installations, oauth_states


class SqlInstallations(Repository):
    """Implements `app.ports.installations.Installations`."""

    def find(self, platform: str, workspace: str) -> Installation | None:
        where = (installations.c.platform == platform, installations.c.workspace == workspace)
        body = self._connection.execute(select(installations.c.body).where(*where)).scalar_one_or_none()
        return None if body is None else Installation(workspace, body)

    def of_platform(self, platform: str) -> Sequence[Installation]:
        query = select(installations.c.workspace, installations.c.body).where(installations.c.platform == platform)
        return [Installation(row.workspace, row.body) for row in self._connection.execute(query)]

    def save(self, platform: str, workspace: str, body: str, at: datetime) -> None:
        upsert = inserting(self._connection.dialect.name)
        values = {"body": body, "installed_at": at}
        new = upsert(installations).values(platform=platform, workspace=workspace, **values)
        self._connection.execute(new.on_conflict_do_update(index_elements=["platform", "workspace"], set_=values))

    def replace(self, platform: str, before: Installation, body: str) -> bool:
        where = (
            installations.c.platform == platform,
            installations.c.workspace == before.workspace,
            installations.c.body == before.body,
        )
        return self._connection.execute(update(installations).where(*where).values(body=body)).rowcount == 1

    def delete(self, platform: str, workspace: str) -> bool:
        where = (installations.c.platform == platform, installations.c.workspace == workspace)
        return self._connection.execute(delete(installations).where(*where)).rowcount == 1

    def issue_state(self, state: str, expires: datetime) -> None:
        self._connection.execute(insert(oauth_states).values(digest=_digest(state), expires=expires))

    def use_state(self, state: str, at: datetime) -> bool:
        where = (oauth_states.c.digest == _digest(state), oauth_states.c.expires > at)
        return self._connection.execute(delete(oauth_states).where(*where)).rowcount == 1


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).hexdigest()
