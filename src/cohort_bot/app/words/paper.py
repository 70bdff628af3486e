"""The paper of the month."""

from collections.abc import Sequence
from dataclasses import dataclass

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import counted
from cohort_bot.app.words.week import paper as card
from cohort_bot.app.words.week import read_button
from cohort_bot.chat.message import Actions, Block, Button, Heading, Link, Message, Span, bullets, paragraph
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Paper, Programme

PAGE = 10


TITLE_MOST = 90


@dataclass(frozen=True, slots=True)
class Reading:
    """A paper, the link to its thread if there is one, how many have read it, and whether the person has."""

    paper: Paper
    thread: str | None
    readers: int
    mine: bool


def this_month(cohort: Cohort, reading: Reading, *, begun: bool, past: bool) -> Message:
    """The paper with what the person can do about it."""
    shown = card(reading.paper, posted=False)
    blocks: list[Block] = list(shown.blocks)
    args = {"id": str(cohort.id)}
    buttons: list[Button] = []
    if begun:
        talk: tuple[Span, ...] = (" ", Link("The talk about it is here.", reading.thread)) if reading.thread else ()
        blocks.append(paragraph(_count(reading.readers, mine=reading.mine), *talk))
        if not reading.mine:
            buttons.append(read_button(cohort, reading.paper.week or 0))
    else:
        blocks.append(paragraph(f"It comes in week {reading.paper.week}."))
    if past:
        buttons.append(Button("Past papers", "paper.past", args))
    if buttons:
        blocks.append(Actions(tuple(buttons)))
    return Message(shown.summary, tuple(blocks))


def _count(readers: int, *, mine: bool) -> str:
    others = readers - mine
    if mine:
        return "You have read it" + (f", and {others} more." if others else ", the first of the group.")
    if not readers:
        return "Nobody has said that they have read it yet."
    return f"{counted(readers, 'member has', 'members have')} read it."


def noted(paper: Paper, readers: int, mine: int, *, new: bool) -> Message:
    """After somebody said that they have read it."""
    head = f"{'Noted' if new else 'I have that already'}: you have read “{shorten(paper.title, TITLE_MOST)}”."
    papers = "your first paper here" if mine == 1 else f"{counted(mine, 'paper')} so far"
    return Message(f"{head} {_count(readers, mine=True)} That makes {papers}.")


def archive(cohort: Cohort, entries: Sequence[Reading], page: int) -> Message:
    """The papers so far, newest first, a page of them."""
    if not entries:
        return Message(f"No paper has come in {cohort.name} yet.")
    pages = -(-len(entries) // PAGE)
    page = min(page, pages - 1)
    blocks: list[Block] = [Heading(f"Papers of {cohort.name}")]
    blocks.append(bullets(_entry(each) for each in entries[page * PAGE : (page + 1) * PAGE]))
    turns = [
        Button(label, "paper.past", {"id": str(cohort.id), "page": str(to)})
        for label, to in (("Back", page - 1), ("Next", page + 1))
        if 0 <= to < pages
    ]
    if turns:
        blocks += [paragraph(f"Page {page + 1} of {pages}", quiet=True), Actions(tuple(turns))]
    return Message(f"Papers of {cohort.name}", tuple(blocks))


def _entry(each: Reading) -> tuple[Span, ...]:
    thread: tuple[Span, ...] = (" · ", Link("the talk", each.thread)) if each.thread else ()
    mark = "✓ " if each.mine else ""
    link = Link(shorten(each.paper.title, TITLE_MOST), each.paper.url)
    return (f"{mark}Week {each.paper.week}: ", link, f" · read by {each.readers}", *thread)


def no_papers(programme: Programme) -> PersonError:
    """A programme without papers."""
    return PersonError(f"{programme.title} has no papers.")


def paper_to_come(platform: str) -> PersonError:
    """A paper that nobody can have read yet."""
    return PersonError(f"That paper has not come yet. {typed('paper', platform)} shows this month's.")
