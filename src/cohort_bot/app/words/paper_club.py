"""The paper club: what is up for the vote, who presents, and what it was about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.paper_club import Proposal
from cohort_bot.app.ports.papers import Pick
from cohort_bot.app.ports.platform import ScheduledEvent
from cohort_bot.app.queries.paper_club import Presented
from cohort_bot.app.words.paper import TITLE_MOST, presented_line
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Link, Message, Span, When, bullets, paragraph
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.paper_club import MEETS_FOR, Offer
from cohort_bot.core.programme import Paper

LINES = 3
ABOUT_MOST = 600


@dataclass(frozen=True, slots=True)
class Ballot:
    """The vote on the paper of a week: until when, what is read as it stands, and what `member` voted for."""

    week: int
    ends: datetime
    now: Paper
    proposals: Sequence[Proposal]
    member: int
    voted: int | None


def ballot(cohort: Cohort, it: Ballot, presented: Presented | None, platform: str) -> Message:
    head = _("What does {cohort} read in week {week}?", cohort=cohort.name, week=it.week)
    blocks: list[Block] = [Heading(head)]
    if it.proposals:
        blocks.append(bullets(_entry(index, each, it.voted) for index, each in enumerate(it.proposals, start=1)))
    else:
        blocks.append(paragraph(_("Nobody has proposed a paper yet.")))
    reads = Link(shorten(it.now.title, TITLE_MOST), it.now.url)
    blocks.append(paragraph(*spans("As it stands, you will read {paper}.", paper=reads)))
    blocks.append(paragraph(*spans("You can propose and vote until {end}.", end=When(it.ends)), quiet=True))
    if not any(each.member_id == it.member for each in it.proposals):
        how = _("Propose one: {command} title:“…” link:…", command=typed("club propose", platform))
        blocks.append(paragraph(how, quiet=True))
    votes = tuple(
        Button(_("Vote for {n}", n=index), "club.vote", {"id": str(cohort.id), "paper": str(each.id)})
        for index, each in enumerate(it.proposals, start=1)
        if each.id != it.voted
    )
    blocks += [Actions(votes)] if votes else []
    if any(each.member_id == it.member for each in it.proposals):
        back = Button(_("Take my proposal back"), "club.withdraw", {"id": str(cohort.id)})
        blocks.append(Actions((back,)))
    return Message(head, (*blocks, *_who_presents(cohort, presented, it.member)))


def _who_presents(cohort: Cohort, it: Presented | None, member: int) -> tuple[Block, ...]:
    if it is None:
        return ()
    line = paragraph(*presented_line(it))
    return (line, Actions((_step_back(cohort),))) if it.presenter.id == member else (line,)


def _step_back(cohort: Cohort) -> Button:
    return Button(_("I can't present it"), "club.cancel", {"id": str(cohort.id)})


def _entry(index: int, each: Proposal, voted: int | None) -> tuple[Span, ...]:
    votes = ngettext("{n} vote", "{n} votes", each.votes)
    mine: tuple[Span, ...] = (" ", _("(yours)")) if each.id == voted else ()
    link = Link(shorten(each.title, TITLE_MOST), each.url)
    return (*spans("{n}: {paper} · {votes}", n=index, paper=link, votes=votes), *mine)


def picked(cohort: Cohort, pick: Pick, presented: Presented | None, member: int) -> Message:
    link = Link(shorten(pick.title, TITLE_MOST), pick.url)
    words = spans(
        "A moderator has chosen the paper that {cohort} reads in week {week}: {paper}",
        cohort=cohort.name,
        week=pick.week,
        paper=link,
    )
    head = _("The paper for week {week} is chosen", week=pick.week)
    return Message(head, (paragraph(*words), *_who_presents(cohort, presented, member)))


def picked_already(pick: Pick) -> PersonError:
    return PersonError(
        _(
            "A moderator has chosen “{paper}” for week {week}, so there's no vote on it.",
            paper=shorten(pick.title, TITLE_MOST),
            week=pick.week,
        )
    )


def none_to_come(cohort: Cohort) -> PersonError:
    return PersonError(_("{cohort} has no more papers to vote on.", cohort=cohort.name))


def no_paper_there(said: str) -> PersonError:
    return PersonError(
        _(
            "I can't make a link of “{link}”. Please give a link that begins with https://, a DOI such as "
            "10.1038/nature14539, or an arXiv id such as 1706.03762.",
            link=shorten(said),
        )
    )


def one_each(week: int, platform: str) -> PersonError:
    return PersonError(
        _(
            "You've already proposed a paper for week {week}. To propose another, take it back first: {command}",
            week=week,
            command=typed("club show", platform),
        )
    )


def up_already(platform: str) -> PersonError:
    text = _("Somebody has already proposed that paper. Vote for it: {command}", command=typed("club show", platform))
    return PersonError(text)


def full(week: int, platform: str) -> PersonError:
    return PersonError(
        _(
            "Five papers are already up for the vote for week {week}, which is the most. Vote for one of them "
            "({command}), and propose yours again for the next month.",
            week=week,
            command=typed("club show", platform),
        )
    )


def not_up_any_more(platform: str) -> PersonError:
    return PersonError(
        _("That paper is no longer up for the vote. See which are: {command}", command=typed("club show", platform))
    )


def when() -> PersonError:
    return PersonError(_("When would you like to present? Please give both date and time."))


def not_chosen_yet(week: int) -> PersonError:
    return PersonError(
        _(
            "The paper for week {week} isn't chosen yet: the vote goes on until a day before the week opens. From then "
            "on you can offer to present it.",
            week=week,
        )
    )


def not_offered(why: Offer, presenter: Member | None, title: str) -> PersonError:
    """Why somebody cannot present the paper then; `presenter` is who presents it, or has."""
    paper = shorten(title, TITLE_MOST)
    if why is Offer.NOT_THEN:
        return PersonError(_("Please choose a time within the next sixty days."))
    if why is Offer.TAKEN and presenter is not None:
        return PersonError(_("{member} has already offered to present “{paper}”.", member=presenter.name, paper=paper))
    return PersonError(_("“{paper}” has already been presented.", paper=paper))


def presents(cohort: Cohort, title: str, starts: datetime, platform: str) -> Message:
    head = _("Thank you! You're presenting “{paper}”.", paper=shorten(title, TITLE_MOST))
    words = spans("It begins {time}. I'll tell the group, and it is in everybody's calendar.", time=When(starts))
    later = _(
        "To move it, use {present} again. Afterwards, {summary} keeps what it was about.",
        present=typed("club present", platform),
        summary=typed("club summary", platform),
    )
    blocks = (paragraph(head), paragraph(*words), paragraph(later, quiet=True), Actions((_step_back(cohort),)))
    return Message(head, blocks)


def cancel_preview(cohort: Cohort, starts: datetime) -> Message:
    head = _("Step back from presenting?")
    words = spans(
        "That's all right. I'll tell the group that {time} is off, and ask who else would like to present it.",
        time=When(starts),
    )
    yes = Button(_("Tell the group"), "club.cancel.yes", {"id": str(cohort.id)}, style="primary")
    return Message(head, (Heading(head), paragraph(*words), Actions((yes,))))


def cancelled(platform: str) -> Message:
    head = _("Thank you for saying so. I'm telling the group.")
    again = _("If you find another time, {present} is still there.", present=typed("club present", platform))
    return Message(head, (paragraph(head), paragraph(again, quiet=True)))


def nothing_to_cancel(platform: str) -> PersonError:
    text = _("You haven't offered to present a paper. To offer it: {command}", command=typed("club present", platform))
    return PersonError(text)


def open_again(paper: Paper, starts: datetime, platform: str) -> Message:
    """To the group: nobody presents it after all. By whom it would have been is not said."""
    link = Link(shorten(paper.title, TITLE_MOST), paper.url)
    head = _("Who would like to present “{paper}”?", paper=shorten(paper.title, TITLE_MOST))
    words = spans("The meeting about {paper} is off; it was planned for {time}.", paper=link, time=When(starts))
    ask = _("Would you like to present it, on a day that suits you? {present}", present=typed("club present", platform))
    return Message(head, (paragraph(*words), paragraph(ask)))


def meeting(it: Presented) -> Message:
    """To the group: who presents, and when."""
    all_welcome = _("Come along, whether or not you have read it.")
    head = _("{member} presents “{paper}”", member=it.presenter.name, paper=shorten(it.paper.title, TITLE_MOST))
    return Message(head, (paragraph(*presented_line(it)), paragraph(all_welcome)))


def event(cohort: Cohort, title: str, url: str, starts: datetime) -> ScheduledEvent:
    """The meeting in the workspace's list of events, which says no names."""
    name = _("Paper club: {title}", title=title)
    text = _("{cohort} talks about this paper. Come along, whether or not you have read it.", cohort=cohort.name)
    return ScheduledEvent(name, f"{text}\n{url}", starts, starts + MEETS_FOR)


def summary_form(cohort: Cohort, value: str) -> Form:
    label, hint = _("What was it about?"), _("Three lines at most; they are kept with the past papers")
    about = TextField("about", label, "long", value, ABOUT_MOST, required=True, hint=hint)
    return Form("club.summary.save", _("What it was about"), (about,), {"id": str(cohort.id)})


def summary_asked(cohort: Cohort, title: str) -> Message:
    """To whoever presented the paper, once the meeting is over."""
    head = _("You presented “{paper}”. How was it?", paper=shorten(title, TITLE_MOST))
    ask = _("Three lines on what it was about help those who couldn't come. They are kept with the past papers.")
    write = Button(_("Write three lines"), "club.summary", {"id": str(cohort.id)}, style="primary")
    return Message(head, (paragraph(head), paragraph(ask), Actions((write,))))


def three_lines() -> str:
    return _("Please write one to three lines, of at most {most} characters together.", most=ABOUT_MOST)


def summarised(cohort: Cohort) -> Message:
    past = Button(_("Past papers"), "paper.past", {"id": str(cohort.id)})
    head = _("Thank you. It is kept with the past papers.")
    return Message(head, (paragraph(head), Actions((past,))))


def nothing_presented(platform: str) -> PersonError:
    text = _("You haven't presented a paper yet. To offer it: {command}", command=typed("club present", platform))
    return PersonError(text)
