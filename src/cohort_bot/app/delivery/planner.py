"""What is due for a cohort between two instants. Pure: the cohort, its rooms and members in, ledger rows out.

Keys are made of the round, never of a date: moving the day, the time, the zone or a holiday changes when something is
sent, and can neither duplicate nor lose it.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, TypeVar

from cohort_bot.app.delivery import keys
from cohort_bot.app.ports.store import NewDelivery
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Account, Cohort, Member, Room
from cohort_bot.core.nudges import AFTER_GRACE, by_day, night, nudges, settled_at
from cohort_bot.core.programme import Programme
from cohort_bot.core.recall import GAPS, weeks_between
from cohort_bot.core.rounds import Calendar, instant, zone_info

T = TypeVar("T")

PAPER_DAY: Final = 2
PAPER_AT: Final = time(18, 0)
"""The paper of the month comes on Wednesday at 18:00 in the cohort's zone."""

SILENT_AFTER: Final = 2
"""After this many counted rounds missed in a row reminders stop; the comeback message takes their place."""

QUESTIONS_AFTER: Final = timedelta(days=5)
QUESTIONS_AT: Final = time(11, 0)
"""So long after the opening, and at this time in the member's zone, come questions on earlier weeks."""

BEFORE_THE_GATE: Final = timedelta(days=3)
"""How long before the closing of a phase's last week its card comes."""

FOR_THE_PORTFOLIO: Final = timedelta(days=30)
"""How long a portfolio is worth sending; after that the member can ask for it with /profile."""

NEVER: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""The next due instant of a cohort that has nothing left to do."""


@dataclass(frozen=True, slots=True)
class Group:
    """All that the planner looks at; `moderators` is called only when something for them is due."""

    cohort: Cohort
    programme: Programme
    rooms: Sequence[Room]
    members: Sequence[Member]
    moderators: Callable[[], Sequence[Account]] = tuple
    shared: dict[Hashable, Any] = field(default_factory=dict, compare=False)
    """Cache of what the programme and the calendar alone decide; cohorts that have both in common may share it."""
    moments: dict[Hashable, Sequence["Moment"]] = field(default_factory=dict, compare=False)
    """Cache of what is planned for members of a round, many of whom are alike."""


RoomMoment = tuple[datetime, str, str | None]
"""When something is due in each room, its kind, and its part."""

Moment = tuple[datetime, str, datetime, str | None]
"""When something is due for a member, its kind, until when it is sent, and its part."""


def due(group: Group, after: datetime, until: datetime) -> list[NewDelivery]:
    """Everything that falls due later than `after` and not later than `until`, in order."""
    rounds, posts, _ = _shared(group, _between, after, until)
    rows = [_to_room(group, number, room, each) for number, some in posts for room in group.rooms for each in some]
    for number in rounds:
        for member in group.members:
            since = max(after, member.joined_at)
            rows += [
                _to_member(group, number, member, each)
                for each in _moments(group, number, member)
                if since < each[0] <= until
            ]
    for number in settled(group, after, until):
        rows += _for_moderators(group, number)
    return sorted(rows, key=lambda row: row.due)


def settled(group: Group, after: datetime, until: datetime) -> list[int]:
    """The rounds of which it became known later than `after`, and not later than `until`, who has checked in."""
    return [each for each in _shared(group, _between, after, until)[2] if _goes_on(group, each)]


def next_settled(group: Group, after: datetime) -> datetime | None:
    """The first instant later than `after` at which a round is over, its day of grace included; None after the last."""
    calendar, newest = group.cohort.calendar, max(1, group.cohort.calendar.latest(after))
    rounds = (number for number in range(max(1, newest - 1), newest + 2) if _goes_on(group, number))
    return next((at for number in rounds if (at := settled_at(calendar, number)) > after), None)


def next_due(group: Group, after: datetime) -> datetime:
    """The first instant later than `after` at which anything falls due, NEVER when nothing will."""
    rounds, posts, settled = _shared(group, _following, after)
    direct = [
        each[0]
        for number in rounds
        for member in group.members
        for each in _moments(group, number, member)
        if each[0] > max(after, member.joined_at)
    ]
    over = [at for number, at in settled if _goes_on(group, number)]
    return min((*(posts if group.rooms else ()), *over, *direct), default=NEVER)


def _shared(group: Group, work_out: Callable[..., T], *instants: datetime) -> T:
    """What is worked out from the programme and the calendar, once for all cohorts that have both in common."""
    known: T | None = group.shared.get((work_out, *instants))
    if known is None:
        known = group.shared[work_out, *instants] = work_out(group.cohort.calendar, group.programme, *instants)
    return known


def _between(
    calendar: Calendar, programme: Programme, after: datetime, until: datetime
) -> tuple[range, list[tuple[int, list[RoomMoment]]], list[int]]:
    """The rounds of which anything may fall due in between, with what does in each room; and those that are settled."""
    rounds = range(max(1, calendar.latest(after) - 1), calendar.latest(until) + 1)
    posts = [
        (number, [each for each in _in_rooms(calendar, programme, number) if after < each[0] <= until])
        for number in rounds
    ]
    return rounds, posts, [number for number in rounds if after < settled_at(calendar, number) <= until]


def _following(
    calendar: Calendar, programme: Programme, after: datetime
) -> tuple[range, list[datetime], list[tuple[int, datetime]]]:
    """The rounds of which anything may fall due next, when in their rooms, and when each of them is settled."""
    newest = calendar.latest(after)
    rounds = range(max(1, newest - 1), newest + 2)
    posts = [each[0] for number in rounds for each in _in_rooms(calendar, programme, number) if each[0] > after]
    settled = [(number, at) for number in rounds if (at := settled_at(calendar, number)) > after]
    return rounds, posts, settled


def _goes_on(group: Group, number: int) -> bool:
    """Whether anyone, cohort or member, still has a programme week in this round."""
    length = group.programme.length
    return number <= length or any(1 <= member.week(number) <= length for member in group.members)


def opening_row(cohort: Cohort, number: int, room: Room) -> NewDelivery:
    """The card with which a round opens in a room."""
    key = keys.opening(cohort.id, number, room.id)
    return NewDelivery.to_room("opening", key, room, cohort.calendar.opens(number), round=number)


def line_row(cohort: Cohort, number: int, room: Room, at: datetime) -> NewDelivery:
    """The line above a round's check-ins where no card is posted; the round's thread is under this line."""
    return NewDelivery.to_room("check-ins", keys.check_ins(cohort.id, number, room.id), room, at, round=number)


def _in_rooms(calendar: Calendar, programme: Programme, number: int) -> Iterator[RoomMoment]:
    """What is planned for each room in the round."""
    if number > programme.length:
        return
    yield calendar.opens(number), "opening", None
    for paper in programme.papers_of(number)[:1]:
        yield paper_at(calendar, number), "paper", paper.id
    yield calendar.grace_ends(number), "digest", None
    phase = programme.phase_of(number)
    if phase and phase.last_week == number and phase.gate:
        yield calendar.closes(number) - BEFORE_THE_GATE, "gate", None
    if number == programme.length:
        yield calendar.grace_ends(number), "graduation", None


def _to_room(group: Group, number: int, room: Room, moment: RoomMoment) -> NewDelivery:
    due, kind, part = moment
    key = keys.in_room(kind, group.cohort.id, number, room.id, part)
    return NewDelivery.to_room(kind, key, room, due, round=number, in_thread=kind == "digest", part=part)


def _to_member(group: Group, number: int, member: Member, moment: Moment) -> NewDelivery:
    due, kind, expires, part = moment
    key = keys.of_member(kind, group.cohort.id, number, member.id, part)
    return NewDelivery.to_member(kind, key, member, due, round=number, expires=expires, part=part)


def _moments(group: Group, number: int, member: Member) -> Sequence[Moment]:
    """What is planned for them in the round; what is due before they joined is not for them."""
    alike = number, member.account.zone, member.first_round, member.slips, member.questions
    found = group.moments.get(alike)
    if found is None:
        found = group.moments[alike] = tuple(_for_member(group, number, member))
    return found


def _for_member(group: Group, number: int, member: Member) -> Iterator[Moment]:
    calendar, zone = group.cohort.calendar, member.account.zone
    if number < member.first_round or not 1 <= member.week(number) <= group.programme.length:
        return
    closes = calendar.closes(number)
    if member.offset(number):
        yield calendar.opens(number), "own-week", closes, None
    for kind, at, expires in (*_endings(group, number, member), *_questions(group, number, member)):
        yield at, kind, expires, None
    for nudge in nudges(calendar, number, zone):
        yield nudge.at, "nudge", min(closes, night(nudge.at, zone)), nudge.name
    if number >= member.first_round + SILENT_AFTER:
        at = comeback_at(calendar, number, zone)
        if at < closes:
            yield at, "comeback", min(closes, night(at, zone)), None


def _questions(group: Group, number: int, member: Member) -> Iterator[tuple[str, datetime, datetime]]:
    """Questions on earlier weeks, for a member who wants them and has been there long enough: kind, due, expires."""
    cohort, calendar, zone = group.cohort, group.cohort.calendar, member.account.zone
    wanted = member.questions and group.programme.has_recall and Feature.QUESTIONS in cohort.features
    if wanted and weeks_between(calendar, member.first_round, number) >= GAPS[0]:
        day = calendar.opens(number).astimezone(zone_info(zone)).date() + QUESTIONS_AFTER
        at, closes = instant(day, QUESTIONS_AT, zone), calendar.closes(number)
        if at < closes:
            yield "questions", at, min(closes, night(at, zone))


def _for_moderators(group: Group, number: int) -> Iterator[NewDelivery]:
    """The digest of a round: posted once in the moderators' room if there is one, else sent to each of them."""
    cohort, due_at = group.cohort, settled_at(group.cohort.calendar, number)
    known, channel = group.moderators(), cohort.moderators_channel
    for account in known[:1] if channel else known:
        key = keys.moderators(cohort.id, number, None if channel else account.id)
        row = NewDelivery.to_account("moderators", key, account, cohort.id, due_at, round=number)
        yield replace(row, platform=cohort.platform, args={"channel": channel}) if channel else row


def _endings(group: Group, number: int, member: Member) -> Iterator[tuple[str, datetime, datetime]]:
    """The end of a phase, for a member who is not on the cohort's week, and of the programme: kind, due, expires."""
    week, zone, calendar = member.week(number), member.account.zone, group.cohort.calendar
    phase = group.programme.phase_of(week)
    if member.offset(number) and phase and phase.gate and phase.last_week == week:
        closes = calendar.closes(number)
        yield "own-gate", by_day(closes - BEFORE_THE_GATE, zone), closes
    if week == group.programme.length:
        over = settled_at(calendar, number)
        yield "portfolio", by_day(over, zone), over + FOR_THE_PORTFOLIO


def comeback_at(calendar: Calendar, number: int, zone: str) -> datetime:
    """When somebody who missed the rounds before gets a message in the round: by day, once the grace period is over."""
    known = max(calendar.opens(number), calendar.grace_ends(number - 1)) + AFTER_GRACE
    return by_day(known, zone)


def paper_at(calendar: Calendar, number: int) -> datetime:
    """Wednesday 18:00 of the round, or two hours after its opening when it has no such moment."""
    opens, closes, zone = calendar.opens(number), calendar.closes(number), calendar.zone_of(number)
    moments = [instant(day, PAPER_AT, zone) for day in calendar.dates(number) if day.weekday() == PAPER_DAY]
    return next((at for at in moments if opens < at < closes), opens + timedelta(hours=2))
