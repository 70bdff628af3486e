"""A statement that the driver runs returns, stores and raises what SQLAlchemy's own execution does."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError, MultipleResultsFound, NoResultFound

from cohort_bot.storage.columns import json_rows
from cohort_bot.storage.database import SqliteDatabase, writer_engine
from cohort_bot.storage.deliveries import SqlDeliveries
from cohort_bot.storage.statements import Connection, once
from cohort_bot.storage.tables import codes, invocations, other_ids, people

AT = datetime(2027, 1, 4, 9, tzinfo=UTC)
NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)
NAMED: sqlalchemy.BindParameter[str] = bindparam("name")
ALL = select(invocations).order_by(invocations.c.id)
BETWEEN = select(invocations).where(invocations.c.at > bindparam("after"), invocations.c.id != "b")
ADD = insert(invocations)
MOVE = update(invocations).where(invocations.c.id == NAMED)
KEPT = [once(each._clone()) for each in (ALL, BETWEEN, ADD, MOVE)]
PAIRS = list(zip((ALL, BETWEEN, ADD, MOVE), KEPT, strict=True))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    SqliteDatabase(tmp_path / "bot.db").upgrade()
    engine = writer_engine(tmp_path / "bot.db")
    with engine.connect() as raw, raw.begin():
        yield Connection(raw)
    engine.dispose()


@pytest.mark.parametrize("kept", [False, True])
def test_rows_have_names_and_the_types_of_their_columns_whoever_runs_the_statement(
    connection: Connection, kept: bool
) -> None:
    every, between, add, move = KEPT if kept else (ALL, BETWEEN, ADD, MOVE)
    connection.execute(add, {"id": "a", "at": AT})
    assert connection.execute(add, [{"id": "b", "at": AT}, {"at": NOON, "id": "c"}]).rowcount == 2
    rows = connection.execute(every)
    assert [(row.id, row.at) for row in rows] == [tuple(row) for row in rows] == [("a", AT), ("b", AT), ("c", NOON)]
    assert connection.execute(move, {"name": "a", "at": NOON}).rowcount == 1
    assert connection.execute(between, {"after": AT}).scalars() == ["a", "c"]
    assert connection.scalar(between, {"after": NOON}) is None
    with pytest.raises(MultipleResultsFound):
        connection.execute(every).one()
    with pytest.raises(NoResultFound):
        connection.execute(between, {"after": NOON}).one()


@pytest.mark.parametrize("add", PAIRS[2])
def test_an_error_of_the_driver_is_raised_as_sqlalchemys_without_what_was_written(
    connection: Connection, add: sqlalchemy.Executable
) -> None:
    connection.execute(add, {"id": "private words", "at": AT})
    with pytest.raises(IntegrityError) as raised:
        connection.execute(add, {"id": "private words", "at": AT})
    assert isinstance(raised.value, DBAPIError)
    assert "private words" not in str(raised.value)


def test_a_missing_value_is_no_null(connection: Connection) -> None:
    with pytest.raises(InvalidRequestError, match="after"):
        connection.execute(KEPT[1])


def test_a_list_for_in_is_refused_instead_of_being_compiled_for_one_length(connection: Connection) -> None:
    query = once(select(codes).where(codes.c.digest.in_(bindparam("those", expanding=True))))
    with pytest.raises(TypeError, match="IN"):
        connection.execute(query, {"those": ["a"]})


def test_a_claim_is_prepared_once_beside_a_million_rows(connection: Connection) -> None:
    """As SQLite's own statistics tell of them: they decide how it looks at the conditions of partial indexes."""
    driver = connection._driver
    driver.execute("ANALYZE")
    driver.execute("DELETE FROM sqlite_stat1")
    for index, spread in (
        ("ix_deliveries_cohort_id_state_kind", "10000 10000 1000"),
        ("sqlite_autoindex_deliveries_1", "1"),
    ):
        driver.execute("INSERT INTO sqlite_stat1 VALUES ('deliveries', ?, ?)", (index, f"1000000 {spread}"))
    driver.execute("ANALYZE sqlite_schema")
    deliveries_of = SqlDeliveries(connection)
    prepared: list[object] = []

    def note(*what: object) -> int:
        prepared.append(what)
        return sqlite3.SQLITE_OK

    for authorizer in (note, None, note):  # another one means that all is prepared again, once
        driver.set_authorizer(authorizer)
        deliveries_of.ready(AT, 100)
    assert prepared
    prepared.clear()
    deliveries_of.ready(AT, 100)
    assert prepared == []


def test_what_is_remembered_is_read_again_once_one_of_its_tables_changes(connection: Connection) -> None:
    reads: list[int] = []

    def count() -> int:
        reads.append(connection.execute(select(json_rows(people.c.id))).scalar_one().count("[") - 1)
        return reads[-1]

    def known() -> int:
        return connection.remember("people", frozenset({"people", "accounts"}), count)

    assert [known(), known()] == [0, 0]
    connection.execute(ADD, {"id": "a", "at": AT})
    assert known() == 0
    connection.execute(insert(people), {"id": 7})
    assert [known(), known()] == [1, 1]
    connection.execute(sqlalchemy.delete(other_ids))
    assert known() == 1
    assert reads == [0, 1, 1], "a deletion may take along rows of any table"
