"""Frozen values of the model kept as rows: one dataclass, one table, fields and columns of the same names."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import JSON, BigInteger, ColumnElement, Select, Table, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.sql.dml import UpdateBase

from services.kit.prepared import Prepared
from services.kit.transaction import Reading, Transaction
from vn.errors import Unknown

T = TypeVar("T")
S = TypeVar("S")
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
        self._mine = and_(*(column == bindparam(f"key_{column.name}") for column in table.primary_key.columns))
        self._seek = Prepared(select(table).where(self._mine))
        self._insert = Prepared(insert(table).values({name: bindparam(name) for name in self._columns}).inline())
        self._made: dict[tuple[str, object], Prepared] = {}
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
        if (self, key) not in tx.seen:
            rows = tx.rows(self._seek, self._named(key))
            tx.seen[self, key] = self._adapter.validate_python(rows[0]) if rows else None
        found: T | None = tx.seen[self, key]
        return found

    def find(self, tx: Reading, *, limit: int = EVERY, **where: object) -> list[T]:
        """All records whose columns hold just these values (None: hold nothing), in the order of the primary key."""
        finder = self._once("find", _shape(where), self._finder)
        return [self._adapter.validate_python(row) for row in tx.rows(finder, _given(where) | {"most": limit})]

    def count(self, tx: Reading, **where: object) -> int:
        """How many records hold just these values."""
        return int(tx.value(self._once("count", _shape(where), self._counter), _given(where)))

    def add(self, tx: Transaction, record: T) -> None:
        """Keep a new record; its key must be free."""
        tx.run(self._insert, self._values(record, self._columns))
        tx.seen[self, self._key_of(record)] = record

    def add_all(self, tx: Transaction, records: Iterable[T]) -> None:
        """Keep many new records in one statement."""
        if values := [self._values(record, self._columns) for record in records]:
            tx.run_all(self._insert, values)
            tx.seen.clear()

    def put(self, tx: Transaction, record: T) -> None:
        """Keep a record, in place of the one with the same key if there is one; only what differs is written."""
        key = self._key_of(record)
        old = self.seek(tx, *key)
        if old is None:
            self.add(tx, record)
            return
        changed = tuple(name for name in self._columns if getattr(old, name) != getattr(record, name))
        if changed:
            tx.run(self._once("update", changed, self._update), self._values(record, changed) | self._named(key))
            tx.seen[self, key] = record

    def remove(self, tx: Transaction, **where: object) -> int:
        """Forget all records whose columns hold just these values; answers how many there were."""
        tx.seen.clear()
        return tx.run(self._once("remove", _shape(where), self._remover), _given(where))

    def _once(self, kind: str, shape: S, make: Callable[[S], Select[Any] | UpdateBase]) -> Prepared:
        made = self._made.get((kind, shape))
        if made is None:
            made = self._made[kind, shape] = Prepared(make(shape))
        return made

    def _update(self, changed: tuple[str, ...]) -> UpdateBase:
        return update(self.table).where(self._mine).values({name: bindparam(name) for name in changed})

    def _finder(self, shape: _Shape) -> Select[Any]:
        query = select(self.table).where(*self._conditions(shape)).order_by(*self.table.primary_key.columns)
        return query.limit(bindparam("most", type_=BigInteger))

    def _counter(self, shape: _Shape) -> Select[Any]:
        return select(func.count().label("count")).select_from(self.table).where(*self._conditions(shape))

    def _remover(self, shape: _Shape) -> UpdateBase:
        return delete(self.table).where(*self._conditions(shape))

    def _conditions(self, shape: _Shape) -> list[ColumnElement[bool]]:
        column = self.table.c
        return [column[name].is_(None) if empty else column[name] == bindparam(f"is_{name}") for name, empty in shape]

    def _named(self, key: Sequence[object]) -> dict[str, object]:
        return {f"key_{name}": value for name, value in zip(self._key, key, strict=True)}

    def _key_of(self, record: T) -> tuple[object, ...]:
        return tuple(getattr(record, name) for name in self._key)

    def _values(self, record: T, columns: Sequence[str]) -> dict[str, Any]:
        values = {name: getattr(record, name) for name in columns}
        if nested := self._json.intersection(columns):
            values.update(self._adapter.dump_python(record, mode="json", include=nested))
        return values


def _shape(where: Mapping[str, object]) -> _Shape:
    return tuple((name, value is None) for name, value in where.items())


def _given(where: Mapping[str, object]) -> dict[str, object]:
    return {f"is_{name}": value for name, value in where.items() if value is not None}
