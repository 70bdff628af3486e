"""Starting a cohort."""

from collections.abc import Sequence
from datetime import date, datetime, time

from cohort_bot.app.errors import Forbidden, PersonError, Repeated
from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.words import guide_language, questions, zones
from cohort_bot.app.words.counts import weeks as so_many_weeks
from cohort_bot.app.words.findings import elsewhere, problems
from cohort_bot.chat.catalogues import own_name
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Tag, When, bullets, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Programme
from cohort_bot.core.rounds import Calendar


def cannot_start() -> Forbidden:
    return Forbidden(_("Only moderators can start a cohort. Please ask whoever manages this server or workspace."))


def no_name(most: int) -> PersonError:
    return PersonError(_("Please give the cohort a name of 1 to {most} characters, such as “AI 2027”.", most=most))


def name_taken(name: str) -> PersonError:
    return PersonError(_("There's already a cohort called “{name}” here. Please pick another name.", name=name))


def no_programmes() -> PersonError:
    return PersonError(
        _("I can't read any programme. Whoever hosts this bot can find out why with: cohort-bot content check")
    )


def which_programme(slugs: Sequence[str]) -> PersonError:
    text = _(
        "There's more than one programme. Please add programme: with one of {programmes}.", programmes=", ".join(slugs)
    )
    return PersonError(text)


def unknown_programme(said: str, slugs: Sequence[str]) -> PersonError:
    text = _(
        "There's no programme called “{name}”. Please choose one of {programmes}.",
        name=shorten(said),
        programmes=", ".join(slugs),
    )
    return PersonError(text)


def no_room() -> PersonError:
    return PersonError(_("Please type this in the channel where the cohort will meet, or add channel."))


def start_far(starts: date) -> PersonError:
    """A first day that is more than two years ahead."""
    text = _("{day} is more than two years away. Please set starts to an earlier date.", day=str(starts))
    return PersonError(text)


def start_passed(first: date, at: time, zone: str, example: date) -> PersonError:
    text = _(
        "{time} on {day} has already passed in {zone}. Please set starts to a later date, such as {example}.",
        day=str(first),
        time=format(at, "%H:%M"),
        zone=zone,
        example=str(example),
    )
    return PersonError(text)


def preview_passed() -> PersonError:
    return PersonError(_("The first date in that preview has passed. Please type /cohort create again."))


def preview_elsewhere() -> Forbidden:
    return Forbidden(_("That preview is from another workspace. Please type /cohort create here."))


def created_already(name: str) -> Repeated:
    """The button of a preview was pressed again."""
    return Repeated(_("Already created: the invitation to {cohort} is in its room.", cohort=name))


PREVIEWED = 12


def preview(
    name: str,
    programme: Programme,
    calendar: Calendar,
    language: str,
    drafts: tuple[str, str],
    findings: Sequence[Finding],
    at: datetime,
    *,
    channel: str,
    private: bool,
    translated: int,
) -> Message:
    """A cohort before it exists: its language, its first dates and what would not work. Where it cannot meet, only why.

    `drafts` are for creating it and for seeing it again with another time zone; so many weeks are `translated` to its
    language.
    """
    heading = Heading(f"{name}: {programme.title}")
    if elsewhere(findings):
        return Message(f"{findings[0].problem} {findings[0].cure}", (heading, *problems(findings)))
    create, again = drafts
    zone = zones.there(calendar.zone, at)
    dates = [
        spans(
            "Week {week}: {opens} · {title}",
            week=number,
            opens=When(calendar.opens(number)),
            title=programme.weeks[number - 1].title,
        )
        for number in range(1, min(PREVIEWED, programme.length) + 1)
    ]
    plan = _(
        "{weeks}, time zone {zone}, posts in {language}. Nothing is posted yet.",
        weeks=so_many_weeks(programme.length),
        zone=zone,
        language=own_name(language),
    )
    if programme.length > PREVIEWED:
        which = _("The first dates:")
    else:
        which = ngettext("The date:", "The dates:", programme.length)
    blocks: list[Block] = [
        heading,
        paragraph(*spans("It meets in {room}.", room=Tag("channel", channel)), f" {plan} {which}"),
        bullets(dates),
        *guide_language.of_cohort(programme, language, translated),
    ]
    if private:
        hidden = _("The channel is private, so only people in it can find the cohort and join it.")
        blocks.append(paragraph(hidden))
    yes = Button(_("Create it and invite the room"), "cohort.create.yes", {"draft": create}, "primary")
    blocks += [*problems(findings), Actions((yes, questions.another(zones.change_zone(), again)))]
    return Message(_("Preview of {cohort}", cohort=name), tuple(blocks))


def created(cohort: Cohort, again: str, at: datetime) -> Message:
    """After creation. `again` is the draft for another time zone."""
    line = _(
        "{cohort} is ready. The invitation is on its way to the room; /cohort progress shows how everyone is doing.",
        cohort=cohort.name,
    )
    zone = _("Its time zone is {zone}.", zone=zones.there(cohort.calendar.zone, at))
    return Message(line, (paragraph(line), paragraph(zone), Actions((questions.another(zones.change_zone(), again),))))
