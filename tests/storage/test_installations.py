"""Workspaces that let the bot in, states of installations, and what waits for access, on a real file."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from cohort_bot.app.ports.installations import Installation
from cohort_bot.storage.database import SqliteDatabase, writer_engine
from cohort_bot.storage.tables import oauth_states

NOW = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


async def test_a_workspace_is_kept_replaced_and_forgotten(database: SqliteDatabase) -> None:
    for workspace, body in (("T1", "one"), ("T2", "two"), ("T1", "one again")):
        await database.write(lambda store, w=workspace, b=body: store.installations.save("slack", w, b, NOW))  # type: ignore[misc]
    found = await database.read(lambda store: store.installations.of_platform("slack"))
    assert set(found) == {Installation("T1", "one again"), Installation("T2", "two")}
    assert await database.read(lambda store: store.installations.find("other", "T1")) is None
    assert await database.write(lambda store: store.installations.delete("slack", "T1"))
    assert not await database.write(lambda store: store.installations.delete("slack", "T1"))
    assert await database.read(lambda store: store.installations.find("slack", "T1")) is None
    assert await database.read(lambda store: store.installations.find("slack", "T2")) == Installation("T2", "two")


async def test_what_was_saved_meanwhile_is_not_overwritten(database: SqliteDatabase) -> None:
    before = Installation("T1", "old")
    await database.write(lambda store: store.installations.save("slack", "T1", "newer", NOW))
    assert not await database.write(lambda store: store.installations.replace("slack", before, "old, sealed anew"))
    newer = Installation("T1", "newer")
    assert await database.write(lambda store: store.installations.replace("slack", newer, "newer, sealed anew"))


def test_a_body_is_never_shown() -> None:
    assert "secret" not in repr(Installation("T1", "secret"))


async def test_a_state_is_good_once_and_in_time(database: SqliteDatabase) -> None:
    async def use(state: str, at: datetime) -> bool:
        return await database.write(lambda store: store.installations.use_state(state, at))

    await database.write(lambda store: store.installations.issue_state("first", LATER))
    await database.write(lambda store: store.installations.issue_state("second", LATER))
    assert not await use("forged", NOW)
    assert await use("first", NOW)
    assert not await use("first", NOW), "it is good once"
    assert not await use("second", LATER), "it is over"


async def test_only_digests_of_states_are_kept_and_old_ones_go(database: SqliteDatabase) -> None:
    await database.write(lambda store: store.installations.issue_state("first", LATER))
    await database.write(lambda store: store.installations.issue_state("second", LATER + timedelta(minutes=10)))
    assert await database.write(lambda store: store.sweep(LATER + timedelta(minutes=1), 100)) == 1
    engine = writer_engine(database.path)
    with engine.connect() as connection:
        (digest,) = connection.execute(select(oauth_states.c.digest)).scalars()
    engine.dispose()
    assert "second" not in digest
    assert len(digest) == 64
