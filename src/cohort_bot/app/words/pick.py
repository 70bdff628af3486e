"""A moderator's choice of the month's paper."""

from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.papers import Pick
from cohort_bot.app.words.paper import TITLE_MOST
from cohort_bot.chat.i18n import _, spans
from cohort_bot.chat.message import Block, Heading, Link, Message, Strong, When, bullets, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Paper


def paper_gone(week: int, coming: Sequence[int | None]) -> PersonError:
    """Another paper for a month whose prompt has gone out."""
    return PersonError(
        _("The paper of week {week} has gone out, so it stays. {still}", week=week, still=_still(coming))
    )


def no_paper(week: int, coming: Sequence[int | None]) -> PersonError:
    """A week without a paper."""
    return PersonError(_("Week {week} has no paper of the month. {still}", week=week, still=_still(coming)))


def _still(coming: Sequence[int | None]) -> str:
    if not coming:
        return _("No paper is left to come.")
    weeks = ", ".join(str(week) for week in coming)
    return _("You can still choose for week {weeks}.", weeks=weeks)


def which_week() -> PersonError:
    """A paper without a week."""
    return PersonError(_("Please say for which week, such as week:6. /cohort pick alone shows the weeks."))


def paper_or_link() -> PersonError:
    """Two papers at once."""
    return PersonError(_("Please give either paper, or title and link, not both."))


def paper_and_link() -> PersonError:
    """A title without a link, or the other way round."""
    return PersonError(_("Please give paper, one of the spares, or both title and link."))


def which_paper(said: str, *, several: bool) -> PersonError:
    """None or more than one that is meant."""
    what = _("More than one paper is") if several else _("No paper that is free is")
    return PersonError(_("{what} called “{said}”. /cohort pick alone shows the spares.", what=what, said=shorten(said)))


def no_link(said: str) -> PersonError:
    """Not an address of the web."""
    return PersonError(_("“{said}” is not a link. Please give one that begins with https://.", said=shorten(said)))


COMING = 6


def choices(cohort: Cohort, coming: Sequence[Paper], spares: Sequence[Paper]) -> Message:
    """Which months can still change, and what could be read instead."""
    if not coming:
        return Message(_("No paper of {cohort} is left to come, so there is nothing to choose.", cohort=cohort.name))
    head = _("Papers to come in {cohort}", cohort=cohort.name)
    blocks: list[Block] = [
        Heading(head),
        bullets(
            (_("Week {week}: ", week=each.week or 0), Link(shorten(each.title, TITLE_MOST), each.url))
            for each in coming
        ),
    ]
    if spares:
        blocks.append(paragraph(Strong(_("Spares"))))
        blocks.append(
            bullets((Strong(each.id), ": ", Link(shorten(each.title, TITLE_MOST), each.url)) for each in spares)
        )
    first = coming[0].week or 0
    example = _("/cohort pick week:{first} paper:{id}", first=first, id=spares[0].id) if spares else ""
    any_other = _("/cohort pick week:{first} title:“…” link:https://…", first=first)
    blocks.append(paragraph(f"{example}{', or ' if example else ''}{any_other}", quiet=True))
    return Message(head, tuple(blocks))


def picked(cohort: Cohort, pick: Pick, at: datetime) -> Message:
    """After a choice."""
    head = _(
        "In week {week} {cohort} reads “{pick}”.",
        week=pick.week,
        cohort=cohort.name,
        pick=shorten(pick.title, TITLE_MOST),
    )
    words = paragraph(*spans("{head} It comes {at}; until then you can choose again.", head=head, at=When(at)))
    return Message(head, (words, paragraph(Link(pick.title, pick.url))))
