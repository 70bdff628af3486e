"""A slower pace."""

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.buttons import undo as undo_label
from cohort_bot.app.words.counts import weeks as so_many_weeks
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import Actions, Block, Button, Message, Strong, When, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Programme


def slip_pressed(platform: str) -> PersonError:
    text = _("You've already used that button. {slip} weeks:1 adds another week.", slip=typed("slip", platform))
    return PersonError(text)


def slip_too_far(most: int) -> PersonError:
    """A pace that would lead to before week 1; `most` weeks are possible."""
    if most < 1:
        return PersonError(
            _("Your next round is already week 1, so there's no earlier week to go back to. Nothing was changed.")
        )
    text = _(
        "That would take you back past week 1. Right now you can slip by {weeks} at most.", weeks=so_many_weeks(most)
    )
    return PersonError(text)


def past_the_end(length: int, back: int, platform: str) -> PersonError:
    """A pace that leads nowhere after the last week; `back` weeks lead to it."""
    text = _(
        "You've reached the end, after {weeks}. {slip} weeks:{back} lets you do the last one again.",
        weeks=so_many_weeks(length),
        slip=typed("slip", platform),
        back=back,
    )
    return PersonError(text)


def slip_begun(number: int) -> PersonError:
    text = _(
        "Round {round} has opened, so the slower pace stays: what was recorded since then depends on it. You lose "
        "nothing by finishing later.",
        round=number,
    )
    return PersonError(text)


def no_slip_to_undo() -> PersonError:
    return PersonError(_("That's already undone, so nothing was changed."))


def slipped_without_programme() -> PersonError:
    """The pace is changed, and the new week cannot be shown."""
    return PersonError(_("Your pace is changed. I can't read the programme right now; please tell a moderator."))


def slipped(
    cohort: Cohort, programme: Programme, member: Member, number: int, weeks: int, total: int, platform: str
) -> Message:
    """A slower pace from round `number` on: `weeks` now, `total` together with what was asked for before."""
    week = member.week(number)
    head = ngettext(
        "You get an extra week: in round {round} you'll repeat week {week}.",
        "You get {n} extra weeks: in round {round} you'll go back to week {week}.",
        weeks,
        round=number,
        week=week,
    )
    blocks: list[Block] = [paragraph(Strong(head))]
    if total > weeks:
        sum_of_all = ngettext(
            "Together with what you asked for before, that's {n} week in this round.",
            "Together with what you asked for before, that's {n} weeks in this round.",
            total,
        )
        blocks.append(paragraph(sum_of_all))
    opens = When(cohort.calendar.opens(number))
    if member.account.reminders:
        comes = spans("I'll send it to you by direct message {opens}, and the weeks after it too.", opens=opens)
    else:
        comes = spans(
            "It opens {opens}. Your reminders are off, so I won't message you: {plan} shows your week.",
            opens=opens,
            plan=typed("plan", platform),
        )
    blocks.append(paragraph(*comes))
    finish = spans(
        "You'll now finish on {day}. Nothing you did is lost, and your streak stays.",
        day=_end(cohort, programme, member, number),
    )
    blocks.append(paragraph(*finish))
    undo = Button(undo_label(), "slip.undo", {"id": str(cohort.id), "round": str(number)})
    blocks.append(paragraph(_("You can undo this until round {round} opens.", round=number), quiet=True))
    blocks.append(Actions((undo,)))
    return Message(head, tuple(blocks))


def slip_undone(cohort: Cohort, programme: Programme | None, member: Member, number: int) -> Message:
    """A slower pace that was taken back before it began."""
    head = _("Undone: round {round} will be your week {week}.", round=number, week=member.week(number))
    if programme is None:
        return Message(head)
    finish = spans("You'll finish on {day}.", day=_end(cohort, programme, member, number))
    return Message(head, (paragraph(Strong(head), " ", *finish),))


def _end(cohort: Cohort, programme: Programme, member: Member, number: int) -> When:
    return When(cohort.calendar.closes(programme.length + member.offset(number)), "day")
