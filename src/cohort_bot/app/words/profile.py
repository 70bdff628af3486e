"""What is kept about a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words import own_calendar, zones
from cohort_bot.app.words.counts import check_ins
from cohort_bot.app.words.dates import day
from cohort_bot.app.words.platforms import titled
from cohort_bot.chat.catalogues import own_name
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.i18n import N_, _, language, ngettext
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Span, Strong, bullets, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.membership import Account, Cohort, Member, Slip

TEXT_MOST: Final = 300
EXPORT_MOST: Final = 3000
ROUNDS_MOST: Final = 30
"""An answer holds so many characters of one text, of all, and so many rounds: it fits every platform (Discord: 4,000
characters, Slack: 50 blocks)."""


Setting = Literal["timezone", "reminders", "mentions", "hours", "language"]

_SETTINGS: Final[Mapping[Setting, str]] = {
    "timezone": N_("time zone"),
    "reminders": N_("reminders"),
    "mentions": N_("mentions"),
    "hours": N_("hours"),
    "language": N_("language"),
}


def former() -> str:
    """The name that stands where an erased one stood."""
    return _("Former member")


@dataclass(frozen=True, slots=True)
class Entry:
    """One membership with its record."""

    cohort: Cohort
    member: Member
    made: Sequence[CheckIn]


def profile(account: Account, entries: Sequence[Entry], at: datetime, changed: Sequence[Setting]) -> Message:
    """What is kept about the person. `changed` is what was changed just now."""
    head = _("What I keep about you")
    saved = _("Saved: {changes}.", changes=", ".join(_(_SETTINGS[key]) for key in changed))
    mention = _("I mention you in the week's thread") if account.mention else _("no reminder")
    lines: list[tuple[Span, ...]] = [
        (Strong(_("Name:")), " ", account.name),
        (Strong(_("Time zone:")), " ", zones.there(account.zone, at)),
        (Strong(_("Language:")), " ", _language(account)),
        (Strong(_("Reminders:")), " ", _on_off(account)),
        (Strong(_("When direct messages are closed:")), " ", mention),
    ]
    lines += [(Strong(f"{entry.cohort.name}:"), f" {_kept(entry)}") for entry in entries]
    blocks: list[Block] = [paragraph(Strong(saved))] if changed else []
    blocks += [Heading(head), bullets(lines)]
    who = _(
        "Moderators of your cohort can read your check-ins, your hours and why you joined. The group sees your name "
        "and what you share, nothing else. To change these, type {profile} with timezone, language, reminders or "
        "hours.",
        profile=typed("profile", account.platform),
    )
    blocks.append(paragraph(who, quiet=True))
    zone, calendar = Button(zones.change_zone(), "profile.zone"), own_calendar.button()
    erase_all = Button(_("Erase my data"), "profile.erase", style="danger")
    blocks.append(Actions((zone, calendar, Button(_("Export my data"), "profile.export"), erase_all)))
    return Message(saved if changed else head, tuple(blocks))


def _language(account: Account) -> str:
    if account.language:
        return own_name(account.language)
    return _("{language}, as your app is set", language=own_name(language()))


def _kept(entry: Entry) -> str:
    """What is kept of one membership, also after it has ended; Export shows all of it."""
    cohort, member = entry.cohort, entry.member
    parts = [_a_week(member.hours) if member.hours else _("hours not given"), check_ins(len(entry.made))]
    if member.breaks:
        parts.append(ngettext("{n} break", "{n} breaks", len(member.breaks)))
    if member.why:
        parts.append(_("why you joined"))
    if not member.questions:
        parts.append(_("no questions on earlier weeks"))
    if member.left_at:
        parts.append(_("left {day}", day=day(cohort.calendar.today(member.left_at))))
    if cohort.archived_at:
        parts.append(_("ended {day}", day=day(cohort.calendar.today(cohort.archived_at))))
    return ", ".join(parts)


def _on_off(account: Account) -> str:
    return _("on") if account.reminders else _("off")


def _a_week(number: int) -> str:
    return ngettext("{n} hour per week", "{n} hours per week", number)


def zone_form(zone: str) -> Form:
    label = _("Your time zone")
    field = TextField("timezone", label, "zone", zone, 100, required=True, hint=zones.zone_hint())
    return Form("profile.zone.save", label, (field,))


def export(account: Account, entries: Sequence[Entry]) -> Message:
    """The record in short, the newest rounds first, as much as one message holds; all of it comes as files."""
    head = _("The record of {person}", person=account.name)
    where = _(
        "Account {user} on {platform}, time zone {zone}, language {language}, reminders {on_off}.",
        user=account.user,
        platform=titled(account.platform),
        zone=account.zone,
        language=_language(account),
        on_off=_on_off(account),
    )
    blocks: list[Block] = [Heading(head), paragraph(where)]
    left, rounds, more = EXPORT_MOST, ROUNDS_MOST, 0
    for entry in entries:
        blocks.append(paragraph(Strong(f"{entry.cohort.name}."), f" {_membership(entry.member)}"))
        for checkin in sorted(entry.made, key=lambda made: made.round, reverse=True):
            words = _record(checkin)
            left, rounds = left - len(words), rounds - 1
            if left < 0 or rounds < 0:
                more += 1
            else:
                blocks.append(paragraph(words))
    if more:
        left_out = ngettext(
            "{n} more check-in doesn't fit into a message.", "{n} more check-ins don't fit into a message.", more
        )
        blocks.append(paragraph(left_out, quiet=True))
    if entries:
        blocks.append(paragraph(_("Your whole record is on its way to you by direct message, as a page and as data.")))
    return Message(head, tuple(blocks))


def _membership(member: Member) -> str:
    parts = [_("Joined {day}, first round {round}", day=day(member.joined_at.date()), round=member.first_round)]
    if member.left_at:
        parts.append(_("left {day}", day=day(member.left_at.date())))
    if member.hours:
        parts.append(_a_week(member.hours))
    parts += [_("off {first} to {last}", first=str(pause.first), last=str(pause.last)) for pause in member.breaks]
    parts += [_later(slip) for slip in member.slips]
    facts = f"{', '.join(parts)}."
    return " ".join((facts, _("Why: {reason}", reason=_cut(member.why)))) if member.why else facts


def _later(slip: Slip) -> str:
    return ngettext(
        "{n} week later from round {round}", "{n} weeks later from round {round}", slip.weeks, round=slip.from_round
    )


def _record(checkin: CheckIn) -> str:
    made: dict[str, str | int] = {"round": checkin.round, "week": checkin.week, "day": day(checkin.filed_at.date())}
    if checkin.tasks:
        line = ngettext(
            "Round {round}, week {week}, {day}, {done} of {n} task.",
            "Round {round}, week {week}, {day}, {done} of {n} tasks.",
            len(checkin.tasks),
            done=sum(task.done for task in checkin.tasks),
            **made,
        )
    else:
        line = _("Round {round}, week {week}, {day}.", **made)
    texts = (
        (N_("Done: {text}"), checkin.done),
        (N_("Blocker: {text}"), checkin.blockers),
        (N_("Next: {text}"), checkin.next_step),
    )
    return " ".join([line, *(_(message, text=_cut(text)) for message, text in texts if text)])


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_MOST else _("{text}… (cut)", text=text[:TEXT_MOST].rstrip())


def erase() -> Message:
    head = _("Erase everything I keep about you?")
    return Message(
        head,
        (
            paragraph(Strong(head)),
            paragraph(
                _(
                    "You'll leave your cohorts, and everything you wrote goes: check-ins with their earlier "
                    "versions, why you joined, your reviews, moderators' reasons and notes about you, your name, "
                    "account and time zone. Only the fact that someone checked in, and when, stays for the cohort's "
                    "numbers. This can't be undone; Export my data gives you a copy first."
                )
            ),
            paragraph(
                _(
                    "Check-ins you shared are removed from their threads; other posts stay until a moderator deletes "
                    "them. Backups keep a copy until they expire: ask whoever hosts this bot how long that is."
                ),
                quiet=True,
            ),
            Actions(
                (
                    Button(_("Erase everything"), "profile.erase.yes", style="danger"),
                    Button(_("Export my data"), "profile.export"),
                )
            ),
        ),
    )


def erased(platform: str) -> Message:
    return Message(
        _(
            "Done, it's all erased. Backups keep a copy until they expire. Thanks for taking part. {join} starts over.",
            join=typed("join", platform),
        )
    )


def no_more_reminders() -> Message:
    return Message(_("No more reminders. The weekly card stays in the room, and you can check in whenever you like."))


def mentioned(platform: str) -> Message:
    """After somebody chose to be named in the thread."""
    return Message(
        _(
            "When a reminder can't reach you directly, I'll mention you in the week's thread. {profile} mention:off "
            "stops that.",
            profile=typed("profile", platform),
        )
    )


def nothing_kept(platform: str) -> PersonError:
    text = _(
        "I keep nothing about you. Once you {join} a cohort, you'll have a profile.",
        join=typed("join", platform),
    )
    return PersonError(text)


def no_hours(platform: str) -> PersonError:
    text = _(
        "You're not in a cohort right now, so there's nothing to set hours for. {join} gets you into one.",
        join=typed("join", platform),
    )
    return PersonError(text)


def no_reminders() -> PersonError:
    return PersonError(_("You don't get reminders from me, so there's nothing to stop."))
