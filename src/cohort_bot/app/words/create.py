"""Starting a cohort."""

from collections.abc import Sequence
from datetime import date, datetime, time

from cohort_bot.app.errors import Forbidden, PersonError
from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.words import counts, questions, zones
from cohort_bot.app.words.findings import elsewhere, problems
from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, When, bullets, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Programme
from cohort_bot.core.rounds import Calendar


def cannot_start() -> Forbidden:
    """Somebody who manages nothing here."""
    return Forbidden(_("Only moderators can start a cohort. Please ask whoever runs this place."))


def no_name(most: int) -> PersonError:
    """A name that is empty or too long."""
    return PersonError(_("Please give the cohort a name of 1 to {most} characters, such as “AI 2027”.", most=most))


def name_taken(name: str) -> PersonError:
    """A name that another cohort has."""
    return PersonError(_("There is a cohort called “{name}” here already. Please pick another name.", name=name))


def no_programmes() -> PersonError:
    """Nothing to start with."""
    return PersonError(
        _("There is no programme that can be read. Whoever runs me finds out why with: cohort-bot content check")
    )


def which_programme(slugs: Sequence[str]) -> PersonError:
    """More than one programme could be meant."""
    return PersonError(_("There is more than one programme. Please add programme: {slugs}.", slugs=", ".join(slugs)))


def unknown_programme(said: str, slugs: Sequence[str]) -> PersonError:
    """A programme that there is not."""
    return PersonError(
        _("There is no programme called “{said}”. There is: {slugs}.", said=shorten(said), slugs=", ".join(slugs))
    )


def no_room() -> PersonError:
    """Typed where no cohort can meet."""
    return PersonError(_("Please type this in the room where the cohort is to meet, or add channel."))


def start_far(starts: date) -> PersonError:
    """A first day that is more than two years ahead."""
    return PersonError(
        _("{starts} is more than two years ahead. Please give a nearer date for starts.", starts=str(starts))
    )


def start_passed(first: date, at: time, zone: str) -> PersonError:
    """A first opening that is over."""
    return PersonError(
        _(
            "{first} {at} has passed in {zone}. Please give starts a later date, such as tomorrow's.",
            first=str(first),
            at=format(at, "%H:%M"),
            zone=zone,
        )
    )


def preview_passed() -> PersonError:
    """A preview whose first opening is over."""
    return PersonError(_("The first date of that preview has passed. Please type /cohort create again."))


def preview_elsewhere() -> Forbidden:
    """A preview that was made in another workspace."""
    return Forbidden(_("That preview belongs to another workspace. Please type /cohort create here."))


PREVIEWED = 12


def only_there() -> str:
    return _("The channel is private: only people in it can find the cohort, and they join it there.")


def preview(
    name: str,
    programme: Programme,
    calendar: Calendar,
    drafts: tuple[str, str],
    findings: Sequence[Finding],
    at: datetime,
    *,
    private: bool,
) -> Message:
    """A cohort before it exists: its first dates and what would not work.

    `drafts` are for creating it and for seeing it again with another time zone.
    """
    create, again = drafts
    zone = zones.there(calendar.zone, at)
    dates = [
        (_("Week {number}: ", number=number), When(calendar.opens(number)), f" · {programme.weeks[number - 1].title}")
        for number in range(1, min(PREVIEWED, programme.length) + 1)
    ]
    which = (
        _("The date")
        if programme.length == 1
        else _("The dates")
        if programme.length <= PREVIEWED
        else _("The first dates")
    )
    blocks: list[Block] = [
        Heading(f"{name}: {programme.title}"),
        paragraph(
            _(
                "{weeks}, time zone {zone}. Nothing is posted yet. {which}:",
                weeks=counts.weeks(programme.length),
                zone=zone,
                which=which,
            )
        ),
        bullets(dates),
        *([paragraph(only_there())] if private else []),
        *problems(findings),
    ]
    if not elsewhere(findings):
        yes = Button(_("Create it and invite the room"), "cohort.create.yes", {"draft": create}, "primary")
        blocks.append(Actions((yes, questions.another(zones.change_zone(), again))))
    return Message(_("Preview of {name}", name=name), tuple(blocks))


def created(cohort: Cohort, again: str, at: datetime) -> Message:
    """After creation. `again` is the draft for another time zone."""
    line = _(
        "{cohort} is created. The invitation is on its way to the room; /cohort progress shows how it goes.",
        cohort=cohort.name,
    )
    zone = _("Its time zone is {zone}.", zone=zones.there(cohort.calendar.zone, at))
    return Message(line, (paragraph(line), paragraph(zone), Actions((questions.another(zones.change_zone(), again),))))
