"""Changing a cohort."""

from collections.abc import Sequence
from datetime import date, datetime, time

from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.words import questions, zones
from cohort_bot.app.words.dates import openings
from cohort_bot.app.words.findings import elsewhere, problems
from cohort_bot.app.words.shifts import Shift, shift_spans
from cohort_bot.chat.catalogues import own_name
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Span, Tag, When, bullets, paragraph
from cohort_bot.core.membership import Cohort


def nothing_wanted() -> PersonError:
    return PersonError(
        _(
            "What should change? You can give name, starts, timezone, day, time, channel, moderators or language, such "
            "as day:Thursday."
        )
    )


def has_begun(cohort: Cohort, first: date) -> PersonError:
    text = _(
        "“{cohort}” started on {day}, so that date stays. Use day, time and timezone to move the coming weeks, or "
        "/cohort holiday to give weeks off.",
        cohort=cohort.name,
        day=str(first),
    )
    return PersonError(text)


def nothing_to_move(cohort: Cohort) -> PersonError:
    return PersonError(_("All weeks of “{cohort}” have opened, so there's nothing left to move.", cohort=cohort.name))


def no_change() -> PersonError:
    return PersonError(_("It's already like that, so there's nothing to change."))


def several_rooms(cohort: Cohort, count: int) -> PersonError:
    text = ngettext(
        "“{cohort}” has {n} room here; use /cohort room to add or drop one.",
        "“{cohort}” has {n} rooms here; use /cohort room to add or drop one.",
        count,
        cohort=cohort.name,
    )
    return PersonError(text)


def wall(weekday: int, at: time, zone: str) -> str:
    """The day of the week, the time and the zone of openings, in words."""
    return openings(weekday, format(at, "%H:%M"), zone)


def change_it() -> str:
    return _("Change it")


def change_preview(
    cohort: Cohort,
    name: str,
    language: str,
    shifts: Sequence[Shift],
    wall: str,
    there: str,
    moved: tuple[str, str] | None,
    named: Sequence[Sequence[Span]],
    findings: Sequence[Finding],
    told: Sequence[Block],
    buttons: tuple[Button, ...],
    guide: Sequence[Block] = (),
) -> Message:
    """What /cohort edit would do.

    `name` and `language` are the new ones or empty, `wall` the new day, time and zone in words, `there` what its clocks
    show; `moved` is the room before and after, `named` are the moderators after and before, `told` is what the room
    would read, `guide` says that the guide is in another language.
    """
    head = _("Change {cohort}?", cohort=cohort.name)
    blocks: list[Block] = [Heading(head)]
    if name:
        words = _(
            "Its new name would be “{name}”. Invitations will show it at once; earlier posts keep the old one.",
            name=name,
        )
        blocks.append(paragraph(words))
    if language:
        words = _(
            "It would post in {new} instead of {old} from now on. The open week's card and the invitation would change "
            "with it; other posts stay as they are.",
            new=own_name(language),
            old=own_name(cohort.language),
        )
        blocks += [paragraph(words), *guide]
    if shifts:
        words = ngettext(
            "Weeks would open on {wall}, where it's {time} now. The date, before and after:",
            "Weeks would open on {wall}, where it's {time} now. The next dates, before and after:",
            len(shifts),
            wall=wall,
            time=there,
        )
        blocks.append(paragraph(words))
        blocks.append(bullets(shift_spans(shift) for shift in shifts))
        if shifts[0].number > 1:
            blocks.append(paragraph(_("The week before will last until the first new date."), quiet=True))
    if moved:
        before, after = (Tag("channel", channel) for channel in moved)
        blocks.append(
            paragraph(
                *spans(
                    "The cohort would meet in {new} instead of {old}, with an invitation there.", new=after, old=before
                )
            )
        )
    if named:
        new, old = (tuple(each) for each in named)
        blocks.append(paragraph(*spans("Moderators here would be {new} instead of {old}.", new=new, old=old)))
        blocks.append(paragraph(_("Admins and whoever created the cohort are always moderators too."), quiet=True))
        blocks += _unreached(cohort, named[0])
    blocks += [*problems(findings), *told, paragraph(_("Nothing has changed yet."), quiet=True)]
    blocks += [] if elsewhere(findings) else [Actions(buttons)]
    return Message(head, tuple(blocks))


def changed(
    cohort: Cohort,
    name: str,
    language: str,
    first: Shift | None,
    zone: tuple[str, str] | None,
    channel: str | None,
    named: Sequence[Span],
    at: datetime,
) -> Message:
    """After /cohort edit; `name` and `language` are the new ones or empty, `zone` the new one and the draft for yet
    another.
    """
    head = _("{cohort} has been changed.", cohort=cohort.name)
    blocks: list[Block] = [paragraph(head)]
    if name:
        blocks.append(paragraph(_("Its name is now “{name}”.", name=name)))
    if language:
        blocks.append(paragraph(_("It posts in {language} from now on.", language=own_name(language))))
    if first:
        opens = spans(
            "Week {week} opens {new} instead of {old}.", week=first.number, new=When(first.new), old=When(first.old)
        )
        blocks.append(paragraph(*opens))
    if channel:
        there = Tag("channel", channel)
        moved = spans("I'll post in {channel} from now on, including anything still waiting.", channel=there)
        blocks.append(paragraph(*moved))
    if named:
        who = tuple(named)
        blocks.append(
            paragraph(*spans("Moderators here: {names}. They can use all /cohort commands for it.", names=who))
        )
        blocks += _unreached(cohort, named)
    if zone:
        name, again = zone
        blocks += [
            paragraph(_("Its time zone is {zone}.", zone=zones.there(name, at))),
            Actions((questions.another(zones.change_zone(), again),)),
        ]
    return Message(head, tuple(blocks))


def _unreached(cohort: Cohort, named: Sequence[Span]) -> list[Block]:
    """Who holds a role I cannot find out, so the digest does not reach them by itself."""
    if cohort.moderators_channel or not any(isinstance(span, Tag) and span.kind == "role" for span in named):
        return []
    words = _(
        "I can't see who has a role, so I can't send them the weekly digest by direct message. /cohort edit "
        "moderators_channel: sends it to a channel of yours."
    )
    return [paragraph(words)]
