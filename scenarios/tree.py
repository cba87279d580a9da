"""A YAML text as values that know where they stand; every scalar is text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from scenarios.places import Place
from scenarios.scalars import Ref

__all__ = ["Entry", "Listed", "Mapped", "Node", "Scalar", "Step", "put", "scalars", "spot", "value"]

Step: TypeAlias = str | int


@dataclass(frozen=True)
class Scalar:
    """A text; `Plain` where it was written without quotes."""

    text: str
    place: Place


@dataclass(frozen=True)
class Listed:
    """A list."""

    items: tuple["Node", ...]
    place: Place


@dataclass(frozen=True)
class Entry:
    """What stands under a key, and where the key itself is."""

    key: Place
    node: "Node"


@dataclass(frozen=True)
class Mapped:
    """A mapping; its keys are text."""

    entries: Mapping[str, Entry]
    place: Place


Node: TypeAlias = Scalar | Listed | Mapped


def value(node: Node) -> Any:
    """The plain value: dict, list, str, Plain."""
    match node:
        case Mapped(entries):
            return {key: value(entry.node) for key, entry in entries.items()}
        case Listed(items):
            return [value(item) for item in items]
        case Scalar(text):
            return text


def spot(node: Node, path: tuple[Step, ...], *, key: bool = False) -> tuple[Node, Place, tuple[Step, ...]]:
    """What stands at a path, its place (`key`: that of its key), and the path as written, without steps that only shapes know."""
    place, written = node.place, []
    for step in path:
        if isinstance(node, Mapped) and step in node.entries:
            entry = node.entries[str(step)]
            node, place = entry.node, entry.key if key else entry.node.place
        elif isinstance(node, Listed) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = node.place
        else:
            continue
        written.append(step)
    return node, place, tuple(written)


def scalars(node: Node, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Scalar]]:
    """Every scalar below a node, each with its path."""
    match node:
        case Mapped(entries):
            for key, entry in entries.items():
                yield from scalars(entry.node, (*path, key))
        case Listed(items):
            for position, item in enumerate(items):
                yield from scalars(item, (*path, position))
        case Scalar():
            yield path, node


def put(node: Node, name: str, row: Mapping[str, Node]) -> Node:
    """The node with every `{name./key}` replaced by what the row has there; what it does not have stays. A whole scalar takes any value."""
    match node:
        case Mapped(entries):
            changed = {_worded(key, name, row): replace(entry, node=put(entry.node, name, row)) for key, entry in entries.items()}
            return replace(node, entries=changed)
        case Listed(items):
            return replace(node, items=tuple(put(item, name, row) for item in items))
        case Scalar(text, place):
            whole = Ref.whole(text)
            if whole and whole.name == name and whole.pointer[1:] in row:
                return replace(row[whole.pointer[1:]], place=place)
            return Scalar(type(text)(_worded(text, name, row)), place)


def _worded(text: str, name: str, row: Mapping[str, Node]) -> str:
    """The text with what the row has as text."""

    def said(ref: Ref) -> object:
        held = row.get(ref.pointer[1:]) if ref.name == name else None
        return held.text if isinstance(held, Scalar) else ref

    return Ref.replace(text, said) if "{" in text else text
