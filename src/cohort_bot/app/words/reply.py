"""What a member wrote to the bot directly, shown as the check-in that it would be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.checkin import DONE_LIMIT, ticks
from cohort_bot.chat.formats import number
from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Actions, Block, Button, Message, Strong, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort

NAME_MOST = 40
MOVES_MOST = 5
"""So many buttons are in a row."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A check-in that an answer would be: of `week` in round `number`, with what would stand under what came of it.

    `added`: it has a check-in already, to which the answer is added. `tasks` are (text, ticked). `files`: something
    was attached. `closed` is the week of the reminder that was answered, when it takes no check-in any more; `writer`
    a moderator for whom the message may have been meant.
    """

    week: int
    number: int
    done: str
    added: bool
    tasks: Sequence[tuple[str, bool]]
    files: bool = False
    closed: int | None = None
    writer: str = ""


def preview(
    cohort: Cohort, shown: Shown, args: Mapping[str, str], moves: Sequence[tuple[Cohort, int | None, int]]
) -> Message:
    """The check-in, and the buttons that decide; `moves` are what else the answer may be about."""
    if shown.added:
        head = _("Add this to your check-in for week {week} of {cohort}?", week=shown.week, cohort=cohort.name)
    else:
        head = _("Save this as your check-in for week {week} of {cohort}?", week=shown.week, cohort=cohort.name)
    blocks: list[Block] = []
    if shown.closed is not None:
        passed = _("Week {week} no longer takes check-ins, so this would go into another one.", week=shown.closed)
        blocks.append(paragraph(passed))
    if shown.writer:
        meant = _(
            "Is this for {moderator}? I don't pass messages on, so write to them directly.", moderator=shown.writer
        )
        blocks.append(paragraph(meant))
    fits = len(shown.done) <= DONE_LIMIT
    buttons: tuple[Button, ...] = (
        Button(_("Save"), "reply.save", args, "primary"),
        Button(_("Add tasks"), "reply.tasks", args),
        Button(_("Discard"), "reply.discard", args),
    )
    if fits:
        blocks += [paragraph(Strong(head)), paragraph(shown.done)]
        if shown.tasks:
            blocks.append(ticks(shown.tasks))
    else:
        head = _too_long(len(shown.done), added=shown.added)
        again = _("Your message is still here: edit it to make it shorter, and I'll show it again.")
        blocks += [paragraph(Strong(head)), paragraph(again)]
        buttons = (Button(_("Shorten it in the form"), "reply.tasks", args, "primary"), buttons[-1])
    if shown.files:
        blocks.append(paragraph(_("I keep text and links, not files: the attachment isn't part of it."), quiet=True))
    blocks.append(
        paragraph(_("Nothing is saved yet, and nobody else reads this. Moderators can read what you save."), quiet=True)
    )
    blocks.append(Actions(buttons))
    if moves:
        blocks.append(Actions(tuple(_move(args, *each) for each in moves[:MOVES_MOST])))
    return Message(head, tuple(blocks))


def _move(args: Mapping[str, str], cohort: Cohort, number: int | None, week: int) -> Button:
    draft = {"draft": args["draft"], "id": str(cohort.id)}
    if number is not None:
        return Button(_("It's for week {week}", week=week), "reply.move", {**draft, "round": str(number)})
    return Button(_("It's for {cohort}", cohort=shorten(cohort.name, NAME_MOST)), "reply.move", draft)


def _too_long(length: int, *, added: bool) -> str:
    if added:
        return _(
            "Together with what your check-in already says, that's {length} characters, and it has room for {most}.",
            length=number(length),
            most=number(DONE_LIMIT),
        )
    return _(
        "That's {length} characters, and a check-in has room for {most}.",
        length=number(length),
        most=number(DONE_LIMIT),
    )


def no_text(cohort: Cohort, *, files: bool) -> Message:
    """A message without a word in it, such as a picture."""
    if files:
        head = _("I can't keep pictures or files.")
        cure = _("Put it where the group can open it and send me the link, with a few words on what you did.")
    else:
        head = _("I can only read text.")
        cure = _("Write what you got done this week, and I'll show it as a check-in before anything is saved.")
    button = Button(_("Check in"), "checkin", {"id": str(cohort.id)}, "primary")
    return Message(head, (paragraph(Strong(head), f" {cure}"), Actions((button,))))


def saved_before(cohort: Cohort, number: int) -> Message:
    """The message was edited after its check-in had been saved."""
    head = _("Your check-in stays as you saved it.")
    cure = _("You changed the message it came from. To change the check-in as well, edit it here.")
    edit = Button(_("Edit"), "checkin", {"id": str(cohort.id), "round": str(number)}, "primary")
    return Message(head, (paragraph(Strong(head), f" {cure}"), Actions((edit,))))


def saved_already() -> PersonError:
    return PersonError(_("That's saved already. To change it, type /checkin."))


def discarded() -> Message:
    return Message(_("Discarded: nothing was recorded."))


def discarded_already() -> PersonError:
    return PersonError(_("You discarded that one. If you want it after all, send me the message again."))


def gone() -> PersonError:
    return PersonError(_("I no longer have that message. Send it again, and I'll show it as a check-in."))


def closed(week: int, why: str) -> PersonError:
    """An answer to a reminder whose round takes no check-in any more, when no other takes one either."""
    head = _("Week {week} is closed for good.", week=week)
    return PersonError(f"{head} {why}")


def invitation() -> str:
    """What a reminder says where it can be answered."""
    return _("Or just answer here: I'll show you the check-in before anything is saved.")
