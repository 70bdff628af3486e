"""A member's own calendar: its dates, the file with them, and the address to subscribe to."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words import counts
from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.chat.message import Actions, Block, Button, File, Heading, Link, Message, file_name, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.agenda import Event
from cohort_bot.core.membership import Break, Cohort
from cohort_bot.core.paper_club import MEETS_FOR
from cohort_bot.core.programme import Paper, Week

READING = timedelta(hours=1)
"""How long a paper takes that says nothing about it."""

# The dates


def week(cohort: Cohort, number: int, week: Week) -> Event:
    """A round of the member's, from its opening until it closes."""
    tasks = "\n".join(f"- {task.short}" for task in week.tasks)
    about = _(
        "About {hours}. Check in before it ends; a day later still counts as on time.", hours=counts.hours(week.hours)
    )
    return Event(
        f"round/{number}",
        cohort.calendar.opens(number),
        cohort.calendar.closes(number),
        _("Week {week}: {title}", week=week.number, title=week.title),
        f"{cohort.name}\n\n{week.goal}\n\n{tasks}\n\n{about}",
    )


def weeks_off(cohort: Cohort, weeks: int, since: datetime, until: datetime, number: int) -> Event:
    """The weeks off before round `number`."""
    return Event(f"off/{number}", since, until, ngettext("{n} week off", "{n} weeks off", weeks), cohort.name)


def own_break(cohort: Cohort, pause: Break) -> Event:
    ends = pause.last + timedelta(days=1)
    return Event(f"break/{pause.first}", pause.first, ends, _("Your break"), cohort.name)


def paper(cohort: Cohort, number: int, paper: Paper, at: datetime) -> Event:
    """The paper of the month, from when it is posted for as long as one careful reading takes."""
    long = timedelta(minutes=paper.minutes) if paper.minutes else READING
    text = "\n\n".join(part for part in (cohort.name, paper.authors, paper.why) if part)
    return Event(f"paper/{number}", at, at + long, _("Paper: {title}", title=paper.title), text, paper.url)


def paper_meeting(cohort: Cohort, week: int, paper: Paper, starts: datetime) -> Event:
    """Somebody presents the paper; the calendar says no names."""
    title = _("Paper club: {title}", title=paper.title)
    return Event(f"paper-meeting/{week}", starts, starts + MEETS_FOR, title, cohort.name, paper.url)


def name(cohorts: Sequence[Cohort]) -> str:
    """What the calendar is called in a calendar app."""
    return ", ".join(cohort.name for cohort in cohorts) or "cohort-bot"


# The answers


def button() -> Button:
    return Button(_("My calendar"), "profile.calendar")


def as_file(cohorts: Sequence[Cohort], content: str, *, subscribed: bool, url: bool, platform: str) -> Message:
    head = _("Your calendar")
    what = _("Your weeks and papers as a file, for any calendar app.")
    if url:
        how = _(
            "A file stays as it is. With an address of your own your calendar app keeps up with breaks, weeks off and "
            "a slower pace by itself."
        )
        known = _("You have an address; I can't show it again, but I can make a new one in its place.")
        blocks: list[Block] = [paragraph(what), paragraph(how), *([paragraph(known, quiet=True)] if subscribed else [])]
    else:
        again = _(
            "A file stays as it is: after a break, weeks off or a slower pace, type {calendar} again.",
            calendar=typed("profile calendar:file", platform),
        )
        blocks = [paragraph(what), paragraph(again)]
    buttons = address_buttons(subscribed=subscribed) if url else []
    sent = File(file_name("calendar", *(cohort.name for cohort in cohorts[:1]), kind="ics"), content)
    return Message(head, (Heading(head), *blocks, *([Actions(tuple(buttons))] if buttons else [])), files=(sent,))


def address_buttons(*, subscribed: bool) -> list[Button]:
    make = Button(_("Make a new address") if subscribed else _("Get an address"), "profile.calendar.address")
    return [make, take_back()] if subscribed else [make]


def take_back() -> Button:
    return Button(_("Stop the address"), "profile.calendar.off", style="danger")


def address(url: str, *, before: bool) -> Message:
    """The secret address, shown once. `before`: there was one before it."""
    head = _("Your calendar's address")
    how = _("In your calendar app, add a calendar by its address (also called “from URL”):")
    secret = _(
        "Whoever has this address can see your weeks and papers, so keep it to yourself. I don't keep it in a form "
        "that I could show again."
    )
    replaced = [paragraph(_("The address you had before no longer works."))] if before else []
    blocks: list[Block] = [Heading(head), paragraph(how), paragraph(Link(url, url)), *replaced]
    return Message(head, (*blocks, paragraph(secret, quiet=True), Actions((take_back(),))))


def stopped(*, before: bool) -> Message:
    if not before:
        return Message(_("Your calendar has no address, so there's nothing to stop."))
    words = _("The address no longer works. Calendar apps that use it show what they fetched last, or an error.")
    return Message(words, (paragraph(words), Actions(tuple(address_buttons(subscribed=False)))))


def nothing_to_show(platform: str) -> PersonError:
    text = _(
        "You're not in a cohort right now, so your calendar would be empty. {join} gets you into one.",
        join=typed("join", platform),
    )
    return PersonError(text)


def no_address() -> PersonError:
    return PersonError(
        _(
            "This bot has no web address, so there's nothing to subscribe to. The file works all the same. Whoever "
            "hosts this bot can change that: they need to set PUBLIC_URL."
        )
    )
