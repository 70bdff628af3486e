"""Where a cohort meets."""

from collections.abc import Sequence

from cohort_bot.app.errors import Forbidden, PersonError
from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.words.counts import rooms as so_many_rooms
from cohort_bot.app.words.findings import problems
from cohort_bot.app.words.platforms import titled
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Span, Strong, Tag, bullets, paragraph
from cohort_bot.chat.place import Place
from cohort_bot.core.membership import Cohort, Room


def wrong_codes() -> PersonError:
    return PersonError(_("That was a lot of wrong codes. Please wait ten minutes, then ask for a new one."))


def no_such_room() -> Forbidden:
    return Forbidden(_("That's no longer one of its rooms. /cohort room shows them."))


def last_room(cohort: Cohort) -> PersonError:
    """The room by which its admins see the cohort."""
    text = _(
        "{cohort} has to keep a room where it was created, because that's where it's run from. To meet in another "
        "channel, use /cohort edit; to end it, use /cohort archive.",
        cohort=cohort.name,
    )
    return PersonError(text)


def in_its_room() -> PersonError:
    return PersonError(_("Please do that in the channel where the cohort will meet."))


def cannot_bring() -> Forbidden:
    """A code in the hands of somebody who manages nothing here."""
    return Forbidden(
        _(
            "Only someone who manages this server or workspace can bring a cohort here. Please ask them to enter the "
            "code."
        )
    )


def meets_here(cohort: Cohort) -> PersonError:
    return PersonError(_("{cohort} already meets in this channel.", cohort=cohort.name))


def many_rooms(cohort: Cohort, most: int) -> PersonError:
    text = _(
        "{cohort} has {rooms}, and can't have more. Please drop one first.",
        cohort=cohort.name,
        rooms=so_many_rooms(most),
    )
    return PersonError(text)


def namesake(cohort: Cohort) -> PersonError:
    text = _(
        "There's another cohort called “{cohort}” here, and nobody could tell them apart. Please use a channel in "
        "another workspace.",
        cohort=cohort.name,
    )
    return PersonError(text)


def drop_it() -> str:
    return _("Drop it")


IN_A_ROW = 5


def _where(room: Room, spot: Place | None) -> tuple[Span, ...]:
    """A room as somebody at `spot` can recognise it: the names of another workspace's channels mean nothing there."""
    there = titled(room.platform)
    if spot is None or room.platform != spot.platform:
        return (_("a channel on {platform}", platform=there),)
    if room.workspace != spot.workspace:
        return (_("a channel in another place on {platform}", platform=there),)
    channel = Tag("channel", room.channel)
    if room.channel == spot.channel:
        return spans("{platform}: {channel} (here)", platform=there, channel=channel)
    return (f"{there}: ", channel)


def rooms(cohort: Cohort, found: Sequence[Room], spot: Place | None, droppable: Sequence[Room]) -> Message:
    """The rooms, and what can be done about them."""
    head = _("{cohort} meets in {rooms}", cohort=cohort.name, rooms=so_many_rooms(len(found)))
    here = {"id": str(cohort.id)}
    blocks: list[Block] = [Heading(head)]
    numbered = ((Strong(_("Room {number}", number=n)), room) for n, room in enumerate(found, start=1))
    blocks.append(bullets((title, ": ", *_where(room, spot)) for title, room in numbered))
    blocks.append(paragraph(_("Every post appears once in each room; all members are one group."), quiet=True))
    buttons = []
    if spot and not any(
        (r.platform, r.workspace, r.channel) == (spot.platform, spot.workspace, spot.channel) for r in found
    ):
        buttons.append(Button(_("Add this channel"), "cohort.room.add", here, "primary"))
    buttons.append(Button(_("Code for another place"), "cohort.room.code", here))
    for number, room in enumerate(found, start=1):
        if room in droppable:
            label = _("Drop room {number}", number=number)
            buttons.append(Button(label, "cohort.room.drop", {**here, "room": str(room.id)}))
    blocks += [Actions(tuple(buttons[at : at + IN_A_ROW])) for at in range(0, len(buttons), IN_A_ROW)]
    return Message(head, tuple(blocks))


def code(cohort: Cohort, value: str, minutes: int) -> Message:
    """A code, shown only to the person who requested it."""
    head = _("A code for {cohort}", cohort=cohort.name)
    how = _(
        "Ask someone who manages the other server or workspace to type this in the room there: /cohort room "
        "code:{code}",
        code=value,
    )
    who = _(
        "Whoever enters it will moderate the cohort with you from there, and all members will see one another. "
        "Please don't give it to anyone else."
    )
    valid = ngettext(
        "It works once, within {n} minute. A new code cancels this one.",
        "It works once, within {n} minutes. A new code cancels this one.",
        minutes,
    )
    return Message(head, (Heading(value), paragraph(how), paragraph(who), paragraph(valid, quiet=True)))


def wrong_code() -> Message:
    """A code that is wrong, used or expired: the answer does not say which."""
    return Message(
        _(
            "That code doesn't work. A code works once, for ten minutes; /cohort room gives you a new one where the "
            "cohort meets now."
        )
    )


def not_added(findings: Sequence[Finding]) -> Message:
    """A channel in which the bot could not work."""
    head = _("I can't work in this channel yet, so nothing has changed.")
    again = paragraph(_("Then please try again; the code stays valid until it expires."), quiet=True)
    return Message(head, (paragraph(head), *problems(findings), again))


def added(cohort: Cohort, place: Place) -> Message:
    head = _("{cohort} has a new room.", cohort=cohort.name)
    words = spans(
        "{done} The invitation is on its way to {channel}, and so is this week's card if it's open.",
        done=head,
        channel=Tag("channel", place.channel),
    )
    return Message(head, (paragraph(*words),))


def brought(cohort: Cohort, place: Place) -> Message:
    head = _("{cohort} now meets here too.", cohort=cohort.name)
    words = spans("{done} The invitation is on its way to {channel}.", done=head, channel=Tag("channel", place.channel))
    you = _("You moderate it from here, together with its other moderators; use /cohort edit to add more.")
    return Message(head, (paragraph(*words), paragraph(you)))


def drop_preview(cohort: Cohort, room: Room, spot: Place | None, stranded: int, button: Button) -> Message:
    """Before a room is dropped. `stranded` members have no other room where they are."""
    head = _("Drop a room of {cohort}?", cohort=cohort.name)
    which = spans("{question} It's {room}. I'll stop posting there.", question=Strong(head), room=_where(room, spot))
    blocks: list[Block] = [paragraph(*which)]
    if stranded:
        people = ngettext(
            "{n} member is only in that room and could no longer check in from there.",
            "{n} members are only in that room and could no longer check in from there.",
            stranded,
        )
        blocks.append(paragraph(people))
    quiet = _("Everything posted there stays, and so does the record. I'll no longer update those posts.")
    blocks += [paragraph(quiet, quiet=True), Actions((button,))]
    return Message(head, tuple(blocks))


def dropped(cohort: Cohort) -> Message:
    return Message(_("{cohort} no longer meets there. /cohort room shows its other rooms.", cohort=cohort.name))
