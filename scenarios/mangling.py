"""What a fault makes of a record on its way, as pure functions; the key and the place stay as they were.

What comes of it on the way in (member->exchange: the exchange's own word) and on the way out (exchange->member: whoever reads the inbox
must judge, for the exchange has already said yes):

| fault         | what is changed                                                                  | member->exchange           |
|---------------|----------------------------------------------------------------------------------|----------------------------|
| duplicate     | the record stands there `copies` times, the same bytes under the same id         | passes, is delivered twice |
| lose          | there is no record                                                               | nobody hears of it         |
| corrupt       | the middle half of the payload's bytes is 0xFF: no UTF-8, so no JSON             | client.contract_violation  |
| truncate      | the second half of the payload's bytes is cut off                                | client.contract_violation  |
| old-codes     | communes get the code (and name) of a part of them before 1 July 2025, where the | passes: the form is right  |
|               | message is not older itself; HNK is BHK and LUK is LUN, as before TT 08/2024     |                            |
| mixed-dates   | dates and instants are 31/12/2025 and 12-31-2025 00:00:00 in turns               | client.contract_violation  |
| wrong-sender  | `ce_source` names another member                                                 | client.sender_mismatch     |
| wrong-version | `ce_type` ends in another version                                                | client.unknown_contract    |
| tamper        | values at JSON Pointers are replaced                                             | as the contract has it     |

`delay` and `reorder` change no record; they hold it back (`app/play/relay.py`). A fault fires only where it changes something.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import cycle
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from scenarios.faults import Duplicate, Fault, Tamper, WrongSender, WrongVersion
from scenarios.typed import NOTHING, typed
from vn.clock import VN
from vn.pointer import steps
from vn.units import communes, predecessors

__all__ = ["LAND_USE_BEFORE", "Carried", "passed"]

LAND_USE_BEFORE: Mapping[str, str] = MappingProxyType({"HNK": "BHK", "LUK": "LUN"})
"""Code of land use by TT 08/2024 -> one that it has taken in; other annual crops, rice on the hillside."""
LAND_USES = frozenset({"use", "fromUse", "toUse", "useBefore"})
"""The fields of the contracts that hold such a code."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")
_FORMATS = ("%d/%m/%Y", "%m-%d-%Y %H:%M:%S")
_VERSION = re.compile(rb"\.v[0-9]+$")


class Carried(NamedTuple):
    """What a fault can change of a record."""

    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


def passed(fault: Fault, record: Carried, ids: Mapping[str, str]) -> tuple[Carried, ...] | None:
    """What goes on in the place of this record; None where the fault finds nothing to change. `ids`: short name of a member -> its id."""
    about = fault.on_hop
    if isinstance(about, Duplicate):
        return (record,) * about.copies
    if fault.kind == "lose":
        return ()
    changed: Carried | None
    if isinstance(about, WrongSender):
        changed = _header(record, "ce_source", lambda _: f"/{ids[about.sender]}".encode())
    elif isinstance(about, WrongVersion):
        changed = _header(record, "ce_type", lambda old: _VERSION.sub(f".v{about.version}".encode(), old))
    elif isinstance(about, Tamper):
        changed = _payload(record, lambda payload: _tampered(payload, about.with_))
    else:
        changed = _MANGLED[fault.kind](record)
    return None if changed is None or changed == record else (changed,)


def _corrupt(record: Carried) -> Carried:
    value = record.value or b""
    first = len(value) // 4
    last = max(len(value) - first, first + 1)
    return record._replace(value=value[:first] + b"\xff" * (last - first) + value[last:])


def _truncated(record: Carried) -> Carried:
    return record if record.value is None else record._replace(value=record.value[: len(record.value) // 2])


def _old_codes(record: Carried) -> Carried | None:
    said = dict(record.headers).get("ce_time") or b""
    try:
        division = communes(datetime.fromisoformat(said.decode()).astimezone(VN).date())
    except (ValueError, OverflowError):
        return None
    today = {each.code for each in division if each.valid_to is None}
    return _payload(record, lambda payload: _with_old_codes(payload, today))


def _with_old_codes(value: Any, today: set[str]) -> Any:
    if isinstance(value, list):
        return [_with_old_codes(each, today) for each in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _with_old_codes(each, today) for key, each in value.items()}
    for key in LAND_USES & changed.keys():
        if isinstance(changed[key], str):
            changed[key] = LAND_USE_BEFORE.get(changed[key], changed[key])
    code = value.get("communeCode")
    before = next((each for each in predecessors(code) if each.code != code), None) if isinstance(code, str) and code in today else None
    if before is not None:
        changed["communeCode"] = before.code
        if "communeName" in changed:
            changed["communeName"] = before.name
    return changed


def _mixed_dates(record: Carried) -> Carried | None:
    turns = cycle(_FORMATS)

    def mixed(value: Any) -> Any:
        if isinstance(value, list):
            return [mixed(each) for each in value]
        if isinstance(value, dict):
            return {key: mixed(each) for key, each in value.items()}
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            return value
        try:
            return datetime.fromisoformat(value).strftime(next(turns))
        except ValueError:
            return value

    return _payload(record, mixed)


_MANGLED: Mapping[str, Callable[[Carried], Carried | None]] = MappingProxyType(
    {"corrupt": _corrupt, "truncate": _truncated, "old-codes": _old_codes, "mixed-dates": _mixed_dates}
)


def _header(record: Carried, name: str, change: Callable[[bytes], bytes]) -> Carried:
    return record._replace(headers=tuple((each, change(raw) if each == name and raw is not None else raw) for each, raw in record.headers))


def _payload(record: Carried, change: Callable[[Any], Any]) -> Carried | None:
    """With the payload changed as JSON; None where it is none, or nested too deeply, or where nothing changes."""
    try:
        before, after = orjson.loads(record.value or b""), change(orjson.loads(record.value or b""))
        return None if _same(after, before) else record._replace(value=_json(after))
    except (orjson.JSONDecodeError, RecursionError):
        return None


def _same(one: Any, other: Any) -> bool:
    """As JSON, where true is not 1."""
    return bool(one == other) and _json(one) == _json(other)


def _json(value: Any) -> bytes:
    """Numbers of any length included, which orjson refuses."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _tampered(payload: Any, changes: Mapping[str, Any]) -> Any:
    """With every change whose place there is; a field that its mapping lacks and the position `-` of a list are made."""
    for pointer, given in changes.items():
        path = steps(pointer)
        if not path:
            payload = typed(given, payload)
            continue
        holder = payload
        for step in path[:-1]:
            holder = _inside(holder, step)
        if isinstance(holder, dict):
            holder[path[-1]] = typed(given, holder.get(path[-1], NOTHING))
        elif isinstance(holder, list) and path[-1] == "-":
            holder.append(typed(given))
        elif _inside(holder, path[-1]) is not NOTHING:
            holder[int(path[-1])] = typed(given, holder[int(path[-1])])
    return payload


def _inside(holder: Any, step: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(step, NOTHING)
    if isinstance(holder, list) and step.isdecimal() and int(step) < len(holder):
        return holder[int(step)]
    return NOTHING
