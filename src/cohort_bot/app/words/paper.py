"""The paper of the month."""

from collections.abc import Sequence
from dataclasses import dataclass

from cohort_bot.app.errors import PersonError
from cohort_bot.app.queries.paper_club import Presented
from cohort_bot.app.words.week import paper as card
from cohort_bot.app.words.week import read_button
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Link, Message, Span, When, bullets, paragraph
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Paper, Programme

PAGE = 10
TITLE_MOST = 90


@dataclass(frozen=True, slots=True)
class Reading:
    """A paper, the link to its thread if there is one, how many have read it, and whether the person has.

    `summary` is what its presenter wrote about it, `presented` who presents it when that is still to come.
    """

    paper: Paper
    thread: str | None
    readers: int
    mine: bool
    summary: str = ""
    presented: Presented | None = None


def this_month(cohort: Cohort, reading: Reading, *, begun: bool, past: bool, club: bool) -> Message:
    """The paper with what the person can do about it. `club`: there is a vote on the next one."""
    shown = card(reading.paper, posted=False)
    blocks: list[Block] = list(shown.blocks)
    args = {"id": str(cohort.id)}
    buttons: list[Button] = []
    if begun:
        talk: tuple[Span, ...] = (" ", Link(_("Join the discussion here."), reading.thread)) if reading.thread else ()
        blocks.append(paragraph(_count(reading.readers, mine=reading.mine), *talk))
        if not reading.mine:
            buttons.append(read_button(cohort, reading.paper.week or 0))
    else:
        blocks.append(paragraph(_("It comes up in week {week}.", week=reading.paper.week or 0)))
    if reading.presented:
        blocks.append(paragraph(*presented_line(reading.presented)))
    if club:
        buttons.append(Button(_("What do we read next?"), "club.show", args))
    if past:
        buttons.append(Button(_("Past papers"), "paper.past", args))
    if buttons:
        blocks.append(Actions(tuple(buttons)))
    return Message(shown.summary, tuple(blocks))


def presented_line(it: Presented) -> tuple[Span, ...]:
    link = Link(shorten(it.paper.title, TITLE_MOST), it.paper.url)
    return spans("{member} presents {paper} {time}.", member=it.presenter.name, paper=link, time=When(it.starts))


def _count(readers: int, *, mine: bool) -> str:
    others = readers - mine
    if mine and not others:
        return _("You're the first here to read it.")
    if mine:
        return ngettext("You've read it, and so has {n} other.", "You've read it, and so have {n} others.", others)
    if not readers:
        return _("Nobody has marked it as read yet.")
    return ngettext("{n} member has read it.", "{n} members have read it.", readers)


def noted(paper: Paper, readers: int, mine: int, *, new: bool) -> Message:
    title = shorten(paper.title, TITLE_MOST)
    head = _("Noted: “{paper}”.", paper=title) if new else _("You'd already marked “{paper}” as read.", paper=title)
    papers = ngettext("It's your first paper.", "That's {n} papers so far.", mine)
    return Message(f"{head} {_count(readers, mine=True)} {papers}")


def archive(cohort: Cohort, entries: Sequence[Reading], page: int) -> Message:
    """The papers so far, newest first, a page of them."""
    if not entries:
        return Message(_("{cohort} hasn't had a paper yet.", cohort=cohort.name))
    pages = -(-len(entries) // PAGE)
    page = min(page, pages - 1)
    head = _("Papers of {cohort}", cohort=cohort.name)
    blocks: list[Block] = [Heading(head)]
    blocks.append(bullets(_entry(each) for each in entries[page * PAGE : (page + 1) * PAGE]))
    turns = [
        Button(label, "paper.past", {"id": str(cohort.id), "page": str(to)})
        for label, to in ((_("Back"), page - 1), (_("Next"), page + 1))
        if 0 <= to < pages
    ]
    if turns:
        blocks += [
            paragraph(_("Page {page} of {pages}", page=page + 1, pages=pages), quiet=True),
            Actions(tuple(turns)),
        ]
    return Message(head, tuple(blocks))


def _entry(each: Reading) -> tuple[Span, ...]:
    thread: tuple[Span, ...] = (" · ", Link(_("discussion"), each.thread)) if each.thread else ()
    mark: tuple[Span, ...] = ("✓ ",) if each.mine else ()
    link = Link(shorten(each.paper.title, TITLE_MOST), each.paper.url)
    line = spans(
        "Week {week}: {paper} · read by {readers}", week=each.paper.week or 0, paper=link, readers=each.readers
    )
    about: tuple[Span, ...] = (": ", " ".join(each.summary.splitlines())) if each.summary else ()
    return (*mark, *line, *thread, *about)


def no_papers(programme: Programme) -> PersonError:
    return PersonError(_("{programme} has no papers.", programme=programme.title))


def paper_to_come(platform: str) -> PersonError:
    text = _("That paper hasn't come up yet. {paper} shows this month's.", paper=typed("paper", platform))
    return PersonError(text)
