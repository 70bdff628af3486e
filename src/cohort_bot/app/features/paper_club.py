"""`/club`: members propose papers for the coming month, vote on them, and present the one that is read."""

from cohort_bot.app.access import MEMBER, where
from cohort_bot.app.cohorts import read_programme
from cohort_bot.app.commands import GROUPED, CommandSpec, Param, Role
from cohort_bot.app.delivery import paper_meetings
from cohort_bot.app.options import Options, whole_number
from cohort_bot.app.paper_votes import recount
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.paper_club import to_come
from cohort_bot.app.queries.programme import dated_papers
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import errors as errors_words
from cohort_bot.app.words import paper_club as words
from cohort_bot.chat.form import FieldErrors, Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.paper_club import MOST, Meeting, Offer, address, coming, offer, vote_ends, week_to_present
from cohort_bot.core.rounds import instant, zone_info

CLUB_MEMBER = where(Feature.PAPER_CLUB, MEMBER)
TITLE_MOST = 200


@reads(CLUB_MEMBER)
def show(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """What is up for the vote, with a button for each."""
    return _ballot(services, invocation, store, cohort, member)


@changes(CLUB_MEMBER)
def propose(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Put a paper up for the vote of the coming month, with the member's own vote unless they have voted."""
    options = Options(PROPOSE, invocation.args)
    title, url = " ".join((options.text("title") or "").split()), address(options.text("link") or "")
    week = _open(services, invocation, store, cohort)
    if len(title) > TITLE_MOST:
        raise errors_words.title_too_long(TITLE_MOST, len(title))
    if url is None:
        raise words.no_paper_there(options.text("link") or "")
    proposals = store.paper_club.proposals(cohort.id, week)
    if any(each.member_id == member.id for each in proposals):
        raise words.one_each(week, invocation.actor.platform)
    if any(each.url == url for each in proposals):
        raise words.up_already(invocation.actor.platform)
    if len(proposals) >= MOST:
        raise words.full(week, invocation.actor.platform)
    store.paper_club.propose(member.id, week, title, url, invocation.at)
    if store.paper_club.vote_of(member.id, week) is None:
        store.paper_club.vote(member.id, week, store.paper_club.proposals(cohort.id, week)[-1].id)
    recount(store, cohort, week, invocation.at)
    return _ballot(services, invocation, store, cohort, member)


@changes(CLUB_MEMBER)
def vote(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Vote for a paper, in place of the member's earlier vote."""
    week = _open(services, invocation, store, cohort)
    number = whole_number(invocation.args.get("paper", ""), digits=18)
    if number not in {each.id for each in store.paper_club.proposals(cohort.id, week)}:
        raise words.not_up_any_more(invocation.actor.platform)
    store.paper_club.vote(member.id, week, number)
    recount(store, cohort, week, invocation.at)
    return _ballot(services, invocation, store, cohort, member)


@changes(CLUB_MEMBER)
def withdraw(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Take the member's own proposal back, with the votes for it."""
    week = _open(services, invocation, store, cohort)
    if not store.paper_club.withdraw(member.id, week):
        raise words.not_up_any_more(invocation.actor.platform)
    recount(store, cohort, week, invocation.at)
    return _ballot(services, invocation, store, cohort, member)


@changes(CLUB_MEMBER)
def present(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Offer to present the paper at a time, or move that time; the group is told."""
    options = Options(PRESENT, invocation.args)
    zone = member.account.zone
    day = options.day("date", invocation.at.astimezone(zone_info(zone)).date())
    clock = options.clock("time")
    if day is None or clock is None:
        raise words.when()
    starts = instant(day, clock, zone)
    programme = read_programme(services.programmes, store, cohort)
    weeks = [paper.week or 0 for paper in dated_papers(programme)]
    picked = {week for week, pick in store.papers.picks(cohort.id).items() if not pick.by_vote}
    meetings = store.paper_club.meetings(cohort.id)
    week = week_to_present(meetings.values(), member.id, weeks, picked, cohort.calendar, invocation.at)
    if week is None:
        voted_on = coming(weeks, cohort.calendar, invocation.at)
        raise words.none_to_come(cohort) if voted_on is None else words.not_chosen_yet(voted_on)
    known, paper = meetings.get(week), programme.papers_of(week)[0]
    outcome = offer(known, member.id, starts, invocation.at)
    if outcome is not Offer.MADE:
        presenter = store.members.get(known.member_id or 0) if known is not None else None
        raise words.not_offered(outcome, presenter, paper.title)
    if known is None or known.starts != starts:
        store.paper_club.meet(cohort.id, week, member.id, starts)
        paper_meetings.tell(store, member, paper, starts, invocation.id, invocation.at)
    return words.presents(cohort, paper.title, starts, invocation.actor.platform)


@reads(CLUB_MEMBER)
def cancel(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Ask before somebody steps back from presenting."""
    dates = [each.starts for each in store.paper_club.of_member(member.id).presented if each.starts > invocation.at]
    if not dates:
        raise words.nothing_to_cancel(invocation.actor.platform)
    return words.cancel_preview(cohort, dates[0])


@changes(CLUB_MEMBER)
def cancel_yes(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Nobody presents it any more; the rooms are told, and by whom it would have been presented is not repeated."""
    free = store.paper_club.cancel(member.id, invocation.at)
    if not free:
        raise words.nothing_to_cancel(invocation.actor.platform)
    paper_meetings.tell_open(store, cohort.id, free, invocation.id, invocation.at)
    return words.cancelled(invocation.actor.platform)


@reads(CLUB_MEMBER)
def summary(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """The form for what the paper was about, for whoever presented it."""
    return words.summary_form(cohort, _presented(store, cohort, member, invocation).summary)


@changes(CLUB_MEMBER)
def summary_save(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Keep what the paper was about with the past papers; sending it again replaces it."""
    written = invocation.field("about")
    lines = [line.strip() for line in written.splitlines() if line.strip()]
    meeting = _presented(store, cohort, member, invocation)
    if not lines or len(lines) > words.LINES or len(written) > words.ABOUT_MOST:
        return FieldErrors(words.summary_form(cohort, written), {"about": words.three_lines()})
    store.paper_club.summarise(cohort.id, meeting.week, "\n".join(lines))
    return words.summarised(cohort)


def _presented(store: Store, cohort: Cohort, member: Member, invocation: Invocation) -> Meeting:
    """The newest meeting that the member has presented at. Raises PersonError when there is none."""
    held = [
        each
        for each in store.paper_club.meetings(cohort.id).values()
        if each.member_id == member.id and each.starts <= invocation.at
    ]
    if not held:
        raise words.nothing_presented(invocation.actor.platform)
    return max(held, key=lambda each: each.starts)


def _coming(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> int:
    """The week that is voted on now."""
    papers = dated_papers(read_programme(services.programmes, store, cohort))
    week = coming((paper.week or 0 for paper in papers), cohort.calendar, invocation.at)
    if week is None:
        raise words.none_to_come(cohort)
    return week


def _open(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> int:
    """The week that is voted on now. Raises PersonError when a moderator has picked its paper."""
    week = _coming(services, invocation, store, cohort)
    pick = store.papers.picks(cohort.id).get(week)
    if pick is not None and not pick.by_vote:
        raise words.picked_already(pick)
    return week


def _ballot(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Message:
    week = _coming(services, invocation, store, cohort)
    pick = store.papers.picks(cohort.id).get(week)
    programme = read_programme(services.programmes, store, cohort)
    now, coming_up = programme.papers_of(week)[0], to_come(store, cohort, programme, invocation.at).values()
    presented = min(coming_up, key=lambda each: each.starts, default=None)
    ends, platform = vote_ends(cohort.calendar, week), invocation.actor.platform
    if pick is not None and not pick.by_vote:
        return words.picked(cohort, pick, presented, member.id)
    proposals = store.paper_club.proposals(cohort.id, week)
    mine = store.paper_club.vote_of(member.id, week)
    return words.ballot(cohort, words.Ballot(week, ends, now, proposals, member.id, mine), presented, platform)


PROPOSE = CommandSpec(
    "club.propose",
    Role.MEMBER,
    propose,
    N_("Propose a paper to read together in the coming month"),
    {"": "club propose", GROUPED: "cohort club propose"},
    (
        Param("title", "text", N_("the title of the paper"), required=True, example='"Attention Is All You Need"'),
        Param("link", "text", N_("a link, a DOI or an arXiv id"), required=True, example="arXiv:1706.03762"),
        COHORT,
    ),
)

PRESENT = CommandSpec(
    "club.present",
    Role.MEMBER,
    present,
    N_("Offer to present the paper of the month, or move the date"),
    {"": "club present", GROUPED: "cohort club present"},
    (
        Param("date", "date", N_("the day, such as 2027-01-31 or next friday"), required=True, example="2027-01-31"),
        Param("time", "time", N_("when it begins, by your clock"), required=True, example="19:00"),
        COHORT,
    ),
)

ROWS = (
    CommandSpec(
        "club.show",
        Role.MEMBER,
        show,
        N_("See which papers are up for the vote, and vote"),
        {"": "club show", GROUPED: "cohort club show"},
        (COHORT,),
    ),
    PROPOSE,
    PRESENT,
    CommandSpec(
        "club.cancel",
        Role.MEMBER,
        cancel,
        N_("Step back from presenting a paper; asks first"),
        {"": "club cancel", GROUPED: "cohort club cancel"},
        (COHORT,),
    ),
    CommandSpec("club.cancel.yes", Role.MEMBER, cancel_yes),
    CommandSpec(
        "club.summary",
        Role.MEMBER,
        summary,
        N_("Write in three lines what the paper that you presented was about"),
        {"": "club summary", GROUPED: "cohort club summary"},
        (COHORT,),
    ),
    CommandSpec("club.summary.save", Role.MEMBER, summary_save),
    CommandSpec("club.vote", Role.MEMBER, vote),
    CommandSpec("club.withdraw", Role.MEMBER, withdraw),
)
