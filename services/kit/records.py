"""Frozen values of the model kept as rows: one dataclass, one table, fields and columns of the same names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import JSON, BigInteger, ColumnElement, Table, and_, bindparam, delete, func, insert, select, update

from services.kit.prepared import Prepared
from services.kit.transaction import Reading, Transaction
from vn.errors import Unknown

T = TypeVar("T")
EVERY = 2**62
_Shape = tuple[tuple[str, bool], ...]


class Records(Generic[T]):
    """The rows of `table` as values of the dataclass `kind`; what a JSON column holds may be nested dataclasses."""

    def __init__(self, kind: type[T], table: Table) -> None:
        if not is_dataclass(kind):
            raise TypeError(f"{kind.__name__} is not a dataclass")
        names = {field.name for field in fields(kind)}
        if names != set(table.c.keys()):
            raise TypeError(f"{kind.__name__} and {table.name} differ in {sorted(names ^ set(table.c.keys()))}")
        self.table = table
        self._columns = tuple(column.name for column in table.c)
        self._key = [column.name for column in table.primary_key.columns]
        mine = and_(*(column == bindparam(f"key_{column.name}") for column in table.primary_key.columns))
        new: dict[str, Any] = {name: bindparam(name) for name in self._columns}
        self._seek = Prepared(select(table).where(mine))
        self._update = Prepared(update(table).where(mine).values(new))
        self._insert = Prepared(insert(table).values(new).inline())
        self._finders: dict[_Shape, Prepared] = {}
        self._counters: dict[_Shape, Prepared] = {}
        self._removers: dict[_Shape, Prepared] = {}
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)
        self._json = {column.name for column in table.c if isinstance(column.type, JSON)}

    def get(self, tx: Reading, *key: object) -> T:
        """The record with this primary key; raises Unknown."""
        found = self.seek(tx, *key)
        if found is None:
            raise Unknown(f"không có {self.table.comment or self.table.name} này")
        return found

    def seek(self, tx: Reading, *key: object) -> T | None:
        """The record with this primary key, or None."""
        rows = tx.rows(self._seek, self._named(key))
        return self._adapter.validate_python(rows[0]) if rows else None

    def find(self, tx: Reading, *, limit: int = EVERY, **where: object) -> list[T]:
        """All records whose columns hold just these values (None: hold nothing), in the order of the primary key."""
        finder = self._finder(_shape(where))
        return [self._adapter.validate_python(row) for row in tx.rows(finder, _given(where) | {"most": limit})]

    def count(self, tx: Reading, **where: object) -> int:
        """How many records hold just these values."""
        shape = _shape(where)
        counter = self._counters.get(shape)
        if counter is None:
            query = select(func.count().label("count")).select_from(self.table)
            counter = self._counters[shape] = Prepared(query.where(*self._conditions(shape)))
        return int(tx.value(counter, _given(where)))

    def add(self, tx: Transaction, record: T) -> None:
        """Keep a new record; its key must be free."""
        tx.run(self._insert, self._values(record))

    def add_all(self, tx: Transaction, records: Iterable[T]) -> None:
        """Keep many new records in one statement."""
        if values := [self._values(record) for record in records]:
            tx.run_all(self._insert, values)

    def put(self, tx: Transaction, record: T) -> None:
        """Keep a record, in place of the one with the same key if there is one."""
        values = self._values(record)
        if tx.run(self._update, values | self._named([values[name] for name in self._key])) == 0:
            tx.run(self._insert, values)

    def remove(self, tx: Transaction, **where: object) -> int:
        """Forget all records whose columns hold just these values; answers how many there were."""
        shape = _shape(where)
        remover = self._removers.get(shape)
        if remover is None:
            remover = self._removers[shape] = Prepared(delete(self.table).where(*self._conditions(shape)))
        return tx.run(remover, _given(where))

    def _finder(self, shape: _Shape) -> Prepared:
        finder = self._finders.get(shape)
        if finder is None:
            query = select(self.table).where(*self._conditions(shape)).order_by(*self.table.primary_key.columns)
            finder = self._finders[shape] = Prepared(query.limit(bindparam("most", type_=BigInteger)))
        return finder

    def _conditions(self, shape: _Shape) -> list[ColumnElement[bool]]:
        column = self.table.c
        return [column[name].is_(None) if empty else column[name] == bindparam(f"is_{name}") for name, empty in shape]

    def _named(self, key: Sequence[object]) -> dict[str, object]:
        return {f"key_{name}": value for name, value in zip(self._key, key, strict=True)}

    def _values(self, record: T) -> dict[str, Any]:
        values = {name: getattr(record, name) for name in self._columns}
        if self._json:
            values.update(self._adapter.dump_python(record, mode="json", include=self._json))
        return values


def _shape(where: Mapping[str, object]) -> _Shape:
    return tuple((name, value is None) for name, value in where.items())


def _given(where: Mapping[str, object]) -> dict[str, object]:
    return {f"is_{name}": value for name, value in where.items() if value is not None}
