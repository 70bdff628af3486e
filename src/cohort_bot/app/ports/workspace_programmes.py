"""Programmes that people of a workspace have added in chat, by name and version. Other workspaces never see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

MOST_IN_A_WORKSPACE: Final = 20


@dataclass(frozen=True, slots=True)
class WorkspaceProgramme:
    """One version of a programme, without its content; `weeks` is its length, `at` when it was added."""

    id: int
    name: str
    version: int
    title: str
    weeks: int
    at: datetime

    @property
    def slug(self) -> str:
        """What a cohort that follows this version has as its programme; no folder's slug has an @."""
        return f"{self.name}@{self.id}"


class WorkspaceProgrammes(Protocol):
    """The programmes of all workspaces."""

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
        """Store the next version. `content` is for `Programmes.learn`, `documents` its YAML files by path."""

    def newest(self, platform: str, workspace: str) -> Sequence[WorkspaceProgramme]:
        """The newest version of each programme of the workspace, in order of name."""

    def versions(self, platform: str, workspace: str, name: str) -> Sequence[str]:
        """The slugs of all versions of a programme."""

    def documents(self, programme_id: int) -> Mapping[str, str]:
        """The YAML files of a version by path, empty when there is no such version."""

    def remove(self, platform: str, workspace: str, name: str) -> None:
        """Offer it no longer, and delete the versions that no cohort has followed."""
