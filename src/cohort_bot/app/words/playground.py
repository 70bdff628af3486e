"""The page in the browser."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import people
from cohort_bot.chat.i18n import N_, _, ngettext
from cohort_bot.chat.typed import in_words

BOSS: Final = "moderator"
"""The id of the sample moderator."""

_STORIES: Final[Mapping[str, str]] = {
    BOSS: N_("looks after the cohort"),
    "member-1": N_("every week, and on time"),
    "member-2": N_("missed two weeks, and the streak holds"),
    "member-3": N_("silent for three weeks"),
    "member-4": N_("stuck on the same thing for two weeks"),
    "member-5": N_("on a break"),
    "member-6": N_("came back after two weeks away"),
    "member-7": N_("a week behind, by choice"),
    "member-8": N_("missed three of the last five weeks"),
    "member-9": N_("joined in week 3"),
    "member-10": N_("always a little late"),
    "member-11": N_("early, and helps the others"),
    "member-12": N_("one week excused by the moderator"),
    "newcomer": N_("has not joined yet"),
}
"""Who people of the sample cohort are, by their ids in `sample_people.toml`."""


def story(person: str) -> str:
    """Who somebody is in the sample cohort, in a few words."""
    return _(_STORIES[person])


def playground_stopping() -> str:
    return _("The bot is starting or stopping. Please try again in a moment.")


def playground_away() -> str:
    return _("The playground only answers on this machine: please open it as http://127.0.0.1 or http://localhost.")


@dataclass(frozen=True, slots=True)
class Step:
    """Something to try: as whom and in which room (as one is and where one is when empty), and what to type, if
    anything. Any of `actions` does it.
    """

    text: str
    actions: tuple[str, ...]
    line: str = ""
    person: str = ""
    room: str = ""


def first_steps() -> tuple[Step, ...]:
    """What to try in an empty room."""
    return (
        Step(_("As the moderator, start a cohort:"), ("cohort.create.yes",), _('/cohort create name:"AI 2027"'), BOSS),
        Step(_("As a member, join it:"), ("join.save",), in_words("/join"), "member-1"),
        Step(_("Press Next post: the week's card arrives."), ("clock",)),
        Step(_("Check in for the week:"), ("checkin.save",), in_words("/checkin"), "member-1"),
        Step(_("See how you're doing:"), ("progress",), in_words("/progress"), "member-1"),
    )


def tour() -> tuple[Step, ...]:
    """What to try with the sample cohort, and then with one of one's own."""
    hall = "study-hall"
    return (
        Step(
            _("As the moderator, see who needs you, and why:"),
            ("cohort.progress",),
            in_words("/cohort progress"),
            BOSS,
            hall,
        ),
        Step(
            _("Press Write beside one of them. The message is drafted; change it and send it."), ("cohort.write.save",)
        ),
        Step(_("As Sample Ana, check in for the week:"), ("checkin.save",), in_words("/checkin"), "member-1", hall),
        Step(_("See her streak and her record:"), ("progress",), in_words("/progress"), "member-1", hall),
        Step(_("Press +1 week: the next card comes, reminders go out, and the moderator gets a digest."), ("clock",)),
        Step(_("Join late, as someone new:"), ("join.save",), in_words("/join"), "newcomer", hall),
        Step(
            _("Start a group of your own in # general:"),
            ("cohort.create.yes",),
            _('/cohort create name:"AI 2027"'),
            BOSS,
            "general",
        ),
    )


def needed(number: int) -> str:
    """The heading of the first screen."""
    if not number:
        return _("Nobody needs you today")
    return ngettext("{n} person needs you today", "{n} people need you today", number)


def what_this_is(week: int, weeks: int, members: int) -> str:
    """The page's first words."""
    return _(
        "This is cohort-bot with a sample cohort: {people} in week {week} of {weeks}. It posts each week's tasks, "
        "takes check-ins, sends reminders, and tells you, the moderator, who needs someone, and why.",
        people=people(members),
        week=week,
        weeks=weeks,
    )


def new_posts(number: int, channel: str) -> str:
    return ngettext("{n} new post in #{channel}", "{n} new posts in #{channel}", number, channel=channel)


def new_replies(number: int, thread: str) -> str:
    if not thread:
        return ngettext("{n} new reply in a thread", "{n} new replies in a thread", number)
    return ngettext("{n} new reply in “{thread}”", "{n} new replies in “{thread}”", number, thread=thread)


def new_messages(number: int, name: str) -> str:
    """Direct messages to the person, or to one's own inbox when the name is empty."""
    if not name:
        return ngettext("{n} new message in your inbox", "{n} new messages in your inbox", number)
    return ngettext("{n} new message for {name}", "{n} new messages for {name}", number, name=name)


def and_more(number: int) -> str:
    """There is something new in so many other places."""
    return ngettext("and in {n} more place", "and in {n} more places", number)


def too_large(most: int) -> str:
    """More than the page takes at once, in KiB."""
    return _("That's too long: you can send at most {most} KiB at once. Please shorten it.", most=most)


def no_channel(name: str) -> str:
    return _("There's no channel “{channel}”.", channel=name)


def use_one_of(channels: Sequence[str]) -> str:
    *others, last = (f"#{channel}" for channel in channels)
    return _("Use {channels} or {last}.", channels=", ".join(others), last=last)


def no_instant() -> PersonError:
    """Not a date and time to move the clock to."""
    return PersonError(_("That isn't a date and time. Please pick one, such as 2027-01-04 09:00."))


def clock_too_far() -> PersonError:
    """A leap of the clock that would take too long."""
    return PersonError(_("The clock can move at most three years at once. Please pick an earlier date."))


def clock_backwards() -> PersonError:
    return PersonError(_("The clock only goes forward. Please pick a later date."))


def message_gone() -> PersonError:
    """A button of a message that is no longer there."""
    return PersonError(_("That message is no longer there. Please reload the page."))


def message_changed() -> PersonError:
    return PersonError(_("That message has changed in the meantime. Please look at it again."))
