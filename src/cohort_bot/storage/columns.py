"""Building blocks of tables: instants, 64-bit numbers, named constraints."""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Dialect,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from cohort_bot.storage.statements import once

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TEXT = Text()
BIG = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number of 64 bits; a plain Integer would overflow on PostgreSQL."""


def instant(milliseconds: int) -> datetime:
    """The aware instant, in UTC, of a stored number."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def milliseconds(at: datetime) -> int:
    """The number that is stored for an instant, never rounded up: just before an instant is not past it. Refuses naive
    values.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000  # a third of what `//` takes


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as milliseconds. Refuses naive values."""

    impl = BIG
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Aware datetime to milliseconds."""
        return None if value is None else milliseconds(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002
        """Milliseconds to aware UTC."""
        return lambda value: None if value is None else instant(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def table(name: str, about: str, *parts: Column[Any] | UniqueConstraint | CheckConstraint | Index) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True, info={"about": about})


def row_id() -> Column[Any]:
    return Column("id", BIG, primary_key=True)


def texts(*names: str) -> Sequence[Column[Any]]:
    """Columns that always hold a text."""
    return [Column(name, Text, nullable=False) for name in names]


def integers(*names: str) -> Sequence[Column[Any]]:
    """Columns that always hold a whole number."""
    return [Column(name, Integer, nullable=False) for name in names]


def parent(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Column[Any]:
    """The row of another table that this row belongs to, and with which it is deleted."""
    return Column(name, BIG, ForeignKey(f"{target}.id", ondelete="CASCADE"), nullable=nullable, index=index)


class MadeWhenUsed(dict[Key, Made]):
    """For each key, a dialect's name most often, what `make` gives for it; made once, when it is first looked up."""

    def __init__(self, make: Callable[[Key], Made]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Key) -> Made:
        made = self[key] = self._make(key)
        return made


def inserting(dialect: str) -> Callable[[Table], Any]:
    """`insert` with ON CONFLICT in this dialect; a database that is not used has no module in memory."""
    insert: Callable[[Table], Any] = import_module(f"sqlalchemy.dialects.{dialect}").insert
    return insert


def among(dialect: str, name: str, of: TypeEngine[Any] = TEXT) -> Select[Any]:
    """The values in the JSON list in the parameter `name`: with `IN` one statement serves lists of any length."""
    given = bindparam(name, type_=TEXT)
    if dialect == "postgresql":
        return select(cast(func.json_array_elements_text(cast(given, JSON), type_=TEXT), of))
    return select(func.json_each(given).table_valued("value", name=f"each_{name}").c.value)


class GivenRows:
    """Rows that are given to a statement as one JSON text, so that it moves many: executed row by row it takes the
    interpreter's lock for each, and sends under way wait for it.

    Each row is a list, which SQLite reads in half the time of an object.
    """

    def __init__(self, **columns: TypeEngine[Any]) -> None:
        self._columns = columns

    def rows(self, dialect: str) -> FromClause:
        """The rows, for the statement."""
        given = bindparam("given", type_=TEXT)
        each: Any = func.json_array_elements(cast(given, JSON)) if dialect == "postgresql" else func.json_each(given)
        row = each.table_valued("value", name="each").c.value

        def value(index: int, of: TypeEngine[Any]) -> ColumnElement[Any]:
            if dialect == "postgresql":
                return cast(row.op("->>")(literal_column(str(index))), of)
            return func.json_extract(row, literal_column(f"'$[{index}]'"), type_=of)

        columns = enumerate(self._columns.items())
        return select(*(value(index, of).label(name) for index, (name, of) in columns)).subquery("given")

    def values(self, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """The parameter that the statement takes for these rows."""
        return {"given": as_json([[row[name] for name in self._columns] for row in rows])}


as_json: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False).encode  # made once: `json.dumps` makes one a call


def insert_new(into: Table, *key: str) -> Mapping[str, ReturningInsert[Any]]:
    """By dialect: insert a row unless there is one of the same key; returns the key of what was inserted."""
    returned = [into.c[name] for name in key]
    return MadeWhenUsed(
        lambda dialect: once(inserting(dialect)(into).on_conflict_do_nothing(index_elements=key).returning(*returned))
    )


class json_rows(FunctionElement[str]):  # noqa: N801 - a function of SQL
    """These columns of all rows, in any order, as one JSON text: a list of lists.

    What belongs to a row so comes with it, and needs no statement of its own.
    """

    type = Text()
    inherit_cache = True


def read_rows(stored: str) -> list[list[Any]]:
    """The rows of such a text, in order."""
    return [] if stored == "[]" else sorted(json.loads(stored))  # most often nobody has any


@compiles(json_rows, "sqlite")
def _on_sqlite(rows: json_rows, compiler: SQLCompiler, **given: Any) -> str:
    return f"json_group_array(json_array({compiler.process(rows.clauses, **given)}))"


@compiles(json_rows, "postgresql")
def _on_postgresql(rows: json_rows, compiler: SQLCompiler, **given: Any) -> str:
    return f"CAST(coalesce(json_agg(json_build_array({compiler.process(rows.clauses, **given)})), '[]') AS text)"
