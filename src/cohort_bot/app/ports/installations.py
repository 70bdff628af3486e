"""The workspaces that let the bot in by OAuth, and installations under way. `storage` implements it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Installation:
    """A workspace that let the bot in. `body` is the platform's own, encrypted; it never shows in `repr`."""

    workspace: str
    body: str = field(repr=False)


class Installations(Protocol):
    """Installations, as a transaction reads and writes them."""

    def find(self, platform: str, workspace: str) -> Installation | None:
        """The workspace's installation, None when there is none (any more)."""

    def of_platform(self, platform: str) -> Sequence[Installation]:
        """All of a platform."""

    def save(self, platform: str, workspace: str, body: str, at: datetime) -> None:
        """Store it in place of an earlier one."""

    def replace(self, platform: str, before: Installation, body: str) -> bool:
        """Store the same installation, encrypted again; False when it was saved or deleted meanwhile."""

    def delete(self, platform: str, workspace: str) -> bool:
        """Forget it; False when there is none."""

    def issue_state(self, state: str, expires: datetime) -> None:
        """Record the OAuth state with which an installation begins; only its digest is stored."""

    def use_state(self, state: str, at: datetime) -> bool:
        """Use up the state: True once, and only before it expires."""
