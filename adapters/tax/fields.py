"""One table per document says how the gateway's elements and a contract's members meet; translation both ways follows from it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from lxml import etree

from bus import Failure
from vn.clock import VN
from vn.errors import AgencyAnsweredNo, Fault

Element: TypeAlias = Any  # lxml-stubs' _Element is private
Object: TypeAlias = dict[str, Any]

_STEP = re.compile(r"^([A-Z0-9_]+)(?:\[(\d+)\])?$")


@dataclass(frozen=True)
class Codec:
    """How one value is written: a contract's JSON value to text, and text to what a payload model takes."""

    to_text: Callable[[Any], str]
    to_wire: Callable[[str], Any]


@dataclass(frozen=True)
class Leaf:
    """One element with text, one member; `wire` is a path such as `parcel/mapSheet`."""

    native: str
    wire: str
    codec: Codec


@dataclass(frozen=True)
class Group:
    """One element with children; `wire` is empty where its members stand in the object around it."""

    native: str
    wire: str
    of: "Table"


@dataclass(frozen=True)
class Many:
    """A list: an element `native` around elements `item`; left out where the list is empty."""

    native: str
    item: str
    wire: str
    of: "Table | Codec"


Table: TypeAlias = tuple[Leaf | Group | Many, ...]


def fill(parent: Element, table: Table, value: Mapping[str, Any], at: str = "") -> None:
    """Write a JSON object of a contract into `parent`; raises AgencyAnsweredNo for text that XML cannot carry."""
    for field in table:
        found = _get(value, field.wire)
        pointer = f"{at}/{field.wire}" if field.wire else at
        if found is None or (isinstance(field, Many) and not found):
            continue
        made = etree.SubElement(parent, field.native)
        match field:
            case Leaf():
                _write(made, field.codec, found, pointer)
            case Group():
                fill(made, field.of, found, pointer)
            case Many():
                _fill_all(made, field, found, pointer)


def _fill_all(around: Element, field: Many, values: Sequence[Any], at: str) -> None:
    for place, value in enumerate(values):
        made = etree.SubElement(around, field.item)
        if isinstance(field.of, Codec):
            _write(made, field.of, value, f"{at}/{place}")
        else:
            fill(made, field.of, value, f"{at}/{place}")


def _write(made: Element, codec: Codec, value: Any, at: str) -> None:
    try:
        made.text = codec.to_text(value)
    except ValueError:
        reason = "a control character that XML cannot carry"
        raise AgencyAnsweredNo(Failure.UNTRANSLATABLE, "text that XML cannot carry", [Fault(at, reason)]) from None


def read(element: Element, table: Table) -> Object:
    """The members that an element holds; what is absent stays absent."""
    made: Object = {}
    for field in table:
        found = element.find(field.native)
        if found is None:
            continue
        match field:
            case Leaf():
                _set(made, field.wire, field.codec.to_wire(found.text or ""))
            case Group():
                inner = read(found, field.of)
                if field.wire:
                    _set(made, field.wire, inner)
                else:
                    _merge(made, inner)
            case Many():
                _set(made, field.wire, [_read_one(each, field.of) for each in found.iterfind(field.item)])
    return made


def _read_one(each: Element, of: "Table | Codec") -> Any:
    return of.to_wire(each.text or "") if isinstance(of, Codec) else read(each, of)


def pointer_of(path: str, table: Table) -> tuple[str, bool]:
    """The JSON Pointer of an element in a document's body, as far as the table knows the way, and whether that is all of it."""
    steps = [match for step in path.strip("/").split("/")[1:] if (match := _STEP.match(step))]
    pointer, rest = _pointer(steps, table)
    return pointer, not rest


def _pointer(steps: Sequence["re.Match[str]"], table: Table) -> tuple[str, Sequence["re.Match[str]"]]:
    """The pointer, and the steps that lead on to where the table knows nothing."""
    field = next((each for each in table if steps and each.native == steps[0][1]), None)
    if field is None:
        return "", steps
    here, rest = f"/{field.wire}" if field.wire else "", steps[1:]
    inner: Table = ()
    match field:
        case Group():
            inner = field.of
        case Many() if rest and rest[0][1] == field.item:
            here += f"/{int(rest[0][2] or 1) - 1}"
            inner, rest = () if isinstance(field.of, Codec) else field.of, rest[1:]
    below, rest = _pointer(rest, inner)
    return here + below, rest


def _get(value: Mapping[str, Any], path: str) -> Any:
    found: Any = value
    for step in path.split("/") if path else ():
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _set(made: Object, path: str, value: Any) -> None:
    *above, last = path.split("/")
    for step in above:
        made = made.setdefault(step, {})
    made[last] = value


def _merge(made: Object, more: Object) -> None:
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(made.get(name), dict):
            _merge(made[name], value)
        else:
            made[name] = value


def one_of(codes: Mapping[str, str]) -> Codec:
    """A code for each value of the contract."""
    back = {code: value for value, code in codes.items()}
    return Codec(codes.__getitem__, back.__getitem__)


def to_instant(text: str) -> datetime:
    """`yyyy-MM-dd HH:mm:ss.0`, in Viet Nam's time."""
    return datetime.fromisoformat(f"{text[:19]}.{text[20:26]:0<6}").replace(tzinfo=VN)


def from_instant(value: str) -> str:
    """As Java writes a Timestamp: the fraction as far as there is one, at least `.0`."""
    local = datetime.fromisoformat(value).astimezone(VN)
    fraction = f"{local.microsecond:06d}".rstrip("0") or "0"
    return f"{local.replace(microsecond=0, tzinfo=None).isoformat(' ')}.{fraction}"


TEXT = Codec(str, str)
WHOLE = Codec(str, int)
NUMBER = Codec(lambda value: f"{Decimal(str(value)):f}", Decimal)
DAY = Codec(lambda value: f"{value} 00:00:00.0", lambda text: text[:10])
INSTANT = Codec(from_instant, to_instant)
FLAG = Codec(lambda value: "1" if value else "0", lambda text: text == "1")
