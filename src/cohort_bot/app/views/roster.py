"""What moderators are shown of their members."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cohort_bot.app.views.counts import counted
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Span, Strong, When, bullets, paragraph
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.rounds import zone_info

PAGE = 20
NAME_MOST = 32
"""A page of the longest lines fits into one message of every platform (Discord: 4,000 characters)."""

REASON_LIMIT = 300
TITLE_MOST = 45
"""Characters of a form's title (Discord)."""

NO_ROUND = "Please give the number of a round, such as 3."
NO_REASON = "Please say why; they and the other moderators see it."


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
        return Message(f"Nobody has joined {cohort.name} yet. The invitation in the room has a Join button.")
    first = page * PAGE
    shown = entries[first : first + PAGE]
    head = f"{cohort.name}: {counted(len(entries), 'member')}"
    blocks: list[Block] = [Heading(head), bullets(_entry(entry, at) for entry in shown)]
    buttons = []
    if len(entries) > PAGE:
        blocks.append(paragraph(f"{first + 1} to {first + len(shown)} of {len(entries)}", quiet=True))
        if page:
            buttons.append(_turn("Earlier", cohort, page - 1))
        if first + PAGE < len(entries):
            buttons.append(_turn("Later", cohort, page + 1))
    buttons.append(Button("What moderators changed", "cohort.changes", {"id": str(cohort.id)}))
    blocks.append(Actions(tuple(buttons)))
    return Message(head, tuple(blocks))


def _turn(label: str, cohort: Cohort, page: int) -> Button:
    return Button(label, "cohort.members", {"id": str(cohort.id), "page": str(page)})


def _entry(entry: Entry, at: datetime) -> tuple[Span, ...]:
    member = entry.member
    zone = member.account.zone
    behind = member.offset(entry.number)
    if entry.number < member.first_round:
        week = f"starts with round {member.first_round}"
    elif entry.done:
        week = "at the end of the programme"
    else:
        week = f"week {member.week(entry.number)}" + (f" ({behind} behind the cohort)" if behind else "")
    state = f"on break until {entry.back:%d %b %Y}" if entry.back else "active"
    there = f"{at.astimezone(zone_info(zone)):%a %H:%M}"
    name = Strong(member.name)
    where = f" · {entry.where}" if entry.where else ""
    return (name, f"{where} · {zone}, {there} there · {week} · {state} · joined ", When(member.joined_at, "day"))


def long_reason(reason: str) -> str:
    """Why a reason is not taken."""
    return f"Please keep the reason to {REASON_LIMIT} characters; this has {len(reason)}."


def remove_form(cohort: Cohort, member: Member, reason: str) -> Form:
    """From a member's card, before they are asked to be sure."""
    hint = "They are told by direct message; left out, they are not"
    field = TextField("reason", "Why?", "line", reason, REASON_LIMIT, hint=hint)
    return Form("cohort.remove.ask", _title(f"Remove {member.name}"), (field,), _args(cohort, member), "Go on")


def record_form(cohort: Cohort, member: Member, number: str, reason: str) -> Form:
    """A check-in for somebody, from their card."""
    fields = (
        TextField("round", "Which round?", "line", number, 4, required=True, hint="Its number, however long ago"),
        TextField("reason", "Why, for the record", "line", reason, REASON_LIMIT, required=True, hint="They see it"),
    )
    title = _title(f"Check-in for {member.name}")
    return Form("cohort.record.save", title, fields, _args(cohort, member), "Record")


def _args(cohort: Cohort, member: Member) -> dict[str, str]:
    return {"id": str(cohort.id), "member": str(member.id)}


def _title(title: str) -> str:
    return shorten(title, TITLE_MOST)


def remove_preview(cohort: Cohort, member: Member, reason: str, button: Button) -> Message:
    """Before somebody is taken out."""
    head = f"Remove {member.name} from {cohort.name}?"
    if reason:
        told = f"I tell them by direct message, with your name and the reason: {reason}"
    else:
        told = "I do not tell them; a word from you is kinder, or a reason, which I pass on."
    words = paragraph(f"Their record stays, reminders stop at once. {told}")
    again = paragraph(f"They can join again with {typed('join', member.account.platform)}.", quiet=True)
    return Message(head, (paragraph(Strong(head)), words, again, Actions((button,))))


def removed(cohort: Cohort, member: Member) -> Message:
    """After somebody was taken out."""
    return Message(f"{member.name} is no longer in {cohort.name}. Their record stays.")


def excused(member: Member, number: int) -> Message:
    """After a round was excused."""
    return Message(f"Round {number} is excused for {member.name}: it counts neither for nor against them.")


def recorded(member: Member, number: int, status: str) -> Message:
    """After a check-in was recorded for somebody."""
    return Message(f"Round {number} is recorded for {member.name}, {status}. Your reason stands in the check-in.")


def recorded_by_moderator(reason: str) -> str:
    """What stands in a check-in that its member did not write."""
    return f"Recorded by a moderator: {reason}"
