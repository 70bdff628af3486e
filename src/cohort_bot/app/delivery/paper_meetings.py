"""Who presents the paper of a week, and when: what the rooms are told, and when they hear that nobody does."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from cohort_bot.app.delivery import keys
from cohort_bot.app.delivery.kind import Scene
from cohort_bot.app.ports.platform import ScheduledEvent
from cohort_bot.app.ports.store import Delivery, NewDelivery, Store
from cohort_bot.app.queries.paper_club import Presented
from cohort_bot.app.queries.programme import as_read
from cohort_bot.app.queries.readers import speaking_to
from cohort_bot.app.words import paper_club as words
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place, Ref
from cohort_bot.core.membership import Member
from cohort_bot.core.paper_club import MEETS_FOR, Meeting
from cohort_bot.core.programme import Paper


def tell(store: Store, presenter: Member, paper: Paper, starts: datetime, change: str, at: datetime) -> None:
    """Tell the rooms who presents the paper of a week, and when; `change` is the id of what has set it. Afterwards the
    presenter is asked what it was about.
    """
    week = paper.week or 0
    args = {"starts": starts.isoformat(), "title": paper.title, "url": paper.url}
    store.deliveries.add(
        NewDelivery.to_room(
            "paper-meeting",
            keys.paper_meeting(presenter.cohort_id, week, change, room.id),
            room,
            at,
            round=week,
            member_id=presenter.id,
            args=args,
        )
        for room in store.cohorts.rooms(presenter.cohort_id)
    )
    key, over = keys.paper_summary(presenter.cohort_id, week, change, presenter.id), starts + MEETS_FOR
    store.deliveries.add([NewDelivery.to_member("paper-summary", key, presenter, over, round=week, args=args)])


def tell_open(store: Store, cohort_id: int, meetings: Iterable[Meeting], change: str, at: datetime) -> None:
    """Tell the rooms at `at` that nobody presents these papers, unless somebody does again by then."""
    store.deliveries.add(
        NewDelivery.to_room(
            "paper-open",
            keys.paper_open(cohort_id, meeting.week, change, room.id),
            room,
            at,
            round=meeting.week,
            args={"starts": meeting.starts.isoformat()},
        )
        for meeting in meetings
        if meeting.starts > at
        for room in store.cohorts.rooms(cohort_id)
    )


def event(store: Store, delivery: Delivery) -> tuple[ScheduledEvent | None, Sequence[Ref]] | None:
    """What the workspace's list of events should say about the paper of the row, and to which posts it may lead now.

    None for a row that changes nothing: of a cohort's rooms in a workspace the first that is public has the event.
    Everybody in the workspace reads it, so a cohort that meets there in private has none, nor has one that has ended.
    """
    what = delivery.what
    cohort, room = store.cohorts.get(what.cohort_id), store.cohorts.room(what.room_id or 0)
    if cohort is None or room is None:
        return None
    here = {
        each.id: each.private
        for each in store.cohorts.rooms(cohort.id)
        if (each.platform, each.workspace) == (room.platform, room.workspace)
    }
    if room.id != min(here, key=lambda each: (here[each], each)):
        return None
    posts = [
        Ref(Place(room.platform, room.workspace, each.channel), each.message_id)
        for each in store.deliveries.posted(("paper-meeting",), cohort.id, what.round if cohort.active else None)
        if each.what.room_id in here and each.channel and each.message_id
    ]
    shown = cohort.active and not room.private
    known = store.paper_club.meetings(cohort.id).get(what.round or 0) if shown else None
    if known is None:
        return (None, posts) if posts else None
    if "title" not in what.args:  # that nobody presents it is no longer so
        return None
    with speaking_to(cohort):
        return words.event(cohort, what.args["title"], what.args["url"], known.starts), posts


def announced(scene: Scene) -> Message | None:
    """Who presents, and when; not once the date has moved or passed."""
    known, starts, paper = _now(scene)
    if known is None or known.starts != starts or starts <= scene.at or paper is None or not scene.member.active:
        return None
    return words.meeting(Presented(scene.member, paper, starts))


def what_about(scene: Scene) -> Message | None:
    """To whoever presented it; not where the date has moved, or they have written it."""
    known, starts, paper = _now(scene)
    if known is None or (known.member_id, known.starts) != (scene.member.id, starts) or known.summary or paper is None:
        return None
    return words.summary_asked(scene.cohort, paper.title)


def open_again(scene: Scene) -> Message | None:
    """That nobody presents it; not where somebody does, or where nobody has read that somebody would."""
    known, starts, paper = _now(scene)
    posted = scene.store.deliveries.posted(("paper-meeting", "paper-open"), scene.cohort.id, scene.number)
    here = [each.what.kind for each in posted if each.what.room_id == scene.row.room_id]
    if known is not None or starts <= scene.at or paper is None or here[-1:] != ["paper-meeting"]:
        return None
    return words.open_again(paper, starts, scene.row.platform)


def _now(scene: Scene) -> tuple[Meeting | None, datetime, Paper | None]:
    """The meeting as it is now, when it was to begin when the row was written, and the paper."""
    known = scene.store.paper_club.meetings(scene.cohort.id).get(scene.number)
    papers = as_read(scene.store, scene.cohort.id, scene.programme).papers_of(scene.number)
    return known, datetime.fromisoformat(scene.row.args["starts"]), next(iter(papers), None)
