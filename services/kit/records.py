"""Frozen values of the model kept as rows: one dataclass, one table, fields and columns of the same names."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import JSON, ColumnElement, Table, and_, bindparam, insert, select, update

from services.kit.transaction import Reading, Transaction
from vn.errors import Unknown

T = TypeVar("T")


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
        self._select, self._update, self._insert = select(table).where(mine), update(table).where(mine), insert(table)
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
        row = tx.execute(self._select, self._named(key)).first()
        return None if row is None else self._adapter.validate_python(dict(row._mapping))

    def find(self, tx: Reading, *where: ColumnElement[bool], limit: int | None = None) -> list[T]:
        """All records that fulfil every condition, in the order of the primary key."""
        query = select(self.table).where(*where).order_by(*self.table.primary_key.columns).limit(limit)
        return [self._adapter.validate_python(dict(row._mapping)) for row in tx.execute(query)]

    def add(self, tx: Transaction, record: T) -> None:
        """Keep a new record; its key must be free."""
        tx.execute(self._insert, self._values(record))

    def add_all(self, tx: Transaction, records: Iterable[T]) -> None:
        """Keep many new records in one statement."""
        if values := [self._values(record) for record in records]:
            tx.execute(self._insert, values)

    def put(self, tx: Transaction, record: T) -> None:
        """Keep a record, in place of the one with the same key if there is one."""
        values = self._values(record)
        if tx.execute(self._update, values | self._named([values[name] for name in self._key])).rowcount == 0:
            tx.execute(self._insert, values)

    def _named(self, key: Sequence[object]) -> dict[str, object]:
        return {f"key_{name}": value for name, value in zip(self._key, key, strict=True)}

    def _values(self, record: T) -> dict[str, Any]:
        values = {name: getattr(record, name) for name in self._columns}
        if self._json:
            values.update(self._adapter.dump_python(record, mode="json", include=self._json))
        return values
