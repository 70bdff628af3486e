"""The playground's chat service: what would be Discord's or Slack's own servers, in one SQLite file.

It knows channels, threads, inboxes and private answers, and nothing of cohorts. It keeps its own file, so that what was
posted survives a restart whatever happens to the bot's database. Like the real thing it posts whatever it is sent:
the same mark twice is two messages.

Each call is one small transaction (well under a millisecond, plus the sync to disk when it writes), so it simply
runs in the event loop.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cohort_bot.chat import codec
from cohort_bot.chat.message import Message


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can be played in the page. `zone` is an IANA name; `admin` may manage the workspace; `in_story`: they
    are one of the sample cohort; `language` is that of their client.
    """

    id: str
    name: str
    zone: str = "UTC"
    admin: bool = False
    in_story: bool = False
    language: str = "en"


SAMPLES = (
    Person("moderator", "Sample Moderator", "Europe/Berlin", admin=True),
    Person("member-1", "Sample Member 1", "Europe/Berlin"),
    Person("member-2", "Sample Member 2", "America/Los_Angeles"),
    Person("member-3", "Sample Member 3", "Asia/Kolkata"),
)
CHANNELS = ("general", "study-hall")
DM = "dm-"


def dm_channel(person: str) -> str:
    """The channel of a person's direct conversation with the bot."""
    return f"{DM}{person}"


GROUP = "group-"


def group_channel(people: Sequence[str]) -> str:
    """The channel of a few people's own conversation; its name says who they are."""
    return GROUP + "+".join(sorted(people))


def people_of(channel: str) -> Sequence[str]:
    """Who has a conversation of their own in the channel; nobody when it is another kind of channel."""
    return channel.removeprefix(GROUP).split("+") if channel.startswith(GROUP) else ()


_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    root INTEGER REFERENCES messages (id) ON DELETE CASCADE,
    private TEXT,            -- the one person who sees it; NULL: everybody in the channel
    prompt TEXT NOT NULL,    -- what a private answer answers
    mark TEXT,
    body TEXT NOT NULL,
    posted_at TEXT NOT NULL, -- UTC, always with microseconds, so that text order is time order
    edited INTEGER NOT NULL DEFAULT 0,
    title TEXT               -- of the thread under it; NULL: no thread was opened
);
CREATE INDEX IF NOT EXISTS messages_by_place ON messages (channel, root, id);
CREATE INDEX IF NOT EXISTS messages_by_root ON messages (root);
CREATE INDEX IF NOT EXISTS messages_by_mark ON messages (mark);
CREATE TABLE IF NOT EXISTS reads (
    person TEXT NOT NULL,
    channel TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (person, channel)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_COLUMNS = "id, channel, root, private, prompt, body, posted_at, edited, title"


@dataclass(frozen=True, slots=True)
class Posted:
    """A message in the service. `root` is the message whose thread it is in; `replies` are filled in by `timeline`."""

    id: int
    channel: str
    root: int | None
    private: str | None
    prompt: str
    message: Message
    posted_at: datetime
    edited: bool
    title: str | None
    replies: tuple["Posted", ...] = ()


class Chat:
    """The service. `path` is its SQLite file, `:memory:` for a test; `close` it when done."""

    def __init__(self, path: Path | str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(_SCHEMA)
        self._version = 0
        self._changed = asyncio.Event()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Keep all that happens within in one transaction, or nothing of it when that fails."""
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # What posts and reads messages

    def post(
        self,
        channel: str,
        message: Message,
        at: datetime,
        *,
        root: int | None = None,
        mark: str | None = None,
        private: str | None = None,
        prompt: str = "",
    ) -> int:
        """Post a message and return its id. `private` names the one person who sees it, `prompt` what it answers."""
        cursor = self._db.execute(
            "INSERT INTO messages (channel, root, private, prompt, mark, body, posted_at) VALUES (?,?,?,?,?,?,?)",
            (channel, root, private, prompt, mark, codec.dumps(message), _stamp(at)),
        )
        self.touch()
        if cursor.lastrowid is None:
            raise RuntimeError("an INSERT always has a row id")
        return cursor.lastrowid

    def get(self, message_id: int) -> Posted | None:
        """One message, without its replies."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM messages WHERE id = ?", (message_id,)).fetchone()  # noqa: S608
        return None if row is None else _posted(row)

    def find(self, channel: str, root: int | None, mark: str, since: datetime) -> int | None:
        """The first message with the mark in the channel or thread, posted at `since` or later."""
        row = self._db.execute(
            "SELECT min(id) FROM messages WHERE mark = ? AND channel = ? AND root IS ? AND posted_at >= ?",
            (mark, channel, root, _stamp(since)),
        ).fetchone()
        message_id: int | None = row[0]
        return message_id

    def edit(self, message_id: int, message: Message) -> bool:
        """Replace what a message says. False when there is no such message.

        Said in another language it is no edit, and its thread is called as it is.
        """
        before = self.get(message_id)
        if before is None:
            return False
        title, edited = before.title, True
        if message.language != before.message.language:
            title, edited = message.summary if title == before.message.summary else title, before.edited
        values = (codec.dumps(message), edited, title, message_id)
        return self._change("UPDATE messages SET body = ?, edited = ?, title = ? WHERE id = ?", values)

    def open_thread(self, message_id: int, title: str) -> bool:
        """Open the thread under a message; the first title stays. False when there is no such message."""
        return self._change("UPDATE messages SET title = coalesce(title, ?) WHERE id = ?", (title, message_id))

    def dismiss(self, message_id: int, person: str) -> bool:
        """Take away a private answer. False when the person has none of that id."""
        return self._change("DELETE FROM messages WHERE id = ? AND private = ?", (message_id, person))

    def timeline(
        self, channel: str, person: str, before: int | None = None, most: int = 100
    ) -> tuple[Sequence[Posted], bool]:
        """The last `most` messages that the person sees, oldest first, with replies; and whether there are earlier."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM messages WHERE channel = ? AND root IS NULL"  # noqa: S608 - column names
            " AND (private IS NULL OR private = ?) AND id < ? ORDER BY id DESC LIMIT ?",
            (channel, person, before or 2**62, most + 1),
        ).fetchall()
        roots = [_posted(row) for row in rows[:most]][::-1]
        if not roots:
            return roots, False
        replies: dict[int, list[Posted]] = {}
        for row in self._db.execute(
            f"SELECT {_COLUMNS} FROM messages WHERE channel = ? AND root BETWEEN ? AND ?"  # noqa: S608
            " AND (private IS NULL OR private = ?) ORDER BY id",
            (channel, roots[0].id, roots[-1].id, person),
        ):
            reply = _posted(row)
            replies.setdefault(reply.root or 0, []).append(reply)
        return [replace(root, replies=tuple(replies.get(root.id, ()))) for root in roots], len(rows) > most

    def since(self, message_id: int, person: str) -> Sequence[Posted]:
        """What was posted after a message, oldest first, anywhere: for everybody there, or for the person alone."""
        return [
            _posted(row)
            for row in self._db.execute(
                f"SELECT {_COLUMNS} FROM messages WHERE id > ? AND (private IS NULL OR private = ?) ORDER BY id",  # noqa: S608
                (message_id, person),
            )
        ]

    def newest(self) -> int:
        """The id of the newest message of all, 0 without any."""
        row = self._db.execute("SELECT coalesce(max(id), 0) FROM messages").fetchone()
        return int(row[0])

    def groups_of(self, person: str) -> Sequence[str]:
        """The channels of conversations of a few people that the person is in, the newest last."""
        query = "SELECT channel FROM messages WHERE channel GLOB ? GROUP BY channel ORDER BY min(id)"
        found = (str(row[0]) for row in self._db.execute(query, (f"{GROUP}*",)))
        return [channel for channel in found if person in people_of(channel)]

    # What a person has read

    def unread(self, person: str) -> Mapping[str, int]:
        """How many messages there are since the person last looked, by channel."""
        return dict(
            self._db.execute(
                "SELECT m.channel, count(*) FROM messages m"
                " LEFT JOIN reads r ON r.channel = m.channel AND r.person = ?1"
                " WHERE m.id > coalesce(r.last, 0) AND (m.private IS NULL OR m.private = ?1) GROUP BY m.channel",
                (person,),
            ).fetchall()
        )

    def read_up_to(self, person: str, channel: str, message_id: int) -> None:
        """Note that the person has seen the channel up to a message."""
        self._db.execute(
            "INSERT INTO reads VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET last = ?3 WHERE last < ?3",
            (person, channel, message_id),
        )

    def read_all(self, person: str, before: datetime) -> None:
        """Note that the person has seen everything that was posted before the instant."""
        self._db.execute(
            "INSERT OR REPLACE INTO reads"
            " SELECT ?, channel, max(id) FROM messages WHERE posted_at < ? GROUP BY channel",
            (person, _stamp(before)),
        )

    # Odds and ends that must survive a restart, such as where the movable clock stands

    def value(self, key: str) -> str | None:
        """What was kept under a key."""
        row = self._db.execute("SELECT value FROM kv WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def keep(self, key: str, value: str) -> None:
        """Keep a value under a key."""
        self._db.execute("INSERT INTO kv VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2", (key, value))

    # Notifying open pages

    @property
    def version(self) -> int:
        """Grows with every change, for as long as the process runs."""
        return self._version

    def touch(self) -> None:
        """Wake everyone who waits in `changed`."""
        self._version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def changed(self, seen: int) -> int:
        """Wait until the version is another one than `seen`, and return it."""
        while self._version == seen:
            await self._changed.wait()
        return self._version

    def _change(self, statement: str, values: tuple[object, ...]) -> bool:
        if self._db.execute(statement, values).rowcount == 0:
            return False
        self.touch()
        return True


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _posted(row: tuple[int, str, int | None, str | None, str, str, str, int, str | None]) -> Posted:
    identity, channel, root, private, prompt, body, posted_at, edited, title = row
    return Posted(
        identity,
        channel,
        root,
        private,
        prompt,
        codec.loads(body),
        datetime.fromisoformat(posted_at),
        bool(edited),
        title,
    )
