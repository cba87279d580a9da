"""A look over a request before kio reads it: whatever it counts must fit into the frame.

kio's native reader reserves memory for an array by the number that the array itself gives, before it reads its items. A number
of two thousand million then ends the process, not the connection, so no such frame may reach it.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Final, get_args

Step = Callable[[bytes, int], int]
"""From a position in the frame to the position behind one field."""

_FIXED: Final = {
    **dict.fromkeys(("int8", "uint8", "bool"), 1),
    **dict.fromkeys(("int16", "uint16", "error_code"), 2),
    **dict.fromkeys(("int32", "uint32", "timedelta_i32"), 4),
    **dict.fromkeys(("int64", "uint64", "float64", "timedelta_i64", "datetime_i64"), 8),
    "uuid": 16,
}


class OverrunError(ValueError):
    """Something is said to be longer than what is left of the frame."""


def entity_in(annotation: Any) -> Any:
    """The kio entity that a field holds, alone or in an array; None for plain values."""
    if is_dataclass(annotation):
        return annotation
    return next((found for part in get_args(annotation) if (found := entity_in(part)) is not None), None)


@cache
def skimmer(schema: Any) -> Step:
    """What walks over one entity of that kind; raises OverrunError, or IndexError where the frame ends too early."""
    steps: list[Step] = []
    tagged: dict[int, Step] = {}
    for field in fields(schema):
        step = _step(field, schema.__flexible__)
        if "tag" in field.metadata:
            tagged[field.metadata["tag"]] = step
        else:
            steps.append(step)
    if schema.__flexible__:
        steps.append(_tags(tagged))

    def skim(frame: bytes, position: int) -> int:
        for step in steps:
            position = step(frame, position)
        if position > len(frame):
            raise OverrunError(f"{schema.__name__} ends behind the frame")
        return position

    return skim


def _step(field: Any, flexible: bool) -> Step:
    nested = entity_in(field.type)
    optional = "None" in str(field.type)
    array = "tuple[" in str(field.type)
    item = skimmer(nested) if nested is not None else _plain(field.metadata["kafka_type"], flexible)
    if array:
        return _array(item, flexible)
    return _maybe(item) if nested is not None and optional and "tag" not in field.metadata else item


def _plain(kind: str, flexible: bool) -> Step:
    if kind in _FIXED:
        size = _FIXED[kind]
        return lambda _frame, position: position + size
    width = 2 if kind == "string" else 4

    def text(frame: bytes, position: int) -> int:
        length, position = _length(frame, position, width, flexible)
        return position + max(length, 0)

    return text


def _array(item: Step, flexible: bool) -> Step:
    def array(frame: bytes, position: int) -> int:
        count, position = _length(frame, position, 4, flexible)
        if count > len(frame) - position:  # nothing that is repeated takes less than a byte
            raise OverrunError(f"an array of {count} items in a frame of {len(frame)} bytes")
        for _ in range(count):
            position = item(frame, position)
        return position

    return array


def _maybe(item: Step) -> Step:
    """A struct that may be missing: one byte says so (KIP-893)."""
    return lambda frame, position: item(frame, position + 1) if frame[position] == 1 else position + 1


def _tags(known: dict[int, Step]) -> Step:
    def tags(frame: bytes, position: int) -> int:
        count, position = _varint(frame, position)
        for _ in range(count):
            tag, position = _varint(frame, position)
            size, position = _varint(frame, position)
            if tag in known:
                known[tag](frame, position)
            position += size
        return position

    return tags


def _length(frame: bytes, position: int, width: int, flexible: bool) -> tuple[int, int]:
    if flexible:
        length, position = _varint(frame, position)
        return length - 1, position
    return int.from_bytes(frame[position : position + width], "big", signed=True), position + width


def _varint(frame: bytes, position: int) -> tuple[int, int]:
    """An unsigned varint of at most five bytes."""
    value = 0
    for shift in range(0, 35, 7):
        byte = frame[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise OverrunError("a number without end")
