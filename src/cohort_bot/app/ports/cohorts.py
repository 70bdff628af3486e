"""Cohorts, their rooms and their calendars. Part of the Store."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cohort_bot.chat.place import Place
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Cohort, Room
from cohort_bot.core.rounds import Calendar, Holiday, Move


@dataclass(frozen=True, slots=True)
class Plan:
    """How far a cohort's ledger is complete (`until`), and when to plan it next (`next_due`)."""

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
        language: str = "en",
    ) -> Cohort:
        """A new cohort. Its name must be free in the workspace."""

    def get(self, cohort_id: int) -> Cohort | None:
        """The cohort with its calendar."""

    def named(self, name: str, platform: str | None = None, workspace: str | None = None) -> Sequence[Cohort]:
        """Cohorts of that name, case ignored, archived ones too."""

    def in_workspace(self, platform: str, workspace: str) -> Sequence[Cohort]:
        """Cohorts with a room in the workspace, by name."""

    def hidden(self, platform: str, workspace: str, channel: str | None, only: int | None = None) -> frozenset[int]:
        """Cohorts that meet in the workspace only in private channels other than this one; all, or limited to
        `only`.
        """

    def in_channel(self, platform: str, workspace: str, channel: str) -> Sequence[Cohort]:
        """Active cohorts that meet in the channel."""

    def read_by_members(self, platform: str, workspace: str, channel: str) -> bool:
        """Whether it is a room of any cohort that goes on, or that has ended and still has members."""

    def has_digest(self, platform: str, workspace: str, channel: str) -> bool:
        """Whether the moderators' digest of any active cohort goes to the channel."""

    def meeting_in(self, platform: str, channel: str) -> Sequence[str]:
        """The workspaces in which active cohorts meet in a channel of that id."""

    def created_by(self, platform: str, user: str) -> Sequence[Cohort]:
        """Cohorts that the person created on a platform whose accounts are global."""

    def active(self) -> Sequence[Cohort]:
        """All cohorts that have not ended."""

    def add_room(self, cohort_id: int, platform: str, workspace: str, channel: str, *, private: bool = False) -> Room:
        """Add a room to the cohort."""

    def rooms(self, cohort_id: int) -> Sequence[Room]:
        """The cohort's rooms."""

    def room(self, room_id: int) -> Room | None:
        """One room of a cohort."""

    def drop_room(self, room_id: int) -> None:
        """Remove the room; its rows of the ledger are deleted with it."""

    def set_channel(self, room_id: int, channel: str, *, private: bool = False) -> None:
        """Move a room of the cohort to another channel of the same workspace."""

    def set_private(self, place: Place, *, private: bool) -> None:
        """Set whether only chosen people see the channel, for every room in it."""

    def rename(self, cohort_id: int, name: str, at: datetime) -> None:
        """Rename it. The name must be free in the workspace."""

    def set_language(self, cohort_id: int, language: str, at: datetime) -> None:
        """Set what its rooms read from now on; what is posted stays."""

    def set_start(self, cohort_id: int, calendar: Calendar, at: datetime) -> None:
        """Set the first date, time and zone of a cohort that has not begun; earlier moves are dropped."""

    def add_move(self, cohort_id: int, move: Move) -> None:
        """Move the schedule from a round on; replaces an earlier move for the same round."""

    def add_holiday(self, cohort_id: int, holiday: Holiday, at: datetime) -> None:
        """Add weeks off before a round, on top of existing ones."""

    def set_moderators_channel(self, cohort_id: int, channel: str | None) -> None:
        """Set the channel of the moderators' digest, in the cohort's workspace; None for direct messages."""

    def set_features(self, cohort_id: int, on: Collection[Feature]) -> None:
        """Set what is switched on; everything else is off."""

    def archive(self, cohort_id: int, at: datetime) -> None:
        """End it: nothing more is posted, and nobody can join."""

    def due(self, at: datetime) -> Sequence[int]:
        """Active cohorts whose next due instant has come."""

    def next_due(self) -> datetime | None:
        """The earliest next due instant of any active cohort."""

    def planned(self, cohort_ids: Sequence[int]) -> Mapping[int, datetime]:
        """The instant up to which the ledger is complete, by cohort; they are read, as by `look_ahead`."""

    def planned_beyond(self, at: datetime) -> Sequence[int]:
        """Active cohorts whose ledger is complete beyond that instant."""

    def may_plan(self) -> bool:
        """Whether this transaction may plan: not while another transaction does, in any process."""

    def plan(self, plans: Iterable[Plan]) -> None:
        """Record how far the ledger is complete, and when to plan next."""

    def look_ahead(self, cohort_ids: Sequence[int]) -> None:
        """Read these cohorts at once: `get`, `rooms` and `room` use the result until something is changed."""

    def following(self, slugs: Iterable[str]) -> Sequence[Cohort]:
        """Cohorts that have one of these as their programme, by name, archived ones too."""

    def follow(self, cohort_id: int, programme: str, at: datetime) -> None:
        """Let the cohort follow another programme from its next round on; what is posted stays."""

    def replan(self, cohort_id: int, at: datetime) -> None:
        """Due instants have changed `at` this instant, which is now: plan again at the next tick."""
