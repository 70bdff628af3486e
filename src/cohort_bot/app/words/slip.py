"""A slower pace."""

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import counted
from cohort_bot.chat.message import Actions, Block, Button, Message, Strong, When, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Programme


def slip_pressed(platform: str) -> PersonError:
    """A button that works once."""
    return PersonError(f"That button has done its work. {typed('slip', platform)} weeks:1 moves you another week.")


def slip_too_far(most: int) -> PersonError:
    """A pace that would lead to before week 1; `most` weeks are possible."""
    if most < 1:
        return PersonError(
            "Your next round is week 1 already, so there is no earlier week to go to. Nothing was changed."
        )
    weeks = counted(most, "week")
    return PersonError(f"That would lead to before week 1. You can slip by {weeks} at most right now.")


def past_the_end(length: int, back: int, platform: str) -> PersonError:
    """A pace that leads nowhere after the last week; `back` weeks lead to it."""
    slip = typed("slip", platform)
    return PersonError(
        f"You have come to the end: {counted(length, 'week')}. {slip} weeks:{back} lets you do the last one again."
    )


def slip_begun(number: int) -> PersonError:
    """Taking back a pace that has begun."""
    return PersonError(
        f"Round {number} has opened, so the slower pace stays: the weeks since then are on record as they were done. "
        "Nothing is lost by being later."
    )


def no_slip_to_undo() -> PersonError:
    """Taking back what is taken back."""
    return PersonError("That is taken back already; nothing was changed.")


def slipped_without_programme() -> PersonError:
    """The pace is changed, and the new week cannot be shown."""
    return PersonError("Your pace is changed. The programme cannot be read right now; please tell a moderator.")


def slipped(
    cohort: Cohort, programme: Programme, member: Member, number: int, weeks: int, total: int, platform: str
) -> Message:
    """A slower pace from round `number` on: `weeks` now, `total` together with what was asked for before."""
    week = member.week(number)
    head = f"{counted(weeks, 'week')} more for you: round {number} will be your week {week} again."
    blocks: list[Block] = [paragraph(Strong(head))]
    if total > weeks:
        blocks.append(
            paragraph(f"Together with what you asked for before, that is {counted(total, 'week')} in this round.")
        )
    opens = cohort.calendar.opens(number)
    if member.account.reminders:
        blocks.append(paragraph("It comes to you by direct message ", When(opens), ", and so do the weeks after it."))
    else:
        plan = typed("plan", platform)
        off = f". Your reminders are off, so no message comes: {plan} shows your week."
        blocks.append(paragraph("It opens ", When(opens), off))
    ends = cohort.calendar.closes(programme.length + member.offset(number))
    blocks.append(paragraph("You finish ", When(ends, "day"), " now. Nothing you did is lost, and your streak stays."))
    undo = Button("Take it back", "slip.undo", {"id": str(cohort.id), "round": str(number)})
    blocks.append(paragraph("Until round ", str(number), " opens you can take it back.", quiet=True))
    blocks.append(Actions((undo,)))
    return Message(head, tuple(blocks))


def slip_undone(cohort: Cohort, programme: Programme | None, member: Member, number: int) -> Message:
    """A slower pace that was taken back before it began."""
    head = f"Taken back: round {number} will be your week {member.week(number)}."
    if programme is None:
        return Message(head)
    ends = When(cohort.calendar.closes(programme.length + member.offset(number)), "day")
    return Message(head, (paragraph(Strong(head), " You finish ", ends, "."),))
