"""What a member is answered when something cannot be done: what is the matter, and what to do next.

Nothing has been changed then, unless the sentence says so. What moderators' commands answer is in `moderating.py`, what
is said about options in `options.py`, about a form's fields in `fields.py`.
"""

from collections.abc import Sequence
from typing import Final

from cohort_bot.app.errors import Forbidden, PersonError, Repeated
from cohort_bot.app.words.counts import counted
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.membership import Cohort

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


# Checking in, the plan, looking back


# A slower pace, a break, the profile


def programme_unreadable(cohort: Cohort) -> PersonError:
    """A programme that is missing or does not pass its check."""
    return PersonError(
        f"The programme of {cohort.name} cannot be read right now. Whoever runs me finds out why with: "
        "cohort-bot content check"
    )


def has_ended(cohort: Cohort) -> PersonError:
    """A cohort that has ended."""
    return PersonError(f"“{cohort.name}” has ended, so nothing in it can be changed.")


def old_preview(command: str = "the command") -> PersonError:
    """A button whose preview is no longer kept."""
    return PersonError(f"That preview is too old. Please type {command} again.")


def stale_preview() -> PersonError:
    """A preview that no longer shows what would happen."""
    return PersonError("Something has changed since that preview. Please type the command again.")


def text_too_long(what: str, most: int, length: int) -> PersonError:
    """More characters than there is room for."""
    return PersonError(f"Please keep {what} to {counted(most, 'character')}; this has {length:,}.")


def no_channel(most: int) -> PersonError:
    """What cannot be a channel's name."""
    return PersonError(f"That is no channel that I know. Please name one of at most {most} characters.")


def round_ahead(number: int, newest: int) -> PersonError:
    """A round that is still to come."""
    first = f"The newest is {newest}." if newest else "None has opened so far."
    return PersonError(f"Round {number} has not opened yet. {first}")


def member_gone() -> Forbidden:
    """Somebody who is no longer a member."""
    return Forbidden("They are not in this cohort any more. /cohort members shows who is.")


def namesakes(said: str) -> PersonError:
    """A name that several have."""
    return PersonError(
        f"More than one member is called “{shorten(said)}”. “One member” under /cohort progress "
        "has a button for each of them."
    )


def nobody_called(said: str, cohort: Cohort) -> PersonError:
    """A name that nobody has."""
    return PersonError(f"“{shorten(said)}” is not in {cohort.name}. /cohort members shows who is.")
