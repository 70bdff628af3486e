"""What moderators are shown of their members."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cohort_bot.app.words.counts import counted
from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Span, Strong, When, bullets, paragraph
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.rounds import zone_info

PAGE = 20
NAME_MOST = 32
"""A page of the longest lines fits into one message of every platform (Discord: 4,000 characters)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One member as listed. `number` is the round that their week belongs to, `back` the last day of a break.

    `where` is the platform on which they are, when the cohort meets on more than one; `done` after their last week.
    """

    member: Member
    number: int
    back: date | None
    where: str = ""
    done: bool = False


def members(cohort: Cohort, entries: Sequence[Entry], page: int, at: datetime) -> Message:
    """The members, one page of them; `page` counts from 0 and is within the list."""
    if not entries:
        return Message(
            _("Nobody has joined {cohort} yet. The invitation in the room has a Join button.", cohort=cohort.name)
        )
    first = page * PAGE
    shown = entries[first : first + PAGE]
    head = f"{cohort.name}: {counted(len(entries), 'member')}"
    blocks: list[Block] = [Heading(head), bullets(_entry(entry, at) for entry in shown)]
    buttons = []
    if len(entries) > PAGE:
        blocks.append(
            paragraph(
                _("{value} to {value2} of {entries}", value=first + 1, value2=first + len(shown), entries=len(entries)),
                quiet=True,
            )
        )
        if page:
            buttons.append(_turn("Earlier", cohort, page - 1))
        if first + PAGE < len(entries):
            buttons.append(_turn("Later", cohort, page + 1))
    buttons.append(Button(_("What moderators changed"), "cohort.changes", {"id": str(cohort.id)}))
    blocks.append(Actions(tuple(buttons)))
    return Message(head, tuple(blocks))


def _turn(label: str, cohort: Cohort, page: int) -> Button:
    return Button(label, "cohort.members", {"id": str(cohort.id), "page": str(page)})


def _entry(entry: Entry, at: datetime) -> tuple[Span, ...]:
    member = entry.member
    zone = member.account.zone
    behind = member.offset(entry.number)
    if entry.number < member.first_round:
        week = _("starts with round {first_round}", first_round=member.first_round)
    elif entry.done:
        week = _("at the end of the programme")
    else:
        week = _("week {week}", week=member.week(entry.number)) + (
            _(" ({behind} behind the cohort)", behind=behind) if behind else ""
        )
    state = _("on break until {back}", back=format(entry.back, "%d %b %Y")) if entry.back else "active"
    there = f"{at.astimezone(zone_info(zone)):%a %H:%M}"
    name = Strong(member.name)
    where = f" · {entry.where}" if entry.where else ""
    return (name, f"{where} · {zone}, {there} there · {week} · {state} · joined ", When(member.joined_at, "day"))
