"""A database that the first release left is taken over, and can be given back to it.

`data/first_release.sql` was written by that release: rows in every table, posts in every state and for every reason.
`data/first_release.json` is what its moderators were shown of the parked ones: key, reason, cure.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, NullPool, create_engine, insert, select, text

from cohort_bot.app.delivery.alerts import cure_of
from cohort_bot.app.ports.platform import Reason, Refused
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Store
from cohort_bot.app.words.alerts import why
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place
from cohort_bot.core.delivery_states import State
from cohort_bot.storage import migrate
from cohort_bot.storage.columns import metadata
from cohort_bot.storage.database import writer_engine
from cohort_bot.storage.postgres import address
from cohort_bot.storage.sqlite_file import make_private
from tests.fakes.bot import BotUnderTest, StillClock, running
from tests.fakes.databases import Current
from tests.fakes.memory import WORKSPACE

pytestmark = pytest.mark.both_databases

DATA = Path(__file__).parent / "data"
RELEASE = "51d7c2e8a40f"
"""The schema of that release."""

AT = datetime(2027, 1, 12, 8, tzinfo=UTC)
"""When it stopped: Tuesday of the second round. The next card has been skipped."""

OPENING = datetime(2027, 1, 18, 8, tzinfo=UTC)

Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """The database of that release, of the kind that the test is on."""
    path = tmp_path / "bot.db"
    if Current.databases.kind == "sqlite":
        make_private(path)
    with closing(sqlite3.connect(path)) as file:
        file.executescript((DATA / "first_release.sql").read_text(encoding="utf-8"))
    file_engine = writer_engine(path)
    if Current.databases.kind == "sqlite":
        yield file_engine
        file_engine.dispose()
        return
    found = create_engine(address(Current.databases.url(tmp_path)), poolclass=NullPool)
    with found.begin() as server:
        server.execute(text("DROP SCHEMA public CASCADE"))
        server.execute(text("CREATE SCHEMA public"))
    migrate.upgrade(found, RELEASE)
    tables = MetaData()
    tables.reflect(found)
    with file_engine.connect() as source, found.begin() as server:
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                rows = source.execute(text(f"SELECT * FROM {table.name}")).mappings()  # noqa: S608 - a name of ours
                server.execute(insert(table), [dict(row) for row in rows])
            if "id" in table.c and table.name != "invocations":
                server.execute(text(f"SELECT setval('{table.name}_id_seq', (SELECT max(id) FROM {table.name}))"))  # noqa: S608
    file_engine.dispose()
    yield found


LATER = {
    "calendars",
    "group_matchings",
    "group_places",
    "group_seats",
    "small_groups",
    "paper_meetings",
    "paper_proposals",
    "paper_votes",
    "put_off",
    "recall_answers",
    "unseen_marks",
    "workspace_programmes",
}
"""Tables that the release did not have."""


def everything(engine: Engine) -> Rows:
    """All rows of all tables."""
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=str)
            for table in tables.sorted_tables
            if not table.name.startswith("procrastinate")
        }


def test_it_goes_forth_and_back_without_a_change(engine: Engine) -> None:
    before = everything(engine)
    assert {name for name, rows in before.items() if rows} == {*metadata.tables, "alembic_version"} - LATER
    migrate.upgrade(engine)
    with engine.connect() as connection:
        stored = set(connection.execute(text("SELECT reason FROM deliveries WHERE reason IS NOT NULL")).scalars())
        found = connection.execute(text("SELECT key, part FROM deliveries WHERE part IS NOT NULL"))
        parts: dict[str, str] = {row.key: row.part for row in found}
        erased = connection.execute(text("SELECT count(*) FROM drafts WHERE \"user\" = 'member-1'")).scalar()
    assert stored <= {reason.value for reason in DeliveryReason}
    assert parts["paper:1:r2:how-to-read-a-paper:1"] == "how-to-read-a-paper"
    assert {key.split(":")[3]: part for key, part in parts.items() if key.startswith("nudge")} == {
        "middle": "middle",
        "closing": "closing",
    }
    assert erased == 1
    migrate.downgrade(engine, RELEASE)
    assert everything(engine) == before


def test_every_reason_is_there_but_those_that_came_later(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.connect() as connection:
        stored = set(connection.execute(text("SELECT reason FROM deliveries WHERE reason IS NOT NULL")).scalars())
    later = {DeliveryReason.BUSY, DeliveryReason.IN_ROOM, DeliveryReason.UNSEEN}
    assert stored == {reason.value for reason in set(DeliveryReason) - later}


async def parked(bot: BotUnderTest) -> list[list[str]]:
    """What moderators are shown of what waits for a person."""

    def read(store: Store) -> list[list[str]]:
        cohort = store.cohorts.get(1)
        assert cohort
        return [
            [row.what.key, why(row.reason or DeliveryReason.OTHER, row.detail), cure_of(store, cohort, row)]
            for row in store.deliveries.parked(1)
        ]

    return await bot.runtime.database.read(read)


def told(bot: BotUnderTest) -> list[str]:
    return sorted(
        post.text for post in bot.chat.inbox("moderator") if post.text.startswith(("I cannot post", "I can't post"))
    )


async def test_what_it_parked_skipped_and_told_is_as_before(engine: Engine, tmp_path: Path) -> None:
    migrate.upgrade(engine)
    clock = StillClock(AT)
    async with running(tmp_path, clock=clock) as bot:
        shown = json.loads((DATA / "first_release.json").read_text(encoding="utf-8"))
        back = "my access was revoked"  # it is there again, and what waited for that goes out by itself
        assert await parked(bot) == [row for row in shown if row[1] != back] != shown
        await bot.settle()
        assert [text for text in bot.chat.timeline() if "Word away" in text]
        once = told(bot)
        assert once, "what was still to be told"
        assert len(set(once)) == len(once), "and each once"

        card = await bot.type("moderator", "/cohort progress")
        assert isinstance(card, Message)
        bot.chat.fail_next(Refused(Reason.NOT_ALLOWED, "403"))
        await bot.chat.press("moderator", card, "Try again")
        await bot.settle()
        assert [reason for _, reason, _ in await parked(bot)] == ["I may not post there"]
        assert told(bot) == once, "the moderators know that already"

        where, who = Place("local", WORKSPACE, "general"), bot.chat.actor("moderator")
        args = {"id": "1", "round": "3"}
        undo = Invocation("undo", "cohort.skip.undo", "button", who, where, clock.now(), args=args)
        assert isinstance(await bot.runtime.dispatcher(undo), Message)
        await bot.until(OPENING)
        assert [text for text in bot.chat.timeline() if text.startswith("Week 3 ")]
        cards = [text for text in bot.chat.timeline("study-hall") if text.startswith("Week 3 ")]
        assert cards
        assert "Week 1 " not in cards[0], "it was due before this room was added, so nobody has missed it"
        await bot.until(OPENING + timedelta(days=6))
        row = await bot.runtime.database.read(lambda store: store.deliveries.by_key("nudge:1:r3:closing:m1"))
        assert row
        assert row.state is State.SENT
        assert "closes" in [post.text for post in bot.chat.inbox("member-1")][-1]
    migrate.downgrade(engine, RELEASE)
    with engine.connect() as connection:
        reasons = set(connection.execute(text("SELECT reason FROM deliveries WHERE state = 'parked'")).scalars())
        assert reasons == {"I may not post there"}
