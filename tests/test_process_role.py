"""Processes: how one ends, what each of several is to do, and that no two have the same part of Discord's servers."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from cohort_bot import bootstrap
from cohort_bot.cli import main
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from cohort_bot.process_role import ProcessRole, Shards, WrongRole, read_role
from cohort_bot.storage.locks import Held
from cohort_bot.storage.postgres import PostgresDatabase
from tests.fakes.databases import Current


def test_a_signal_asks_for_the_end_and_afterwards_does_what_it_did_before() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    async def once() -> None:
        with bootstrap.stop_signal() as stop:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(stop.wait(), 10)

    asyncio.run(once())
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--role", "courier"], "--role courier needs a database that several processes can use; set DATABASE_URL"),
        (["--shards", "0-3/16"], "--shards 0-3/16 leaves some to other processes, which need DATABASE_URL"),
        (["--shards", "3-1/16"], "--shards is '3-1/16'; give the first, the last and how many there are"),
        (["--shards", "many"], "--shards is 'many'; give the first, the last and how many there are"),
    ],
)
def test_what_one_file_cannot_do_is_refused_with_the_cure(arguments: list[str], said: str, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}", "DISCORD_TOKEN": "x"}
    result = CliRunner().invoke(main, ["run", *arguments], env=environment)
    assert result.exit_code == 2
    assert result.stderr.startswith(said)
    assert result.stderr.count("\n") == 1


def test_a_server_that_cannot_be_reached_is_one_line_without_the_password() -> None:
    address = "postgres://somebody:hidden@127.0.0.1:1/bot?password=hidden"
    refused = CliRunner().invoke(main, ["db", "upgrade"], env={"DATABASE_URL": address.replace("127.0.0.1:1", "x:no")})
    assert refused.exit_code == 2
    assert (
        refused.stderr == "DATABASE_URL is 'postgres://x:no/bot'; set it to postgresql://USER:PASSWORD@HOST:PORT/NAME\n"
    )


@pytest.mark.postgresql
def test_a_database_that_is_not_there_is_one_line_with_the_cure(tmp_path: Path) -> None:
    there = Current.databases.url(tmp_path)
    name = there.partition("?")[0].rpartition("/")[2]
    result = CliRunner().invoke(main, ["db", "upgrade"], env={"DATABASE_URL": there.replace(name, "nowhere")})
    assert result.exit_code == 2
    assert result.stderr.startswith("DATABASE_URL: PostgreSQL cannot be used at ")
    assert 'database "nowhere" does not exist' in result.stderr
    assert result.stderr.count("\n") == 1


def test_each_role_has_its_part() -> None:
    roles = {name: read_role(name, None, on_postgres=True) for name in ("all", "gateway", "courier", "web")}
    assert {name: (each.connects, each.serves, each.carries) for name, each in roles.items()} == {
        "all": (True, True, True),
        "gateway": (True, False, False),
        "courier": (False, False, True),
        "web": (False, True, False),
    }
    assert read_role("gateway", "0-3/16", on_postgres=True) == ProcessRole("gateway", Shards(0, 3, 16))
    assert read_role("all", "0/1", on_postgres=False).shards == Shards(0, 0, 1)
    with pytest.raises(WrongRole, match="for gateways"):
        read_role("courier", "0-3/16", on_postgres=True)


@pytest.mark.postgresql
async def test_the_second_gateway_of_a_shard_waits_until_the_first_is_gone(tmp_path: Path) -> None:
    conninfo = PostgresDatabase(Current.databases.url(tmp_path)).conninfo
    first, beside, second = (Held(conninfo, DiscordPlatform.lock_family, ids) for ids in ([0, 1], [2, 3], [1, 2]))
    refused = asyncio.Event()
    await first.acquire(refused.set)
    await beside.acquire(refused.set)
    assert not refused.is_set(), "other shards are free"
    waiting = asyncio.create_task(second.acquire(refused.set))
    await asyncio.wait_for(refused.wait(), 10)
    await first.release()
    await beside.release()
    await asyncio.wait_for(waiting, 10)
    refused.clear()
    whole = Held(conninfo, DiscordPlatform.lock_family, [])
    waiting = asyncio.create_task(whole.acquire(refused.set))
    await asyncio.wait_for(refused.wait(), 10)  # somebody has a part of it
    await second.release()
    await asyncio.wait_for(waiting, 10)
    await whole.release()


@pytest.mark.postgresql
async def test_a_gateway_that_lost_its_connection_takes_its_shards_again_or_learns_who_has_them(tmp_path: Path) -> None:
    conninfo = PostgresDatabase(Current.databases.url(tmp_path)).conninfo
    first, second = Held(conninfo, DiscordPlatform.lock_family, [0]), Held(conninfo, DiscordPlatform.lock_family, [0])
    await first.acquire(lambda: None)
    assert first._connection is not None
    await first._connection.close()
    await second.acquire(lambda: None)
    async with asyncio.timeout(10):
        await first.lost.wait()
    await first.release()
    await second.release()
