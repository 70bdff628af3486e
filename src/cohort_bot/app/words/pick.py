"""A moderator's choice of the month's paper."""

from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.papers import Pick
from cohort_bot.app.words.paper import TITLE_MOST
from cohort_bot.chat.message import Block, Heading, Link, Message, Strong, When, bullets, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Paper


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


COMING = 6


def choices(cohort: Cohort, coming: Sequence[Paper], spares: Sequence[Paper]) -> Message:
    """Which months can still change, and what could be read instead."""
    if not coming:
        return Message(f"No paper of {cohort.name} is left to come, so there is nothing to choose.")
    head = f"Papers to come in {cohort.name}"
    blocks: list[Block] = [
        Heading(head),
        bullets((f"Week {each.week}: ", Link(shorten(each.title, TITLE_MOST), each.url)) for each in coming),
    ]
    if spares:
        blocks.append(paragraph(Strong("Spares")))
        blocks.append(
            bullets((Strong(each.id), ": ", Link(shorten(each.title, TITLE_MOST), each.url)) for each in spares)
        )
    first = coming[0].week
    example = f"/cohort pick week:{first} paper:{spares[0].id}" if spares else ""
    any_other = f"/cohort pick week:{first} title:“…” link:https://…"
    blocks.append(paragraph(f"{example}{', or ' if example else ''}{any_other}", quiet=True))
    return Message(head, tuple(blocks))


def picked(cohort: Cohort, pick: Pick, at: datetime) -> Message:
    """After a choice."""
    head = f"In week {pick.week} {cohort.name} reads “{shorten(pick.title, TITLE_MOST)}”."
    words = paragraph(head, " It comes ", When(at), "; until then you can choose again.")
    return Message(head, (words, paragraph(Link(pick.title, pick.url))))
