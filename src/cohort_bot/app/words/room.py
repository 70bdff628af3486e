"""Where a cohort meets."""

from collections.abc import Sequence
from typing import Final

from cohort_bot.app.errors import Forbidden, PersonError
from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.words.counts import counted
from cohort_bot.app.words.findings import problems
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Span, Strong, Tag, bullets, paragraph
from cohort_bot.chat.place import Place
from cohort_bot.chat.traits import traits_of
from cohort_bot.core.membership import Cohort, Room


def wrong_codes() -> PersonError:
    """Guessing."""
    return PersonError("Those were a lot of wrong codes. Please wait ten minutes, then ask for a new one.")


def no_such_room() -> Forbidden:
    """A room that the cohort no longer has."""
    return Forbidden("That is none of its rooms any more. /cohort room shows them.")


def last_room(cohort: Cohort) -> PersonError:
    """The room by which its admins see the cohort."""
    return PersonError(
        f"A cohort keeps a room where it was created: {cohort.name} is looked after from there. To meet in another "
        "channel use /cohort edit; to end it, /cohort archive."
    )


def in_its_room() -> PersonError:
    """Pressed where no cohort can meet."""
    return PersonError("Please do that in the channel where the cohort is to meet.")


def cannot_bring() -> Forbidden:
    """A code in the hands of somebody who manages nothing here."""
    return Forbidden("Only somebody who manages this place can bring a cohort here. Please ask them to enter the code.")


def meets_here(cohort: Cohort) -> PersonError:
    """A room that it has."""
    return PersonError(f"{cohort.name} meets in this channel already.")


def many_rooms(cohort: Cohort, most: int) -> PersonError:
    """As many rooms as it can have."""
    return PersonError(f"{cohort.name} has {counted(most, 'room')}, which is all it can have. Please drop one first.")


def namesake(cohort: Cohort) -> PersonError:
    """Two cohorts of one name in one place."""
    return PersonError(
        f"There is another cohort called “{cohort.name}” here, and nobody could tell them apart. Please use a channel "
        "of another workspace."
    )


DROP_IT: Final = "Drop it"


IN_A_ROW = 5


def platform(name: str) -> str:
    """A platform as people call it."""
    return traits_of(name).title


def _where(room: Room, spot: Place | None) -> tuple[Span, ...]:
    """A room as somebody at `spot` can recognise it: the names of another workspace's channels mean nothing there."""
    if spot is None or room.platform != spot.platform:
        return (f"a channel on {platform(room.platform)}",)
    if room.workspace != spot.workspace:
        return (f"a channel of another place on {platform(room.platform)}",)
    here = " (here)" if room.channel == spot.channel else ""
    return (f"{platform(room.platform)}: ", Tag("channel", room.channel), here)


def rooms(cohort: Cohort, found: Sequence[Room], spot: Place | None, droppable: Sequence[Room]) -> Message:
    """The rooms, and what can be done about them."""
    head = f"{cohort.name} meets in {counted(len(found), 'room')}"
    here = {"id": str(cohort.id)}
    blocks: list[Block] = [Heading(head)]
    blocks.append(bullets((Strong(f"Room {n}"), ": ", *_where(room, spot)) for n, room in enumerate(found, start=1)))
    blocks.append(paragraph("Every post comes once in each of them; who has joined is one group.", quiet=True))
    buttons = []
    if spot and not any(
        (r.platform, r.workspace, r.channel) == (spot.platform, spot.workspace, spot.channel) for r in found
    ):
        buttons.append(Button("Add this channel", "cohort.room.add", here, "primary"))
    buttons.append(Button("Code for another place", "cohort.room.code", here))
    for number, room in enumerate(found, start=1):
        if room in droppable:
            buttons.append(Button(f"Drop room {number}", "cohort.room.drop", {**here, "room": str(room.id)}))
    blocks += [Actions(tuple(buttons[at : at + IN_A_ROW])) for at in range(0, len(buttons), IN_A_ROW)]
    return Message(head, tuple(blocks))


def code(cohort: Cohort, value: str, minutes: int) -> Message:
    """A code, for the eyes of who asked for it."""
    head = f"A code for {cohort.name}"
    how = f"In the other channel somebody who manages that place types /cohort room code:{value}"
    who = (
        "Whoever enters it looks after the cohort with you from there, and its members see one another. Please give it "
        "to nobody else."
    )
    valid = f"It works once, within {counted(minutes, 'minute')}. A new one makes it void."
    return Message(head, (Heading(value), paragraph(how), paragraph(who), paragraph(valid, quiet=True)))


def wrong_code() -> Message:
    """A code that is none, was used or is too old: which of these is nobody's business."""
    return Message(
        "That code does not work. A code works once and for ten minutes; /cohort room makes a new one there."
    )


def not_added(findings: Sequence[Finding]) -> Message:
    """A channel in which the bot could not work."""
    head = "I cannot work in this channel yet, so nothing has changed."
    again = paragraph("Then please try again; a code stays good until its time is over.", quiet=True)
    return Message(head, (paragraph(head), *problems(findings), again))


def added(cohort: Cohort, place: Place) -> Message:
    """After a room was added."""
    head = f"{cohort.name} has one more room."
    words = (
        f"{head} The invitation is on its way to ",
        Tag("channel", place.channel),
        ", and so is an open week's card.",
    )
    return Message(head, (paragraph(*words),))


def brought(cohort: Cohort, place: Place) -> Message:
    """After a code was entered."""
    head = f"{cohort.name} meets here now, too."
    words = (f"{head} The invitation is on its way to ", Tag("channel", place.channel), ".")
    you = "You look after it from here, together with its moderators; /cohort edit names others."
    return Message(head, (paragraph(*words), paragraph(you)))


def drop_preview(cohort: Cohort, room: Room, spot: Place | None, stranded: int, button: Button) -> Message:
    """Before a room is dropped. `stranded` members have no other room where they are."""
    head = f"Drop a room of {cohort.name}?"
    blocks: list[Block] = [
        paragraph(Strong(head), " It is ", *_where(room, spot), ". Nothing is posted there any more.")
    ]
    if stranded:
        people = counted(stranded, "member is", "members are")
        blocks.append(
            paragraph(f"{people} there and in no other room of it: they could check in from there no longer.")
        )
    quiet = "What was posted stays there; its record is kept, the room's list of posts is not."
    blocks += [paragraph(quiet, quiet=True), Actions((button,))]
    return Message(head, tuple(blocks))


def dropped(cohort: Cohort) -> Message:
    """After a room was dropped."""
    return Message(f"{cohort.name} has one room less. /cohort room shows the others.")
