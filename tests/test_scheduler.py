"""Regular jobs: in elapsed time whatever the calendar does, soon after the start when overdue, and each noted."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.job import Job as Scheduled
from sqlalchemy import text

from cohort_bot import maintenance
from cohort_bot.app.ports.store import Store
from cohort_bot.chat.sentence import Sentence, sentence
from cohort_bot.scheduler import AGAIN, SOON, Elapsed, Job, JobFailed, Scheduler
from cohort_bot.settings import WrongSetting, from_environment
from cohort_bot.storage import dumps, sqlite_maintenance
from cohort_bot.storage.backups import verify
from cohort_bot.storage.database import SqliteDatabase, writer_engine
from tests.fakes.bot import START, StillClock

HOUR = 3600.0
CALENDAR = datetime(2027, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    found = SqliteDatabase(tmp_path / "bot.db")
    found.upgrade()
    found.open()
    yield found
    await found.close()


def runs_at(scheduled: Scheduled, now: datetime) -> int:
    """How many times APScheduler would take as missed at this instant of the calendar."""
    return len(scheduled._get_run_times(now))


@pytest.mark.parametrize("leap", [timedelta(days=31), timedelta(days=730)])
def test_a_calendar_that_goes_on_by_months_is_one_run(leap: timedelta) -> None:
    clock = StillClock()
    trigger = Elapsed(1, 60, clock.elapsed)
    scheduled = Scheduled.__new__(Scheduled)
    scheduled.trigger, scheduled.next_run_time = trigger, trigger.get_next_fire_time(None, CALENDAR)
    assert runs_at(scheduled, CALENDAR + leap) == 1


def test_a_calendar_that_goes_back_holds_nothing_up_once_the_jobs_are_armed_anew() -> None:
    clock = StillClock()
    trigger = Elapsed(60, 60, clock.elapsed)
    trigger.get_next_fire_time(None, CALENDAR)
    clock.skip(50)
    back = CALENDAR - timedelta(days=1)
    assert trigger.get_next_fire_time(None, back) <= back + timedelta(seconds=10)


class Counting:
    """A job that counts, and says when it has run."""

    def __init__(self, every: float = HOUR) -> None:
        self.job = Job("counting", every, self.do)
        self.times = 0
        self.ran = asyncio.Event()
        self.fails = False

    async def do(self) -> Sentence:
        self.times += 1
        self.ran.set()
        if self.fails:
            raise JobFailed("the disk is full; make room")
        return Sentence("counted")


async def noted(database: SqliteDatabase) -> tuple[bool | None, str]:
    """What became of the last run, once it is noted."""
    while True:
        run = (await database.read(lambda store: store.job_runs.last())).get("counting")
        if run is not None and run.well is not None:
            return run.well, str(sentence(json.loads(run.says)))
        await asyncio.sleep(0.01)


async def test_what_is_overdue_after_a_restart_is_done_soon_and_noted(database: SqliteDatabase) -> None:
    clock, counting = StillClock(), Counting()
    for went, first in ((None, SOON), (timedelta(hours=5), SOON), (timedelta(minutes=20), 40 * 60)):
        if went is not None:
            at = clock.now() - went
            await database.write(lambda store, at=at: mark(store, at))  # type: ignore[misc]
        scheduler = Scheduler([counting.job], database, clock)
        found = scheduler._first(counting.job, await database.read(lambda store: store.job_runs.last()))
        assert found == pytest.approx(first, abs=1)


def mark(store: Store, at: datetime) -> None:
    store.job_runs.begin("counting", at, timedelta())
    store.job_runs.ended("counting", well=True, says="counted")


async def test_a_job_runs_in_its_time_and_one_that_fails_is_tried_again(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, counting = StillClock(), Counting(every=24 * HOUR)
    counting.fails = True
    scheduler = Scheduler([counting.job], database, clock)
    await scheduler.start()
    try:
        clock.skip(SOON + 1)
        scheduler.arm()
        await counting.ran.wait()
        assert await noted(database) == (False, "the disk is full; make room")
        counting.fails = False
        counting.ran.clear()
        while True:  # armed anew after the failure was noted
            clock.skip(AGAIN + 1)
            scheduler.arm()
            await asyncio.sleep(0.01)
            if counting.ran.is_set():
                break
        assert await noted(database) == (True, "counted")
        counting.ran.clear()
        clock.skip(HOUR)
        scheduler.arm()
        await asyncio.sleep(0.05)
        assert not counting.ran.is_set(), "its time is tomorrow"
    finally:
        await scheduler.stop()


async def test_two_processes_do_a_job_once(database: SqliteDatabase) -> None:
    every = timedelta(hours=1)
    assert await database.write(lambda store: store.job_runs.begin("sweep", START, every))
    assert not await database.write(lambda store: store.job_runs.begin("sweep", START + timedelta(minutes=1), every))
    assert await database.write(lambda store: store.job_runs.begin("sweep", START + every, every))


async def test_a_sweep_deletes_what_is_too_old_and_nothing_else(database: SqliteDatabase) -> None:
    def fill(store: Store) -> tuple[str, str]:
        store.first_time("old", START - timedelta(days=3))
        store.first_time("new", START)
        store.installations.issue_state("old", START - timedelta(minutes=1))
        store.codes.wrong("slack", "T1", "U1", START - timedelta(days=2))
        return store.add_draft({}, START - timedelta(days=31)), store.add_draft({}, START)

    old, new = await database.write(fill)
    clock = StillClock()
    settings = from_environment({"DATABASE_URL": f"sqlite:///{database.path}"})
    sweep = next(job for job in maintenance.jobs(settings, database, clock) if job.name == "sweep")
    assert [str(await sweep.do()) for _ in range(2)] == ["4 old rows removed", "0 old rows removed"]
    kept = await database.read(lambda store: (store.draft(old), store.draft(new)))
    assert kept == (None, {})
    assert not await database.write(lambda store: store.first_time("new", START))


async def test_backups_are_whole_private_and_the_newest_are_kept(database: SqliteDatabase, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    environment = {"DATABASE_URL": f"sqlite:///{database.path}", "BACKUP_DIR": str(folder), "BACKUP_KEEP": "2"}
    settings, clock = from_environment(environment), StillClock()
    backup = next(job for job in maintenance.jobs(settings, database, clock) if job.name == "backup")
    assert backup.every == 24 * HOUR
    said = []
    for _ in range(4):
        said.append(str(await backup.do()))
        (folder / "mine.db").write_text("not one of them")
        clock.move_to(clock.now() + timedelta(days=1))
    names = ["cohort-bot-20270103T120000Z.db", "cohort-bot-20270104T120000Z.db", "mine.db"]
    assert sorted(each.name for each in folder.iterdir()) == names
    assert said[-1] == "cohort-bot-20270104T120000Z.db written, 2 kept"
    verify(folder / names[1])
    assert maintenance.newest_copy(folder) == CALENDAR + timedelta(days=3)
    assert (folder / names[1]).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_backup_leads_past_a_pooler_to_the_server_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(dumps, "back_up", lambda url, _to: asked.append(url))
    environment = {"DATABASE_URL": "postgresql://u@pooler/bot", "DATABASE_DIRECT_URL": "postgresql://u@server/bot"}
    settings = from_environment({**environment, "BACKUP_DIR": str(tmp_path)})
    maintenance.back_up(settings, CALENDAR)
    assert ["@server/" in url for url in asked] == [True]


async def test_a_backup_that_cannot_be_written_keeps_the_others_and_says_why(
    database: SqliteDatabase, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    settings = from_environment({"DATABASE_URL": f"sqlite:///{database.path}", "BACKUP_DIR": str(folder)})
    clock = StillClock()
    backup = next(job for job in maintenance.jobs(settings, database, clock) if job.name == "backup")
    await backup.do()
    folder.rename(tmp_path / "elsewhere")
    folder.write_text("a file in its place")
    with pytest.raises(JobFailed, match="has no new copy"):
        await backup.do()
    assert len(list((tmp_path / "elsewhere").iterdir())) == 1


async def test_a_checkpoint_cuts_the_log_while_the_bot_is_at_work(database: SqliteDatabase) -> None:
    await database.write(lambda store: [store.first_time(str(number), START) for number in range(500)])
    log = database.path.with_name("bot.db-wal")
    assert log.stat().st_size > 0
    assert str(sqlite_maintenance.checkpoint(database.path)) == "the journal is truncated"
    assert log.stat().st_size == 0
    assert not await database.write(lambda store: store.first_time("1", START))


async def test_statistics_are_made_for_sqlite_s_plans(database: SqliteDatabase) -> None:
    await database.write(lambda store: [store.first_time(str(number), START) for number in range(500)])
    sqlite_maintenance.optimize(database.path)
    engine = writer_engine(database.path)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_stat1")).scalar_one() > 0
    engine.dispose()


def test_postgresql_looks_after_itself_and_has_its_backup_all_the_same(tmp_path: Path) -> None:
    environment = {"DATABASE_URL": "postgresql://cohort@/bot", "BACKUP_DIR": str(tmp_path)}
    names = [job.name for job in maintenance.jobs(from_environment(environment), None, StillClock())]  # type: ignore[arg-type]
    assert names == ["sweep", "backup"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("BACKUP_DIR", "/nowhere/at/all"), ("BACKUP_EVERY", "0"), ("BACKUP_EVERY", "daily"), ("BACKUP_KEEP", "-1")],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=name):
        from_environment({name: value})
