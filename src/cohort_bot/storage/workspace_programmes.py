"""Programmes of workspaces, in SQL."""

import json
import re
import zlib
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, insert, literal, select, update

from cohort_bot.app.ports.workspace_programmes import WorkspaceProgramme
from cohort_bot.storage.statements import Connection
from cohort_bot.storage.tables import cohorts, workspace_programmes

_OWN = re.compile(r".+@(\d{1,15})")
_CONTENTS = select(workspace_programmes.c.id, workspace_programmes.c.name, workspace_programmes.c.content).where(
    workspace_programmes.c.id.in_(bindparam("ids", expanding=True))
)

Shelf = MutableMapping[str, bytes]
"""The content, compressed by zlib, of each programme of a workspace that a cohort was read with, by its slug."""


def shelve(connection: Connection, shelf: Shelf, slugs: Iterable[str]) -> None:
    """Read the content of programmes that are not on the shelf yet: whoever reads a cohort can read its programme."""
    missing = [int(own[1]) for slug in set(slugs) - shelf.keys() if (own := _OWN.fullmatch(slug))]
    if missing:
        for row in connection.execute(_CONTENTS, {"ids": missing}):
            shelf[f"{row.name}@{row.id}"] = zlib.compress(row.content.encode())


class SqlWorkspaceProgrammes:
    """Implements `app.ports.workspace_programmes.WorkspaceProgrammes`."""

    def __init__(self, connection: Connection, shelf: Shelf) -> None:
        self._connection = connection
        self._shelf = shelf

    def add(
        self,
        platform: str,
        workspace: str,
        name: str,
        *,
        title: str,
        weeks: int,
        content: str,
        documents: Mapping[str, str],
        at: datetime,
    ) -> WorkspaceProgramme:
        key = {"platform": platform, "workspace": workspace, "name": name}
        newest = self._connection.scalar(select(func.max(workspace_programmes.c.version)).filter_by(**key)) or 0
        row = self._connection.execute(
            insert(workspace_programmes)
            .values(
                **key,
                version=newest + 1,
                title=title,
                weeks=weeks,
                content=content,
                documents=json.dumps(dict(documents), ensure_ascii=False),
                offered=1,
                at=at,
            )
            .returning(*_SHOWN)
        ).one()
        added = _programme(row)
        self._shelf[added.slug] = zlib.compress(content.encode())
        return added

    def newest(self, platform: str, workspace: str) -> Sequence[WorkspaceProgramme]:
        last = (
            select(func.max(workspace_programmes.c.id))
            .where(
                workspace_programmes.c.platform == platform,
                workspace_programmes.c.workspace == workspace,
                workspace_programmes.c.offered == 1,
            )
            .group_by(workspace_programmes.c.name)
        )
        query = select(*_SHOWN).where(workspace_programmes.c.id.in_(last)).order_by(workspace_programmes.c.name)
        found = [_programme(row) for row in self._connection.execute(query)]
        shelve(self._connection, self._shelf, [each.slug for each in found])
        return found

    def versions(self, platform: str, workspace: str, name: str) -> Sequence[str]:
        key = {"platform": platform, "workspace": workspace, "name": name}
        ids = self._connection.scalars(select(workspace_programmes.c.id).filter_by(**key))
        return [f"{name}@{each}" for each in ids]

    def documents(self, programme_id: int) -> Mapping[str, str]:
        query = select(workspace_programmes.c.documents).where(workspace_programmes.c.id == programme_id)
        found: Mapping[str, str] = json.loads(self._connection.scalar(query) or "{}")
        return found

    def remove(self, platform: str, workspace: str, name: str) -> None:
        these = and_(
            workspace_programmes.c.platform == platform,
            workspace_programmes.c.workspace == workspace,
            workspace_programmes.c.name == name,
        )
        self._connection.execute(update(workspace_programmes).where(these).values(offered=0))
        slug = workspace_programmes.c.name + literal("@") + workspace_programmes.c.id.cast(cohorts.c.programme.type)
        self._connection.execute(delete(workspace_programmes).where(these, slug.not_in(select(cohorts.c.programme))))


_SHOWN = [workspace_programmes.c[each] for each in ("id", "name", "version", "title", "weeks", "at")]


def _programme(row: Row[Any]) -> WorkspaceProgramme:
    return WorkspaceProgramme(row.id, row.name, row.version, row.title, row.weeks, row.at)
