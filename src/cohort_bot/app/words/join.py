"""Joining a cohort."""

from datetime import datetime

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words import zones
from cohort_bot.app.words.fields import short_title
from cohort_bot.app.words.statuses import streak_words
from cohort_bot.app.words.week import check_in_button
from cohort_bot.chat.form import ChoiceField, Form, Option, TextField
from cohort_bot.chat.i18n import _, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Strong, When, bullets, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.checkins import Streak
from cohort_bot.core.membership import Cohort, Member, Pace
from cohort_bot.core.programme import Programme


def ended(cohort: Cohort | None) -> PersonError:
    if cohort is None:
        return PersonError(_("That cohort has ended, so nobody can join it. Please ask a moderator for the next one."))
    return PersonError(
        _("“{cohort}” has ended, so nobody can join it. Please ask a moderator for the next one.", cohort=cohort.name)
    )


def joined_without_programme(cohort: Cohort) -> PersonError:
    """They are in, and their first week cannot be shown."""
    return PersonError(
        _("You're in {cohort}. I can't read its programme right now; please tell a moderator.", cohort=cohort.name)
    )


WHY_LIMIT = 300
HOURS_MOST = 80
"""Lengths in characters: together they fit into one message of every platform (Discord: 4,000)."""


def join_form(cohort: Cohort, zone: str, hours: str, why: str, pace: str | None, *, late: bool = False) -> Form:
    """What a newcomer is asked. `pace` is None when nothing has opened yet and there is nothing to choose; `late` when
    nobody can go with the cohort any more.
    """
    fields: list[TextField | ChoiceField] = [
        TextField(
            "timezone",
            _("Your time zone"),
            "zone",
            zone,
            limit=100,
            required=True,
            hint=_("A city, a country, or what your clock shows: 14:30"),
        ),
        TextField(
            "hours",
            _("Hours per week you can spend on this"),
            value=hours,
            limit=5,
            hint=_("A number; leave it empty if you're not sure"),
        ),
        TextField(
            "why",
            _("Why are you doing this?"),
            "long",
            why,
            limit=WHY_LIMIT,
            hint=_("Only moderators will read this"),
        ),
    ]
    if pace is not None:
        options = (
            Option(Pace.COHORT.value, _("With the cohort, from this week on")),
            Option(Pace.WEEK_1.value, _("From week 1, at my own pace")),
        )
        if late:
            label = _("The cohort has no weeks left. Where to start?")
        else:
            label = _("The cohort has started. Where to begin?")
        fields.append(ChoiceField("pace", label, options[1:] if late else options, value=frozenset({pace})))
    title = short_title(_("Join {cohort}", cohort=cohort.name))
    return Form("join.save", title, tuple(fields), {"id": str(cohort.id)}, _("Join"))


def come_too_late(cohort: Cohort, ends: datetime, at: datetime) -> Message:
    """For a newcomer for whom no round of the cohort is left, with the way that is open to them."""
    if ends <= at:
        head = _("{cohort} is over", cohort=cohort.name)
        words = spans(
            "Its last week ended on {day}. You can still do the whole programme, from week 1 and at your own pace: "
            "I'll send you each week by direct message.",
            day=When(ends, "day"),
        )
    else:
        head = _("{cohort} is almost over", cohort=cohort.name)
        words = spans(
            "Its last week closes {time}. You can still do the whole programme, from week 1 and at your own pace: "
            "I'll send you each week by direct message.",
            time=When(ends),
        )
    begin = Button(_("Start from week 1"), "join", {"id": str(cohort.id), "pace": Pace.WEEK_1.value}, "primary")
    return Message(head, (paragraph(Strong(f"{head}.")), paragraph(*words), Actions((begin,))))


def joined(cohort: Cohort, programme: Programme, member: Member, at: datetime, back: Streak | None) -> Message:
    """The first private answer, with the first step. `back` is the streak of somebody who returns."""
    calendar = cohort.calendar
    if back:
        greeting = _("Good to have you back in {cohort}.", cohort=cohort.name)
    else:
        greeting = _("Welcome to {cohort}.", cohort=cohort.name)
    zone = _("Your time zone is {zone}.", zone=zones.there(member.account.zone, at))
    blocks: list[Block] = [paragraph(Strong(greeting), f" {zone}")]
    if back:
        kept = _("Everything you did is still here, and your time away counts as a break.")
        blocks.append(paragraph(f"{kept} {streak_words(back)}"))
    number = calendar.open(at)
    buttons: list[Button] = []
    if number is None or number < member.first_round:
        first = member.first_round
        week = programme.week(member.week(first))
        blocks.append(paragraph(*spans("Your first week opens {time}.", time=When(calendar.opens(first)))))
    else:
        week = programme.week(member.week(number))
        buttons.append(check_in_button(cohort, number))
    if week:
        first_step = Strong(_("Your first step, week {week}:", week=week.number))
        blocks.append(paragraph(first_step, f" {week.tasks[0].text}"))
    if member.offset(member.first_round):
        blocks.append(paragraph(_("Whenever a round opens, I'll send you your own week by direct message.")))
        ends = When(calendar.closes(programme.length + member.offset(member.first_round)), "day")
        later = spans("You'll finish on {day}, after the rest of the cohort.", day=ends)
        blocks.append(paragraph(*later))
    who = _(
        "Moderators can read your check-ins, your hours and why you joined. The group sees your name and what you "
        "share. Whoever hosts this bot can read its database. {profile} shows what I keep, sends you a copy, and "
        "erases it.",
        profile=typed("profile", member.account.platform),
    )
    blocks.append(paragraph(who, quiet=True))
    buttons.append(Button(zones.change_zone(), "profile.zone"))
    blocks.append(Actions(tuple(buttons)))
    return Message(greeting, tuple(blocks))


def privacy(cohort: Cohort, platform: str) -> Message:
    """Who reads what somebody writes, before they join."""
    head = _("Who reads what in {cohort}", cohort=cohort.name)
    return Message(
        head,
        (
            Heading(head),
            bullets(
                (
                    (Strong(_("The group:")), " ", _("your name, and the check-ins that you choose to share.")),
                    (Strong(_("Moderators:")), " ", _("your check-ins, your hours per week and why you joined.")),
                    (Strong(_("Whoever hosts this bot:")), " ", _("the database, and so all of it.")),
                )
            ),
            paragraph(
                _("{profile} shows all of it, sends you a copy, and erases it.", profile=typed("profile", platform))
            ),
            Actions((Button(_("Join"), "join", {"id": str(cohort.id)}, "primary"),)),
        ),
    )


def already_in(cohort: Cohort, platform: str) -> Message:
    line = _(
        "You're already in {cohort}, so nothing was changed. {plan} shows your week, /checkin is for checking in, "
        "and {profile} changes your time zone and hours.",
        cohort=cohort.name,
        plan=typed("plan", platform),
        profile=typed("profile", platform),
    )
    return Message(line, (paragraph(line), Actions((Button(zones.change_zone(), "profile.zone"),))))
