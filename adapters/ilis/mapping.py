"""Tables of names that translate both ways: a contract's fields, an agency's fields, and the pointers into either."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeAlias

from vn.clock import VN

DAY, INSTANT = "%d/%m/%Y", "%d/%m/%Y %H:%M:%S"


class Kind(Protocol):
    """How one value is written on either side; `inner` is the table of what lies in it, if anything does."""

    def to_native(self, value: Any) -> Any:
        """From the contract's JSON."""

    def from_native(self, value: Any) -> Any:
        """To the contract's JSON."""

    @property
    def inner(self) -> "Table | None":
        """For pointers that go on into it."""


@dataclass(frozen=True)
class Same:
    """Written alike on both sides."""

    inner: "Table | None" = None

    def to_native(self, value: Any) -> Any:
        """As it is."""
        return value

    def from_native(self, value: Any) -> Any:
        """As it is."""
        return value


@dataclass(frozen=True)
class Day(Same):
    """A date: 2025-07-01 and 01/07/2025."""

    def to_native(self, value: str) -> str:
        """As the agency writes it."""
        return date.fromisoformat(value).strftime(DAY)

    def from_native(self, value: str) -> str:
        """ISO 8601."""
        return datetime.strptime(value, DAY).date().isoformat()


@dataclass(frozen=True)
class Instant(Same):
    """An instant, in Viet Nam's time on the agency's side, whole seconds."""

    def to_native(self, value: str) -> str:
        """As the agency writes it."""
        return datetime.fromisoformat(value).astimezone(VN).strftime(INSTANT)

    def from_native(self, value: str) -> str:
        """RFC 3339."""
        return datetime.strptime(value, INSTANT).replace(tzinfo=VN).isoformat()


@dataclass(frozen=True)
class Code(Same):
    """One of a list: the contract's word to the agency's."""

    words: Mapping[Any, Any] = field(default_factory=dict)

    def to_native(self, value: Any) -> Any:
        """The agency's word; KeyError where there is none."""
        return self.words[value]

    def from_native(self, value: Any) -> Any:
        """The contract's word."""
        return {native: word for word, native in self.words.items()}[value]


@dataclass(frozen=True)
class Many:
    """A list of one kind."""

    of: Kind

    def to_native(self, value: list[Any]) -> list[Any]:
        """Each of them."""
        return [self.of.to_native(each) for each in value]

    def from_native(self, value: list[Any]) -> list[Any]:
        """Each of them."""
        return [self.of.from_native(each) for each in value]

    @property
    def inner(self) -> "Table | None":
        """That of each."""
        return self.of.inner


Row: TypeAlias = tuple[str, str] | tuple[str, str, Kind]


class Table:
    """Rows of (contract field, native field[, kind]); a contract field may lie deeper: `parcel/communeCode`. Itself a kind.

    What is absent on one side is absent on the other; a field that no row names is an error.
    """

    def __init__(self, *rows: Row) -> None:
        self.rows: tuple[tuple[tuple[str, ...], str, Kind], ...] = tuple(
            (tuple(row[0].split("/")), row[1], row[2] if len(row) == 3 else Same()) for row in rows
        )

    @property
    def inner(self) -> "Table":
        """Itself."""
        return self

    def to_native(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """An object of the contract as the agency writes it."""
        _all_known(value, {path[0] for path, _, _ in self.rows})
        found = ((native, kind, _dig(value, path)) for path, native, kind in self.rows)
        return {native: kind.to_native(each) for native, kind, each in found if each is not None}

    def from_native(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """An object of the agency as the contract writes it."""
        _all_known(value, {native for _, native, _ in self.rows})
        made: dict[str, Any] = {}
        for path, native, kind in self.rows:
            if value.get(native) is not None:
                place = made
                for step in path[:-1]:
                    place = place.setdefault(step, {})
                place[path[-1]] = kind.from_native(value[native])
        return made

    def pointer_to_native(self, pointer: str) -> str:
        """A pointer into the contract's object, as far as the table knows the way."""
        steps, table, made = pointer.split("/")[1:], self, []
        while steps:
            if steps[0].isdecimal():
                made.append(steps.pop(0))
                continue
            row = next((row for row in table.rows if tuple(steps[: len(row[0])]) == row[0]), None)
            if row is None:
                # an object that the agency has flattened, or something it has not: the place above is named
                return _joined(made) if any(path[0] == steps[0] for path, _, _ in table.rows) else _joined([*made, *steps])
            made.append(row[1])
            steps = steps[len(row[0]) :]
            if row[2].inner is None:
                return _joined([*made, *steps])
            table = row[2].inner
        return _joined(made)

    def pointer_from_native(self, pointer: str) -> str:
        """A pointer into the agency's object, as far as the table knows the way."""
        table: Table | None = self
        made: list[str] = []
        for step in pointer.split("/")[1:]:
            row = next((row for row in table.rows if row[1] == step), None) if table and not step.isdecimal() else None
            if row is None:
                made.append(step)
            else:
                made += row[0]
                table = row[2].inner
        return _joined(made)

    def knows(self, pointer: str) -> bool:
        """Whether a native pointer begins in this table."""
        return any(row[1] == pointer.split("/")[1:2][0] for row in self.rows) if pointer else True


@dataclass(frozen=True)
class Either:
    """One of several tables, told apart by a field: `tables` is by the contract's word, `words` gives the agency's."""

    tag: tuple[str, str]
    words: Mapping[str, Any]
    tables: Mapping[str, Table]

    def to_native(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """With the agency's word for what it is."""
        word = value[self.tag[0]]
        rest = {name: each for name, each in value.items() if name != self.tag[0]}
        return {self.tag[1]: self.words[word], **self.tables[word].to_native(rest)}

    def from_native(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """With the contract's word for what it is."""
        word = next(word for word, native in self.words.items() if native == value[self.tag[1]])
        rest = {name: each for name, each in value.items() if name != self.tag[1]}
        return {self.tag[0]: word, **self.tables[word].from_native(rest)}

    @property
    def inner(self) -> Table:
        """The first: pointers go by the names that all share."""
        return next(iter(self.tables.values()))


def _dig(value: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _all_known(value: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(value.keys() - known)
    if unknown:
        raise ValueError(f"fields without translation: {', '.join(unknown)}")


def _joined(steps: list[str]) -> str:
    return "".join(f"/{step}" for step in steps)
