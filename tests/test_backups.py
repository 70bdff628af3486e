"""Backups: made while the bot works, and gone on from without posting anything twice."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot import backups, bootstrap
from cohort_bot.backups import Unusable
from cohort_bot.chat.message import Message
from cohort_bot.settings import Settings
from cohort_bot.storage.backups import verify
from tests.fakes.bot import LIBRARY, StillClock, running
from tests.fakes.command_line import cohort_bot
from tests.fakes.databases import Current
from tests.fakes.discord_server import DiscordServer
from tests.platforms.discord import cohort as on_discord

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)


def of(path: Path) -> Settings:
    """The database of the running test: `path` is where it is on SQLite."""
    return Settings(database_url=Current.databases.url(path.parent))


def restored(path: Path, file: Path, clock: StillClock) -> backups.Restored:
    return backups.restore(of(path), file, LIBRARY, clock)


def posted(server: DiscordServer) -> Counter[str]:
    """Every message that is in a channel or a direct conversation, by its lasting mark."""
    return Counter(
        message.nonce or message.text for channel in server.world.channels.values() for message in channel.messages
    )


def cards(server: DiscordServer) -> list[str]:
    return [
        post.text.split(" · ")[0] for post in server.channel("general").messages if post.text.startswith("### Week")
    ]


@pytest.mark.both_databases
async def test_a_drill_the_disk_is_lost_after_a_backup_under_load_and_nothing_comes_twice(tmp_path: Path) -> None:
    path, file, clock = tmp_path / "bot.db", tmp_path / "safe.db", StillClock()
    people = ("member-1", "member-2", "member-3")
    async with DiscordServer(clock.now) as server:
        async with on_discord.running(tmp_path, server=server, clock=clock) as bot:
            await bot.create()
            await bot.join(*people)
            await bot.until(MONDAY)
            # The backup is made while check-ins and what they post are on their way.
            backup = asyncio.create_task(asyncio.to_thread(backups.back_up, of(path), file))
            for person in people:
                form = await server.slash(person, "general", "checkin")
                await server.submit(person, form, tasks=["1"], done=f"read {person}", share=["thread"])
                clock.skip(20)
            await backup
            await bot.runtime.settle()
            await bot.until(MONDAY + timedelta(days=7, hours=3))  # a whole week more: reminders, the next card
            before = posted(server)
            assert cards(server) == ["### Week 1", "### Week 2"]
        Current.databases.lose(tmp_path)
        server.http.forget_nonces()
        clock.move_to(clock.now() + timedelta(hours=2))
        done = await asyncio.to_thread(restored, path, file, clock)
        assert done.kept is None
        assert done.doubted > 0
        async with on_discord.running(tmp_path, server=server, clock=clock) as bot:
            await bot.runtime.settle()
            again = posted(server)
            assert {mark: count for mark, count in again.items() if count > 1} == {}
            assert again == before, "all that was due before the loss was there already"
            await bot.days(14)
            assert cards(server) == ["### Week 1", "### Week 2", "### Week 3", "### Week 4"]
            form = await server.slash("member-1", "general", "checkin")
            assert "week 3" in form.title.lower() or "week 4" in form.title.lower()
        assert max(posted(server).values()) == 1


@pytest.mark.both_databases
async def test_what_was_never_posted_comes_after_a_restore(tmp_path: Path) -> None:
    path, file, clock = tmp_path / "bot.db", tmp_path / "safe.db", StillClock()
    async with DiscordServer(clock.now) as server:
        async with on_discord.running(tmp_path, server=server, clock=clock) as bot:
            await bot.create()
            await asyncio.to_thread(backups.back_up, of(path), file)
        Current.databases.lose(tmp_path)
        clock.move_to(MONDAY + timedelta(hours=1))
        await asyncio.to_thread(restored, path, file, clock)
        async with on_discord.running(tmp_path, server=server, clock=clock) as bot:
            await bot.runtime.settle()
        assert cards(server) == ["### Week 1"]


async def test_a_cohort_on_a_programme_that_was_added_in_chat_is_restored(tmp_path: Path) -> None:
    guide = "# Mine\n\n## Week 1: Lists\n- Read\n\n## Week 2: Sets\n- Write\n"
    async with running(tmp_path) as bot:
        form = await bot.form("moderator", "/cohort programme add")
        preview = await bot.chat.submit("moderator", form, text=guide, name="mine")
        assert isinstance(preview, Message)
        await bot.press("moderator", preview, "Keep it")
        await bot.create(options="timezone:Europe/Berlin programme:mine")
        await asyncio.to_thread(backups.back_up, of(tmp_path / "bot.db"), tmp_path / "copy.db")
    done = await asyncio.to_thread(restored, tmp_path / "bot.db", tmp_path / "copy.db", bot.clock)
    assert done.doubted == 0
    async with running(tmp_path, chat=bot.chat, clock=bot.clock) as again:
        assert "Lists" in await again.say("moderator", "/cohort programme show name:mine")


async def test_a_restore_keeps_the_old_file_and_the_old_file_still_works(tmp_path: Path) -> None:
    path, file, clock = tmp_path / "bot.db", tmp_path / "safe.db", StillClock()
    async with DiscordServer(clock.now) as server:
        async with on_discord.running(tmp_path, server=server, clock=clock) as bot:
            await bot.create("First")
            await asyncio.to_thread(backups.back_up, of(path), file)
            await bot.create("Second")
        done = await asyncio.to_thread(restored, path, file, clock)
        assert done.kept is not None
        assert [names(each) for each in (path, Path(done.kept))] == [["First"], ["First", "Second"]]
        verify(Path(done.kept))
    assert [name for name in os.listdir(tmp_path) if "restoring" in name] == []  # noqa: PTH208 - in a running loop


def names(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM cohorts ORDER BY id")]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    from cohort_bot.storage.database import SqliteDatabase  # noqa: PLC0415 - here alone

    path = tmp_path / "bot.db"
    SqliteDatabase(path).upgrade()
    return path


def test_beside_a_running_bot_nothing_is_restored(database: Path, tmp_path: Path) -> None:
    backups.back_up(of(database), tmp_path / "safe.db")
    with bootstrap.only_one(database), pytest.raises(bootstrap.AlreadyRunning, match="stop it first"):
        restored(database, tmp_path / "safe.db", StillClock())


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda file: file.write_bytes(b"not a database"), "no database of cohort-bot"),
        (
            lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
            "damaged|no data",
        ),
        (lambda file: file.unlink(), "no database of cohort-bot"),
        (lambda file: spoilt(file, "UPDATE alembic_version SET version_num = 'later'"), "newer cohort-bot"),
        (lambda file: spoilt(file, "DROP TABLE alembic_version"), "no database of cohort-bot"),
    ],
    ids=["text", "cut", "missing", "newer", "foreign"],
)
def test_a_backup_that_cannot_be_used_changes_nothing(database: Path, tmp_path: Path, spoil: object, says: str) -> None:
    file = tmp_path / "safe.db"
    backups.back_up(of(database), file)
    spoil(file)  # type: ignore[operator]
    before = database.read_bytes()
    with pytest.raises(Unusable, match=says):
        restored(database, file, StillClock())
    assert database.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir() if each != file) == ["bot.db", "bot.db.lock"]


def spoilt(file: Path, statement: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(statement)
    connection.close()


def test_a_backup_is_whole_or_not_there_and_only_for_its_owner(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "safe.db"
    backups.back_up(of(database), file)
    assert file.stat().st_mode & 0o777 == 0o600 or os.name == "nt"
    old = file.read_bytes()
    spoilt(database, "DROP TABLE alembic_version")
    with pytest.raises(Unusable):
        backups.back_up(of(database), file)
    assert file.read_bytes() == old
    assert not list(tmp_path.glob("*.part"))
    with pytest.raises(Unusable, match="the database itself"):
        backups.back_up(of(database), database)
    with pytest.raises(Unusable, match="there is no database"):
        backups.back_up(Settings(database_url=f"sqlite:///{tmp_path / 'none.db'}"), file)


def test_a_programme_that_is_missing_stops_a_restore(database: Path, tmp_path: Path) -> None:
    columns = (
        "platform, workspace, name, name_key, programme, start, at, zone, creator, created_at, planned_until, next_due"
    )
    values = "'slack', 'T1', 'AI', 'ai', 'my-own', '2027-01-04', '09:00', 'UTC', 'U1', 0, 0, 0"
    spoilt(database, f"INSERT INTO cohorts ({columns}) VALUES ({values})")  # noqa: S608 - our own words
    backups.back_up(of(database), tmp_path / "safe.db")
    with pytest.raises(Unusable, match="CONTENT_DIR"):
        restored(database, tmp_path / "safe.db", StillClock())


@pytest.mark.process
def test_on_the_command_line(database: Path, tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return cohort_bot(*words, cwd=tmp_path, env={**os.environ, "DATABASE_URL": f"sqlite:///{database}"})

    file = str(tmp_path / "safe.db")
    assert run("db", "backup", file).returncode == 0
    shutil.copy(file, tmp_path / "copy.db")
    done = run("db", "restore", file)
    assert (done.returncode, "before-restore" in done.stdout) == (0, True), done.stderr
    with bootstrap.only_one(database):
        refused = run("db", "restore", file)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert "another cohort-bot is running" in refused.stderr
