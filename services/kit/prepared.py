"""Statements that are put together once and run on the database's own driver."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.engine.interfaces import DBAPICursor as Cursor
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

Values = Mapping[str, Any]
_Change = Callable[[Any], Any]


class Prepared:
    """SQLAlchemy writes the statement and says how each column is kept; the driver runs it.

    Run through SQLAlchemy a look-up by key costs ten times what SQLite takes for it. `values` are by the names of the
    statement's parameters; a row is a mapping by the names of its columns.
    """

    def __init__(self, statement: Select[Any] | UpdateBase) -> None:
        self._statement = statement
        self._made: dict[str, _Made] = {}

    def rows(self, cursor: Cursor, dialect: Dialect, values: Values) -> list[dict[str, Any]]:
        """What a SELECT finds."""
        made = self._for(dialect)
        cursor.execute(made.text, made.given(values))
        read = made.reading(cursor)
        return [made.row(found, read) for found in cursor.fetchall()]

    def run(self, cursor: Cursor, dialect: Dialect, values: Values) -> int:
        """How many rows an INSERT, UPDATE or DELETE has touched."""
        made = self._for(dialect)
        cursor.execute(made.text, made.given(values))
        return int(cursor.rowcount)

    def run_all(self, cursor: Cursor, dialect: Dialect, values: Sequence[Values]) -> None:
        """The same once for each."""
        made = self._for(dialect)
        cursor.executemany(made.text, [made.given(each) for each in values])

    def _for(self, dialect: Dialect) -> "_Made":
        made = self._made.get(dialect.name)
        if made is None:
            made = self._made[dialect.name] = _Made(self._statement, dialect)
        return made


class _Made:
    """A statement in the words of one kind of database."""

    def __init__(self, statement: Select[Any] | UpdateBase, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.text = str(compiled)
        self._order: list[str] | None = compiled.positiontup
        self._fixed: dict[str, Any] = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        bound = {name: _into(bind.type, dialect) for name, bind in compiled.binds.items()}
        self._into = [(name, change) for name, change in bound.items() if change is not None]
        self._columns = list(statement.selected_columns) if isinstance(statement, Select) else []
        self._names = [str(column.key) for column in self._columns]
        self._dialect = dialect
        self._reading: list[tuple[str, _Change]] | None = None

    def given(self, values: Values) -> Any:
        """The parameters as the driver wants them."""
        said = {**self._fixed, **values}
        for name, change in self._into:
            said[name] = change(said[name])
        return said if self._order is None else [said[name] for name in self._order]

    def reading(self, cursor: Cursor) -> list[tuple[str, _Change]]:
        """Which columns do not come as they are wanted, and what makes them so; the driver says in what they come."""
        if self._reading is None:
            codes = [described[1] for described in cursor.description]
            changes = [_out_of(column.type, self._dialect, code) for column, code in zip(self._columns, codes, strict=True)]
            self._reading = [(name, change) for name, change in zip(self._names, changes, strict=True) if change is not None]
        return self._reading

    def row(self, found: Sequence[Any], reading: list[tuple[str, _Change]]) -> dict[str, Any]:
        """A row as values of ours."""
        row = dict(zip(self._names, found, strict=True))
        for name, change in reading:
            row[name] = change(row[name])
        return row


def _into(kind: TypeEngine[Any], dialect: Dialect) -> _Change | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _out_of(kind: TypeEngine[Any], dialect: Dialect, code: object) -> _Change | None:
    return kind.dialect_impl(dialect).result_processor(dialect, code)
