"""Changes to a JSON document by pointers: each value becomes what stands in its place, as far as it can."""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from scenarios.scalars import Plain
from vn.errors import Unusable
from vn.near import suggestion
from vn.pointer import steps

__all__ = ["changed", "literal"]

_ABSENT: Final = object()
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*(_[0-9]+)*)(\.[0-9]+)?")
_WORDS: Final = {"true": True, "false": False, "null": None}


def changed(document: Any, changes: Mapping[str, Any]) -> Any:
    """A copy with these changes; raises Unusable with every pointer that leads nowhere.

    An unquoted word becomes a number or a truth value where one stands, text where text stands, and where nothing stands what it
    is in JSON; a quoted word is always text, and null always null. An empty value removes what stands there; `/list/-` appends.
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


def literal(value: Any) -> Any:
    """What a value of a script is where nothing says what it must be."""
    return _typed(value, _ABSENT)


def _put(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return _typed(value, document)
    key, *rest = path
    place: str | int = key if isinstance(document, dict) else _position(document, key, last=not rest)
    stands = _standing(document, place)
    if rest:
        if stands is _ABSENT:
            raise LookupError(f"there is no {key!r}{_near(key, document)}")
        document[place] = _put(stands, rest, value)
    elif value is None or (isinstance(value, Plain) and not value):
        if stands is _ABSENT:
            raise LookupError(f"there is no {key!r} to remove{_near(key, document)}")
        del document[place]
    elif isinstance(document, list) and place == len(document):
        document.append(_typed(value, document[0] if document else _ABSENT))
    else:
        document[place] = _typed(value, stands)
    return document


def _standing(document: Any, place: str | int) -> Any:
    if isinstance(document, dict):
        return document.get(place, _ABSENT)
    return document[place] if int(place) < len(document) else _ABSENT


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


def _typed(value: Any, stands: Any) -> Any:
    if isinstance(value, Mapping):
        known = stands if isinstance(stands, dict) else {}
        return {name: _typed(each, known.get(name, _ABSENT)) for name, each in value.items()}
    if isinstance(value, list | tuple):
        example = stands[0] if isinstance(stands, list) and stands else _ABSENT
        return [_typed(each, example) for each in value]
    if not isinstance(value, Plain) or (isinstance(stands, str) and value != "null"):
        return str(value) if isinstance(value, str) else value
    if value in _WORDS:
        return _WORDS[value]
    found = _NUMBER.fullmatch(value)
    if found is None:
        return str(value)
    return float(value) if found[3] else int(value)
