"""`/paper`: the paper of the month with its thread, past papers, and recording that one was read."""

from cohort_bot.app.access import MEMBER
from cohort_bot.app.cohorts import read_programme
from cohort_bot.app.commands import GROUPED, CommandSpec, Role
from cohort_bot.app.delivery import keys
from cohort_bot.app.options import page_of
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.paper_club import to_come
from cohort_bot.app.queries.programme import dated_papers
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import paper as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Place, Ref
from cohort_bot.core.delivery_states import State
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.paper_club import coming


@reads(MEMBER)
def paper(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Show the newest paper, or the first one before it is posted, with how many members have read it."""
    programme = read_programme(services.programmes, store, cohort)
    dated = dated_papers(programme)
    if not dated:
        raise words.no_papers(programme)
    begun = [paper for paper in dated if (paper.week or 0) <= _reached(cohort, member, invocation)]
    newest = begun[-1] if begun else dated[0]
    week = newest.week or 0
    shown = words.Reading(
        newest,
        _thread(services, store, cohort, week),
        store.papers.readers(cohort.id).get(week, 0),
        bool(begun) and newest.week in store.papers.read_by(member.id),
        presented=to_come(store, cohort, programme, invocation.at).get(week),
    )
    next_vote = coming((each.week or 0 for each in dated), cohort.calendar, invocation.at)
    club = Feature.PAPER_CLUB in cohort.features and next_vote is not None
    return words.this_month(cohort, shown, begun=bool(begun), past=len(begun) > 1, club=club)


def _reached(cohort: Cohort, member: Member, invocation: Invocation) -> int:
    """The week of the programme that the member is in."""
    return member.week(max(cohort.calendar.latest(invocation.at), member.first_round))


def _thread(services: Services, store: Store, cohort: Cohort, week: int) -> str | None:
    """The link to the thread about the paper of a week; None when it was not posted, or the platform has no links."""
    original = store.deliveries.sent_parts("paper", cohort.id).get(week)
    for room in store.cohorts.rooms(cohort.id) if original else ():
        row = store.deliveries.by_key(keys.paper(cohort.id, week, room.id, original or ""))
        if row and row.state is State.SENT and row.message_id and row.channel and room.platform in services.platforms:
            place = Place(room.platform, room.workspace, row.channel, row.thread)
            return services.platforms[room.platform].link(Ref(place, row.message_id))
    return None


@changes(MEMBER)
def have_read(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Record that somebody has read the paper of a week, and answer how many have."""
    typed = invocation.args.get("week", "")
    dated = dated_papers(read_programme(services.programmes, store, cohort))
    papers = [paper for paper in dated if str(paper.week) == typed]
    newest = max(cohort.calendar.latest(invocation.at), _reached(cohort, member, invocation))
    if not papers or (papers[0].week or 0) > newest:
        raise words.paper_to_come(invocation.actor.platform)
    week = papers[0].week or 0
    new = store.papers.note_read(member.id, week, invocation.at)
    readers, mine = store.papers.readers(cohort.id).get(week, 0), len(store.papers.read_by(member.id))
    return words.noted(papers[0], readers, mine, new=new)


@reads(MEMBER)
def past(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """The papers so far with their threads, newest first."""
    dated = dated_papers(read_programme(services.programmes, store, cohort))
    begun = [paper for paper in dated if (paper.week or 0) <= _reached(cohort, member, invocation)]
    readers, mine = store.papers.readers(cohort.id), store.papers.read_by(member.id)
    meetings = store.paper_club.meetings(cohort.id)
    entries = [
        words.Reading(
            paper,
            _thread(services, store, cohort, paper.week or 0),
            readers.get(paper.week or 0, 0),
            paper.week in mine,
            meetings[paper.week or 0].summary if paper.week in meetings else "",
        )
        for paper in reversed(begun)
    ]
    return words.archive(cohort, entries, page_of(invocation))


ROWS = (
    CommandSpec(
        "paper", Role.MEMBER, paper, N_("See the paper of the month"), {"": "paper", GROUPED: "cohort paper"}, (COHORT,)
    ),
    CommandSpec("paper.read", Role.MEMBER, have_read),
    CommandSpec("paper.past", Role.MEMBER, past),
)
