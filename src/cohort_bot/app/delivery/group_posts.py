"""What is said to small groups, and where; which messages there are is decided in `group_matching`."""

from datetime import datetime

from cohort_bot.app.delivery import keys
from cohort_bot.app.delivery.kind import Scene
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries import small_group
from cohort_bot.app.words import group as words
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place, Ref
from cohort_bot.core.delivery_states import State
from cohort_bot.core.features import Feature

IN_ROOM = "group-thread"
"""The kind that takes the place of a conversation of their own where there can be none."""


def first(scene: Scene) -> Message | None:
    """The first message to a group; none when its people have left it meanwhile."""
    row = scene.row
    people = small_group.people(scene.store, row, still=True)
    if len(people) < 2:  # noqa: PLR2004 - one is no group
        return None
    new = small_group.people(scene.store, row, still=True, key="new")
    heading = words.title(int(row.args["group"]), [member.name for member in people])
    mention, in_room = bool(row.args["mention"]), row.kind == IN_ROOM
    watched = Feature.QUIET in scene.cohort.features
    return words.opening(heading, people, new, row.platform, mention=mention, in_room=in_room, watched=watched)


def carries_on(scene: Scene) -> Message | None:
    """To somebody who fell silent; none when they have left groups, or are in one again."""
    seat = scene.store.groups.of(scene.member.id)
    return words.carries_on(scene.cohort) if seat is not None and seat.group is None else None


def conversation(store: Store, number: int) -> Ref | None:
    """The first message to a group, which is where it talks; None before it is posted."""
    for row in store.deliveries.by_keys([key(number) for key in (keys.group, keys.group_thread)]):
        room = store.cohorts.room(row.what.room_id or 0)
        if row.message_id and row.channel and room:
            return Ref(Place(room.platform, room.workspace, row.channel, row.thread), row.message_id)
    return None


def opens_at(store: Store, number: int) -> datetime | None:
    """When the first message to a group comes, None when it has come or never will."""
    rows = store.deliveries.by_keys([key(number) for key in (keys.group, keys.group_thread)])
    return next((row.what.due for row in rows if row.state is State.READY), None)
