"""What is kept about a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words import zones
from cohort_bot.app.words.counts import counted
from cohort_bot.app.words.dates import day
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Span, Strong, bullets, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.membership import Account, Cohort, Member

FORMER: Final = "Former member"
"""The name that stands where an erased one stood."""


TEXT_MOST: Final = 300


EXPORT_MOST: Final = 3000


ROUNDS_MOST: Final = 30
"""An answer holds so many characters of one text, of all, and so many rounds: it fits every platform (Discord: 4,000
characters, Slack: 50 blocks)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One membership with its record."""

    cohort: Cohort
    member: Member
    made: Sequence[CheckIn]


def profile(account: Account, entries: Sequence[Entry], at: datetime, changed: Sequence[str]) -> Message:
    """What is kept about the person. `changed` names what was changed just now."""
    head = "What I keep about you"
    blocks: list[Block] = [paragraph(Strong(f"Saved: {', '.join(changed)}."))] if changed else []
    lines: list[tuple[Span, ...]] = [
        (Strong("Name: "), account.name),
        (Strong("Time zone: "), zones.there(account.zone, at)),
        (Strong("Reminders: "), "on" if account.reminders else "off"),
        (
            Strong("When direct messages are closed: "),
            "a reminder names you in the thread" if account.mention else "no reminder",
        ),
    ]
    for entry in entries:
        hours = f"{counted(entry.member.hours, 'hour')} a week" if entry.member.hours else "hours not said"
        count = counted(len(entry.made), "check-in")
        lines.append((Strong(f"{entry.cohort.name}: "), f"{hours}, {count}"))
    blocks += [Heading(head), bullets(lines)]
    blocks.append(
        paragraph(
            "Moderators of your cohort can read your check-ins, your hours and why you joined. The group sees your "
            f"name and what you share, nothing else. {typed('profile', account.platform)} with timezone, reminders or "
            "hours changes these.",
            quiet=True,
        )
    )
    copy = Button("Export my data", "profile.export")
    blocks.append(
        Actions((Button(zones.CORRECT, "profile.zone"), copy, Button("Erase my data", "profile.erase", style="danger")))
    )
    return Message(f"Saved: {', '.join(changed)}." if changed else head, tuple(blocks))


def zone_form(zone: str) -> Form:
    """Where another time zone is written."""
    field = TextField("timezone", "Your time zone", "zone", zone, 100, required=True, hint=zones.HINT)
    return Form("profile.zone.save", "Your time zone", (field,))


def export(account: Account, entries: Sequence[Entry]) -> Message:
    """The record in short, the newest rounds first, as much as one message holds; all of it comes as files."""
    head = f"The record of {account.name}"
    on = "on" if account.reminders else "off"
    where = f"Account {account.user} on {account.platform}, time zone {account.zone}, reminders {on}."
    blocks: list[Block] = [Heading(head), paragraph(where)]
    left, rounds, more = EXPORT_MOST, ROUNDS_MOST, 0
    for entry in entries:
        blocks.append(paragraph(Strong(f"{entry.cohort.name}. "), _membership(entry.member)))
        for checkin in sorted(entry.made, key=lambda made: made.round, reverse=True):
            words = _record(checkin)
            left, rounds = left - len(words), rounds - 1
            if left < 0 or rounds < 0:
                more += 1
            else:
                blocks.append(paragraph(words))
    if more:
        left_out = counted(more, "more check-in does", "more check-ins do")
        blocks.append(paragraph(f"{left_out} not fit into a message.", quiet=True))
    if entries:
        blocks.append(paragraph("The whole record is on its way to you by direct message, as a page and as data."))
    return Message(head, tuple(blocks))


def _membership(member: Member) -> str:
    parts = [f"Joined {day(member.joined_at.date())}, first round {member.first_round}"]
    if member.left_at:
        parts.append(f"left {day(member.left_at.date())}")
    if member.hours:
        parts.append(f"{counted(member.hours, 'hour')} a week")
    parts += [f"off {pause.first} to {pause.last}" for pause in member.breaks]
    parts += [f"{counted(slip.weeks, 'week')} later from round {slip.from_round}" for slip in member.slips]
    why = f" Why: {_cut(member.why)}" if member.why else ""
    return f"{', '.join(parts)}.{why}"


def _record(checkin: CheckIn) -> str:
    done = sum(task.done for task in checkin.tasks)
    count = f", {done} of {counted(len(checkin.tasks), 'task')}" if checkin.tasks else ""
    line = f"Round {checkin.round}, week {checkin.week}, {day(checkin.filed_at.date())}{count}."
    texts = (("Done", checkin.done), ("In the way", checkin.blockers), ("Next", checkin.next_step))
    return " ".join([line, *(f"{name}: {_cut(text)}" for name, text in texts if text)])


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_MOST else f"{text[:TEXT_MOST].rstrip()}… (cut)"


def erase() -> Message:
    """Asked before everything is erased."""
    head = "Erase everything that I keep about you?"
    return Message(
        head,
        (
            paragraph(Strong(head)),
            paragraph(
                "You leave your cohorts, and what you wrote goes: check-ins with their earlier versions, why you "
                "joined, what you looked back on, moderators' reasons and notes about you, your name, account and time "
                "zone. Only that somebody checked in, and when, stays for the cohort's numbers. It cannot be taken "
                "back; Export my data gives you a copy first."
            ),
            paragraph(
                "Check-ins that you shared are taken back in their threads; other posts stay until a moderator deletes "
                "them. Backups keep a copy until they expire: ask whoever runs me how long they keep them.",
                quiet=True,
            ),
            Actions(
                (
                    Button("Erase everything", "profile.erase.yes", style="danger"),
                    Button("Export my data", "profile.export"),
                )
            ),
        ),
    )


def erased(platform: str) -> Message:
    """After it was done."""
    join = typed("join", platform)
    return Message(
        f"It is erased. Backups keep a copy until they expire. Thank you for having been here; {join} starts afresh."
    )


def no_more_reminders() -> Message:
    """After the one button that stops them all."""
    return Message("No more reminders. The weekly card stays in the room, and you can check in whenever you like.")


def mentioned(platform: str) -> Message:
    """After somebody chose to be named in the thread."""
    return Message(
        "When a reminder cannot reach you directly, I name you in the week's thread. "
        f"{typed('profile', platform)} mention:off ends that."
    )


def nothing_kept(platform: str) -> PersonError:
    """A profile of somebody who never joined."""
    return PersonError(
        f"I keep nothing about you. {typed('join', platform)} brings you into a cohort, and then there is a profile."
    )


def no_hours(platform: str) -> PersonError:
    """Hours of somebody who is in no cohort."""
    return PersonError(
        f"You are in no cohort now, so there is nothing to note hours for. {typed('join', platform)} brings you in."
    )


def no_reminders() -> PersonError:
    """Stopping reminders that nobody gets."""
    return PersonError("You get no reminders from me, so there is nothing to stop.")
