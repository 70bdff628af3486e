"""The connection that repositories use: statements are written in SQLAlchemy, and those that run often by the driver.

What SQLAlchemy does between a statement and its rows takes several times as long as the database. So a statement of a
module, which is built once, can be marked with `once`: it is compiled at its first use for each database, and from then
on its values go to the driver and its rows come back as named tuples. Any other statement goes through SQLAlchemy. A
repository cannot tell the two apart.
"""

from collections import namedtuple
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy
from sqlalchemy import Delete, Executable, Insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound
from sqlalchemy.sql.dml import UpdateBase

T = TypeVar("T")
Statement = TypeVar("Statement", bound=Executable)
Values = Mapping[str, Any]
_Convert = Callable[[Any], Any]
_NO_VALUES: Values = {}

Lasting = dict[frozenset[str], dict[Hashable, Any]]
"""What the only writer of a database knows of what is on disk, by the tables that it was read from. Whoever keeps it
empties it when a transaction is not kept, and when another process has written.
"""

_KEPT: dict[int, tuple[Executable, dict[tuple[str, ...], "_Compiled"]]] = {}
"""By the statement's id, which stays its own as long as it is kept here: the compiled forms, by database and values."""


def once(statement: Statement) -> Statement:
    """The statement, which is compiled once from now on. It must have no expanding parameter (`IN`)."""
    _KEPT[id(statement)] = statement, {}
    return statement


class Rows(list[Any]):
    """All rows that a statement returned, with their columns' names, and how many rows it changed."""

    rowcount = -1

    def all(self) -> Sequence[Any]:
        """The rows."""
        return self

    def first(self) -> Any | None:
        """The first row, None when there is none."""
        return self[0] if self else None

    def one(self) -> Any:
        """The only row. Raises NoResultFound and MultipleResultsFound."""
        if not self:
            raise NoResultFound("there is no row")
        return self.one_or_none()

    def one_or_none(self) -> Any | None:
        """The only row, None when there is none. Raises MultipleResultsFound."""
        if len(self) > 1:
            raise MultipleResultsFound("there is more than one row")
        return self.first()

    def scalars(self) -> list[Any]:
        """The first column."""
        return [row[0] for row in self]

    def scalar_one(self) -> Any:
        """The first column of the only row."""
        return self.one()[0]

    def scalar_one_or_none(self) -> Any | None:
        """The first column of the only row, None when there is no row."""
        row = self.one_or_none()
        return None if row is None else row[0]


class Connection:
    """A database's connection, in a transaction."""

    def __init__(self, connection: sqlalchemy.Connection, lasting: Lasting | None = None) -> None:
        """`lasting` outlives the transaction; None where others may write."""
        self._connection = connection
        self._lasting = lasting
        self.dialect = connection.dialect
        self._driver: Any = connection.connection.dbapi_connection
        self.written: set[str] = set()
        """The tables that this transaction has written to, whether or not a row has changed."""
        self._memory: dict[frozenset[str], dict[Hashable, Any]] = {}

    def execute(self, statement: Executable, values: Values | Sequence[Values] = _NO_VALUES) -> Rows:
        """Run the statement with these values, or once for each of several. Raises DBAPIError."""
        if isinstance(statement, UpdateBase):
            self._note(statement)
        kept = _KEPT.get(id(statement))
        if kept is None:
            result = self._connection.execute(statement, values)
            rows = Rows(result.all() if result.returns_rows else ())
            rows.rowcount = result.rowcount
            return rows
        all_values = (values,) if isinstance(values, Mapping) else values
        names = (self.dialect.name, *all_values[0])
        compiled = kept[1].get(names)
        if compiled is None:
            compiled = kept[1][names] = _Compiled(statement, self.dialect, names[1:])
        given = [compiled.values(each) for each in all_values]
        try:
            return self._run(compiled, given)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._wrapped(error, compiled.sql) from error

    def _run(self, compiled: "_Compiled", given: Sequence[Any]) -> Rows:
        cursor = self._driver.cursor()
        try:
            if len(given) == 1:
                cursor.execute(compiled.sql, given[0])
            else:
                cursor.executemany(compiled.sql, given)
            rows = Rows(compiled.rows(cursor.fetchall()) if cursor.description else ())
            rows.rowcount = cursor.rowcount
            return rows
        finally:
            cursor.close()

    def remember(self, key: Hashable, tables: frozenset[str], read: Callable[[], T]) -> T:
        """What `read` returns, read once until one of the tables is written to in this transaction."""
        memory = self.memory(tables)
        if key not in memory:
            memory[key] = read()
        known: T = memory[key]
        return known

    def memory(self, tables: frozenset[str]) -> dict[Hashable, Any]:
        """What was read from these tables, empty again when one is written to."""
        return self._memory.setdefault(tables, {})

    def lasting(self, tables: frozenset[str]) -> dict[Hashable, Any] | None:
        """The same beyond the transaction; None where others may write."""
        return None if self._lasting is None else self._lasting.setdefault(tables, {})

    def keep(self, tables: frozenset[str], known: dict[Hashable, Any]) -> None:
        """Go on with what was lasting, which is true again after what was written."""
        if self._lasting is not None:
            self._lasting[tables] = known

    def _note(self, statement: UpdateBase) -> None:
        """Forget what it changes. A deleted row takes along those of other tables that belong to it."""
        table = str(statement.table)
        self.written.add(table)
        for memory in (self._memory, self._lasting or {}):
            for tables in [each for each in memory if table in each or isinstance(statement, Delete)]:
                del memory[tables]

    def _wrapped(self, error: Exception, sql: str) -> BaseException:
        """The error as SQLAlchemy raises it, so that whoever catches one need not know who ran the statement."""
        lost = self.dialect.is_disconnect(error, self._driver, None)  # type: ignore[arg-type]
        if lost:
            self._connection.invalidate(error)
        base = self.dialect.loaded_dbapi.Error
        return DBAPIError.instance(
            sql, None, error, base, hide_parameters=True, connection_invalidated=lost, dialect=self.dialect
        )

    def has_table(self, name: str) -> bool:
        """Whether the database has a table of this name."""
        return sqlalchemy.inspect(self._connection).has_table(name)

    def scalar(self, statement: Executable, values: Values = _NO_VALUES) -> Any | None:
        """The first column of the first row, None when there is no row."""
        row = self.execute(statement, values).first()
        return None if row is None else row[0]

    def scalars(self, statement: Executable, values: Values = _NO_VALUES) -> list[Any]:
        """The first column of all rows."""
        return self.execute(statement, values).scalars()


class _Compiled:
    """A statement in a database's words, and how its values and rows are converted."""

    def __init__(self, statement: Executable, dialect: Dialect, names: Sequence[str]) -> None:
        """`names` are those of the values, which an INSERT or UPDATE writes to the columns of these names."""
        if isinstance(statement, Insert):
            statement = statement.inline()  # without its own RETURNING of the key, which nobody reads
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))  # type: ignore[attr-defined]
        if any(bind.expanding for bind in compiled.binds.values()):
            raise TypeError("a statement with IN of a list cannot be compiled once")
        self.sql = str(compiled)
        fixed = compiled.construct_params(dict.fromkeys(names))
        order = compiled.positiontup or list(compiled.binds)
        self._positional = compiled.positiontup is not None
        self._binds: list[tuple[str, bool, Any, _Convert | None]] = []
        for name in order:
            convert = compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
            constant = name not in names
            value = fixed.get(name)
            self._binds.append((name, constant, convert(value) if constant and convert else value, convert))
        columns = list(getattr(statement, "selected_columns", ()) or getattr(statement, "exported_columns", ()))
        row: Any = namedtuple("Row", [str(column.key) for column in columns], rename=True)  # type: ignore[misc]  # noqa: PYI024
        self._make = row._make
        converts = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
        self._converted = [(index, convert) for index, convert in enumerate(converts) if convert is not None]

    def values(self, given: Values) -> Any:
        """The values as the driver takes them. Raises KeyError when one is missing."""
        if self._positional:
            return [
                value if constant else given[name] if convert is None else convert(given[name])
                for name, constant, value, convert in self._binds
            ]
        return {
            name: value if constant else given[name] if convert is None else convert(given[name])
            for name, constant, value, convert in self._binds
        }

    def rows(self, found: Iterable[Sequence[Any]]) -> Iterable[Any]:
        """The driver's rows with the columns' names, each value as its column's type has it."""
        make = self._make
        if not self._converted:
            return map(make, found)
        rows = []
        for row in found:
            values = list(row)
            for index, convert in self._converted:
                if (value := values[index]) is not None:
                    values[index] = convert(value)
            rows.append(make(values))
        return rows
