"""`/club`: members propose papers for the coming month, and vote on them."""

from cohort_bot.app.access import MEMBER, where
from cohort_bot.app.cohorts import read_programme
from cohort_bot.app.commands import GROUPED, CommandSpec, Param, Role
from cohort_bot.app.options import Options, whole_number
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.paper_club import recount
from cohort_bot.app.queries.programme import dated_papers
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import errors as errors_words
from cohort_bot.app.words import paper_club as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.paper_club import MOST, address, coming, vote_ends

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
    now = read_programme(services.programmes, store, cohort).papers_of(week)[0]
    ends, platform = vote_ends(cohort.calendar, week), invocation.actor.platform
    if pick is not None and not pick.by_vote:
        return words.picked(cohort, pick)
    proposals = store.paper_club.proposals(cohort.id, week)
    mine = store.paper_club.vote_of(member.id, week)
    return words.ballot(cohort, words.Ballot(week, ends, now, proposals, member.id, mine), platform)


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
    CommandSpec("club.vote", Role.MEMBER, vote),
    CommandSpec("club.withdraw", Role.MEMBER, withdraw),
)
