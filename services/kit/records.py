"""Frozen values of the model kept as rows: one dataclass, one table, fields and columns of the same names."""

from dataclasses import fields, is_dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import JSON, ColumnElement, Table, and_, insert, select, update

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
        row = tx.execute(select(self.table).where(self._where(key))).first()
        return None if row is None else self._adapter.validate_python(dict(row._mapping))

    def find(self, tx: Reading, *where: ColumnElement[bool], limit: int | None = None) -> list[T]:
        """All records that fulfil every condition, in the order of the primary key."""
        query = select(self.table).where(*where).order_by(*self.table.primary_key.columns).limit(limit)
        return [self._adapter.validate_python(dict(row._mapping)) for row in tx.execute(query)]

    def add(self, tx: Transaction, record: T) -> None:
        """Keep a new record; its key must be free."""
        tx.execute(insert(self.table).values(**self._values(record)))

    def put(self, tx: Transaction, record: T) -> None:
        """Keep a record, in place of the one with the same key if there is one."""
        values = self._values(record)
        key = [values[column.name] for column in self.table.primary_key.columns]
        if tx.execute(update(self.table).where(self._where(key)).values(**values)).rowcount == 0:
            tx.execute(insert(self.table).values(**values))

    def _where(self, key: Any) -> ColumnElement[bool]:
        columns = self.table.primary_key.columns
        return and_(*(column == value for column, value in zip(columns, key, strict=True)))

    def _values(self, record: T) -> dict[str, Any]:
        values = {name: getattr(record, name) for name in self._columns}
        if self._json:
            values.update(self._adapter.dump_python(record, mode="json", include=self._json))
        return values
