"""The keys of the ledger's rows."""

from collections.abc import Sequence

from cohort_bot.core.membership import Cohort, Room


def invitations(cohort: Cohort, rooms: Sequence[Room]) -> list[str]:
    """The keys of the invitations that may stand in its rooms, also of those that came when a room moved."""
    keys = [f"join-card:{cohort.id}:{room.id}" for room in rooms]
    return keys + [f"{key}:{room.channel}" for key, room in zip(keys, rooms, strict=True)]
