"""Who was named to look after a cohort, in SQL."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, or_, select

from cohort_bot.core.membership import Moderator
from cohort_bot.storage.tables import moderators

_NAMING = (
    select(moderators)
    .where(
        moderators.c.platform == bindparam("platform"),
        or_(
            and_(moderators.c.kind == "person", moderators.c.target == bindparam("user")),
            and_(moderators.c.kind == "role", moderators.c.target.in_(bindparam("roles", expanding=True))),
        ),
    )
    .order_by(moderators.c.id)
)


class SqlModerators:
    """Implements `app.store.Moderators`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, cohort_id: int) -> Sequence[Moderator]:
        """All who are named, in the order of naming."""
        query = select(moderators).where(moderators.c.cohort_id == cohort_id).order_by(moderators.c.id)
        return [_moderator(row) for row in self._connection.execute(query)]

    def naming(self, platform: str, user: str, roles: Iterable[str]) -> Sequence[tuple[int, Moderator]]:
        """Cohorts, each with what names this person: their id, or a role that they hold."""
        rows = self._connection.execute(_NAMING, {"platform": platform, "user": user, "roles": list(roles)})
        return [(row.cohort_id, _moderator(row)) for row in rows]

    def add(self, cohort_id: int, moderator: Moderator) -> None:
        """Name one more; one who is named already stays."""
        if moderator not in self.of(cohort_id):
            self._insert(cohort_id, moderator)

    def replace(self, cohort_id: int, platform: str, workspace: str, named: Iterable[Moderator]) -> None:
        """Let these be all who are named in a workspace."""
        here = (moderators.c.platform == platform, moderators.c.workspace == workspace)
        self._connection.execute(delete(moderators).where(moderators.c.cohort_id == cohort_id, *here))
        for moderator in dict.fromkeys(named):
            self._insert(cohort_id, moderator)

    def _insert(self, cohort_id: int, moderator: Moderator) -> None:
        values = {"platform": moderator.platform, "workspace": moderator.workspace, "kind": moderator.kind}
        self._connection.execute(insert(moderators).values(cohort_id=cohort_id, target=moderator.target, **values))


def _moderator(row: Row[Any]) -> Moderator:
    return Moderator(row.platform, row.workspace, row.kind, row.target)
