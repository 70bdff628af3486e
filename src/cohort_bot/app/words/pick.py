"""A moderator's choice of the month's paper."""

from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.papers import Pick
from cohort_bot.app.words.paper import TITLE_MOST
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import Block, Heading, Link, Message, Span, Strong, When, bullets, paragraph
from cohort_bot.chat.typed import in_words, shorten
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Paper


def paper_gone(week: int, coming: Sequence[int | None]) -> PersonError:
    """Another paper for a month whose prompt has gone out."""
    gone = _("The paper for week {week} has already gone out, so it stays.", week=week)
    return PersonError(f"{gone} {_still(coming)}")


def no_paper(week: int, coming: Sequence[int | None]) -> PersonError:
    none = _("Week {week} has no paper of the month.", week=week)
    return PersonError(f"{none} {_still(coming)}")


def _still(coming: Sequence[int | None]) -> str:
    if not coming:
        return _("There are no more papers to come.")
    weeks = ", ".join(str(week) for week in coming)
    return ngettext(
        "You can still choose the paper for week {weeks}.",
        "You can still choose the paper for week {weeks}.",
        len(coming),
        weeks=weeks,
    )


def which_week() -> PersonError:
    return PersonError(_("For which week? Please add it, such as week:6. Just type /cohort pick to see the weeks."))


def paper_or_link() -> PersonError:
    return PersonError(_("Please give either paper, or title and link, but not both."))


def paper_and_link() -> PersonError:
    """A title without a link, or the other way round."""
    return PersonError(_("Please give either paper (one of the spares), or both title and link."))


def which_paper(said: str, *, several: bool) -> PersonError:
    name = shorten(said)
    if several:
        text = _("More than one paper is called “{name}”. Just type /cohort pick to see the spares.", name=name)
    else:
        text = _("There's no spare paper called “{name}”. Just type /cohort pick to see the spares.", name=name)
    return PersonError(text)


def no_link(said: str) -> PersonError:
    text = _("“{link}” isn't a link. Please give one that begins with https://.", link=shorten(said))
    return PersonError(text)


COMING = 6


def choices(cohort: Cohort, coming: Sequence[Paper], spares: Sequence[Paper]) -> Message:
    """Which months can still change, and what could be read instead."""
    if not coming:
        text = _("{cohort} has no more papers to come, so there's nothing to choose.", cohort=cohort.name)
        return Message(text)
    head = _("Papers to come in {cohort}", cohort=cohort.name)
    blocks: list[Block] = [Heading(head), bullets(_coming(each) for each in coming)]
    if spares:
        blocks.append(paragraph(Strong(_("Spares"))))
        blocks.append(
            bullets((Strong(each.id), ": ", Link(shorten(each.title, TITLE_MOST), each.url)) for each in spares)
        )
    first = coming[0].week
    any_other = in_words(f"/cohort pick week:{first} title:“…” link:https://…")
    if spares:
        spare = in_words(f"/cohort pick week:{first} paper:") + spares[0].id
        any_other = _("{command}, or {other}", command=spare, other=any_other)
    blocks.append(paragraph(any_other, quiet=True))
    return Message(head, tuple(blocks))


def _coming(paper: Paper) -> tuple[Span, ...]:
    link = Link(shorten(paper.title, TITLE_MOST), paper.url)
    return spans("Week {week}: {paper}", week=paper.week or 0, paper=link)


def picked(cohort: Cohort, pick: Pick, at: datetime) -> Message:
    title = shorten(pick.title, TITLE_MOST)
    head = _("In week {week}, {cohort} will read “{paper}”.", week=pick.week, cohort=cohort.name, paper=title)
    words = spans("{choice} I'll post it {at}; until then you can choose again.", choice=head, at=When(at))
    return Message(head, (paragraph(*words), paragraph(Link(pick.title, pick.url))))
