"""The SQLite file under its name: used by one process alone, for its owner's eyes, and noticed when it is gone."""

import contextlib
import json
import os
import sqlite3
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from cohort_bot import bootstrap, doctor
from cohort_bot.app.ports.database import CannotSave
from cohort_bot.app.ports.startup import CannotStart
from cohort_bot.cli import main
from cohort_bot.clocks import SystemClock
from cohort_bot.settings import Settings, WrongSetting
from cohort_bot.storage import file_systems, sqlite_file
from cohort_bot.storage.database import SqliteDatabase
from cohort_bot.storage.sqlite_file import AlreadyRunning
from tests.fakes.bot import running

POSIX = pytest.mark.skipif(os.name == "nt", reason="names and modes of files are POSIX's")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps flock apart from SQLite's locks")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "bot.db"
    SqliteDatabase(path).upgrade()
    return path


def run(path: Path) -> tuple[int, str]:
    """`cohort-bot run` on the file: how it ends, and what it says."""
    environment = {"DATABASE_URL": f"sqlite:///{path}", "DISCORD_TOKEN": "x", "DISCORD_API_URL": "", "PORT": ""}
    result = CliRunner().invoke(main, ["run"], env=environment)
    assert result.stderr.count("\n") == 1, result.stderr
    return result.exit_code, result.stderr


async def says(path: Path) -> tuple[str, str]:
    """What the doctor finds about the database first, and its cure."""
    checks = doctor.examine({"DATABASE_URL": f"sqlite:///{path}", "DISCORD_TOKEN": "x"}, SystemClock())
    async for check in checks:
        if check.name == "database":
            await checks.aclose()  # type: ignore[attr-defined] # a generator
            return f"{check.state}: {check.says}", check.cure
    raise AssertionError("nothing was said of the database")


# One process


@POSIX
@pytest.mark.parametrize("folder", ["link", "a/../b"])
def test_a_second_name_through_a_link_is_the_same_file(database: Path, tmp_path: Path, folder: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "link").mkdir()
    other = tmp_path / folder / "other.db"
    (tmp_path / folder / "other.db").symlink_to(database)
    with bootstrap.only_one(database):
        assert run(other) == (
            2,
            f"another cohort-bot is running on {other}; stop it first, or use another database\n",
        )


@LINUX
def test_the_file_itself_is_locked_whatever_its_name(database: Path, tmp_path: Path) -> None:
    """A file that is mounted at another place has two names and one number, as two hard links have."""
    other = tmp_path / "other.db"
    os.link(database, other)
    with (
        bootstrap.only_one(database),
        pytest.raises(AlreadyRunning, match=str(other)),
        sqlite_file._lock_on(other, other),
    ):
        raise AssertionError("it must not be held twice")
    with sqlite_file._lock_on(other, other):
        pass


@POSIX
async def test_a_file_with_two_names_is_refused_with_the_cure(database: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    os.link(database, other)
    code, said = run(other)
    assert code == 2
    assert "2 names (hard links)" in said
    assert "remove the others" in said
    assert (await says(database))[0].startswith("fix: DATABASE_URL is")
    other.unlink()
    sqlite_file.check(database)


def test_the_lock_of_a_new_database_is_held_too(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with (
        bootstrap.only_one(path, make=True),
        pytest.raises(AlreadyRunning),
        bootstrap.only_one(path),
    ):
        raise AssertionError("it must not be held twice")
    with bootstrap.only_one(tmp_path / "never.db"):
        assert not (tmp_path / "never.db").exists(), "only who asks for it makes a file"


# What is no database


def text(path: Path) -> None:
    path.write_text("a letter that somebody has put in the database's place " * 20)


def other_program(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")


def newer(path: Path) -> None:
    SqliteDatabase(path).upgrade()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'later'")
        connection.commit()


def damaged(path: Path) -> None:
    SqliteDatabase(path).upgrade()
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 4000)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (text, "is no SQLite database; name another file, or restore a backup"),
        (other_program, "the database of another program; name another file"),
        (newer, "schema later of a newer cohort-bot; install that one"),
        (damaged, "cannot be used (database disk image is malformed); check its disk"),
        (lambda path: path.mkdir(), "is no file; name a file"),
        pytest.param(os.mkfifo if os.name != "nt" else None, "is no file; name a file", marks=POSIX),
    ],
    ids=["text", "other program", "newer", "damaged", "folder", "fifo"],
)
@pytest.mark.parametrize("words", [["db", "upgrade"], ["run"]], ids=" ".join)
def test_a_file_that_is_no_database_is_one_line_and_stays_as_it_is(
    tmp_path: Path, make: Callable[[Path], None], said: str, words: list[str]
) -> None:
    path = tmp_path / "bot.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    environment = {"DATABASE_URL": f"sqlite:///{path}", "SLACK_BOT_TOKEN": "xoxb-x", "SLACK_APP_TOKEN": "xapp-x"}
    result = CliRunner().invoke(main, words, env={**environment, "SLACK_API_URL": "http://127.0.0.1:9/api/"})
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert before is None or path.read_bytes() == before


@pytest.mark.parametrize("words", [["export", "--cohort", "AI"], ["db", "backup", "safe.db"]], ids=" ".join)
def test_reading_a_file_that_is_no_database_is_one_line(tmp_path: Path, words: list[str]) -> None:
    text(tmp_path / "bot.db")
    result = CliRunner().invoke(main, words, env={"DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}"})
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)


# Where a database has been before


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ("bot.db.before-restore-20270104T080000", "put the old one back: mv "),
        ("bot.db.restoring", "run it again (cohort-bot db restore FILE)"),
        ("bot.db-wal", "its journal bot.db-wal is there: the file was deleted or moved"),
    ],
)
async def test_no_empty_database_is_made_where_one_has_been(tmp_path: Path, left: str, said: str) -> None:
    path = tmp_path / "bot.db"
    (tmp_path / left).write_bytes(b"something")
    code, line = run(path)
    assert (code, said in line) == (2, True), line
    assert not path.exists()
    found, cure = await says(path)
    assert found.startswith("fix: ")
    assert cure
    (tmp_path / left).rename(tmp_path / "elsewhere")
    sqlite_file.ensure(path)
    assert path.exists()


def test_an_old_database_that_a_restore_has_kept_is_in_nobodys_way(database: Path, tmp_path: Path) -> None:
    (tmp_path / "bot.db.before-restore-20270104T080000").write_bytes(b"something")
    sqlite_file.check(database)


# For its owner's eyes


@POSIX
async def test_all_files_are_for_their_owner_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        old = tmp_path / "bot.db"
        old.touch(0o644)  # as an earlier release made it
        with bootstrap.only_one(old, make=True):
            async with running(tmp_path) as bot:
                await bot.create()
                modes = {each.name: oct(stat.S_IMODE(each.stat().st_mode)) for each in os.scandir(tmp_path)}
    finally:
        os.umask(before)
    assert {"bot.db", "bot.db-wal", "bot.db-shm", "bot.db.lock"} <= set(modes)
    assert set(modes.values()) == {"0o600"}


@POSIX
@pytest.mark.process
def test_an_export_into_a_file_is_for_its_owner(database: Path, tmp_path: Path) -> None:
    import subprocess  # noqa: PLC0415 - the shell's part

    with contextlib.closing(sqlite3.connect(database)) as connection:
        columns = "platform, workspace, name, name_key, programme, start, at, zone, creator, created_at"
        values = "'slack', 'T1', 'AI', 'ai', 'my-own', '2027-01-04', '09:00', 'UTC', 'U1', 0"
        connection.execute(
            f"INSERT INTO cohorts ({columns}, planned_until, next_due) VALUES ({values}, 0, 0)"  # noqa: S608
        )
        connection.commit()
    out = tmp_path / "export.json"
    with out.open("w", encoding="utf-8") as file:
        out.chmod(0o644)
        program = str(Path(sys.executable).with_name("cohort-bot"))
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}"}
        words = [program, "export", "--cohort", "AI", "--format", "json"]
        subprocess.run(words, env=environment, stdout=file, check=True)
    assert json.loads(out.read_text(encoding="utf-8")) == []
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


# Gone while it is open


def deleted(path: Path) -> None:
    path.unlink()


def moved(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))


def replaced(path: Path) -> None:
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    copy.replace(path)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def journal_deleted(path: Path) -> None:
    path.with_name(path.name + "-wal").unlink()


@POSIX
@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (deleted, "is gone: it was deleted or moved."),
        (moved, "is gone: it was deleted or moved."),
        (replaced, "was replaced by another one."),
        (emptied, "was emptied."),
        (journal_deleted, "beside the database file was deleted or replaced."),
    ],
)
async def test_a_file_that_is_gone_is_noticed_and_nothing_is_confirmed(
    tmp_path: Path, spoil: Callable[[Path], None], problem: str
) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        assert await bot.runtime.findings() == []
        posts = len(bot.chat.posts("general"))
        spoil(tmp_path / "bot.db")
        for line in ("/join timezone:Europe/Berlin", "/help", "/plan"):
            said = await bot.say("member-1", line)
            assert "Welcome" not in said
            assert "can't save anything right now" in said or line == "/help"
        with pytest.raises(CannotSave):
            await bot.runtime.database.read(lambda store: store.cohorts.active())
        (finding,) = await bot.runtime.findings()
        assert problem in finding.problem
        assert "Nothing is saved." in finding.problem
        assert "restore a backup" in finding.cure
        assert len(bot.chat.posts("general")) == posts


@POSIX
async def test_a_file_that_is_put_back_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    async with running(tmp_path) as bot:
        await bot.create()
        path.rename(tmp_path / "elsewhere")
        assert "can't save" in await bot.say("member-1", "/join timezone:Europe/Berlin")
        (tmp_path / "elsewhere").rename(path)
        assert await bot.runtime.findings() == []
        assert "Welcome" in await bot.say("member-1", "/join timezone:Europe/Berlin")


# Which file systems

MOUNTS = """\
/dev/vda / ext4 rw,relatime 0 0
server:/export /srv/nfs nfs4 rw,vers=4.2 0 0
//nas/share /mnt/my\\040share cifs rw 0 0
sshfs#host: /mnt/ssh fuse.sshfs rw 0 0
tmpfs /srv/nfs/inner tmpfs rw 0 0
share /mnt/vm virtiofs rw 0 0
/dev/sdb1 /mnt/usb fuseblk rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind", "fit"),
    [
        ("/var/lib/bot.db", "ext4", "fit"),
        ("/srv/nfs/bot.db", "nfs4", "unfit"),
        ("/srv/nfsother/bot.db", "ext4", "fit"),
        ("/srv/nfs/inner/bot.db", "tmpfs", "fit"),
        ("/mnt/my share/deep/bot.db", "cifs", "unfit"),
        ("/mnt/ssh/bot.db", "fuse.sshfs", "unfit"),
        ("/mnt/vm/bot.db", "virtiofs", "doubtful"),
        ("/mnt/usb/bot.db", "fuseblk", "doubtful"),
    ],
)
@POSIX
def test_the_file_system_of_a_path_is_known(path: str, kind: str, fit: str) -> None:
    assert file_systems.kind_of(Path(path), MOUNTS) == kind
    assert file_systems.fitness(kind) == fit


@POSIX
def test_a_network_file_system_is_refused_unless_the_risk_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/export {tmp_path.resolve()} nfs4 rw 0 0\n")
    monkeypatch.setattr(file_systems, "MOUNTS", mounts)
    here = Settings(database_url=f"sqlite:///{tmp_path / 'bot.db'}")
    with pytest.raises(WrongSetting, match=r"type nfs4, which may lose.*; name a file.*ALLOW_NETWORK_DISK=1"):
        bootstrap.check_disk(here)
    code, said = run(tmp_path / "bot.db")
    assert (code, "nfs4" in said) == (2, True)
    risked = bootstrap.check_disk(Settings(database_url=here.database_url, allow_network_disk=True))
    assert risked is not None
    assert "nfs4" in risked.problem
    assert bootstrap.check_disk(Settings(database_url="postgresql://x@y/z")) is None


@LINUX
def test_where_locks_of_both_kinds_are_one_sqlite_keeps_its_own(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On NFS a lock of the whole file would keep SQLite out, which locks parts of it."""
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/export {tmp_path.resolve()} nfs4 rw 0 0\n")
    monkeypatch.setattr(file_systems, "MOUNTS", mounts)
    with bootstrap.only_one(database), sqlite_file._lock_on(database, database):
        pass


def test_what_cannot_be_made_says_so(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="make the folder"):
        sqlite_file.ensure(tmp_path / "nowhere" / "bot.db")
