"""What is kept of cohorts, their rooms and their calendars. Part of the Store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cohort_bot.chat.place import Place
from cohort_bot.core.membership import Cohort, Room
from cohort_bot.core.rounds import Calendar, Holiday, Move


@dataclass(frozen=True, slots=True)
class Plan:
    """A cohort's ledger is complete up to `until`; at `next_due` it is to be looked at again."""

    cohort_id: int
    until: datetime
    next_due: datetime


class Cohorts(Protocol):
    """Cohorts, their rooms and their calendars."""

    def add(
        self,
        *,
        platform: str,
        workspace: str,
        name: str,
        programme: str,
        calendar: Calendar,
        at: datetime,
        creator: str,
    ) -> Cohort:
        """A new cohort. Its name must be free in the workspace."""

    def get(self, cohort_id: int) -> Cohort | None:
        """The cohort with its calendar."""

    def named(self, name: str, platform: str | None = None, workspace: str | None = None) -> Sequence[Cohort]:
        """Cohorts of that name, case ignored, archived ones too."""

    def in_workspace(self, platform: str, workspace: str) -> Sequence[Cohort]:
        """Cohorts with a room in the workspace, by name."""

    def hidden(self, platform: str, workspace: str, channel: str | None, only: int | None = None) -> frozenset[int]:
        """Cohorts that meet in private channels of the workspace alone, and not in this one; all, or of `only` one."""

    def in_channel(self, platform: str, workspace: str, channel: str) -> Sequence[Cohort]:
        """Active cohorts that meet in the channel."""

    def meeting_in(self, platform: str, channel: str) -> Sequence[str]:
        """The workspaces in which active cohorts meet in a channel of that id."""

    def created_by(self, platform: str, user: str) -> Sequence[Cohort]:
        """Cohorts that the person created on a platform whose accounts are global."""

    def active(self) -> Sequence[Cohort]:
        """All cohorts that have not ended."""

    def add_room(self, cohort_id: int, platform: str, workspace: str, channel: str, *, private: bool = False) -> Room:
        """A place where the cohort meets."""

    def rooms(self, cohort_id: int) -> Sequence[Room]:
        """Where the cohort meets."""

    def room(self, room_id: int) -> Room | None:
        """One place where a cohort meets."""

    def drop_room(self, room_id: int) -> None:
        """Meet there no more; its part of the ledger goes with it."""

    def set_channel(self, room_id: int, channel: str, *, private: bool = False) -> None:
        """Let a room of the cohort be another channel of the same workspace."""

    def set_private(self, place: Place, *, private: bool) -> None:
        """Whether only chosen people see the channel, for every room that it is."""

    def rename(self, cohort_id: int, name: str) -> None:
        """Call it something else. The name must be free in the workspace."""

    def set_start(self, cohort_id: int, calendar: Calendar) -> None:
        """Another first date, time and zone for a cohort that has not begun; what was moved before goes."""

    def add_move(self, cohort_id: int, move: Move) -> None:
        """A moved schedule from a round on; replaces an earlier one for the same round."""

    def add_holiday(self, cohort_id: int, holiday: Holiday) -> None:
        """Weeks off before a round, on top of those that are there."""

    def set_moderators_channel(self, cohort_id: int, channel: str | None) -> None:
        """Where the moderators' digest goes, in the cohort's workspace; None for direct messages."""

    def archive(self, cohort_id: int, at: datetime) -> None:
        """End it: nothing more goes out, nobody joins."""

    def due(self, at: datetime) -> Sequence[int]:
        """Active cohorts whose next instant has come."""

    def next_due(self) -> datetime | None:
        """The earliest next instant of any active cohort."""

    def planned(self, cohort_ids: Sequence[int]) -> Mapping[int, datetime]:
        """Up to which instant the ledger holds all that is due, by cohort."""

    def planned_beyond(self, at: datetime) -> Sequence[int]:
        """Active cohorts whose ledger holds what is due later than that."""

    def may_plan(self) -> bool:
        """Whether this transaction may plan: not while another one does, in whatever process."""

    def plan(self, plans: Iterable[Plan]) -> None:
        """Note how far the ledger is complete, and when to look again."""

    def look_ahead(self, cohort_ids: Sequence[int], room_ids: Sequence[int] = ()) -> None:
        """Read these at once: `get`, `rooms` and `room` answer from it until something is changed."""

    def replan(self, cohort_id: int) -> None:
        """Something changed that moves due instants: look again at the next tick."""
