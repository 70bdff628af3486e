"""Who presents which of a cohort's papers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cohort_bot.app.ports.store import Store
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Paper, Programme


@dataclass(frozen=True, slots=True)
class Presented:
    """Who presents which paper, and when."""

    presenter: Member
    paper: Paper
    starts: datetime


def to_come(store: Store, cohort: Cohort, programme: Programme, at: datetime) -> Mapping[int, Presented]:
    """What will be presented later than the instant, by week; `programme` is as the cohort reads it."""
    if Feature.PAPER_CLUB not in cohort.features:
        return {}
    return {
        week: Presented(presenter, paper, meeting.starts)
        for week, meeting in store.paper_club.meetings(cohort.id).items()
        if meeting.starts > at and (presenter := store.members.get(meeting.member_id or 0)) is not None
        for paper in programme.papers_of(week)[:1]
    }
