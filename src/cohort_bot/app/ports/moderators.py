"""The people and roles named as moderators of a cohort. Part of the Store."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from cohort_bot.core.membership import Moderator


class Moderators(Protocol):
    """The people and roles named as moderators of a cohort, besides the admins of its workspace and its creator."""

    def of(self, cohort_id: int) -> Sequence[Moderator]:
        """All who are named, in the order of naming."""

    def naming(self, platform: str, user: str, roles: Iterable[str]) -> Sequence[tuple[int, Moderator]]:
        """Cohorts for which this person is named, each with the id by which: their own, or that of a role that they
        hold.
        """

    def add(self, cohort_id: int, moderator: Moderator) -> None:
        """Name one more; naming one again changes nothing."""

    def replace(self, cohort_id: int, platform: str, workspace: str, named: Iterable[Moderator]) -> None:
        """Replace all that are named in a workspace with these."""
