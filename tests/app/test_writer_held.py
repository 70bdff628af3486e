"""However much is due at once, no transaction keeps somebody's check-in from the writer for long."""

import asyncio
import gc
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from benchmarks.delivery import HttpPlatform, StillClock
from benchmarks.world import CREATED, OPENING, fill
from sqlalchemy import Table, insert, update

from cohort_bot.app.delivery import group_matching, ledger
from cohort_bot.app.delivery.group_matching import GroupMatching
from cohort_bot.app.ports.store import AHEAD, Store
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message, Refusal
from cohort_bot.chat.place import Actor, Place, Ref
from cohort_bot.core.groups import match
from cohort_bot.runtime import Bot
from cohort_bot.storage.database import SqliteDatabase, writer_engine
from cohort_bot.storage.store import SqlStore
from cohort_bot.storage.tables import (
    accounts,
    checkins,
    cohorts,
    deliveries,
    group_matchings,
    group_seats,
    members,
    people,
    rooms,
)
from tests.fakes.bot import LIBRARY, TUESDAY, BotUnderTest
from tests.harness.statements import watched

pytestmark = pytest.mark.timed

COHORTS = 800
CROWD = 1000
AROUND = ("Europe/Berlin", "America/Chicago", "Asia/Kolkata")
LONGEST = 0.020
"""Seconds of the writer thread's processor time: the machine may be busy with something else."""


PLANNED, CLAIMED = "Ticker._plan.<locals>.plan", "Courier._claim_at.<locals>.claim"
NOTED = "Courier._record.<locals>.<lambda>"


class SilentPlatform(HttpPlatform):
    """Takes every post, and sends it nowhere."""

    async def start(self, *_: object) -> None: ...

    async def stop(self, grace: float) -> None: ...

    async def send(self, place: Place, message: Message, mark: str, again: object = None) -> Ref:
        self.bodies.append(message.summary)
        await asyncio.sleep(0)
        return Ref(place, mark)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[float]]]:
    """For how long each transaction held the writer, by the function that wrote."""
    times: dict[str, list[float]] = defaultdict(list)
    write = SqliteDatabase.write

    async def timed(database: SqliteDatabase, fn: Callable[[Any], Any], **how: bool) -> Any:
        def watched(store: Any) -> Any:
            began = time.thread_time()
            result = fn(store)
            times[getattr(fn, "__qualname__", "")].append(time.thread_time() - began)
            return result

        return await write(database, watched, **how)

    monkeypatch.setattr(SqliteDatabase, "write", timed)
    gc.collect()
    gc.disable()  # a full collection of all that tests have loaded takes longer than any transaction
    yield times
    gc.enable()


def too_long(held: dict[str, list[float]]) -> dict[str, float]:
    """The longest of the transactions that plan, claim or record, where that is too long."""
    return {name: longest for name in (PLANNED, CLAIMED, NOTED) if (longest := max(held[name])) > LONGEST}


@pytest.mark.parametrize("ahead", [True, False])
async def test_hundreds_of_cohorts_that_are_due_at_once_are_planned_and_claimed_in_slices(
    tmp_path: Path, held: dict[str, list[float]], ahead: bool
) -> None:
    longest: list[float] = []
    for number in (1, COHORTS):  # statements are compiled at their first use, which is not timed
        held.clear()
        path = tmp_path / f"{number}.db"
        fill(path, number)
        clock, platform, database = StillClock(OPENING - timedelta(hours=1)), SilentPlatform(""), SqliteDatabase(path)
        bot = Bot(database, LIBRARY, {"bench": platform}, clock)
        database.held = longest.append
        async with bot:
            for at in (OPENING - AHEAD, OPENING) if ahead else (OPENING,):
                clock.at = at
                await bot.settle()
        assert len(platform.bodies) == number
    assert len(held[PLANNED]) > 5
    assert len(longest) >= sum(map(len, (held[PLANNED], held[CLAIMED], held[NOTED])))
    assert too_long(held) == {}


async def test_what_was_planned_for_hundreds_of_cohorts_while_the_calendar_was_ahead_is_taken_back_in_slices(
    tmp_path: Path, held: dict[str, list[float]]
) -> None:
    for number in (1, COHORTS // 4):
        held.clear()
        path, platform, clock = tmp_path / f"{number}.db", SilentPlatform(""), StillClock(OPENING + timedelta(days=3))
        fill(path, number)
        async with Bot(SqliteDatabase(path), LIBRARY, {"bench": platform}, clock) as bot:
            await bot.settle()
            clock.at = OPENING - timedelta(hours=2)
            await bot.settle()
            planned = await bot.database.read(lambda store: store.cohorts.planned(range(1, COHORTS)))
            assert [*planned.values()] == [clock.at + AHEAD] * number
    assert len(held["in_slices.<locals>.write"]) > 10
    assert max(held["in_slices.<locals>.write"]) <= LONGEST


def crowd(path: Path, number: int = CROWD) -> None:
    """One cohort of so many members around the world, who all want to be in a small group."""
    fill(path, 1)
    ids = range(1, number + 1)
    of_all: dict[Table, list[dict[str, object]]] = {
        people: [{"id": each} for each in ids],
        accounts: [
            {"id": each, "person_id": each, "platform": "bench", "workspace": "w1", "user": f"u{each}"}
            | {"name": f"Kim {each}", "handle": f"u{each}", "zone": AROUND[each % len(AROUND)], "reminders": 1}
            for each in ids
        ],
        members: [
            {"id": each, "cohort_id": 1, "person_id": each, "account_id": each, "joined_at": CREATED}
            | {"first_round": 1, "why": "I want to teach"}
            for each in ids
        ],
        group_seats: [{"member_id": each, "since": CREATED} for each in ids],
    }
    engine = writer_engine(path)
    with engine.begin() as connection:
        for table, rows in of_all.items():
            connection.execute(insert(table), rows)
    engine.dispose()


async def test_a_thousand_members_are_planned_and_reminded_in_slices(
    tmp_path: Path, held: dict[str, list[float]]
) -> None:
    """As after an outage: for each two reminders are due or too late, and a third of them are reminded now."""
    clock = StillClock(OPENING + timedelta(days=3, hours=8, minutes=30))  # 18:30 in Berlin, midnight in Kolkata
    for number in (len(AROUND), CROWD):
        held.clear()
        path, platform = tmp_path / f"{number}.db", SilentPlatform("")
        crowd(path, number)
        async with Bot(SqliteDatabase(path), LIBRARY, {"bench": platform}, clock) as bot:
            await bot.settle()
        assert len(platform.bodies) >= number // 3
    assert len(held[PLANNED]) > 3
    assert too_long(held) == {}


async def test_the_digests_of_a_thousand_members_are_composed_beside_the_writer(
    tmp_path: Path, held: dict[str, list[float]]
) -> None:
    crowd(tmp_path / "bot.db")
    engine = writer_engine(tmp_path / "bot.db")
    over = OPENING + timedelta(days=8)
    with engine.begin() as connection:
        connection.execute(update(accounts).where(accounts.c.id == 1).values(user="sample", zone="UTC"))
        connection.execute(update(cohorts).values(planned_until=over - timedelta(minutes=1)))
    engine.dispose()
    platform, clock = SilentPlatform(""), StillClock(over + timedelta(hours=3))
    async with Bot(SqliteDatabase(tmp_path / "bot.db"), LIBRARY, {"bench": platform}, clock) as bot:
        await bot.ticker.tick()
        await bot.courier.drain()
    assert len(platform.bodies) == 3, platform.bodies
    assert any("round 1: 0 " in text for text in platform.bodies), "the moderators' digest"
    assert max(held[CLAIMED]) <= LONGEST


async def test_the_small_groups_of_a_thousand_people_are_made_in_slices_and_off_the_loop(
    tmp_path: Path, held: dict[str, list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(tmp_path / "bot.db")
    engine = writer_engine(tmp_path / "bot.db")
    with engine.begin() as connection:
        connection.execute(insert(group_matchings), {"cohort_id": 1, "round": 1})
    engine.dispose()
    threads: list[threading.Thread] = []

    def watched(*of: Any) -> Any:
        threads.append(threading.current_thread())
        return match(*of)

    monkeypatch.setattr(group_matching, "match", watched)
    database, clock = SqliteDatabase(tmp_path / "bot.db"), StillClock(OPENING + timedelta(days=8, hours=1))
    database.open()
    await GroupMatching(database, LIBRARY, clock, lambda: None).look()
    groups = await database.read(lambda store: store.groups.conversations())
    assert sum(len(group.members) for group in groups) == CROWD
    assert await database.read(lambda store: store.groups.to_match()) == {}
    assert threading.main_thread() not in threads
    made = held["in_slices.<locals>.write"]
    assert len(made) > 3
    assert max(made[1:]) <= LONGEST, "after the first, for which statements are compiled"
    engine = writer_engine(tmp_path / "bot.db")
    with engine.begin() as connection:
        connection.execute(update(members).values(left_at=CREATED))
    engine.dispose()
    gone = [await database.write(lambda store: store.sweep(OPENING, 500)) for _ in range(5)]
    assert gone == [500, 500, 500, 500, 0]
    await database.close()


def years_of(path: Path, people: int) -> None:
    """So many members of the crowd have checked in for 115 rounds, and shown it in both of its rooms."""
    rounds = range(1, 116)
    engine = writer_engine(path)
    filed = {"filed_at": OPENING, "tasks": "[]", "done": "Read", "blockers": "", "next_step": "", "share_blocker": 0}
    posted = {"kind": "shared", "platform": "bench", "cohort_id": 1, "in_thread": 1, "args": "{}", "due": OPENING}
    posted |= {"lane": "l", "mark": "m", "state": "sent", "fence": 2, "attempts": 1, "updated": OPENING}
    every = [(member, number) for member in range(1, people + 1) for number in rounds]
    with engine.begin() as connection:
        connection.execute(
            insert(rooms), {"id": 2, "cohort_id": 1, "platform": "bench", "workspace": "w1"} | {"channel": "other"}
        )
        of_round = ({"member_id": member, "round": number, "week": number} for member, number in every)
        connection.execute(insert(checkins), [{**each, **filed, "share_thread": 1} for each in of_round])
        for room in (1, 2):
            rows = [
                {"key": f"shared:{member}:r{number}:{room}", "member_id": member, "round": number, "room_id": room}
                for member, number in every
            ]
            connection.execute(insert(deliveries), [{**each, **posted} for each in rows])
        connection.execute(update(cohorts).values(planned_until=OPENING + timedelta(weeks=115)))
    engine.dispose()


async def test_what_one_does_in_a_cohort_of_a_thousand_after_years_is_soon_done(
    tmp_path: Path, held: dict[str, list[float]]
) -> None:
    """Each act by three people: the first also compiles statements, and others compute beside one of the two."""
    crowd(tmp_path / "bot.db")
    years_of(tmp_path / "bot.db", 3)
    clock = StillClock(OPENING + timedelta(weeks=114, days=5))
    found: dict[str, list[float]] = defaultdict(list)
    async with Bot(SqliteDatabase(tmp_path / "bot.db"), LIBRARY, {"bench": SilentPlatform("")}, clock) as bot:

        async def acts(user: str, action: str, kind: Any = "button", channel: str = "c1", **args: str) -> None:
            actor = Actor("bench", "w1", user, f"Kim {user[1:]}", admin=True)
            held.clear()
            invocation = Invocation(
                f"{user}{action}", action, kind, actor, Place("bench", "w1", channel), clock.now(), args
            )
            reply = await bot.dispatcher(invocation)
            assert isinstance(reply, Message), reply
            assert not isinstance(reply, Refusal), reply
            found[action].append(max(max(each) for name, each in held.items() if "_checked" in name))

        for user in ("u1", "u2", "u4"):
            await acts(user, "leave.yes")
            await acts(user, "join", "command", timezone="UTC")
            await acts(user, "group.join", "command")
            await acts(user, "checkin.save", "form")
            await acts(user, "profile.erase.yes")
        await acts("u3", "cohort.room.drop.yes", id="1", room="2")
    drops = found.pop("cohort.room.drop.yes")
    assert drops[0] <= 2 * LONGEST, "it compiles its statements"
    assert {action: times for action, times in found.items() if min(times) > LONGEST} == {}


LARGE = "deliveries|payloads|checkins|accounts|people|invocations"
"""Tables that grow with years and people. A sweep looks through the members for those who have left, a few of its
milliseconds for a hundred thousand.
"""


async def test_nothing_that_somebody_changes_reads_a_large_table_whole(cohort: BotUnderTest) -> None:
    bot, ran = cohort, dict[str, Any]()

    def note(statement: str, values: Any) -> None:
        if threading.current_thread().name == "database-writer" and not statement.startswith(("BEGIN", "PRAGMA")):
            ran[statement] = values[0] if isinstance(values, list) else values

    async def confirmed(line: str, *labels: str, who: str = "moderator") -> None:
        reply = await bot.message(who, line)
        for label in labels:
            reply = await bot.press(who, reply, label)

    with watched(note):
        for who in ("member-1", "member-2"):
            await bot.check_in(who, tasks=("1",), done="Read", share=("thread",))
        await confirmed("/leave", "Leave", "Undo", who="member-1")
        await confirmed("/cohort remove member:member-1", "Remove", "Undo")
        await bot.message("moderator", "/cohort room channel:study-hall")
        await bot.write(lambda store: store.cohorts.set_channel(1, "general"))
        await confirmed("/cohort room", "Drop room 1", "Drop it")
        await bot.until(TUESDAY + timedelta(days=8))
        await confirmed("/profile", "Erase", "Erase", who="member-1")
        await bot.settle()
        await bot.write(lambda store: ledger.sweep(store, bot.clock.now(), 10))
        await confirmed("/cohort archive", "End")

    def plans(store: Store) -> set[str]:
        explained = {
            (f"{line[3]}: {statement}")
            for statement, values in ran.items()
            for line in cast("SqlStore", store).connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        }
        return {each for each in explained if re.match(rf"SCAN ({LARGE})\b(?!.*(_open|_parked)\b)", each)}

    assert await bot.write(plans) == set()
    assert any("DELETE FROM rooms" in each for each in ran)
    assert any("payloads" in each and each.startswith("DELETE") for each in ran)
