"""To whom a moderator could write today: the people of a cohort in the order of `core.outreach_order`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cohort_bot.app.ports.outreach import Outreach, OutreachResult
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.standing import Record, Standing, standing_of
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.outreach_order import Candidate, Contact, Why, in_order, why

_ANSWERED = frozenset({OutreachResult.ANSWERED, OutreachResult.BACK})
"""Who takes a break or is leaving has answered, too, and is left in peace like somebody who has not."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One member, why a word would help (None: there is no sign that it would), how many rounds they have missed since
    their newest check-in, and when that was, or when they joined.
    """

    standing: Standing
    why: Why | None
    missed: int
    seen: datetime


def suggestions(
    record: Record, people: Sequence[Standing], put_off: Mapping[int, datetime], user: str = ""
) -> list[Suggestion]:
    """Whom to write to, the first first. `people` are the standings of the record, `put_off` whom this moderator put
    off (`store.outreach.put_off`), `user` their id: nobody writes to themselves.
    """
    at, calendar = record.at, record.cohort.calendar
    others = {each.member.id: each for each in people if each.member.account.user != user}
    candidates = [
        _candidate(record.cohort, each, record.filed.get(number, {}).values(), at, put_off.get(number))
        for number, each in others.items()
    ]
    found = in_order(candidates, at, calendar.today(at))
    return [Suggestion(others[one.member_id], reason, one.missed, one.seen) for one, reason in found]


def suggestion_of(store: Store, cohort: Cohort, member: Member, at: datetime, weeks: int) -> Suggestion:
    """One member, whether or not they would be suggested now."""
    standing = standing_of(store, cohort, member, at, weeks)
    made = [each.filed_at for each in store.checkins.of_member(member.id)]
    one = _candidate(cohort, standing, made, at)
    return Suggestion(standing, why(one), one.missed, one.seen)


def _candidate(
    cohort: Cohort, standing: Standing, made: Iterable[datetime], at: datetime, put_off: datetime | None = None
) -> Candidate:
    member, calendar = standing.member, cohort.calendar
    return Candidate(
        member.id,
        standing.rounds,
        standing.risks,
        max([each for each in made if each <= at], default=member.joined_at),
        _contact(standing.outreach),
        put_off,
        member.resting(calendar, max(1, calendar.latest(at)), at),
    )


def _contact(last: Outreach | None) -> Contact | None:
    return None if last is None else Contact(last.at, last.outcome in _ANSWERED, last.follow_up)
