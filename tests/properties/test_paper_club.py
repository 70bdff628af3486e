"""The paper club through a whole guide: members propose, vote, present, step back, leave and erase themselves at
random, moderators pick. The real handlers and database beside an oracle that knows the rules alone.

`PEOPLE=200 ROUNDS=116` is a whole cohort for the whole guide; `make bench` does that.
"""

import os
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path

import pytest

from cohort_bot.app.delivery import ledger
from cohort_bot.app.dispatch import Dispatcher
from cohort_bot.app.ports.store import DeliveryResult, Store
from cohort_bot.app.queries.programme import as_read
from cohort_bot.app.services import Services
from cohort_bot.app.table import TABLE
from cohort_bot.app.undo import WITHIN
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message, Refusal, plain
from cohort_bot.chat.place import Actor, Place
from cohort_bot.core.delivery_states import State
from cohort_bot.core.rounds import Calendar
from cohort_bot.programmes.guides import Guides
from cohort_bot.storage.in_one_transaction import InOneTransaction
from tests.fakes.databases import sqlite_template
from tests.fakes.lists import OneGuide
from tests.properties.worlds import DAY, programme
from tests.pseudo_locale import english

ROUNDS = int(os.environ.get("ROUNDS", "30"))
PEOPLE = int(os.environ.get("PEOPLE", "12"))
ACTS = min(PEOPLE * ROUNDS // 2, 4000)
WEEKS = range(2, ROUNDS + 1, 4)
GUIDE = programme(ROUNDS, papers=WEEKS)
GUIDES = OneGuide(GUIDE)
CALENDAR = Calendar(date(2027, 1, 4), time(9), "UTC")
BEGINS = CALENDAR.opens(1) - 3 * DAY
LIKELY = {"propose": 6, "vote": 8, "withdraw": 2, "present": 5, "step back": 2, "pick": 0.5, "leave": 0.5, "erase": 0.5}


@dataclass
class Oracle:
    """The paper club by its rules: what is written here was not taken from the code."""

    proposed: dict[int, dict[int, str]] = field(default_factory=lambda: {week: {} for week in WEEKS})
    voted: dict[int, dict[int, int]] = field(default_factory=lambda: {week: {} for week in WEEKS})
    decided: dict[int, str] = field(default_factory=dict)
    picked: dict[int, str] = field(default_factory=dict)
    meetings: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    told: dict[int, datetime] = field(default_factory=dict)
    """The date that the room was told last, by week."""

    def week(self, at: datetime) -> int | None:
        """Whose vote is open: until a day before it opens."""
        return next((week for week in WEEKS if at < CALENDAR.opens(week) - DAY), None)

    def go_on(self, at: datetime) -> None:
        """Votes that are over stay as they are, whoever erases themselves later."""
        for week in WEEKS:
            if at >= CALENDAR.opens(week) - DAY:
                self.decided.setdefault(week, self.reads(week))

    def reads(self, week: int) -> str:
        if week in self.picked or week in self.decided:
            return self.picked.get(week) or self.decided[week]
        votes = list(self.voted[week].values())
        most = max(self.proposed[week], key=votes.count, default=0)  # of equals the one that was proposed first
        return self.proposed[week][most] if votes.count(most) else f"Paper {week}"

    def propose(self, who: int, title: str, at: datetime) -> bool:
        week = self.week(at)
        if week is None or week in self.picked:
            return False
        theirs = self.proposed[week]
        if who in theirs or title in theirs.values() or len(theirs) == 5:
            return False
        theirs[who] = title
        self.voted[week].setdefault(who, who)
        return True

    def vote(self, who: int, whose: int, at: datetime) -> bool:
        week = self.week(at)
        if week is None or week in self.picked or whose not in self.proposed[week]:
            return False
        self.voted[week][who] = whose
        return True

    def withdraw(self, who: int, at: datetime) -> bool:
        week = self.week(at)
        if week is None or week in self.picked or who not in self.proposed[week]:
            return False
        self._drop(week, who)
        return True

    def _drop(self, week: int, who: int) -> None:
        del self.proposed[week][who]
        self.voted[week] = {each: whose for each, whose in self.voted[week].items() if whose != who}

    def present(self, who: int, starts: datetime, at: datetime) -> bool:
        talked = [week for week in WEEKS if CALENDAR.opens(week) - DAY <= at < CALENDAR.opens(week) + 21 * DAY]
        following = self.week(at)
        week = talked[-1] if talked else following if following in self.picked else None
        week = next((mine for mine, each in self.meetings.items() if each[0] == who and each[1] > at), week)
        if week is None or not at < starts <= at + 60 * DAY:
            return False
        known = self.meetings.get(week)
        if known is not None and (known[1] <= at or known[0] != who):
            return False
        self.meetings[week], self.told[week] = (who, starts), starts
        return True

    def step_back(self, who: int, at: datetime) -> bool:
        mine = [week for week, (presenter, starts) in self.meetings.items() if presenter == who and starts > at]
        for week in mine:
            del self.meetings[week]
        return bool(mine)

    def leave(self, who: int) -> None:
        self.meetings = {week: each for week, each in self.meetings.items() if each[0] != who}

    def erase(self, who: int, at: datetime) -> None:
        self.go_on(at)
        self.leave(who)
        for week in WEEKS:
            if who in self.proposed[week]:
                self._drop(week, who)
            self.voted[week].pop(who, None)


class Club:
    """The handlers on a database, and the room in which their posts arrive."""

    def __init__(self, database: InOneTransaction) -> None:
        self.database = database
        self.heard: list[tuple[int, str]] = []
        self._ids = count(1)
        ticks = count(0, 10)  # seconds, so that nobody is too quick
        services = Services(database, GUIDES, Guides(), {}, TABLE, lambda _: None)
        self._dispatch = Dispatcher(services, database, lambda: float(next(ticks)))

    async def begin(self) -> None:
        def write(store: Store) -> None:
            here = {"platform": "local", "workspace": "w"}
            cohort = store.cohorts.add(
                **here, name="Sample", programme="sample", calendar=CALENDAR, at=BEGINS, creator="m0"
            )
            store.cohorts.add_room(cohort.id, "local", "w", "general")
            for number in range(PEOPLE):
                account = store.people.add("local", "w", f"m{number}", f"Member {number}", "UTC")
                store.members.add(cohort.id, account, BEGINS, 1, None, "")

        await self.database.write(write)

    async def act(self, who: int, action: str, at: datetime, **args: str) -> bool:
        """Whether it was done, and not refused."""
        actor, place = Actor("local", "w", f"m{who}", f"Member {who}"), Place("local", "w", "general")
        invocation = Invocation(f"i-{next(self._ids)}", action, "command", actor, place, at, args)
        reply = await self._dispatch(invocation)
        assert isinstance(reply, Message)
        return not isinstance(reply, Refusal)

    async def post(self, at: datetime) -> None:
        """Everything that is due arrives."""

        def write(store: Store) -> None:
            claims = ledger.claim(store, GUIDES, at, 100)
            for parcel in claims.send:
                delivery = parcel.delivery
                assert parcel.message is not None
                assert (delivery.what.account_id is not None) == (delivery.what.kind == "paper-summary")
                if delivery.what.account_id is None:
                    self.heard.append((delivery.what.round or 0, english(plain(parcel.message))))
                store.deliveries.note([DeliveryResult(delivery, State.SENT, None, str(delivery.id), "general")], at)

        before = -1
        while before != len(self.heard):  # one at a time in a room
            before = len(self.heard)
            await self.database.write(write)

    def last_word(self, week: int) -> str:
        """What the room knows about who presents the paper of the week."""
        words = [text for about, text in self.heard if about == week]
        return words[-1] if words else ""


@pytest.fixture
async def club(tmp_path: Path) -> AsyncIterator[Club]:
    (tmp_path / "bot.db").write_bytes(sqlite_template())
    database = InOneTransaction(tmp_path / "bot.db")
    database.open()
    made = Club(database)
    await made.begin()
    yield made
    await database.close()


@pytest.mark.parametrize("seed", [1])
async def test_what_is_read_and_who_presents_is_what_the_rules_say(club: Club, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a simulation
    oracle, here, done = Oracle(), set(range(PEOPLE)), dict.fromkeys(LIKELY, 0)
    over = (CALENDAR.opens(ROUNDS + 1) - BEGINS) / timedelta(minutes=1)
    minutes = sorted(chance.sample(range(0, int(over), 15), ACTS))  # none within the ten in which leaving can be undone
    for minute in minutes:
        at = BEGINS + minute * timedelta(minutes=1)
        await club.post(at)
        oracle.go_on(at)
        presenting = [presenter for presenter, starts in oracle.meetings.values() if starts > at]
        (does,) = chance.choices([*LIKELY], [*LIKELY.values()])
        likely = presenting if does in {"step back", "leave", "erase"} and chance.random() < 0.7 else []
        who = chance.choice(likely or sorted(here))
        accepted = await act(club, oracle, chance, who, does, at)
        done[does] += accepted
        here -= {who} if does in {"leave", "erase"} and accepted else set()
        await club.post(at + WITHIN)
        await same(club, oracle, at)
    assert all(done.values()), f"the simulation is alive: {done}"
    assert any("is off" in text for _, text in club.heard)


async def act(club: Club, oracle: Oracle, chance: random.Random, who: int, does: str, at: datetime) -> int:
    """Do it in both; returns whether it was done."""
    week = oracle.week(at)
    match does:
        case "propose":
            title = f"{chance.choice('ABCDEFGH')}{week}"
            real = await club.act(who, "club.propose", at, title=title, link=f"https://example.org/{title}")
            told = oracle.propose(who, title, at)
        case "vote":
            whose = chance.choice(sorted(oracle.proposed[week])) if week and oracle.proposed[week] else 0
            up = await club.database.read(lambda store: store.paper_club.proposals(1, week or 0))
            number = next((each.id for each in up if each.member_id == whose + 1), 0)
            real, told = await club.act(who, "club.vote", at, paper=str(number)), oracle.vote(who, whose, at)
        case "withdraw":
            real, told = await club.act(who, "club.withdraw", at), oracle.withdraw(who, at)
        case "present":
            starts = (at + chance.choice((-1, 0, 2, 5, 20, 59, 61, 90)) * DAY).replace(hour=19, minute=30)
            when = {"date": f"{starts:%Y-%m-%d}", "time": f"{starts:%H:%M}"}
            real, told = await club.act(who, "club.present", at, **when), oracle.present(who, starts, at)
        case "step back":
            real, told = await club.act(who, "club.cancel.yes", at), oracle.step_back(who, at)
        case "pick":
            which, title = chance.choice(WEEKS), f"Pick {chance.randint(1, 9)}"
            args = {"week": str(which), "title": title, "link": f"https://example.org/{title.replace(' ', '')}"}
            real = await club.act(0, "cohort.pick", at, **args)
            told = real  # until when a moderator may is `/cohort pick`'s own rule
            oracle.picked |= {which: title} if real else {}
        case _ if who == 0:
            return 0  # the moderator stays
        case "leave":
            real = told = await club.act(who, "leave.yes", at)
            oracle.leave(who)
        case _:
            real = told = await club.act(who, "profile.erase.yes", at)
            oracle.erase(who, at)
    assert real == told, f"member {who} would {does} at {at}: {real}, by the rules {told}"
    return int(real)


async def same(club: Club, oracle: Oracle, at: datetime) -> None:
    """The papers, the vote, the meetings and what the room was told last are as the oracle has them."""

    def look(store: Store) -> tuple[dict[int, str], dict[int, tuple[int, datetime]], dict[str, int]]:
        cohort = as_read(store, 1, GUIDE)
        meetings = store.paper_club.meetings(1)
        up = store.paper_club.proposals(1, week) if week else ()
        return (
            {each: cohort.papers_of(each)[0].title for each in WEEKS},
            {each: ((meeting.member_id or 0) - 1, meeting.starts) for each, meeting in meetings.items()},
            {each.title: each.votes for each in up},
        )

    week = oracle.week(at)
    papers, meetings, votes = await club.database.read(look)
    assert papers == {each: oracle.reads(each) for each in WEEKS}, at
    assert meetings == oracle.meetings, at
    cast = list(oracle.voted[week].values()) if week else []
    assert votes == ({title: cast.count(whose) for whose, title in oracle.proposed[week].items()} if week else {}), at
    for each, starts in oracle.told.items():
        if starts > at + WITHIN:
            presenter = oracle.meetings.get(each)
            expected = f"Member {presenter[0]} presents" if presenter else "is off; it was planned for"
            assert expected in club.last_word(each), at
