"""The people and roles named as moderators of a cohort, in SQL."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, insert, or_, select

from cohort_bot.core.membership import Moderator
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.statements import once
from cohort_bot.storage.tables import moderators

_THERE = select(moderators).where(moderators.c.platform == bindparam("platform")).order_by(moderators.c.id)
_PERSON = and_(moderators.c.kind == "person", moderators.c.target == bindparam("user"))
_ROLE = and_(moderators.c.kind == "role", moderators.c.target.in_(bindparam("roles", expanding=True)))
_NAMING = once(_THERE.where(_PERSON))
_NAMING_OR_ROLES = _THERE.where(or_(_PERSON, _ROLE))


class SqlModerators(Repository):
    """Implements `app.ports.moderators.Moderators`."""

    def of(self, cohort_id: int) -> Sequence[Moderator]:
        query = select(moderators).where(moderators.c.cohort_id == cohort_id).order_by(moderators.c.id)
        return [_moderator(row) for row in self._connection.execute(query)]

    def naming(self, platform: str, user: str, roles: Iterable[str]) -> Sequence[tuple[int, Moderator]]:
        values = {"platform": platform, "user": user}
        if held := list(roles):
            rows = self._connection.execute(_NAMING_OR_ROLES, {**values, "roles": held})
        else:
            rows = self._connection.execute(_NAMING, values)
        return [(row.cohort_id, _moderator(row)) for row in rows]

    def add(self, cohort_id: int, moderator: Moderator) -> None:
        if moderator not in self.of(cohort_id):
            self._insert(cohort_id, moderator)

    def replace(self, cohort_id: int, platform: str, workspace: str, named: Iterable[Moderator]) -> None:
        here = (moderators.c.platform == platform, moderators.c.workspace == workspace)
        self._connection.execute(delete(moderators).where(moderators.c.cohort_id == cohort_id, *here))
        for moderator in dict.fromkeys(named):
            self._insert(cohort_id, moderator)

    def _insert(self, cohort_id: int, moderator: Moderator) -> None:
        values = {"platform": moderator.platform, "workspace": moderator.workspace, "kind": moderator.kind}
        self._connection.execute(insert(moderators).values(cohort_id=cohort_id, target=moderator.target, **values))


def _moderator(row: Row[Any]) -> Moderator:
    return Moderator(row.platform, row.workspace, row.kind, row.target)
