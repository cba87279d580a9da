"""Which field of a contract an agency means, found by telling it again with other values: no adapter writes its names down twice.

An agency points into the body that it was given (`/LIST/0/MA_TMUC`); who sent the message knows its contract only (`/lines/0/subItem`).
Every leaf of the payload has a number. For each binary digit of these numbers the handler runs twice, with nobody at the other end:
once with another value in all leaves that have a 0 there, once in those that have a 1. A native leaf that is made from one leaf of the
payload alone changes in one of the two for each digit, and the digits are the number of its origin.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from itertools import takewhile
from typing import Any, Literal, get_args, get_origin

import orjson
from pydantic import BaseModel

from adapters.runtime.agency import Agency
from adapters.runtime.answers import Answer
from adapters.runtime.declaration import Handler, Received
from adapters.runtime.letters import LONGEST_POINTER, MOST_FAULTS
from vn.errors import AgencyAnsweredNo, Fault
from vn.pointer import pointer

Path = tuple[str | int, ...]
Flat = Mapping[str, Any]  # each leaf of a JSON value by its pointer

MOST = 2000  # leaves; a larger message is not worth the time, its faults keep their native names


async def in_terms_of_the_contract(no: AgencyAnsweredNo, handler: Handler, said: Received[Any], operation: str) -> AgencyAnsweredNo:
    """The agency's no to one call (`POST /path`), its faults pointing into the payload; a body that is not JSON has pointers as it came."""
    if not no.faults:
        return no
    try:
        told = await _told(handler, said, operation)
        found = await origins(handler, said, operation) if told is not None else {}
    except Exception:  # noqa: BLE001  # a handler that cannot be run without its agency: the faults keep their native names
        told, found = {}, {}
    if told is None:
        return no
    return AgencyAnsweredNo(no.code, no.message, [placed(fault, found) for fault in no.faults[:MOST_FAULTS]])


def placed(fault: Fault, found: Mapping[str, str]) -> Fault:
    """A native fault where it stands in the contract; where only what is around it is known there, the reason names its native place."""
    place = fault.pointer[:LONGEST_POINTER]
    while place:
        into_contract = found.get(place) or _around(place, found)
        if into_contract is not None:
            return Fault(into_contract, fault.reason if place == fault.pointer else f"{fault.pointer}: {fault.reason}")
        place = place.rpartition("/")[0]
    return Fault("", f"{fault.pointer}: {fault.reason}" if fault.pointer else fault.reason)


async def origins(handler: Handler, said: Received[Any], operation: str) -> dict[str, str]:
    """Pointer of a native leaf to the pointer of the leaf of the payload that it is made from, where it is made from one."""
    leaves = list(_leaves(said.payload))
    before = await _told(handler, said, operation)
    if before is None or len(leaves) > MOST:
        return {}
    digits = max(len(leaves) - 1, 1).bit_length()
    changed = {native: [0, 0] for native in before}
    for digit in range(digits):
        for side in (0, 1):
            others = {path: other for number, (path, other) in enumerate(leaves) if number >> digit & 1 == side}
            after = await _told(handler, Received(_with(said.payload, others), said.message), operation) or {}
            for native, value in before.items():
                if after.get(native) != value:
                    changed[native][side] |= 1 << digit
    every = (1 << digits) - 1
    return {native: pointer(leaves[ones][0]) for native, (zeros, ones) in changed.items() if zeros ^ ones == every and not zeros & ones}


class _Nobody:
    """In the place of an agency: keeps what is written, by operation."""

    def __init__(self) -> None:
        self.heard: dict[str, bytes | None] = {}

    async def call(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None) -> Answer:
        """Raises RuntimeError where something is asked."""
        if method == "GET":
            raise RuntimeError("there is nobody to ask")
        self.heard[f"{method} {path.partition('?')[0]}"] = content
        return Answer(204, headers or {}, b"")


async def _told(handler: Handler, said: Received[Any], operation: str) -> Flat | None:
    """What the handler would tell the agency; None where that is not JSON."""
    nobody = _Nobody()
    agency = Agency(nobody, said.message)
    try:
        await handler(said, agency)
    except Exception:  # the answer of nobody is no answer that every handler can read; what it wrote is there
        if operation not in nobody.heard:
            raise
    try:
        return dict(_flat(orjson.loads(nobody.heard[operation] or b"")))
    except orjson.JSONDecodeError:
        return None


def _flat(value: Any, at: Path = ()) -> Iterator[tuple[str, Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        yield pointer(at), value
    else:
        for step, each in inner:
            yield from _flat(each, (*at, step))


def _leaves(value: Any, at: Path = (), kind: Any = None) -> Iterator[tuple[Path, Any]]:
    """Every leaf that could be another one, by its path on the wire, and another value for it; `kind` is its annotation."""
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _leaves(getattr(value, name), (*at, field.alias or name), field.annotation)
    elif isinstance(value, tuple):
        for position, each in enumerate(value):
            yield from _leaves(each, (*at, position))
    elif (other := _other(value, kind)) is not None:
        yield at, other


def _with(value: Any, others: Mapping[Path, Any], at: Path = ()) -> Any:
    """The value with other leaves; not validated, since it is told to nobody."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields.items()
        return value.model_copy(update={name: _with(getattr(value, name), others, (*at, field.alias or name)) for name, field in fields})
    if isinstance(value, tuple):
        return tuple(_with(each, others, (*at, position)) for position, each in enumerate(value))
    return others.get(at, value)


def _other(value: Any, kind: Any) -> Any:
    """Another value that a translation can read; None where there is none. What is empty stays so: it might be left out."""
    match value:
        case Enum():
            return next((each for each in type(value) if each is not value), None)
        case bool():
            return not value
        case str() | int() if words := _words(kind):
            return next((word for word in words if word != value), None)
        case str():
            return f"{value}x" if value else None
        case int() | float() | Decimal():
            return value + 1 if value else None
        case date():
            return value + timedelta(days=1)
        case _:
            return None


def _words(kind: Any) -> tuple[Any, ...]:
    """The words of a Literal, also of one that may be absent."""
    if get_origin(kind) is Literal:
        return get_args(kind)
    return tuple(word for each in get_args(kind) if get_origin(each) is Literal for word in get_args(each))


def _around(place: str, found: Mapping[str, str]) -> str | None:
    """The pointer above the origins of all that lies in a native place; None where nothing does."""
    paths = [into_contract.split("/") for native, into_contract in found.items() if native.startswith(f"{place}/")]
    if not paths:
        return None
    common = [steps[0] for steps in takewhile(lambda steps: len(set(steps)) == 1, zip(*paths, strict=False))]
    if common[-1].isdecimal() and not place.rpartition("/")[2].isdecimal():
        common = common[:-1]  # a list of one is a list
    return "/".join(common)
