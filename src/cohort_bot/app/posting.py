"""What moderators let go out or hold back: announcements, what is due now, a card to skip, the end, the record."""

from collections.abc import Sequence

from cohort_bot.app import audit
from cohort_bot.app.commands import CommandSpec, Options, Param, Role
from cohort_bot.app.delivery import revise
from cohort_bot.app.delivery.kinds import BY_HAND
from cohort_bot.app.delivery.ledger import materialise
from cohort_bot.app.delivery.planner import opening_row
from cohort_bot.app.drafts import button, keep, kept, running
from cohort_bot.app.join import COHORT
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import NewDelivery, State, Store
from cohort_bot.app.services import Services
from cohort_bot.app.views import labels, moderating
from cohort_bot.app.views import schedule as views
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button
from cohort_bot.core.membership import Cohort, Room

TEXT_LIMIT = 1500


async def announce(services: Services, invocation: Invocation) -> Reply:
    """Show an announcement before it is posted."""
    words = (Options(ANNOUNCE, invocation.args).text("text") or "").strip()

    def write(store: Store) -> Reply:
        cohort = running(store, invocation)
        if len(words) > TEXT_LIMIT:
            raise moderating.too_long("it", TEXT_LIMIT, len(words))
        rooms = store.cohorts.rooms(cohort.id)
        args = keep(store, cohort, "cohort.announce.yes", {"text": words}, invocation.at)
        yes = button(labels.POST_IT, "cohort.announce.yes", args)
        return views.announce_preview(cohort, words, len(rooms), yes)

    return await services.change(invocation, write)


async def announce_yes(services: Services, invocation: Invocation) -> Reply:
    """Post the announcement that was previewed, once."""

    def write(store: Store) -> Reply:
        cohort = running(store, invocation)
        words = kept(store, cohort, invocation)["text"]
        token = invocation.args["draft"]
        rows = [
            NewDelivery(
                key=f"announce:{cohort.id}:{token}:{room.id}",
                kind="announce",
                platform=room.platform,
                cohort_id=cohort.id,
                room_id=room.id,
                due=invocation.at,
                args={"text": words},
            )
            for room in store.cohorts.rooms(cohort.id)
        ]
        if any(store.deliveries.by_key(row.key) for row in rows):
            raise moderating.announced()
        store.deliveries.add(rows)
        audit.of_cohort(store, cohort, invocation, audit.ANNOUNCED)
        return views.announced(cohort)

    return await services.change(invocation, write)


async def post(services: Services, invocation: Invocation) -> Reply:
    """Plan and send what is due now, and try again what could not be delivered; or mend a card that was posted."""
    repair = Options(POST, invocation.args).number("repair")

    def write(store: Store) -> Reply:
        cohort = running(store, invocation)
        if repair is not None:
            return _repair(services.programmes, store, cohort, repair, invocation)
        again = store.deliveries.rearm(cohort.id, invocation.at)
        materialise(store, services.programmes, [cohort.id], invocation.at)
        waiting = store.deliveries.waiting(cohort.id, invocation.at)
        following = _following(services.programmes, cohort, invocation)
        opens = None if following is None else (following, cohort.calendar.opens(following))
        return views.posting(cohort, again, waiting, opens)

    return await services.change(invocation, write)


def _repair(programmes: Programmes, store: Store, cohort: Cohort, number: int, invocation: Invocation) -> Reply:
    """Have a week's posts made anew in place from the programme as it is now: the card, the paper, the gate. The
    invitation belongs to no week, so it is looked at each time.
    """
    programme = programmes.get(cohort.programme)
    if programme is None or programme.week(number) is None:
        raise moderating.no_week(number)
    names = ["opening:{cohort}:r{number}:{room}", "gate:{cohort}:r{number}:{room}"]
    if paper := store.papers.posted(cohort.id).get(number):
        names.append(f"paper:{{cohort}}:r{{number}}:{paper}:{{room}}")
    rooms = store.cohorts.rooms(cohort.id)
    keys = [name.format(cohort=cohort.id, number=number, room=room.id) for room in rooms for name in names]
    posted = sum(revise.ask(store, key, invocation.at) for key in keys)
    invited = sum(revise.ask(store, key, invocation.at) for key in invitations(cohort, rooms))
    if not posted and not invited:
        raise moderating.not_posted(number)
    audit.of_cohort(store, cohort, invocation, audit.REPAIRED, number=number)
    return views.repairing(cohort, number, posted)


def invitations(cohort: Cohort, rooms: Sequence[Room]) -> list[str]:
    """The keys of the invitations that may stand in its rooms, also of those that came when a room moved."""
    keys = [f"join-card:{cohort.id}:{room.id}" for room in rooms]
    return keys + [f"{key}:{room.channel}" for key, room in zip(keys, rooms, strict=True)]


def _following(programmes: Programmes, cohort: Cohort, invocation: Invocation) -> int | None:
    """The next week to open, None after the last one."""
    programme = programmes.get(cohort.programme)
    if programme is None:
        raise moderating.no_programme(cohort)
    number = cohort.calendar.latest(invocation.at) + 1
    return number if number <= programme.length else None


async def skip(services: Services, invocation: Invocation) -> Reply:
    """Ask before the next opening's card is dropped."""

    def read(store: Store) -> Reply:
        cohort = running(store, invocation)
        number = _following(services.programmes, cohort, invocation)
        if number is None:
            raise moderating.no_card_left(cohort)
        if _skipped(store, cohort, number):
            raise moderating.skipped(number)
        args = {"id": str(cohort.id), "round": str(number)}
        yes = button(labels.skip_card(number), "cohort.skip.yes", args, danger=True)
        return views.skip_preview(cohort, number, cohort.calendar.opens(number), yes, invocation.actor.platform)

    return await services.database.read(read)


async def skip_yes(services: Services, invocation: Invocation) -> Reply:
    """Drop the card that was named."""

    def write(store: Store) -> Reply:
        cohort = running(store, invocation)
        number = _following(services.programmes, cohort, invocation)
        if number is None or invocation.args.get("round") != str(number):
            raise moderating.card_gone()
        store.cohorts.replan(cohort.id)  # it may be written down already
        rows = [opening_row(cohort, number, room) for room in store.cohorts.rooms(cohort.id)]
        if not store.deliveries.skip(rows, BY_HAND, invocation.at):
            raise moderating.skipped(number)
        args = {"id": str(cohort.id), "round": str(number)}
        audit.of_cohort(store, cohort, invocation, audit.SKIPPED, number=number)
        return views.skipped(cohort, number, Button(labels.UNDO, "cohort.skip.undo", args))

    return await services.change(invocation, write)


async def skip_undo(services: Services, invocation: Invocation) -> Reply:
    """Let a card come after all that was to be skipped."""

    def write(store: Store) -> Reply:
        cohort = running(store, invocation)
        number = _following(services.programmes, cohort, invocation)
        if number is None or invocation.args.get("round") != str(number):
            raise moderating.opened_without_card(invocation.actor.platform)
        keys = [opening_row(cohort, number, room).key for room in store.cohorts.rooms(cohort.id)]
        if not store.deliveries.unskip(keys, BY_HAND):
            raise moderating.not_skipped(number)
        audit.of_cohort(store, cohort, invocation, audit.UNSKIPPED, number=number)
        store.cohorts.replan(cohort.id)
        return views.unskipped(cohort, number, cohort.calendar.opens(number))

    return await services.change(invocation, write)


def _skipped(store: Store, cohort: Cohort, number: int) -> bool:
    rows = [store.deliveries.by_key(opening_row(cohort, number, room).key) for room in store.cohorts.rooms(cohort.id)]
    return all(row is not None and row.state is State.SKIPPED for row in rows)


async def archive(services: Services, invocation: Invocation) -> Reply:
    """Ask before a cohort ends."""

    def read(store: Store) -> Reply:
        cohort = running(store, invocation)
        yes = button(labels.END_IT, "cohort.archive.yes", {"id": str(cohort.id)}, danger=True)
        return views.archive_preview(cohort, len(store.members.in_cohort(cohort.id)), yes)

    return await services.database.read(read)


async def archive_yes(services: Services, invocation: Invocation) -> Reply:
    """End the cohort, with a last line in its rooms."""

    def write(store: Store) -> Reply:
        cohort = running(store, invocation)
        store.cohorts.archive(cohort.id, invocation.at)
        audit.of_cohort(store, cohort, invocation, audit.ARCHIVED)
        store.deliveries.add(
            NewDelivery(
                key=f"closing:{cohort.id}:{room.id}",
                kind="closing",
                platform=room.platform,
                cohort_id=cohort.id,
                room_id=room.id,
                due=invocation.at,
            )
            for room in store.cohorts.rooms(cohort.id)
        )
        return views.archived(cohort)

    return await services.change(invocation, write)


def _row(action: str, *params: Param) -> CommandSpec:
    handler, summary = _HANDLERS[action]
    return CommandSpec(
        f"cohort.{action}", Role.MODERATOR, handler, summary, {"": f"cohort {action}"}, (*params, COHORT)
    )


_HANDLERS = {
    "announce": (announce, "Post something in the cohort's room; shows it first"),
    "post": (post, "Send what is due now, and try again what did not arrive"),
    "skip": (skip, "Drop the next week's card"),
    "archive": (archive, "End the cohort; asks first"),
}
ANNOUNCE = _row("announce", Param("text", "text", "what to say", required=True))
REPAIR = "make the posts of a week and the invitation anew, in place"
POST = _row("post", Param("repair", "int", REPAIR, most=9999, suggest="week"))
ROWS = (
    ANNOUNCE,
    CommandSpec("cohort.announce.yes", Role.MODERATOR, announce_yes),
    POST,
    _row("skip"),
    CommandSpec("cohort.skip.yes", Role.MODERATOR, skip_yes),
    CommandSpec("cohort.skip.undo", Role.MODERATOR, skip_undo),
    _row("archive"),
    CommandSpec("cohort.archive.yes", Role.MODERATOR, archive_yes),
)
