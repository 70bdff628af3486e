"""What a member is answered when something cannot be done: what is the matter, and what to do next.

Nothing has been changed then, unless the sentence says so. What moderators' commands answer is in `moderating.py`, what
is said about options in `options.py`, about a form's fields in `fields.py`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from cohort_bot.app.errors import Forbidden, PersonError, Repeated
from cohort_bot.app.views.choices import day
from cohort_bot.app.views.counts import counted
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Phase, Programme

CANNOT_SAVE: Final = (
    "I cannot save anything right now, so nothing was changed. Please keep what you wrote and try again later; whoever "
    "runs me has to fix this first."
)
NAMES_SHOWN: Final = 10


def too_many(*, form: bool) -> str:
    """So many things at once that nothing was done about this one."""
    lost = "this form was not saved" if form else "nothing was lost"
    return f"One moment, please: that was a lot at once. Please try again in ten seconds; {lost}."


def repeated() -> Repeated:
    """The same thing, sent twice."""
    return Repeated("I have that already; nothing was changed.")


def unreadable() -> PersonError:
    """A payload that is not as its platform promises."""
    return PersonError("I could not read that one. Please try it again, or type the command instead.")


def unknown_action(platform: str) -> str:
    """A button or a form that there is no more."""
    return f"I no longer know that one. {typed('help', platform)} shows what I can do."


def failed(reference: str) -> str:
    """Something broke here; the log has the details under the reference."""
    return (
        "Sorry, that went wrong on my side and nothing was changed. Please try again; if that fails, give a moderator "
        f"this reference: {reference}."
    )


def no_programme(cohort: Cohort) -> PersonError:
    """A programme that is missing or does not pass its check."""
    return PersonError(
        f"The programme of {cohort.name} cannot be read right now. Nothing is lost; please tell a moderator."
    )


# Which cohort


def none_here() -> PersonError:
    """No cohort to choose from."""
    return PersonError(
        "There is no cohort here yet. A moderator can start one with /cohort create. If yours meets in a private "
        "channel, please join it there."
    )


def nowhere(platform: str) -> PersonError:
    """A newcomer in a direct conversation, which says nothing about the server that they mean."""
    return PersonError(
        "You have not joined a cohort yet, and from here I cannot tell which one you mean. Please go to the server "
        f"where yours meets and type {typed('join', platform)} in its room, or press Join under its invitation."
    )


def not_known_here(name: str, platform: str) -> PersonError:
    """A cohort that somebody names in a direct conversation, and is not in."""
    return PersonError(
        f"You have joined no cohort called “{shorten(name)}”, and from here I cannot see the others. Please go to the "
        f"server where it meets and type {typed('join', platform)} in its room."
    )


def several(names: Sequence[str]) -> PersonError:
    """More than one cohort could be meant."""
    return PersonError(
        f'There is more than one cohort here. Which one? Please add it, such as cohort:"{names[0]}". {_there_is(names)}'
    )


def not_called(name: str, names: Sequence[str]) -> PersonError:
    """A cohort that there is not."""
    return PersonError(f"There is no cohort called “{shorten(name)}” here. {_there_is(names) or 'There is none yet.'}")


def elsewhere() -> Forbidden:
    """A button of a cohort that the person cannot see from here."""
    return Forbidden("That belongs to a cohort that is not here. Please use a newer message, or type the command.")


def not_in(cohort: Cohort, platform: str, *, left: bool = False) -> Forbidden:
    """Somebody who has not joined, or has left, or whose cohort has ended without them."""
    if not cohort.active:
        return Forbidden(f"“{cohort.name}” has ended, and you had left it before then.")
    if left:
        back, progress = typed("join", platform), typed("progress", platform)
        return Forbidden(f"You have left “{cohort.name}”. {back} brings you back; {progress} still shows your record.")
    return Forbidden(f"You are not in “{cohort.name}” yet. Type {typed('join', platform)} to join; it takes a minute.")


def moderators_only() -> Forbidden:
    """Somebody who may not manage the cohort."""
    return Forbidden("Only moderators can do that. Please ask whoever runs this group.")


def _there_is(names: Sequence[str]) -> str:
    return f"There is: {', '.join(names[:NAMES_SHOWN])}." if names else ""


def over(cohort: Cohort, platform: str) -> PersonError:
    """A member's command in a cohort that a moderator has ended."""
    progress, profile = typed("progress", platform), typed("profile", platform)
    return PersonError(
        f"“{cohort.name}” has ended, so nothing in it can be changed. {progress} still shows your record, and "
        f"{profile} sends you a copy."
    )


# Joining


def ended(cohort: Cohort | None) -> PersonError:
    """A cohort that nobody can join any more."""
    which = f"“{cohort.name}”" if cohort else "That cohort"
    return PersonError(f"{which} has ended, so nobody can join it. Please ask a moderator for the next one.")


def joined_without_programme(cohort: Cohort) -> PersonError:
    """They are in, and their first week cannot be shown."""
    return PersonError(f"You are in {cohort.name}. Its programme cannot be read right now; please tell a moderator.")


# Checking in, the plan, looking back


def finished(programme: Programme, platform: str) -> PersonError:
    """A check-in after a member's last week."""
    return PersonError(
        f"You have come to the end of “{programme.title}”. {typed('progress', platform)} shows your record."
    )


def not_begun(cohort: Cohort, opens: date) -> PersonError:
    """A check-in before the first opening."""
    return PersonError(f"{cohort.name} has not begun yet: its first week opens on {day(opens)}.")


def not_open(number: int, newest: int) -> PersonError:
    """A check-in for a round that is still to come."""
    return PersonError(f"Round {number} has not opened yet. The newest is {newest}; /checkin alone opens its form.")


def before_start(number: int, member: Member) -> PersonError:
    """A check-in for a round before they joined."""
    return PersonError(f"Round {number} was before your start. Your first round is {member.first_round}.")


def too_late(number: int, closed: datetime, first: int, newest: int) -> PersonError:
    """A check-in for a round that takes none any more; `first` to `newest` still do."""
    still = f"rounds {first} to {newest}" if first < newest else f"round {newest}"
    return PersonError(
        f"Round {number} could be changed until {day(closed)}, so that the record is one to rely on. You "
        f"can still check in for {still}. If it matters, a moderator can record it for you, with a reason."
    )


def no_week(programme: Programme, week: int) -> PersonError:
    """A week that the programme does not have."""
    return PersonError(f"{programme.title} has {counted(programme.length, 'week')}; there is no week {week}.")


def no_papers(programme: Programme) -> PersonError:
    """A programme without papers."""
    return PersonError(f"{programme.title} has no papers.")


def paper_to_come(platform: str) -> PersonError:
    """A paper that nobody can have read yet."""
    return PersonError(f"That paper has not come yet. {typed('paper', platform)} shows this month's.")


def no_phase(programme: Programme) -> PersonError:
    """A phase that the programme no longer has."""
    return PersonError(f"{programme.title} has no such phase any more. Please use a newer message.")


def phase_ahead(phase: Phase) -> PersonError:
    """Looking back at what is still to come."""
    return PersonError(f"“{phase.title}” is still ahead of you; look back when you have been through some of it.")


# A slower pace, a break, the profile


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


def slip_undone() -> PersonError:
    """Taking back what is taken back."""
    return PersonError("That is taken back already; nothing was changed.")


def slipped_without_programme() -> PersonError:
    """The pace is changed, and the new week cannot be shown."""
    return PersonError("Your pace is changed. The programme cannot be read right now; please tell a moderator.")


def break_passed(first: date, today: date) -> str:
    """A break that would begin before today."""
    return f"{day(first)} has passed. A break begins today, {today}, or later."


def break_far(first: date) -> str:
    """A break that is more than a year ahead."""
    return f"{day(first)} is more than a year away. Please tell me nearer the time."


def break_backwards(first: date) -> str:
    """A break whose last day is before its first."""
    return f"The break would end before it begins. Please give until as {first} or later."


def break_long(weeks: int, most: date, platform: str) -> str:
    """A break of more than so many weeks."""
    return (
        f"A break is at most {counted(weeks, 'week')} long, so until {most}. For longer, "
        f"{typed('leave', platform)} keeps your record and {typed('join', platform)} brings you back."
    )


def no_break(cohort: Cohort) -> PersonError:
    """Ending a break that there is not."""
    return PersonError(f"No break of yours goes on beyond today in {cohort.name}, so there is nothing to end.")


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
