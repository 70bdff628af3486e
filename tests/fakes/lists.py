"""As much of a Store as the rules of what goes out by itself ask for, made of plain lists: months in a millisecond."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from cohort_bot.app.ports.checkins import Rounds
from cohort_bot.app.ports.groups import Conversation, Seat
from cohort_bot.app.ports.paper_club import Part
from cohort_bot.app.ports.store import Delivery, DirectMessage, NewDelivery
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Member
from cohort_bot.core.paper_club import Meeting
from cohort_bot.core.programme import Programme
from cohort_bot.core.recall import Answer


class OneGuide:
    """A library with one programme in place of the shipped one: a short one ends within a test."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme

    def get(self, slug: str) -> Programme | None:
        return self.programme if slug == self.programme.slug else None

    def slugs(self) -> list[str]:
        return [self.programme.slug]


class Nothing:
    """The parts of a store in which nothing was ever written."""

    def of_member(self, member_id: int) -> Sequence[object]:
        return ()

    def of(self, member_id: int) -> None:
        return None

    def history(self, member_id: int) -> Sequence[datetime]:
        return ()

    def of_account(self, account_id: int) -> None:
        return None

    def picks(self, cohort_id: int) -> Mapping[int, object]:
        return {}

    def read_by(self, member_id: int) -> frozenset[int]:
        return frozenset()


class Answers:
    """What members answered to questions on earlier weeks."""

    def __init__(self, given: Mapping[int, list[Answer]]) -> None:
        self._given = given

    def of_member(self, member_id: int) -> Sequence[Answer]:
        return self._given.get(member_id, ())


class NoPaperClub:
    """A paper club in which nobody has done anything."""

    def of_member(self, member_id: int) -> Part:
        return Part()

    def meetings(self, cohort_id: int) -> Mapping[int, Meeting]:
        return {}


@dataclass
class Seats:
    """The small groups of one cohort."""

    taken: dict[int, Seat] = field(default_factory=dict)
    formed_at: dict[int, datetime] = field(default_factory=dict)
    together: dict[int, set[int]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    """Who has left the cohort."""
    known: dict[int, tuple[datetime, datetime | None]] = field(default_factory=dict)
    """By group, when its conversation was last seen, and when somebody last wrote."""

    def join(self, member_id: int, at: datetime) -> None:
        known = self.taken.get(member_id, Seat(member_id, 1, at, None))
        self.taken[member_id] = replace(known, since=at)

    def leave(self, member_id: int) -> None:
        self.taken.pop(member_id, None)
        for people in self.together.values():
            people.discard(member_id)

    def of(self, member_id: int) -> Seat | None:
        return self.taken.get(member_id)

    def seats(self, cohort_ids: Sequence[int]) -> Sequence[Seat]:
        return [self.taken[each] for each in sorted(self.taken.keys() - self.gone)]

    def places(self, member_ids: Collection[int]) -> Mapping[int, int | None]:
        return {each: self.taken[each].group for each in member_ids if each in self.taken.keys() - self.gone}

    def met(self, cohort_id: int) -> Mapping[int, set[int]]:
        met: dict[int, set[int]] = defaultdict(set)
        for people in self.together.values():
            for each in people:
                met[each] |= people - {each}
        return met

    def form(self, cohort_id: int, member_ids: Collection[int], at: datetime) -> int:
        number = len(self.formed_at) + 1
        self.formed_at[number], self.together[number] = at, set(member_ids)
        for each in member_ids:
            self.taken[each] = replace(self.taken[each], group=number)
        return number

    def vacate(self, member_ids: Collection[int]) -> None:
        for each in member_ids:
            self.taken[each] = replace(self.taken[each], group=None)

    def history(self, member_id: int) -> Sequence[datetime]:
        return ()

    def conversations(self, cohort_ids: Collection[int] | None = None) -> Sequence[Conversation]:
        people: dict[int, list[int]] = defaultdict(list)
        for seat in self.seats([1]):
            if seat.group is not None:
                people[seat.group].append(seat.member_id)
        return [
            Conversation(number, 1, self.formed_at[number], tuple(those), *self.known.get(number, (None, None)))
            for number, those in people.items()
            if len(those) > 1
        ]

    def heard(self, number: int, seen_at: datetime, spoken_at: datetime | None) -> None:
        self.known[number] = seen_at, spoken_at or self.known.get(number, (seen_at, None))[1]


@dataclass
class Lists:
    """It is its own members, check-ins and deliveries."""

    people: dict[int, Member] = field(default_factory=dict)
    filed: dict[int, dict[int, CheckIn]] = field(default_factory=lambda: defaultdict(dict))
    pardoned: dict[int, frozenset[int]] = field(default_factory=dict)
    sent: dict[str, Delivery] = field(default_factory=dict)
    of_account: dict[int, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    answers: dict[int, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    papers = retrospectives = audits = outreach = calendars = groups = Nothing()
    paper_club = NoPaperClub()

    @cached_property
    def recall_answers(self) -> "Answers":
        return Answers(self.answers)

    @cached_property
    def members(self) -> "Lists":
        return self

    @cached_property
    def checkins(self) -> "Lists":
        return self

    @cached_property
    def deliveries(self) -> "Lists":
        return self

    def get(self, member_id: int) -> Member | None:
        return self.people.get(member_id)

    def in_cohort(self, cohort_id: int) -> Sequence[Member]:
        return [member for member in self.people.values() if member.active]

    def of_member(self, member_id: int) -> Sequence[CheckIn]:
        return list(self.filed[member_id].values())

    def rounds(self, member_id: int) -> Rounds:
        made = self.filed[member_id].values()
        filed, weeks = {each.round: each.filed_at for each in made}, {each.round: each.week for each in made}
        return Rounds(filed, self.excused(0).get(member_id, frozenset()), weeks)

    def of_cohort(self, cohort_id: int, since: int = 1) -> Sequence[CheckIn]:
        return [entry for made in self.filed.values() for entry in made.values() if entry.round >= since]

    def versions(self, member_id: int) -> Sequence[object]:
        return ()

    def excuses(self, member_id: int) -> Sequence[object]:
        return ()

    def excused(self, cohort_id: int) -> Mapping[int, frozenset[int]]:
        return self.pardoned

    def by_key(self, key: str) -> Delivery | None:
        return self.sent.get(key)

    def by_keys(self, keys: Sequence[str]) -> Sequence[Delivery]:
        return [self.sent[key] for key in keys if key in self.sent]

    def direct(self, account_id: int, since: datetime) -> Sequence[DirectMessage]:
        return [
            DirectMessage(key, row.what.kind, row.state, row.updated, row.what.round, row.what.member_id)
            for key in self.of_account[account_id]
            if (row := self.sent.get(key)) and row.updated >= since
        ]

    def sent_parts(self, kind: str, cohort_id: int) -> Mapping[int, str]:
        return {}

    def note_sent(self, row: NewDelivery, at: datetime, state: State = State.SENT) -> None:
        """The row has gone out, or will."""
        self.of_account[row.account_id or 0].setdefault(row.key)
        self.sent[row.key] = Delivery(
            len(self.sent), row, state, "", 1, 1, "", None, at, str(len(self.sent)), None, None, None, None, at
        )
