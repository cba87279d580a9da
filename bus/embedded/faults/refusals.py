"""A request answered with an error for all that it asked, in the field where that API's clients look for it."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from kio.index import load_response_schema
from kio.schema.errors import ErrorCode

from bus.embedded.broker import Call
from bus.embedded.protocol import Tree
from bus.embedded.skim import entity_in

_AT_TOP: Final = frozenset((9, 13, 16, 47, 60))
"""OffsetFetch, LeaveGroup, ListGroups, OffsetDelete, DescribeCluster: one error for the whole, nothing inside."""
_LOOKED_UP: Final = frozenset((3, 75))
"""Metadata, DescribeTopicPartitions: a client that is told of no broker at all would be lost, not refused."""
_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "topic": ("name",),
    "name": ("topic",),
    "partition_index": ("partition", "index"),
    "partition": ("partition_index",),
    "index": ("partition_index",),
    "key": ("group_id",),
}
_GIVEN_NAMES: Final = ("name", "topic", "group_id", "key", "partition_index", "index", "partition")
_NOTHING: Final[Mapping[type, Any]] = {
    bool: False,
    bytes: b"",
    str: "",
    UUID: UUID(int=0),
    timedelta: timedelta(0),
    datetime: datetime.fromtimestamp(0, UTC),
}


def refused(call: Call, error: ErrorCode) -> Tree:
    """The response, for `protocol.write`."""
    schema = load_response_schema(call.api, call.version)
    tree, inside = _filled(schema, call.body, error)
    at_top = [name for name, kind, _item, _default in _shape(schema) if kind is ErrorCode]
    if inside and not (call.api in _AT_TOP and at_top):
        return {**tree, **dict.fromkeys(at_top, ErrorCode.none)}
    if at_top:
        emptied = {name: () for name, _kind, item, _default in _shape(schema) if item is not None and isinstance(tree.get(name), list)}
        return {**tree, **emptied}
    return tree


def looked_up(call: Call) -> bool:
    """Whether the answer is made from the real one by `spoiled`."""
    return call.api in _LOOKED_UP


def spoiled(call: Call, tree: Tree, error: ErrorCode) -> Tree:
    """What Metadata would say, with this error for each topic, or for the whole where no topic is asked for."""
    topics = [{**topic, "error_code": error, "partitions": ()} for topic in tree["topics"]]
    return {**tree, "topics": topics, "error_code": ErrorCode.none if topics or call.version < 13 else error}


def _filled(schema: Any, asked: Any, error: ErrorCode) -> tuple[dict[str, Any], bool]:
    """A response entity that repeats what was asked; and whether an error stands inside of one of its arrays."""
    tree: dict[str, Any] = {}
    inside = False
    for name, kind, item, default in _shape(schema):
        if kind is ErrorCode:
            tree[name] = error
        elif item is not None and _tells(item):
            tree[name] = [_filled(item, each, error)[0] for each in _asked_in(asked, name)]
            inside = inside or bool(tree[name])
        elif (given := _given(asked, name)) is not MISSING:
            tree[name] = given
        elif default is MISSING:
            tree[name] = () if item is not None else _nothing(kind)
    return tree, inside


def _given(asked: Any, name: str) -> Any:
    """What the request says of this field: by its name, or by the name that it has there; an item may be nothing but its name."""
    if isinstance(asked, str | int):
        return asked if name in _GIVEN_NAMES else MISSING
    for each in (name, *_ALIASES.get(name, ())):
        if hasattr(asked, each) and not isinstance(getattr(asked, each), tuple):
            return getattr(asked, each)
    return MISSING


def _asked_in(asked: Any, name: str) -> tuple[Any, ...]:
    """The items of a request that an array of its response is about: under the same name, else the first that are there."""
    if isinstance(asked, str | int):
        return ()
    same = getattr(asked, name, None)
    if isinstance(same, tuple) and same:
        return same
    arrays = (getattr(asked, each.name) for each in fields(asked))
    return next((each for each in arrays if isinstance(each, tuple) and each), ())


@cache
def _tells(schema: Any) -> bool:
    """Whether an error can stand in it."""
    return any(kind is ErrorCode or (item is not None and _tells(item)) for _name, kind, item, _default in _shape(schema))


@cache
def _shape(schema: Any) -> tuple[tuple[str, Any, Any, Any], ...]:
    """Per field: name, type, the entity it holds, default."""
    return tuple((each.name, each.type, entity_in(each.type), each.default) for each in fields(schema))


def _nothing(kind: Any) -> Any:
    """The emptiest value of a required field's type."""
    if not isinstance(kind, type):
        return () if str(kind).startswith("tuple") else None  # the others may be null
    return next((value for known, value in _NOTHING.items() if issubclass(kind, known)), -1)
