"""To whom a moderator writes first: to those whom a word still helps. Pure: what is known of each member in, order out.

Early and recent comes before long gone: who is here and stuck, who is new, who was here a fortnight ago. Nobody is
suggested twice in a fortnight without an answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Final

from cohort_bot.core.checkins import Status
from cohort_bot.core.risks import MISSED_IN_A_ROW, Risk, Sign

NEW: Final = 4
"""In their first counted rounds, so many, somebody is new."""

LATELY: Final = 3
"""So many missed rounds in a row are recent; more are a silence."""

GONE: Final = 8
"""After more than so many missed rounds in a row somebody has long been gone."""

UNANSWERED_FOR: Final = timedelta(days=14)
"""How long nobody is suggested who has been written to and has not answered, or wants a rest."""

ANSWERED_FOR: Final = timedelta(days=7)
"""How long nobody is suggested who has answered."""

NOT_NOW_FOR: Final = timedelta(days=3)
"""How long somebody is not suggested to a moderator who does not want to write to them now."""

FIVE: Final = 5
"""So many people at most, one after the other."""

MINUTES: Final = timedelta(minutes=15)
"""After this time it is enough for today."""


class Why(Enum):
    """Why somebody is suggested, in the order in which a word helps. The value is stored, so it keeps its name."""

    STUCK = "stuck"
    NEWCOMER = "newcomer"
    LATELY = "lately"
    PATCHY = "patchy"
    FIRST = "first"
    SILENT = "silent"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Contact:
    """When a moderator wrote to somebody last, whether they answered, and a day on which to look again."""

    at: datetime
    answered: bool
    follow_up: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One member: `rounds` are their statuses from round 1 on, `risks` the signs, `seen` their newest check-in or when
    they joined, `put_off` until when the moderator does not want to write to them.
    """

    member_id: int
    rounds: Sequence[Status]
    risks: Sequence[Risk]
    seen: datetime
    contact: Contact | None = None
    put_off: datetime | None = None
    resting: bool = False

    @property
    def missed(self) -> int:
        """How many counted rounds they have missed since their newest check-in."""
        counted = [status.made for status in self.rounds if status.counted]
        return counted[::-1].index(True) if True in counted else len(counted)


def why(one: Candidate) -> Why | None:
    """Why a word to somebody would help, None when there is no sign of it."""
    signs, missed = {risk.sign for risk in one.risks}, one.missed
    if Sign.STUCK in signs and missed < MISSED_IN_A_ROW:
        return Why.STUCK
    if missed and sum(status.counted for status in one.rounds) <= NEW:
        return Why.NEWCOMER
    if missed > LATELY:
        return Why.GONE if missed > GONE else Why.SILENT
    if missed >= MISSED_IN_A_ROW:
        return Why.LATELY
    if Sign.PATCHY in signs:
        return Why.PATCHY
    return Why.FIRST if missed else None


def rests(one: Candidate, at: datetime, today: date) -> bool:
    """Whether somebody is left in peace for now: on a break, written to lately, put off."""
    if one.resting or (one.put_off is not None and one.put_off > at):
        return True
    last = one.contact
    if last is None:
        return False
    if last.follow_up is not None and last.follow_up > today:
        return True
    return at - last.at < (ANSWERED_FOR if last.answered else UNANSWERED_FOR)


def in_order(people: Iterable[Candidate], at: datetime, today: date) -> list[tuple[Candidate, Why]]:
    """Whom to write to, the first first; `today` is the date in the cohort's calendar. Of those with the same reason
    whoever was here last comes first.
    """
    places = list(Why)
    found = [(one, reason) for one in people if (reason := why(one)) and not rests(one, at, today)]
    return sorted(found, key=lambda each: (places.index(each[1]), -each[0].seen.timestamp(), each[0].member_id))
