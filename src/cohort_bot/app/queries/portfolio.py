"""A member's whole record: for the portfolio at the end, and for members who ask for their data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cohort_bot.app.ports.audits import Change
from cohort_bot.app.ports.checkins import Excuse, Rounds
from cohort_bot.app.ports.groups import Seat
from cohort_bot.app.ports.outreach import Outreach
from cohort_bot.app.ports.paper_club import Part
from cohort_bot.app.ports.retrospectives import Retrospective
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.programme import as_read
from cohort_bot.app.queries.standing import statuses
from cohort_bot.core.checkins import CheckIn, Status, Streak, streak
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Programme
from cohort_bot.core.progress import Completion, completion
from cohort_bot.core.recall import Answer


@dataclass(frozen=True, slots=True)
class Version:
    """A check-in as it was before an edit: its round, when it was replaced, and its columns as they stood."""

    round: int
    replaced_at: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Everything about one membership at `at`. `papers` are (week, title, address); `letters` what moderators wrote;
    `answers` are to questions on earlier weeks; `calendar_since` is when their calendar's address was made; `club` is
    what they proposed, voted for and presented; `seat` says that they want to be in a small group, `groups` when those
    were formed in which they are or were.
    """

    cohort: Cohort
    programme: Programme
    member: Member
    at: datetime
    made: Sequence[CheckIn]
    earlier: Sequence[Version]
    rounds: Sequence[Status]
    run: Streak
    done: Completion
    papers: Sequence[tuple[int, str, str]]
    retrospectives: Sequence[Retrospective]
    excuses: Sequence[Excuse]
    changes: Sequence[Change]
    letters: Sequence[Outreach]
    answers: Sequence[Answer]
    calendar_since: datetime | None
    club: Part
    seat: Seat | None
    groups: Sequence[datetime]


def collect(store: Store, cohort: Cohort, programme: Programme, member: Member, at: datetime) -> Portfolio:
    """The member's whole record at the instant, also after they have left."""
    made = store.checkins.of_member(member.id)
    filed = {each.round: each.filed_at for each in made}
    excused = store.checkins.excused(cohort.id).get(member.id, frozenset())
    rounds = statuses(cohort, member, Rounds(filed, excused), at, programme.length)
    read = store.papers.read_by(member.id)
    shown = as_read(store, cohort.id, programme) if read else programme
    papers = [(week, paper.title, paper.url) for week in sorted(read) for paper in shown.papers_of(week)[:1]]
    earlier = tuple(Version(*each) for each in store.checkins.versions(member.id))
    calendar = store.calendars.of_account(member.account.id)
    return Portfolio(
        cohort=cohort,
        programme=programme,
        member=member,
        at=at,
        made=tuple(made),
        earlier=earlier,
        rounds=rounds,
        run=streak(rounds),
        done=completion(programme, made),
        papers=tuple(papers),
        retrospectives=tuple(store.retrospectives.of_member(member.id)),
        excuses=tuple(store.checkins.excuses(member.id)),
        changes=tuple(store.audits.of_member(member.id)),
        letters=tuple(each for each in store.outreach.of_member(member.id) if each.delivery_key),
        answers=tuple(store.recall_answers.of_member(member.id)),
        calendar_since=calendar.since if calendar else None,
        club=store.paper_club.of_member(member.id),
        seat=store.groups.of(member.id),
        groups=tuple(store.groups.history(member.id)),
    )
