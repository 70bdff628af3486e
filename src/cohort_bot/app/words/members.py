"""What moderators are shown of their members."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cohort_bot.app.words.counts import members as so_many_members
from cohort_bot.app.words.dates import day_in_table, short_weekday_and_time
from cohort_bot.chat.i18n import _, spans
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
        nobody = _("Nobody has joined {cohort} yet. The invitation in the room has a Join button.", cohort=cohort.name)
        return Message(nobody)
    first = page * PAGE
    shown = entries[first : first + PAGE]
    head = f"{cohort.name}: {so_many_members(len(entries))}"
    blocks: list[Block] = [Heading(head), bullets(_entry(entry, at) for entry in shown)]
    buttons = []
    if len(entries) > PAGE:
        which = _("{first} to {last} of {all}", first=first + 1, last=first + len(shown), all=len(entries))
        blocks.append(paragraph(which, quiet=True))
        if page:
            buttons.append(_turn(_("Earlier"), cohort, page - 1))
        if first + PAGE < len(entries):
            buttons.append(_turn(_("Later"), cohort, page + 1))
    buttons.append(Button(_("What moderators changed"), "cohort.changes", {"id": str(cohort.id)}))
    blocks.append(Actions(tuple(buttons)))
    return Message(head, tuple(blocks))


def _turn(label: str, cohort: Cohort, page: int) -> Button:
    return Button(label, "cohort.members", {"id": str(cohort.id), "page": str(page)})


def _entry(entry: Entry, at: datetime) -> tuple[Span, ...]:
    member = entry.member
    zone = member.account.zone
    if entry.number < member.first_round:
        week = _("starts with round {round}", round=member.first_round)
    elif entry.done:
        week = _("at the end of the programme")
    else:
        week = _week(member.week(entry.number), member.offset(entry.number))
    state = _("on break until {day}", day=day_in_table(entry.back)) if entry.back else _("active")
    there = _("{time} there", time=short_weekday_and_time(at.astimezone(zone_info(zone))))
    where = f" · {entry.where}" if entry.where else ""
    joined = spans("joined {day}", day=When(member.joined_at, "day"))
    return (Strong(member.name), f"{where} · {zone}, {there} · {week} · {state} · ", *joined)


def _week(number: int, behind: int) -> str:
    if behind:
        return _("week {week} ({behind} behind the cohort)", week=number, behind=behind)
    return _("week {week}", week=number)
