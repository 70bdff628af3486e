"""Who was named to look after a cohort. Part of the Store."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from cohort_bot.core.membership import Moderator


class Moderators(Protocol):
    """Who was named to look after a cohort, besides the admins of its workspace and its creator."""

    def of(self, cohort_id: int) -> Sequence[Moderator]:
        """All who are named, in the order of naming."""

    def naming(self, platform: str, user: str, roles: Iterable[str]) -> Sequence[tuple[int, Moderator]]:
        """Cohorts, each with what names this person: their id, or a role that they hold."""

    def add(self, cohort_id: int, moderator: Moderator) -> None:
        """Name one more; one who is named already stays."""

    def replace(self, cohort_id: int, platform: str, workspace: str, named: Iterable[Moderator]) -> None:
        """Let these be all who are named in a workspace."""
