"""Strict JSON: what two parsers could read differently is refused, with every place named."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

import orjson

from vn.errors import ContractViolation, Fault
from vn.pointer import pointer

MAX_DEPTH = 64
BOM = b"\xef\xbb\xbf"


class _Repeated(dict[str, Any]):
    """An object that named a key twice; lives only until its faults are listed."""

    names: tuple[str, ...] = ()


def parse(raw: bytes) -> object:
    """The value in `raw`; raises ContractViolation for NaN, a key twice, more than 64 levels, or bytes that are not UTF-8 JSON."""
    try:
        value: object = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ContractViolation([Fault("", _why(raw, error))]) from error
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        _refuse_depth()
    # orjson keeps the last of two equal keys: what it writes back is shorter then. Compact input, the usual case, ends here.
    if orjson.dumps(value) == raw:
        return value
    return _parse_slowly(raw)


def canonical(value: object) -> bytes:
    """The one spelling of a JSON value by which two are compared: compact, keys sorted."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _parse_slowly(raw: bytes) -> object:
    """Python's own parser shows every key, so it finds the repeated ones; it also keeps integers beyond 64 bits whole."""
    repeated = False

    def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        value = dict(pairs)
        if len(value) == len(pairs):
            return value
        repeated = True
        marked = _Repeated(value)
        marked.names = tuple(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        return marked

    try:
        value: object = json.loads(raw.decode(), object_pairs_hook=object_of)
    except RecursionError:  # deep inside a value that a second key hides from orjson
        _refuse_depth()
    if repeated:
        raise ContractViolation(sorted(_repetitions(value)))
    return value


def _repetitions(value: object, path: tuple[str | int, ...] = ()) -> Iterator[Fault]:
    if isinstance(value, _Repeated):
        for name in value.names:
            yield Fault(pointer((*path, name)), "is given twice")
    for step, inner in _children(value):
        yield from _repetitions(inner, (*path, step))


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level := [outer for outer in level if isinstance(outer, dict | list)]:
        depth += 1
        level = [inner for outer in level for _, inner in _children(outer)]
    return depth


def _children(value: object) -> Iterable[tuple[str | int, object]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _why(raw: bytes, error: orjson.JSONDecodeError) -> str:
    """The reason in our words; nothing of the text itself is quoted."""
    if not raw.strip():
        return "is empty"
    if raw.startswith(BOM):
        return "begins with a byte order mark"
    try:
        text = raw.decode()
    except UnicodeDecodeError as broken:
        return f"is not UTF-8 at byte {broken.start}"
    where = f"at line {error.lineno}, column {error.colno}"
    if text[error.pos :].lstrip("-").startswith(("NaN", "Infinity")):
        return f"has NaN or Infinity {where}"
    if "depth" in error.msg:
        return f"is nested deeper than {MAX_DEPTH} levels"
    return f"is not JSON {where}: {error.msg}"


def _refuse_depth() -> NoReturn:
    raise ContractViolation([Fault("", f"is nested deeper than {MAX_DEPTH} levels")])
