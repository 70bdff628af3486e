"""The paper club's vote: what leads is the cohort's choice at any time, so nothing has to be counted when it ends."""

from datetime import datetime

from cohort_bot.app.ports.papers import BY_VOTE, Pick
from cohort_bot.app.ports.store import Store
from cohort_bot.core.membership import Cohort
from cohort_bot.core.paper_club import vote_ends, winner


def recount(store: Store, cohort: Cohort, week: int, at: datetime) -> None:
    """Make the proposal with the most votes the paper of the week; without votes it is the programme's again. A
    moderator's pick stays, and so does the outcome of a vote that is over.
    """
    pick = store.papers.picks(cohort.id).get(week)
    if vote_ends(cohort.calendar, week) <= at or (pick is not None and not pick.by_vote):
        return
    proposals = {each.id: each for each in store.paper_club.proposals(cohort.id, week)}
    first = winner({each.id: each.votes for each in proposals.values()})
    if first is None:
        store.papers.unpick(cohort.id, week)
    else:
        won = proposals[first]
        store.papers.pick(cohort.id, Pick(week, None, won.title, won.url), BY_VOTE, at)


def erase(store: Store, member_id: int, cohort_id: int, at: datetime) -> None:
    """Erase the member's part in the paper club; votes that are still open are counted again without it."""
    weeks = store.paper_club.erase(member_id)
    cohort = store.cohorts.get(cohort_id)
    if cohort is not None:
        for week in weeks:
            recount(store, cohort, week, at)
