"""The moderators' card of a hundred members beside a million check-ins, and how long others wait for it."""

import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from benchmarks.world import CREATED, PROGRAMME, Figure, median
from cohort_bot.app.features.cohort_progress import cohort_progress
from cohort_bot.app.services import Services
from cohort_bot.app.table import TABLE
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Actor, Place
from cohort_bot.core.rounds import Calendar
from cohort_bot.programmes.guides import Guides
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.storage.database import SqliteDatabase, writer_engine

COHORTS, MEMBERS, ROUNDS = 100, 100, 100
"""A million check-ins: a hundred cohorts of a hundred members near the end of the programme."""

CARDS = 40


def fill(path: Path, groups: int = COHORTS, rounds: int = ROUNDS, members: int = MEMBERS) -> datetime:
    """The database with so many cohorts and rounds; returns an instant in the last round."""
    from datetime import date  # noqa: PLC0415
    from datetime import time as clock  # noqa: PLC0415

    database = SqliteDatabase(path)
    database.upgrade()
    calendar = Calendar(date(2027, 1, 4), clock(9), "UTC")
    day = 86_400_000
    start = int(calendar.opens(1).timestamp() * 1000)
    engine = writer_engine(path)
    counted = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :number - 1) "
    with engine.begin() as connection:
        people = groups * members

        def run(statement: str, number: int, **values: object) -> None:
            connection.execute(text(counted + statement), {"number": number, **values})

        run(
            "INSERT INTO cohorts (id, platform, workspace, name, name_key, programme, start, at, zone, creator,"
            " created_at, planned_until, next_due) SELECT i + 1, 'bench', 'w', 'Cohort ' || i, 'cohort ' || i,"
            " :programme, '2027-01-04', '09:00', 'UTC', 'boss', :at, :at, :at FROM n",
            groups,
            programme=PROGRAMME,
            at=int(CREATED.timestamp() * 1000),
        )
        run("INSERT INTO rooms (cohort_id, platform, workspace, channel) SELECT i + 1, 'bench', 'w', 'c' || i FROM n",
            groups)  # fmt: skip
        run("INSERT INTO people (id) SELECT i + 1 FROM n", people)
        run(
            "INSERT INTO accounts (id, person_id, platform, workspace, user, name, zone, reminders) SELECT i + 1,"
            " i + 1, 'bench', '', 'member-' || i, 'Sample Member ' || i, 'UTC', 1 FROM n",
            people,
        )
        run(
            "INSERT INTO members (id, cohort_id, person_id, account_id, joined_at, first_round, why) SELECT i + 1,"
            " 1 + i % :cohorts, i + 1, i + 1, :at, 1, '' FROM n",
            people,
            cohorts=groups,
            at=int(CREATED.timestamp() * 1000),
        )
        run(  # round by round, as they come in real life: a member's rows lie far apart
            "INSERT INTO checkins (member_id, round, week, filed_at, tasks, done, blockers, next_step, share_thread,"
            " share_blocker) SELECT 1 + i % :people, 1 + i / :people, 1 + i / :people,"
            " :start + (i / :people) * 7 * :day + (i % 6) * :day,"
            ' \'[["Read a chapter of the book", true], ["Write a page of notes", false]]\','
            " 'A page of notes, and the tests of the exercise pass. https://example.org/notebook',"
            " CASE WHEN i % 7 = 0 THEN 'The exercise about gradients' ELSE '' END, 'Tomorrow at nine', 0, 0 FROM n",
            people * rounds,
            people=people,
            start=start,
            day=day,
        )
        connection.execute(
            text("DELETE FROM checkins WHERE member_id % 10 = 3 AND round > :late"), {"late": rounds - 3}
        )
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    engine.dispose()
    return calendar.opens(rounds) + timedelta(days=6)


async def cards(path: Path, at: datetime) -> tuple[list[float], float]:
    """Milliseconds of each card, and the longest that the event loop kept somebody else waiting meanwhile."""
    database = SqliteDatabase(path)
    database.open()
    services = Services(database, Library([shipped_folder()]), Guides(), {}, TABLE, lambda _: None)
    lags: list[float] = []

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            lags.append((time.perf_counter() - before - 0.001) * 1000)

    watcher = asyncio.create_task(watch())
    actor = Actor("bench", None, "boss", "Boss", admin=True)
    times = []
    for number in range(CARDS):
        invocation = Invocation(
            f"i{number}", "cohort.progress", "command", actor, Place("bench", "w", f"c{number}"), at.astimezone(UTC)
        )
        before = time.perf_counter()
        card = await cohort_progress(services, invocation)
        times.append((time.perf_counter() - before) * 1000)
        assert isinstance(card, Message)
        assert f"round {ROUNDS}" in card.summary
        await asyncio.sleep(0.01)
    watcher.cancel()
    await database.close()
    return times, max(lags)


def run() -> list[Figure]:
    """Each card is of another cohort, so nothing is warm but the schema."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        at = fill(path)
        times, lag = asyncio.run(cards(path, at))
    return [
        Figure("card of 100 members beside 1,000,000 check-ins, median", median(times), "ms", "below 150"),
        Figure("the same, slowest of 40", max(times), "ms", "below 150"),
        Figure("longest wait of the event loop meanwhile", lag, "ms"),
    ]
