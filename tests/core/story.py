"""A member's life as a moderator would tell it ("checks in 1 to 8 but 3; slips 2 in 20"), and what becomes of it.

`Life.told(words, seen)` reads the words and lets time go by until `seen`, with the rules, the planner and the kinds of
messages themselves; only the database and the chat are lists.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import cast
from zoneinfo import ZoneInfo

from cohort_bot.app.delivery import keys
from cohort_bot.app.delivery.kind import Scene
from cohort_bot.app.delivery.kinds import compose
from cohort_bot.app.delivery.planner import Group, due
from cohort_bot.app.own_calendar import DATES, Own
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.undo import WITHIN
from cohort_bot.app.words import counts
from cohort_bot.app.words.progress import finish
from cohort_bot.app.words.risks import reason
from cohort_bot.app.words.statuses import SYMBOLS
from cohort_bot.core import paper_club, recall, zones
from cohort_bot.core.agenda import ahead
from cohort_bot.core.checkins import CheckIn, Status, TaskState, history, streak, takes
from cohort_bot.core.delivery_states import State
from cohort_bot.core.features import GENTLE, Feature
from cohort_bot.core.membership import Break, Cohort, Member, Room, Slip, away, first_round
from cohort_bot.core.milestones import phase_ended
from cohort_bot.core.milestones import reached as milestone
from cohort_bot.core.nudges import snoozes
from cohort_bot.core.outreach_order import NOT_NOW_FOR, Candidate, Contact, in_order
from cohort_bot.core.paper_club import Meeting, Offer
from cohort_bot.core.programme import Programme
from cohort_bot.core.progress import completion
from cohort_bot.core.recall import Answer
from cohort_bot.core.risks import risks
from cohort_bot.core.rounds import DAYS, Calendar, Holiday, Move, instant
from tests.core import group_story
from tests.core.group_story import Circles
from tests.fakes.lists import Lists, OneGuide
from tests.properties.worlds import DAY, account, programme

NOON = time(12)
SHORT = [day[:3] for day in DAYS]
POINT = r"(\w{3})(?: (\d\d:\d\d))? (of|before) (\d+)"
NUDGES = {"nudge", "snooze"}
REMINDERS = {*NUDGES, "comeback"}


@dataclass
class Life:
    """What the words said, and after `live` what was heard."""

    seen: datetime
    calendar: Calendar
    weeks: int = 60
    zone: str = "Europe/Berlin"
    joined: datetime | None = None
    from_week_1: bool = False
    filed: dict[int, datetime] = field(default_factory=dict)
    known: dict[int, datetime] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)
    ticked: set[int] = field(default_factory=set)
    blocked: dict[int, str] = field(default_factory=dict)
    excused: set[int] = field(default_factory=set)
    slips: list[Slip] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    absent: list[tuple[datetime, datetime]] = field(default_factory=list)
    undone: list[tuple[datetime, datetime]] = field(default_factory=list)
    left: datetime | None = None
    stopped: datetime | None = None
    snoozed: list[tuple[str, datetime]] = field(default_factory=list)
    unasked: datetime | None = None
    knows: set[int] | None = None
    features: frozenset[Feature] = GENTLE
    letters_at: list[datetime] = field(default_factory=list)
    answered: bool = False
    not_now: datetime | None = None
    answers: list[Answer] = field(default_factory=list)
    asked: dict[int, list[int]] = field(default_factory=dict)
    heard: list[NewDelivery] = field(default_factory=list)
    ballots: dict[int, dict[str, int]] = field(default_factory=dict)
    picked: dict[int, str] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    meetings: dict[int, Meeting] = field(default_factory=dict)
    not_presented: list[str] = field(default_factory=list)

    @cached_property
    def circles(self) -> Circles:
        """The people who ask for small groups."""
        return Circles(self.calendar, self.weeks)

    @classmethod
    def told(cls, words: str, seen: str) -> "Life":
        """The life that the words tell, as it is at the point `seen`."""
        life = cls(datetime.max.replace(tzinfo=ZoneInfo("UTC")), Calendar(date(2027, 1, 4), time(9), "Europe/Berlin"))
        phrases = [phrase.strip() for phrase in words.split(";")]
        for rules in (CALENDAR, PERSON):
            phrases = [phrase for phrase in phrases if not life._understood(phrase, rules)]
        assert not phrases, f"not understood: {phrases}"
        life.seen = life.point(seen)
        life.live()
        return life

    def _understood(self, phrase: str, rules: "Rules") -> bool:
        for pattern, does in rules.items():
            if found := re.fullmatch(pattern, phrase):
                does(self, *found.groups())
                return True
        return False

    def point(self, words: str) -> datetime:
        """An instant: "Tue 09:30 of 4" where the cohort is; noon if no time is said."""
        found = re.fullmatch(POINT, words)
        assert found, words
        day, clock, side, number = found.groups()
        at = time.fromisoformat(clock) if clock else NOON
        opens, zone = self.calendar.opens_on(int(number)), self.calendar.zone_of(int(number))
        dates = self.calendar.dates(int(number)) if side == "of" else [opens - days * DAY for days in range(7, 0, -1)]
        return instant(next(each for each in dates if each.weekday() == SHORT.index(day)), at, zone)

    def member(self, at: datetime | None = None) -> Member:
        """The member as they stand; at an earlier instant without what came later."""
        joined = self.joined or self.calendar.opens(1) - 3 * DAY
        first = first_round(self.calendar, joined)
        slips = [Slip(first, first - 1), *self.slips] if self.from_week_1 else self.slips
        now = at or self.seen
        today = now.astimezone(ZoneInfo(self.calendar.zone)).date()
        left = self.left if self.left and self.left <= now else None
        for gone, back in (*self.absent, *self.undone):
            left = gone if gone <= now < back else left
        who = account(1, self.zone, reminders=self.stopped is None or now < self.stopped)
        breaks = [pause for pause in self.breaks if pause.first <= today]
        breaks += [away(self.calendar, gone, back) for gone, back in self.absent if back <= now]
        wanted = self.unasked is None or now < self.unasked
        return Member(1, 1, who, joined, first, None, "", tuple(slips), tuple(breaks), left, questions=wanted)

    def live(self) -> None:
        """Let everything come that the planner finds and its kind still wants."""
        cohort = Cohort(1, "local", "w", "Sample", "sample", self.calendar, self.calendar.opens(1), "moderator")
        cohort = replace(cohort, features=self.features)
        book = programme(self.weeks)
        group = Group(cohort, book, (Room(1, 1, "local", "w", "general"),), (self.member(),))
        lists = Lists(pardoned={1: frozenset(self.excused)}, answers={1: self.answers})
        put_off = [self._put_off(to, at) for to, at in self.snoozed]
        for row in sorted(
            (*due(group, self.calendar.opens(1) - 9 * DAY, self.seen), *put_off), key=lambda row: row.due
        ):
            for each, (_, pressed) in zip(put_off, self.snoozed, strict=True):
                if pressed <= row.due <= each.due:
                    lists.note_sent(each, pressed, State.READY)
            lists.people[1] = self.member(row.due)
            for number, at in enumerate(self.letters_at):
                if at <= row.due:
                    lists.note_sent(NewDelivery.to_member("outreach", f"outreach:{number}", self.member(), at), at)
            made = (CheckIn(1, n, lists.people[1].week(n), at) for n, at in self.filed.items() if at <= row.due)
            lists.filed[1] = {entry.round: entry for entry in made}
            message = compose(Scene(cast("Store", lists), cohort, OneGuide(book), row, row.due))
            if message is not None:
                if row.kind == "questions":
                    self.answer(book, lists.filed[1].values(), row.round or 0)
                lists.note_sent(row, row.due)
                self.heard.append(row)
            else:
                lists.sent.pop(row.key, None)

    def answer(self, book: Programme, made: Iterable[CheckIn], number: int) -> None:
        """Note what the card of the round asks, and answer it."""
        learnt = recall.learnt({each.round: each.week for each in made}, number)
        asked = recall.asked(book, self.calendar, learnt, self.answers, number)
        self.asked[number] = [each.week for each in asked]
        if self.knows is not None:
            self.answers += [Answer(each.recall.question, number, each.week in self.knows) for each in asked]

    def _put_off(self, to: str, at: datetime) -> NewDelivery:
        """The reminder that comes later because of a press on its button."""
        number = self.calendar.latest(at)
        due = snoozes(self.calendar, number, self.zone, at)[to]
        return NewDelivery.to_member("snooze", keys.of_member("snooze", 1, number, 1), self.member(), due, round=number)

    # What is looked at: one column each

    @property
    def rounds(self) -> tuple[Status, ...]:
        made = {number: at for number, at in self.filed.items() if at <= self.seen}
        return history(self.calendar, self.member(), made, self.seen, self.excused, weeks=self.weeks)

    def record(self) -> str:
        return "".join(SYMBOLS[status] for status in self.rounds)

    def streak(self) -> str:
        return str(streak(self.rounds).length)

    def may_miss(self) -> str:
        return str(streak(self.rounds).skips_left)

    def cannot(self) -> str:
        return ", ".join(map(str, self.refused)) or "none"

    def reminders(self) -> str:
        """One sign a round: how many reminders, ↩ for the message after a gap."""
        nudges = Counter(row.round for row in self.heard if row.kind in NUDGES)
        back = {row.round for row in self.heard if row.kind == "comeback"}
        signs = (
            ("↩" if number in back else "") + (str(nudges[number]) if nudges[number] else "")
            for number in range(1, self.calendar.latest(self.seen) + 1)
        )
        return "".join(sign or "–" for sign in signs)

    def clock(self) -> str:
        """When the reminders of the round that is seen came, by the member's clock."""
        newest = self.calendar.latest(self.seen)
        there = ZoneInfo(self.zone)
        rows = [row for row in self.heard if row.kind in REMINDERS and row.round == newest]
        return ", ".join(f"{row.due.astimezone(there):%a %H:%M}" for row in rows) or "none"

    def checkins(self) -> list[CheckIn]:
        """The check-ins in the order in which they were made."""
        it = self.member()
        return [
            CheckIn(1, number, it.week(number), at, (TaskState("Read", done=number in self.ticked),))
            for number, at in sorted(self.filed.items(), key=lambda pair: (pair[1], pair[0]))
        ]

    def done(self) -> str:
        done = completion(programme(self.weeks), self.checkins())
        return f"{counts.weeks(len(done.weeks))}, {counts.hours(done.minutes // 60)}"

    def milestones(self) -> str:
        """What each check-in reached when it was made."""
        book, found = programme(self.weeks), []
        made = self.checkins()
        for count, entry in enumerate(made, start=1):
            phase = phase_ended(book, made[:count], entry, new=True)
            found += [f"{reached} in {entry.round}"] if (reached := milestone(count, new=True)) else []
            found += [f"end of {phase.title} in {entry.round}"] if phase else []
        return ", ".join(found) or "none"

    def at_risk(self) -> str:
        written = {number: self.blocked.get(number, "") for number in self.filed}
        return "; ".join(reason(risk) for risk in risks(self.rounds, written)) or "no"

    def suggested(self) -> str:
        """Why a moderator is suggested to write to them."""
        made = {number: at for number, at in self.filed.items() if at <= self.seen}
        written = {number: self.blocked.get(number, "") for number in made}
        it, newest = self.member(), max(1, self.calendar.latest(self.seen))
        one = Candidate(
            1,
            self.rounds,
            risks(self.rounds, written),
            max(made.values(), default=it.joined_at),
            Contact(self.letters_at[-1], self.answered) if self.letters_at else None,
            self.not_now and self.not_now + NOT_NOW_FOR,
            it.resting(self.calendar, newest, self.seen),
        )
        found = in_order([one], self.seen, self.calendar.today(self.seen))
        return found[0][1].value if found else "no"

    def own_weeks(self) -> str:
        """The week in each of the last six rounds."""
        newest, it = self.calendar.latest(self.seen), self.member()
        return " ".join(
            str(it.week(number)) if number >= it.first_round else "–"
            for number in range(max(1, newest - 5), newest + 1)
        )

    def finishes(self) -> str:
        cohort = Cohort(1, "local", "w", "Sample", "sample", self.calendar, self.seen, "moderator")
        zone = ZoneInfo(self.calendar.zone)
        return f"{finish(cohort, programme(self.weeks), self.member()).astimezone(zone):%Y-%m-%d}"

    def letters(self) -> str:
        """What came by direct message besides reminders: what, and in which round."""
        rows = [row for row in self.heard if row.member_id and row.kind not in {*REMINDERS, "questions"}]
        names = {"own-week": "week", "own-gate": "gate", "portfolio": "portfolio"}
        it = self.member()
        shown = (
            f"{names[row.kind]}{f' {it.week(row.round or 0)}' if row.kind == 'own-week' else ''} in {row.round}"
            for row in rows
        )
        return ", ".join(shown) or "none"

    def posts(self) -> str:
        """What came into the room since the round that is seen opened, by the cohort's clock."""
        zone = ZoneInfo(self.calendar.zone)
        opened = self.calendar.opens(self.calendar.latest(self.seen))
        rows = [row for row in self.heard if row.room_id and row.due >= opened]
        names = {"opening": "card"}
        return ", ".join(f"{names.get(row.kind, row.kind)} {row.due.astimezone(zone):%a %d %b %H:%M}" for row in rows)

    def lasts(self) -> str:
        """The hours of the round that is seen, and of its grace."""
        number = self.calendar.latest(self.seen)
        hours = (self.calendar.closes(number) - self.calendar.opens(number)) // timedelta(hours=1)
        grace = (self.calendar.grace_ends(number) - self.calendar.closes(number)) // timedelta(hours=1)
        return f"{hours} + {grace}"

    def closes(self) -> str:
        """When the round that is seen closes, and its grace ends, by the member's clock."""
        number, there = self.calendar.latest(self.seen), ZoneInfo(self.zone)
        ends = (self.calendar.closes(number), self.calendar.grace_ends(number))
        return ", ".join(f"{at.astimezone(there):%a %H:%M}" for at in ends)

    def openings(self) -> str:
        """The dates on which the last four rounds opened."""
        newest = self.calendar.latest(self.seen)
        return ", ".join(
            f"{self.calendar.opens_on(number):%a %d %b}" for number in range(max(1, newest - 3), newest + 1)
        )

    def questions(self) -> str:
        """The weeks that the card of the round that is seen asks about, the newest distance first."""
        return ", ".join(f"week {week}" for week in self.asked.get(self.calendar.latest(self.seen), [])) or "none"

    def questions_at(self) -> str:
        """When that card came, by the member's clock."""
        newest, there = self.calendar.latest(self.seen), ZoneInfo(self.zone)
        rows = [row for row in self.heard if row.kind == "questions" and row.round == newest]
        return ", ".join(f"{row.due.astimezone(there):%a %H:%M}" for row in rows) or "none"

    def in_calendar(self) -> str:
        """The next four dates of their calendar, by the cohort's clock."""
        cohort = Cohort(1, "local", "w", "Sample", "sample", self.calendar, self.calendar.opens(1), "moderator")
        own = Own(cast("Store", Lists()), cohort, self.member(), programme(self.weeks))
        zone, shown = ZoneInfo(self.calendar.zone), []
        for event in (event for dates in DATES for event in dates(own)):
            what, _, number = event.key.partition("/")
            names = {"round": f"week {self.member().week(int(number))}" if number.isdigit() else "", "off": "off"}
            starts, ends = (
                at.astimezone(zone) if isinstance(at, datetime) else instant(at, time(0), zone.key).astimezone(zone)
                for at in (event.starts, event.ends)
            )
            if ends > self.seen:
                shown.append((starts, f"{starts:%d %b} {names.get(what, what)}"))
        return ", ".join(words for _, words in sorted(shown)[:4]) or "none"

    def papers(self) -> str:
        """The papers of the guide as the cohort reads them."""
        shown = {paper.week or 0: paper.title for paper in programme(self.weeks).papers}
        for week, votes in self.ballots.items():
            names = dict(enumerate(votes))
            first = paper_club.winner({number: votes[name] for number, name in names.items()})
            shown |= {} if first is None else {week: names[first]}
        return ", ".join(f"{(shown | self.picked)[week]} in {week}" for week in sorted(shown))

    def presented(self) -> str:
        """Who presents which paper, and when, by the cohort's clock."""
        zone = ZoneInfo(self.calendar.zone)
        shown = (
            f"{self.people[each.member_id or 0]} Paper {week} {each.starts.astimezone(zone):%a %d %b %H:%M}"
            for week, each in sorted(self.meetings.items())
        )
        return ", ".join(shown) or "nobody"

    def turned_down(self) -> str:
        return ", ".join(self.not_presented) or "none"

    def coming_up(self) -> str:
        """The dates of their next weeks as /plan shows them, by the cohort's clock."""
        zone, shown = ZoneInfo(self.calendar.zone), []
        for each in ahead(self.calendar, self.member(), self.seen, self.weeks, 3):
            if each.off and each.since:
                shown.append(f"{each.since.astimezone(zone):%d %b} {each.off} off")
            shown.append(f"{each.opens.astimezone(zone):%d %b} week {each.week}")
        return ", ".join(shown) or "none"


COLUMNS: Mapping[str, Callable[[Life], str]] = {
    "Record": Life.record,
    "Streak": Life.streak,
    "May miss": Life.may_miss,
    "Refused": Life.cannot,
    "Reminders": Life.reminders,
    "When, for them": Life.clock,
    "Done": Life.done,
    "Milestones": Life.milestones,
    "At risk": Life.at_risk,
    "Suggested": Life.suggested,
    "Weeks": Life.own_weeks,
    "Finishes": Life.finishes,
    "By message": Life.letters,
    "In the room": Life.posts,
    "Hours + grace": Life.lasts,
    "Closes, grace ends": Life.closes,
    "Opened": Life.openings,
    "Coming up": Life.coming_up,
    "In their calendar": Life.in_calendar,
    "Papers": Life.papers,
    "Presents": Life.presented,
    "Turned down": Life.turned_down,
    "Asked about": Life.questions,
    "Card, for them": Life.questions_at,
    **group_story.COLUMNS,
}


def numbers(words: str) -> list[int]:
    """ "1 to 8 but 3 and 5" as numbers."""
    wanted, _, but = words.partition(" but ")

    def spread(part: str) -> list[int]:
        first, _, last = part.partition(" to ")
        return list(range(int(first), int(last or first) + 1))

    left_out = {number for part in re.split(r", | and ", but) if part for number in spread(part)}
    return [number for part in re.split(r", | and ", wanted) for number in spread(part) if number not in left_out]


def named(city: str) -> str:
    found = zones.find(city, datetime(2027, 1, 1, tzinfo=ZoneInfo("UTC")))
    assert isinstance(found, str), city
    return found


def file(life: Life, rounds: str, point: str | None = None) -> None:
    for number in numbers(rounds):
        at = life.point(point) if point else life.calendar.opens(number) + timedelta(days=1, hours=3)
        if takes(life.calendar, number, at):
            life.filed.setdefault(number, at)
        else:
            life.refused.append(number)


def record(life: Life, rounds: str, point: str) -> None:
    for number in numbers(rounds):
        life.filed.setdefault(number, life.point(point))


def holiday(life: Life, weeks: str, after: str) -> None:
    life.calendar = replace(life.calendar, holidays=(*life.calendar.holidays, Holiday(int(after) + 1, int(weeks))))


def move(life: Life, day: str, clock: str, point: str) -> None:
    made, at = life.point(point), time.fromisoformat(clock)
    it = Move(life.calendar.movable(made), SHORT.index(day), at, life.calendar.zone, made)
    life.calendar = replace(life.calendar, moves=(*life.calendar.moves, it))


def pause(life: Life, first: str, last: str) -> None:
    there = ZoneInfo(life.calendar.zone)
    life.breaks.append(Break(life.point(first).astimezone(there).date(), life.point(last).astimezone(there).date()))


def end_pause(life: Life, point: str) -> None:
    today = life.point(point).astimezone(ZoneInfo(life.calendar.zone)).date()
    life.breaks = [replace(each, last=min(each.last, today - DAY)) for each in life.breaks if each.first < today]


def come_back(life: Life, point: str) -> None:
    assert life.left is not None
    life.absent.append((life.left, life.point(point)))
    life.left = None


def undo_leaving(life: Life, point: str) -> None:
    assert life.left is not None
    assert life.point(point) - life.left <= WITHIN
    life.undone.append((life.left, life.point(point)))
    life.left = None


def ballot(life: Life, point: str) -> dict[str, int]:
    """The proposals with their votes on which members vote at that point; of no week when there is none to vote on."""
    papers = programme(life.weeks).papers
    week = paper_club.coming((paper.week or 0 for paper in papers), life.calendar, life.point(point))
    return {} if week is None or week in life.picked else life.ballots.setdefault(week, {})


def propose(life: Life, names: str, point: str) -> None:
    for name in re.split(r", | and ", names):
        proposals = ballot(life, point)
        if len(proposals) < paper_club.MOST:
            proposals.setdefault(name, 0)


def vote(life: Life, number: str, name: str, point: str) -> None:
    proposals = ballot(life, point)
    if name in proposals:
        proposals[name] += int(number)


def present(life: Life, name: str, starts: str, at: str) -> None:
    weeks = [paper.week or 0 for paper in programme(life.weeks).papers]
    life.people += [] if name in life.people else [name]
    who, when, now = life.people.index(name), life.point(starts), life.point(at)
    week = paper_club.week_to_present(life.meetings.values(), who, weeks, life.picked, life.calendar, now)
    if week is None:
        life.not_presented.append(f"{name}, no paper is chosen")
        return
    outcome = paper_club.offer(life.meetings.get(week), who, when, now)
    if outcome is Offer.MADE:
        life.meetings[week] = Meeting(week, who, when)
    else:
        life.not_presented.append(f"{name}, {outcome.value}")


def step_back(life: Life, name: str, point: str) -> None:
    kept = life.meetings.items()
    who, at = life.people.index(name), life.point(point)
    life.meetings = {week: each for week, each in kept if each.member_id != who or each.starts <= at}


def put(**values: Callable[..., object]) -> Callable[..., None]:
    """Sets what is named, each by its function of the words."""

    def does(life: Life, *words: str) -> None:
        for name, value in values.items():
            setattr(life, name, value(life, *words))

    return does


Rules = Mapping[str, Callable[..., None]]
CALENDAR: Rules = {
    r"cohort in ([A-Za-z ]+)": put(calendar=lambda it, city: replace(it.calendar, zone=named(city))),
    r"begins (\d{4}-\d\d-\d\d)": put(calendar=lambda it, day: replace(it.calendar, start=date.fromisoformat(day))),
    r"a guide of (\d+) weeks": put(weeks=lambda _, weeks: int(weeks)),
    r"(\d+) weeks? off after (\d+)": holiday,
    rf"moved to (\w{{3}}) (\d\d:\d\d) on ({POINT})": lambda it, day, clock, point, *_: move(it, day, clock, point),
}
PERSON: Rules = {
    r"lives in ([A-Za-z ]+)": put(zone=lambda _, city: named(city)),
    rf"joins ({POINT})": put(joined=lambda it, point, *_: it.point(point)),
    rf"joins ({POINT}) from week 1": put(joined=lambda it, point, *_: it.point(point), from_week_1=lambda *_: True),
    r"checks in ([\dtobutand, ]+)": file,
    rf"checks in ([\dtoand, ]+) on ({POINT})": lambda it, rounds, point, *_: file(it, rounds, point),
    r"ticks in ([\dtobutand, ]+)": lambda it, rounds: it.ticked.update(numbers(rounds)),
    rf"edits (\d+) on ({POINT})": lambda it, rounds, point, *_: file(it, rounds, point),
    rf"is recorded ([\dtoand, ]+) on ({POINT})": lambda it, rounds, point, *_: record(it, rounds, point),
    r"is excused ([\dtoand, ]+)": lambda it, rounds: it.excused.update(numbers(rounds)),
    r"writes a blocker in ([\dtoand, ]+)": lambda it, rounds: it.blocked.update(
        dict.fromkeys(numbers(rounds), "No GPU")
    ),
    r"writes “(.+)” in ([\dtoand, ]+)": lambda it, words, rounds: it.blocked.update(
        dict.fromkeys(numbers(rounds), words)
    ),
    rf"break ({POINT}) to ({POINT})": lambda it, *words: pause(it, words[0], words[5]),
    rf"ends it ({POINT})": lambda it, point, *_: end_pause(it, point),
    r"slips (\d+) in (\d+)": lambda it, weeks, number: it.slips.append(Slip(int(number) + 1, int(weeks))),
    rf"leaves ({POINT})": put(left=lambda it, point, *_: it.point(point)),
    rf"comes back ({POINT})": lambda it, point, *_: come_back(it, point),
    rf"undoes it ({POINT})": lambda it, point, *_: undo_leaving(it, point),
    rf"snoozes to (?:the )?(tomorrow|weekend) ({POINT})": lambda it, to, point, *_: it.snoozed.append(
        (to, it.point(point))
    ),
    rf"stops reminders ({POINT})": put(stopped=lambda it, point, *_: it.point(point)),
    rf"stops questions ({POINT})": put(unasked=lambda it, point, *_: it.point(point)),
    r"knows all": put(knows=lambda it: set(range(1, it.weeks + 1))),
    r"knows all but ([\dtoand, ]+)": put(knows=lambda it, weeks: set(range(1, it.weeks + 1)) - set(numbers(weeks))),
    r"knows none": put(knows=lambda _: set()),
    rf"is written to ({POINT})": lambda it, point, *_: it.letters_at.append(it.point(point)),
    r"answers it": put(answered=lambda _: True),
    rf"is put off ({POINT})": put(not_now=lambda it, point, *_: it.point(point)),
    rf"propose[sd]? ([A-Z][A-Za-z, ]*) on ({POINT})": lambda it, names, point, *_: propose(it, names, point),
    rf"(\d+) votes? for ([A-Z]\w*) on ({POINT})": lambda it, number, name, point, *_: vote(it, number, name, point),
    rf"([A-Z]\w+) offers ({POINT}) on ({POINT})": lambda it, name, *words: present(it, name, words[0], words[5]),
    rf"([A-Z]\w+) steps back on ({POINT})": lambda it, name, point, *_: step_back(it, name, point),
    r"a moderator picks ([A-Z]\w*) for (\d+)": lambda it, name, week: it.picked.update({int(week): name}),
    r"questions are off": put(features=lambda _: GENTLE - {Feature.QUESTIONS}),
    **group_story.RULES,
}
