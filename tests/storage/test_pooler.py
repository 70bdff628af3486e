"""A real pooler that shares connections between transactions: refused with the cure, or used with a second address."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from cohort_bot import doctor, year_ahead
from cohort_bot.app.ports.startup import CannotStart
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.chat.message import Message
from cohort_bot.clocks import SystemClock
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from cohort_bot.runtime import Bot
from cohort_bot.settings import WrongSetting, from_environment
from cohort_bot.storage import postgres
from cohort_bot.storage.jobs import Beat, Jobs
from cohort_bot.storage.locks import Held
from cohort_bot.storage.postgres import PostgresDatabase
from tests.fakes.bot import LIBRARY, QUICK, BotUnderTest, StillClock
from tests.fakes.databases import Current
from tests.fakes.memory import MemoryPlatform
from tests.fakes.pgbouncer import need_pgbouncer, pooled

pytestmark = pytest.mark.postgresql

TUESDAY = datetime(2027, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def direct(tmp_path: Path) -> str:
    """The server's own address of a database of this test."""
    need_pgbouncer()
    return Current.databases.url(tmp_path)


@pytest.fixture
async def shared(direct: str, tmp_path: Path) -> AsyncIterator[str]:
    """The same through a pooler that shares three connections among all."""
    async with pooled(direct, tmp_path, "transaction", 3) as url:
        yield url


async def refused(url: str, second: str = "") -> str:
    """What a start with the two addresses says."""
    database = PostgresDatabase(url, direct=second)
    try:
        with pytest.raises(CannotStart) as found:
            await asyncio.to_thread(database.upgrade)
    finally:
        await database.close()
    return str(found.value)


async def test_without_the_servers_own_address_it_is_refused_with_the_cure(shared: str) -> None:
    said = await refused(shared)
    assert said.startswith("DATABASE_URL leads to a pooler that shares connections between transactions; ")
    assert "set DATABASE_DIRECT_URL to the address of the server itself" in said
    assert "pool_mode=session" in said


async def test_the_second_address_must_lead_past_it_to_the_same_database(shared: str, direct: str) -> None:
    assert "DATABASE_DIRECT_URL leads to a pooler" in await refused(shared, shared + "?application_name=x")
    other = make_url(direct).set(database="template1").render_as_string(hide_password=False)
    assert "DATABASE_DIRECT_URL leads to another database" in await refused(shared, other)


async def test_a_server_that_is_away_is_named_by_its_setting(shared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "RECONNECT", ())
    database = PostgresDatabase(shared, direct="postgresql://cohort@127.0.0.1:1/bot")
    with pytest.raises(Exception, match=r"^DATABASE_DIRECT_URL: PostgreSQL cannot be used at "):
        await asyncio.to_thread(database.upgrade)
    await database.close()


@pytest.mark.parametrize("most", [1, 20])
async def test_a_pooler_without_transactions_is_refused(direct: str, tmp_path: Path, most: int) -> None:
    async with pooled(direct, tmp_path, "statement", most) as url:
        for second in ("", direct):
            assert "pool_mode=statement, which allows no transactions" in await refused(url, second)


async def test_one_connection_for_all_is_noticed_and_a_session_is_let_pass(direct: str, tmp_path: Path) -> None:
    async with pooled(direct, tmp_path, "transaction", 1) as url:
        assert "shares connections" in await refused(url)
    async with pooled(direct, tmp_path, "session", 20) as url:
        database = PostgresDatabase(url)
        await asyncio.to_thread(database.upgrade)
        await database.close()


async def test_the_doctor_says_so(shared: str, direct: str) -> None:
    async def database(**more: str) -> list[tuple[str, str]]:
        checks = doctor.examine({"DATABASE_URL": shared, "DISCORD_TOKEN": "x", **more}, SystemClock())
        found: list[tuple[str, str]] = []
        async for each in checks:
            found += [(each.state, each.cure)] if each.name in {"database", "migration"} else []
            if found:
                break
        return found

    ((state, cure),) = await database()
    assert (state, cure[:23]) == ("fix", "Set DATABASE_DIRECT_URL")
    ((state, _),) = await database(DATABASE_DIRECT_URL=direct)
    assert state == "ok"
    for more, names, rehearsed in (({}, {"database"}, False), ({"DATABASE_DIRECT_URL": direct}, set(), True)):
        checks, months = await year_ahead.examine(
            {"DATABASE_URL": shared, **more}, SystemClock(), 1, lambda _month: None
        )
        assert ({check.name for check in checks if check.state == "fix"}, months is not None) == (names, rehearsed)


async def test_a_cohort_lives_behind_it(shared: str, direct: str) -> None:
    clock = StillClock()
    chat = MemoryPlatform(clock.now)
    database = PostgresDatabase(shared, direct=direct)
    people = ("member-1", "member-2", "member-3")
    async with Bot(database, LIBRARY, {chat.name: chat}, clock, QUICK) as application:
        bot = BotUnderTest(application, chat, clock, Path())
        await bot.create()
        await bot.join(*people)
        await bot.until(TUESDAY)
        for _ in range(3):
            clock.skip(60)
            await asyncio.gather(*(bot.check_in(person, done="read") for person in people))
        await bot.days(7)
        assert await bot.runtime.findings() == []
    weeks = [text.split(" · ")[0] for text in chat.timeline() if text.startswith("Week ")]
    assert weeks == ["Week 1", "Week 2"]


async def test_nothing_is_prepared_behind_it(shared: str, direct: str) -> None:
    """By itself the driver prepares what a connection has said five times, under names that each connection counts."""
    database = PostgresDatabase(shared, direct=direct)

    def often(store: Store) -> None:
        for number in range(20):
            store.people.account("local", "w", f"u{number}")

    await asyncio.gather(*(database.write(often, fenced=True) for _ in range(40)))
    await database.close()


async def test_several_couriers_behind_it_bring_each_post_once_and_are_told(
    shared: str, direct: str, caplog: pytest.LogCaptureFixture
) -> None:
    """They ask for new jobs every minute only: what is there at once was told by the server."""
    clock = StillClock()
    chat = MemoryPlatform(clock.now)
    databases = [PostgresDatabase(shared, direct=direct) for _ in range(2)]
    beat = Beat(heartbeat=0.02, stalled=60.0, look=60.0, poll=60.0)
    applications = [
        Bot(each, LIBRARY, {chat.name: chat}, clock, QUICK, engine=Jobs(each, clock.now, beat)) for each in databases
    ]
    own = "datname = current_database() AND starts_with(query, 'LISTEN')"
    async with (
        applications[0],
        applications[1],
        await psycopg.AsyncConnection.connect(direct, autocommit=True) as server,
    ):
        async with asyncio.timeout(30):
            listening = (0,)
            while listening != (2,):
                found = await server.execute(f"SELECT count(*) FROM pg_stat_activity WHERE {own}")  # noqa: S608 - words of this test
                listening = await found.fetchone() or (0,)
        bot = BotUnderTest(applications[0], chat, clock, Path())
        preview = await bot.type("moderator", '/cohort create name:"AI 2027" timezone:Europe/Berlin')
        assert isinstance(preview, Message)
        await chat.press("moderator", preview, "Create")
        (cohort,) = await databases[0].read(lambda store: store.cohorts.active())
        (room,) = await databases[0].read(lambda store: store.cohorts.rooms(cohort.id))
        for number in range(3):
            key = f"announce {number}"
            new = NewDelivery(key, "announce", "local", cohort.id, clock.now(), room_id=room.id, args={"text": key})
            await databases[number % 2].write(lambda store, new=new: store.deliveries.add([new]))  # type: ignore[misc]
        async with asyncio.timeout(30):
            while len(chat.timeline()) < 4:  # noqa: ASYNC110 - nobody tells what is posted
                await asyncio.sleep(0.05)
    assert len(chat.timeline()) == len(set(chat.timeline())) == 4
    assert "lost PostgreSQL" not in caplog.text
    assert "prepared statement" not in caplog.text


async def test_the_locks_of_gateways_are_taken_past_it(shared: str, direct: str) -> None:
    database = PostgresDatabase(shared, direct=direct)
    first, second = (Held(database.direct, DiscordPlatform.lock_family, [0]) for _ in range(2))
    await first.acquire(lambda: None)
    waits = asyncio.Event()
    waiting = asyncio.create_task(second.acquire(waits.set))
    async with asyncio.timeout(10):
        await waits.wait()
        await first.release()
        await waiting
    await second.release()
    await database.close()


def test_the_setting_is_checked() -> None:
    with pytest.raises(WrongSetting, match=r"DATABASE_DIRECT_URL is 'mysql://x'; set it to postgresql://"):
        from_environment({"DATABASE_URL": "postgres://a:secret@b/c", "DATABASE_DIRECT_URL": "mysql://x"})
    found = from_environment({"DATABASE_URL": "postgres://a:b@c/d", "DATABASE_DIRECT_URL": "postgres://a:secret@e/d"})
    assert found.server_url == "postgres://a:secret@e/d"
    assert "secret" not in repr(found)
