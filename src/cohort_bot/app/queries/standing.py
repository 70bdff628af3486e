"""The status of every member of a cohort at an instant: read at once, computed without the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from cohort_bot.app.ports.checkins import Rounds
from cohort_bot.app.ports.outreach import Outreach
from cohort_bot.app.ports.store import Store
from cohort_bot.core.answers import blocker
from cohort_bot.core.checkins import Status, history
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.risks import ANY_BLOCKERS, Risk, Sign, risks

LOOK_AGAIN = timedelta(days=7)
"""When a moderator should check again on a member they wrote to, unless they choose another day."""

_EVER = datetime(1970, 1, 1, tzinfo=UTC)

BLOCKER_OPEN = 3
"""A blocker is open until a newer check-in, for at most this many rounds."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is on file about a cohort's active members as of `at`, by member; its programme has so many `weeks`.

    `former` are those who have left, where somebody asks for them, too.
    """

    cohort: Cohort
    weeks: int
    at: datetime
    members: Sequence[Member]
    filed: Mapping[int, Mapping[int, datetime]]
    blockers: Mapping[int, Mapping[int, str]]
    excused: Mapping[int, frozenset[int]]
    outreach: Mapping[int, Outreach]
    former: Sequence[Member] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """One member: the statuses of rounds 1 on, why they need somebody, the blocker that is open, the last outreach."""

    member: Member
    rounds: tuple[Status, ...]
    risks: tuple[Risk, ...]
    blocker: tuple[int, str] | None
    outreach: Outreach | None


def history_of(store: Store, cohort: Cohort, member: Member, at: datetime, weeks: int) -> tuple[Status, ...]:
    """One member's statuses of rounds 1 to the newest."""
    return statuses(cohort, member, store.checkins.rounds(member.id), at, weeks)


def statuses(cohort: Cohort, member: Member, rounds: Rounds, at: datetime, weeks: int) -> tuple[Status, ...]:
    """The same, of what was read; in a cohort that has ended no later round counts."""
    return history(cohort.calendar, member, rounds.filed, cohort.until(at), rounds.excused, weeks=weeks)


def read_record(store: Store, cohort: Cohort, at: datetime, weeks: int) -> Record:
    """Read everything that `standings` needs, as of the instant or the cohort's end."""
    at = cohort.until(at)
    return Record(
        cohort,
        weeks,
        at,
        store.members.in_cohort(cohort.id),
        store.checkins.filed(cohort.id),
        store.checkins.newest_blockers(cohort.id, at),
        store.checkins.excused(cohort.id),
        store.outreach.newest(cohort.id),
    )


def read_whole_record(store: Store, cohort: Cohort, at: datetime, weeks: int) -> Record:
    """The same with everybody who has ever left."""
    record = read_record(store, cohort, at, weeks)
    filed = {**record.filed, **store.checkins.filed(cohort.id, former=True)}
    return replace(record, filed=filed, former=store.members.left_since(cohort.id, _EVER))


def of_former(store: Store, record: Record, since: datetime) -> list[tuple[Status, ...]]:
    """The statuses of those who have left since the instant, erased or not: in the rounds before they still count."""
    cohort, at, weeks = record.cohort, record.at, record.weeks
    return [history_of(store, cohort, each, at, weeks) for each in store.members.left_since(cohort.id, since)]


def standings(record: Record) -> list[Standing]:
    """Everybody, in the order of joining. What was filed later than the record's instant does not count."""
    calendar, at = record.cohort.calendar, record.at
    newest = calendar.latest(at)
    found = []
    for member in record.members:
        filed = {number: made for number, made in record.filed.get(member.id, {}).items() if made <= at}
        excused = record.excused.get(member.id, frozenset())
        rounds = history(calendar, member, filed, at, excused, weeks=record.weeks)
        blockers = record.blockers.get(member.id, {})
        last = max(blockers, default=0)
        words = blocker(blockers.get(last, "")) if last > newest - BLOCKER_OPEN else ""
        open_one = (last, words) if words else None
        found.append(Standing(member, rounds, risks(rounds, blockers), open_one, record.outreach.get(member.id)))
    return found


def by_urgency(people: Sequence[Standing], today: date) -> list[Standing]:
    """Those at risk first: whom nobody has written to lately, then the most urgent sign, then who has missed most; the
    others by joining.
    """
    return sorted(people, key=lambda each: (not each.risks, _cared_for(each, today), _sign(each), -_weight(each)))


def _cared_for(standing: Standing, today: date) -> bool:
    """Whether a moderator contacted them, and the day to check again has not come."""
    last = standing.outreach
    return last is not None and (last.follow_up or last.at.date() + LOOK_AGAIN) > today


def _sign(standing: Standing) -> int:
    """The place of their most urgent sign: who is away comes before who is here and stuck."""
    signs = list(Sign)
    return min((signs.index(risk.sign) for risk in standing.risks), default=len(signs))


def _weight(standing: Standing) -> int:
    return sum(len(risk.rounds) for risk in standing.risks)


def standing_of(store: Store, cohort: Cohort, member: Member, at: datetime, weeks: int) -> Standing:
    """The status of one member at the instant; the cohort's programme has this many weeks."""
    made = store.checkins.of_member(member.id)
    record = Record(
        cohort,
        weeks,
        cohort.until(at),
        [member],
        {member.id: {each.round: each.filed_at for each in made}},
        {member.id: {each.round: each.blockers for each in made[-ANY_BLOCKERS:]}},
        store.checkins.excused(cohort.id),
        {each.member_id: each for each in reversed(store.outreach.of_member(member.id))},
    )
    return standings(record)[0]
