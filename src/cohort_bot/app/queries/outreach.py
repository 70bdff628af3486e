"""To whom a moderator could write today: the people of a cohort in the order of `core.outreach_order`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cohort_bot.app.ports.outreach import Outreach, OutreachResult
from cohort_bot.app.queries.standing import Record, Standing
from cohort_bot.core.outreach_order import Candidate, Contact, Why, in_order

_ANSWERED = frozenset({OutreachResult.ANSWERED, OutreachResult.BACK})
"""Who takes a break or is leaving has answered, too, and is left in peace like somebody who has not."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One member, why a word would help, how many rounds they have missed since their newest check-in, and when that
    was, or when they joined.
    """

    standing: Standing
    why: Why
    missed: int
    seen: datetime


def suggestions(
    record: Record, people: Sequence[Standing], put_off: Mapping[int, datetime], user: str = ""
) -> list[Suggestion]:
    """Whom to write to, the first first. `people` are the standings of the record, `put_off` whom this moderator put
    off (`store.outreach.put_off`), `user` their id: nobody writes to themselves.
    """
    at, calendar = record.at, record.cohort.calendar
    today, newest = calendar.today(at), max(1, calendar.latest(at))
    standing_of = {each.member.id: each for each in people if each.member.account.user != user}
    candidates = [
        Candidate(
            number,
            each.rounds,
            each.risks,
            max([made for made in record.filed.get(number, {}).values() if made <= at], default=each.member.joined_at),
            _contact(each.outreach),
            put_off.get(number),
            each.member.resting(calendar, newest, at),
        )
        for number, each in standing_of.items()
    ]
    found = in_order(candidates, at, today)
    return [Suggestion(standing_of[one.member_id], why, one.missed, one.seen) for one, why in found]


def _contact(last: Outreach | None) -> Contact | None:
    return None if last is None else Contact(last.at, last.outcome in _ANSWERED, last.follow_up)
