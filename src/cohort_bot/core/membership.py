"""The members of a cohort, its rooms, and the programme week that a member does in a round.

Instants are aware, dates are those of the cohort's calendar, rounds and weeks count from 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Literal

from cohort_bot.core.features import GENTLE, Feature
from cohort_bot.core.rounds import Calendar

BREAK_DATES = 4
"""A break, or not having joined yet, takes a round out when it covers this many of its dates, more than half."""


class Pace(Enum):
    """How a late joiner starts: at the cohort's week, or from week 1."""

    COHORT = "cohort"
    WEEK_1 = "week-1"


@dataclass(frozen=True, slots=True)
class Cohort:
    """A group with one calendar and one programme. It belongs to the workspace in which it was created.

    `programme` is a slug, `creator` and `workspace` are the platform's own ids. `archived_at` is when it ended.
    `moderators_channel` is the channel of the moderators' digest, None when they get it by direct message.
    `features` are the parts that are switched on. `language` is what its rooms read.
    """

    id: int
    platform: str
    workspace: str
    name: str
    programme: str
    calendar: Calendar
    created_at: datetime
    creator: str
    archived_at: datetime | None = None
    moderators_channel: str | None = None
    features: frozenset[Feature] = GENTLE
    language: str = "en"

    @property
    def active(self) -> bool:
        """Whether it still posts and takes members."""
        return self.archived_at is None

    def until(self, at: datetime) -> datetime:
        """The instant up to which its record counts at `at`: no round is missed that came after its end."""
        return at if self.archived_at is None else min(at, self.archived_at)


@dataclass(frozen=True, slots=True)
class Room:
    """A channel where a cohort meets; a cohort may have several, on several platforms.

    `workspace` and `channel` are the platform's own ids. Only chosen people see the posts in a `private` room.
    """

    id: int
    cohort_id: int
    platform: str
    workspace: str
    channel: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class Moderator:
    """A named moderator of a cohort: a person, or everyone with a role in that workspace."""

    platform: str
    workspace: str
    kind: Literal["role", "person"]
    target: str


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account on one platform.

    `workspace` is empty where accounts are global. `handle` is the account's own name, `name` the person's display
    name. `mention`: a reminder that cannot be sent directly may mention them in the thread. `closed_at`: when a direct
    message did not arrive, until they are informed. `gone_at`: since when they are no longer in the workspace. `lost`:
    the action that was saved and whose answer did not arrive, until they are informed. `erased`: who it was is
    erased, and the account leads to nobody. `locale` is what their client last said, `language` what they have chosen
    instead; both may be empty.
    """

    id: int
    person_id: int
    platform: str
    workspace: str
    user: str
    name: str
    zone: str
    reminders: bool = True
    mention: bool = False
    closed_at: datetime | None = None
    gone_at: datetime | None = None
    handle: str = ""
    lost: str | None = None
    erased: bool = False
    locale: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """From round `from_round` on the member does `weeks` weeks earlier than before."""

    from_round: int
    weeks: int


@dataclass(frozen=True, slots=True)
class Break:
    """A member's time off, first and last date included, in the cohort's calendar."""

    first: date
    last: date


def takes_out(breaks: Iterable[Break], dates: Iterable[date]) -> bool:
    """Whether the breaks cover enough of a round's dates to take it out."""
    pauses = list(breaks)
    return sum(any(pause.first <= day <= pause.last for pause in pauses) for day in dates) >= BREAK_DATES


@dataclass(frozen=True, slots=True)
class Member:
    """One person in one cohort.

    `first_round` is the first that counts for them, `hours` the hours a week that they have, None if they did not say.
    `shown` is their unique display name in the cohort; empty until it is worked out. `questions`: they are sent
    questions on earlier weeks.
    """

    id: int
    cohort_id: int
    account: Account
    joined_at: datetime
    first_round: int
    hours: int | None = None
    why: str = ""
    slips: tuple[Slip, ...] = field(default=())
    breaks: tuple[Break, ...] = field(default=())
    left_at: datetime | None = None
    shown: str = ""
    questions: bool = True

    @property
    def name(self) -> str:
        """Their display name in the cohort, distinct from their namesakes'."""
        return self.shown or self.account.name

    @property
    def active(self) -> bool:
        """Whether they are still in the cohort, and in the workspace where it meets."""
        return self.ended_at is None

    @property
    def ended_at(self) -> datetime | None:
        """Since when they take no part: they left the cohort, or the workspace where it meets."""
        return self.left_at or self.account.gone_at

    def offset(self, number: int) -> int:
        """How many weeks behind the cohort they are in the round."""
        return sum(slip.weeks for slip in self.slips if slip.from_round <= number)

    def week(self, number: int) -> int:
        """The programme week that they do in the round; below 1 before their start."""
        return number - self.offset(number)

    def on_break(self, dates: tuple[date, ...]) -> bool:
        """Whether a break covers enough of a round's dates to take it out."""
        return takes_out(self.breaks, dates)

    def resting(self, calendar: Calendar, number: int, at: datetime) -> bool:
        """Whether a reminder of the round would disturb a break: one that takes the round out, or a shorter one on the
        day of the reminder.
        """
        today = calendar.today(at)
        return self.on_break(calendar.dates(number)) or any(each.first <= today <= each.last for each in self.breaks)


def first_round(calendar: Calendar, joined_at: datetime) -> int:
    """The first round that counts for someone who joins then.

    The open one if at least four of its dates are still to come, today included; otherwise the next: nobody starts with
    a missed round that they had no time for.
    """
    number = calendar.open(joined_at)
    if number is None:
        return calendar.latest(joined_at) + 1
    today = calendar.today(joined_at)
    left = [day for day in calendar.dates(number) if day >= today]
    return number if len(left) >= BREAK_DATES else number + 1


def last_round(length: int, members: Iterable[Member]) -> int:
    """The round in which the last of the members does the programme's last week; the cohort's own when none is slow."""
    return length + max((sum(slip.weeks for slip in member.slips) for member in members), default=0)


def away(calendar: Calendar, since: datetime, until: datetime) -> Break:
    """The time in which a person was away, as a break: no round in it counts as missed."""
    return Break(calendar.today(since), calendar.today(until))
