"""What a moderator is answered when something cannot be done: what is the matter, and what to do next."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Final

from cohort_bot.app.errors import Forbidden, PersonError
from cohort_bot.app.views.counts import counted
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.checkins import Status
from cohort_bot.core.membership import Cohort, Member


def no_programme(cohort: Cohort) -> PersonError:
    """A programme that is missing or does not pass its check."""
    return PersonError(
        f"The programme of {cohort.name} cannot be read right now. Whoever runs me finds out why with: "
        "cohort-bot content check"
    )


def archived(cohort: Cohort) -> PersonError:
    """A cohort that has ended."""
    return PersonError(f"“{cohort.name}” has ended, so nothing in it can be changed.")


def old_preview(command: str = "the command") -> PersonError:
    """A button whose preview is no longer kept."""
    return PersonError(f"That preview is too old. Please type {command} again.")


def stale_preview() -> PersonError:
    """A preview that no longer shows what would happen."""
    return PersonError("Something has changed since that preview. Please type the command again.")


def old_button() -> PersonError:
    """A button of an older release."""
    return PersonError("I no longer know that button. /cohort progress shows the newest ones.")


def too_long(what: str, most: int, length: int) -> PersonError:
    """More characters than there is room for."""
    return PersonError(f"Please keep {what} to {counted(most, 'character')}; this has {length:,}.")


# Starting a cohort


def cannot_start() -> Forbidden:
    """Somebody who manages nothing here."""
    return Forbidden("Only moderators can start a cohort. Please ask whoever runs this place.")


def no_name(most: int) -> PersonError:
    """A name that is empty or too long."""
    return PersonError(f"Please give the cohort a name of 1 to {most} characters, such as “AI 2027”.")


def name_taken(name: str) -> PersonError:
    """A name that another cohort has."""
    return PersonError(f"There is a cohort called “{name}” here already. Please pick another name.")


def no_programmes() -> PersonError:
    """Nothing to start with."""
    return PersonError(
        "There is no programme that can be read. Whoever runs me finds out why with: cohort-bot content check"
    )


def which_programme(slugs: Sequence[str]) -> PersonError:
    """More than one programme could be meant."""
    return PersonError(f"There is more than one programme. Please add programme: {', '.join(slugs)}.")


def unknown_programme(said: str, slugs: Sequence[str]) -> PersonError:
    """A programme that there is not."""
    return PersonError(f"There is no programme called “{shorten(said)}”. There is: {', '.join(slugs)}.")


def no_room() -> PersonError:
    """Typed where no cohort can meet."""
    return PersonError("Please type this in the room where the cohort is to meet, or add channel.")


def start_far(starts: date) -> PersonError:
    """A first day that is more than two years ahead."""
    return PersonError(f"{starts} is more than two years ahead. Please give a nearer date for starts.")


def start_passed(first: date, at: time, zone: str) -> PersonError:
    """A first opening that is over."""
    return PersonError(f"{first} {at:%H:%M} has passed in {zone}. Please give starts a later date, such as tomorrow's.")


def preview_passed() -> PersonError:
    """A preview whose first opening is over."""
    return PersonError("The first date of that preview has passed. Please type /cohort create again.")


def preview_elsewhere() -> Forbidden:
    """A preview that was made in another workspace."""
    return Forbidden("That preview belongs to another workspace. Please type /cohort create here.")


# Rooms, and who looks after a cohort


def no_channel(most: int) -> PersonError:
    """What cannot be a channel's name."""
    return PersonError(f"That is no channel that I know. Please name one of at most {most} characters.")


def digest_in_room() -> PersonError:
    """The moderators' digest, where everybody would read it."""
    return PersonError("The group meets there, and the digest is for moderators only. Please name another room.")


def no_workspace() -> PersonError:
    """A direct conversation says nothing about the workspace that is meant."""
    return PersonError("Please type this in a room of the cohort: here I cannot tell which server you mean.")


def unknown_moderator(said: str) -> PersonError:
    """Neither a person nor a role."""
    return PersonError(
        f"I do not know “{shorten(said)}” here. For moderators type @ and pick people, or on Discord a role that not "
        "everybody has; nobody takes all of them away."
    )


def many_moderators(most: int) -> PersonError:
    """More names than one needs."""
    return PersonError(f"Please name at most {most} moderators; a role can stand for many people.")


def wrong_codes() -> PersonError:
    """Guessing."""
    return PersonError("Those were a lot of wrong codes. Please wait ten minutes, then ask for a new one.")


def no_such_room() -> Forbidden:
    """A room that the cohort no longer has."""
    return Forbidden("That is none of its rooms any more. /cohort room shows them.")


def last_room(cohort: Cohort) -> PersonError:
    """The room by which its admins see the cohort."""
    return PersonError(
        f"A cohort keeps a room where it was created: {cohort.name} is looked after from there. To meet in another "
        "channel use /cohort edit; to end it, /cohort archive."
    )


def in_its_room() -> PersonError:
    """Pressed where no cohort can meet."""
    return PersonError("Please do that in the channel where the cohort is to meet.")


def cannot_bring() -> Forbidden:
    """A code in the hands of somebody who manages nothing here."""
    return Forbidden("Only somebody who manages this place can bring a cohort here. Please ask them to enter the code.")


def meets_here(cohort: Cohort) -> PersonError:
    """A room that it has."""
    return PersonError(f"{cohort.name} meets in this channel already.")


def many_rooms(cohort: Cohort, most: int) -> PersonError:
    """As many rooms as it can have."""
    return PersonError(f"{cohort.name} has {counted(most, 'room')}, which is all it can have. Please drop one first.")


def namesake(cohort: Cohort) -> PersonError:
    """Two cohorts of one name in one place."""
    return PersonError(
        f"There is another cohort called “{cohort.name}” here, and nobody could tell them apart. Please use a channel "
        "of another workspace."
    )


# The schedule


def nothing_wanted() -> PersonError:
    """An edit without an option."""
    return PersonError(
        "Please say what to change, such as day:Thursday: name, starts, timezone, day, time, channel or moderators."
    )


def has_begun(cohort: Cohort, first: date) -> PersonError:
    """Another start after the start."""
    return PersonError(
        f"“{cohort.name}” began on {first}, so its start stays. day, time and timezone change the coming weeks; "
        "/cohort holiday gives weeks off."
    )


def nothing_to_move(cohort: Cohort) -> PersonError:
    """Another day after the last opening."""
    return PersonError(f"All weeks of “{cohort.name}” have opened; there is nothing left to move.")


def no_change() -> PersonError:
    """It is so already."""
    return PersonError("It is like that already, so there is nothing to change.")


def several_rooms(cohort: Cohort, count: int) -> PersonError:
    """Which of its rooms is to move?"""
    return PersonError(f"“{cohort.name}” has {counted(count, 'room')} here; /cohort room adds and drops them.")


def holiday_begun(week: int) -> PersonError:
    """A week that opened while its preview was read."""
    return PersonError(f"Week {week} has opened meanwhile. Please type /cohort holiday again.")


def holiday_on() -> PersonError:
    """Taking back weeks off that are running."""
    return PersonError("Those weeks off have begun, so they stay. The next week opens as announced.")


def no_week_off(cohort: Cohort, after: date | None) -> PersonError:
    """No week that could be taken off."""
    when = f" after {after}" if after else ""
    return PersonError(f"“{cohort.name}” opens no week{when}, so there is nothing to take off.")


# What goes out


def announced() -> PersonError:
    """The same announcement, twice."""
    return PersonError("That has been announced already. For another one type /cohort announce again.")


def no_week(number: int) -> PersonError:
    """A week whose posts cannot be made anew."""
    return PersonError(f"There is no week {number} that I can read. Please check the number, and the programme.")


def not_posted(number: int) -> PersonError:
    """A week without posts."""
    return PersonError(f"Nothing of week {number} has been posted yet, so there is nothing to update.")


def no_card_left(cohort: Cohort) -> PersonError:
    """Skipping after the last opening."""
    return PersonError(f"All weeks of “{cohort.name}” have opened; there is no card left to skip.")


def skipped(number: int) -> PersonError:
    """Skipping twice."""
    return PersonError(f"The card of week {number} is skipped already. After it I go on as ever.")


def card_gone() -> PersonError:
    """Skipping what has gone out."""
    return PersonError("That card has gone out meanwhile. /cohort skip names the next one.")


def opened_without_card(platform: str) -> PersonError:
    """Taking a skip back too late."""
    return PersonError(f"That week has opened meanwhile, without its card. {typed('plan', platform)} shows its tasks.")


def not_skipped(number: int) -> PersonError:
    """Taking back a skip that there is not."""
    return PersonError(f"The card of week {number} is not skipped; it comes as planned.")


# The paper of the month


def paper_gone(week: int, coming: Sequence[int | None]) -> PersonError:
    """Another paper for a month whose prompt has gone out."""
    return PersonError(f"The paper of week {week} has gone out, so it stays. {_still(coming)}")


def no_paper(week: int, coming: Sequence[int | None]) -> PersonError:
    """A week without a paper."""
    return PersonError(f"Week {week} has no paper of the month. {_still(coming)}")


def _still(coming: Sequence[int | None]) -> str:
    if not coming:
        return "No paper is left to come."
    weeks = ", ".join(str(week) for week in coming)
    return f"You can still choose for week {weeks}."


def which_week() -> PersonError:
    """A paper without a week."""
    return PersonError("Please say for which week, such as week:6. /cohort pick alone shows the weeks.")


def paper_or_link() -> PersonError:
    """Two papers at once."""
    return PersonError("Please give either paper, or title and link, not both.")


def paper_and_link() -> PersonError:
    """A title without a link, or the other way round."""
    return PersonError("Please give paper, one of the spares, or both title and link.")


def which_paper(said: str, *, several: bool) -> PersonError:
    """None or more than one that is meant."""
    what = "More than one paper is" if several else "No paper that is free is"
    return PersonError(f"{what} called “{shorten(said)}”. /cohort pick alone shows the spares.")


def no_link(said: str) -> PersonError:
    """Not an address of the web."""
    return PersonError(f"“{shorten(said)}” is not a link. Please give one that begins with https://.")


# Members

_EXCUSED_ANYWAY: Final[Mapping[Status, str]] = {
    Status.ON_TIME: "They have checked in for it, so there is nothing to excuse.",
    Status.LATE: "They have checked in for it, so there is nothing to excuse.",
    Status.EXCUSED: "It is excused already.",
    Status.BREAK: "They were on a break, so it does not count anyway.",
    Status.OUTSIDE: "It was before they joined, so it does not count anyway.",
}
NOT_EXCUSABLE: Final = frozenset(_EXCUSED_ANYWAY)
"""A round of such a status does not count against somebody, so it is not excused."""


def not_excusable(member: Member, number: int, status: Status) -> PersonError:
    """Excusing what does not count against them."""
    return PersonError(f"Round {number} of {member.name}: {_EXCUSED_ANYWAY[status]}")


def nothing_to_excuse(member: Member) -> PersonError:
    """Somebody whom no round counts against."""
    return PersonError(f"{member.name} has no round that counts against them, so there is nothing to excuse.")


def has_checked_in(member: Member, number: int) -> PersonError:
    """Recording what they have recorded themselves."""
    return PersonError(f"{member.name} has checked in for round {number} already; nothing was changed.")


def no_week_then(member: Member, number: int) -> PersonError:
    """Recording a round in which they had nothing to do."""
    name = member.name
    return PersonError(f"{name} had no week of the programme in round {number}, so there is nothing to record.")


def round_ahead(number: int, newest: int) -> PersonError:
    """A round that is still to come."""
    first = f"The newest is {newest}." if newest else "None has opened so far."
    return PersonError(f"Round {number} has not opened yet. {first}")


def nobody_in(cohort: Cohort) -> PersonError:
    """A cohort without members."""
    return PersonError(f"Nobody is in {cohort.name} yet.")


def gone() -> Forbidden:
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
