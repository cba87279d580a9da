"""Changes to a JSON document by pointers: each value becomes what stands in its place, as far as it can."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from scenarios.scalars import Plain
from scenarios.typed import NOTHING, typed
from vn.errors import Unusable
from vn.near import suggestion
from vn.pointer import steps

__all__ = ["changed"]


def changed(document: Any, changes: Mapping[str, Any]) -> Any:
    """A copy with these changes; raises Unusable with every pointer that leads nowhere.

    A word becomes what `scenarios.typed` makes of it there. An empty value removes what stands there; `/list/-` appends.
    """
    made, faults = deepcopy(document), []
    for pointer, value in changes.items():
        try:
            made = _put(made, steps(pointer), value)
        except LookupError as error:
            faults.append(f"{pointer}: {error.args[0]}")
    if faults:
        raise Unusable("\n".join(faults))
    return made


def _put(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return typed(value, document)
    key, *rest = path
    place: str | int = key if isinstance(document, dict) else _position(document, key, last=not rest)
    stands = _standing(document, place)
    if rest:
        if stands is NOTHING:
            raise LookupError(f"there is no {key!r}{_near(key, document)}")
        document[place] = _put(stands, rest, value)
    elif value is None or (isinstance(value, Plain) and not value):
        if stands is NOTHING:
            raise LookupError(f"there is no {key!r} to remove{_near(key, document)}")
        del document[place]
    elif isinstance(document, list) and place == len(document):
        document.append(typed(value, document[0] if document else NOTHING))
    else:
        document[place] = typed(value, stands)
    return document


def _standing(document: Any, place: str | int) -> Any:
    if isinstance(document, dict):
        return document.get(place, NOTHING)
    return document[place] if int(place) < len(document) else NOTHING


def _position(document: Any, key: str, *, last: bool) -> int:
    if not isinstance(document, list):
        raise LookupError(f"{key!r} cannot be looked up: what stands above it is neither a mapping nor a list")
    if key == "-" and last:
        return len(document)
    if not (key.isascii() and key.isdecimal()) or int(key) > len(document) - (not last):
        raise LookupError(f"the list has {len(document)} entries, counted from 0; {key!r} is none of them")
    return int(key)


def _near(key: str, document: Any) -> str:
    return suggestion(key, document) if isinstance(document, dict) else ""
