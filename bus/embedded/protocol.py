"""Kafka's requests and responses, read and written with kio, whose modules are loaded per API and version on first use."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import timedelta
from functools import cache
from typing import Any, Final, NamedTuple

from kio.index import load_request_schema, load_response_schema
from kio.serial import entity_reader, entity_writer

from bus.embedded.skim import entity_in, skimmer

Tree = Mapping[str, Any]
"""A response under kio's field names: what a version lacks is left out, what is not given takes the version's default."""

_HEAD: Final = struct.Struct(">hhi")
_LENGTH: Final = struct.Struct(">i")
_SINCE_ALL: Final[Tree] = {"throttle_time": timedelta(0)}


class Head(NamedTuple):
    """The part of a request's header that has the same place in every version."""

    api: int
    version: int
    correlation: int


class ProtocolError(ValueError):
    """The bytes are no request of the Kafka protocol; the connection ends, nothing else."""


def head(frame: bytes) -> Head:
    if len(frame) < _HEAD.size:
        raise ProtocolError("shorter than a request header")
    return Head._make(_HEAD.unpack_from(frame))


def read(api: int, version: int, frame: bytes) -> tuple[str | None, Any]:
    """The client id and the request itself."""
    read_header, skim, read_body = _readers(api, version)
    try:
        top, size = read_header(frame, 0)
        skim(frame, size)
        body, _size = read_body(frame, size)
    except Exception as error:  # whatever kio stumbles over, the bytes were wrong
        raise ProtocolError(f"api {api} version {version}: {error!r}") from error
    return top.client_id, body


def write(api: int, version: int, correlation: int, tree: Tree) -> bytes:
    """A whole response frame, length first."""
    schema, write_body, flexible_header = _writer(api, version)
    pieces = _Pieces()
    write_body(pieces, build(schema, {**_SINCE_ALL, **tree}))
    top = _LENGTH.pack(correlation) + (b"\0" if flexible_header else b"")
    return b"".join((_LENGTH.pack(len(top) + pieces.size), top, *pieces.all))


def build(schema: Callable[..., Any], tree: Tree) -> Any:
    """A kio entity out of a tree."""
    values = {}
    for name, nested, required in _shape(schema):
        value = tree.get(name, MISSING)
        if value is MISSING:
            if required:
                raise KeyError(f"{schema} needs {name}")
        elif nested is None or value is None:
            values[name] = value
        elif isinstance(value, Mapping):
            values[name] = build(nested, value)
        else:
            values[name] = tuple([build(nested, item) for item in value])
    return schema(**values)


class _Pieces:
    """What kio writes, kept in pieces so that a fetched megabyte is copied once, into the frame."""

    def __init__(self) -> None:
        self.all: list[bytes] = []
        self.size = 0

    def write(self, piece: bytes) -> None:
        self.all.append(piece)
        self.size += len(piece)


@cache
def _readers(api: int, version: int) -> tuple[Any, Any, Any]:
    schema = load_request_schema(api, version)
    return entity_reader(schema.__header_schema__), skimmer(schema), entity_reader(schema)


@cache
def _writer(api: int, version: int) -> tuple[Any, Any, bool]:
    schema = load_response_schema(api, version)
    return schema, entity_writer(schema), schema.__header_schema__.__flexible__


@cache
def _shape(schema: Any) -> tuple[tuple[str, Any, bool], ...]:
    """Per field: its name, the entity it holds (alone or as an array), whether it has no default."""
    return tuple((each.name, entity_in(each.type), each.default is MISSING) for each in fields(schema))
