"""What a free value of a script means: the one place where words that nothing else types become JSON.

A word without quotes becomes the type of what stands in its place, where it can be read so, else it stays text. Where nothing stands (or
null, a list, a mapping) an unquoted JSON literal is what JSON means by it: `12`, `1_950_000_000`, `0.5`, `true`; `05765` and `no` stay
text. In quotes it is always text; `null` without quotes is always null.
"""

import json
import re
from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from scenarios.scalars import Plain

__all__ = ["NOTHING", "typed"]

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*(_[0-9]+)*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_TRUTH: Final = {"true": True, "false": False}


class _Nothing:
    """Nothing is there."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING: Final = _Nothing()


def typed(given: Any, there: Any = NOTHING) -> Any:
    """`given` in the place of `there`; in lists and mappings each by what stands at its own place, new elements by the first one."""
    match given:
        case Mapping():
            inside = there if isinstance(there, Mapping) else {}
            return {str(key): typed(value, inside.get(key, NOTHING)) for key, value in given.items()}
        case list() | tuple():
            return [typed(value, _element(there, position)) for position, value in enumerate(given)]
        case Plain():
            return _word(str(given), there)
        case _:
            return given


def _element(there: Any, position: int) -> Any:
    if not isinstance(there, list) or not there:
        return NOTHING
    return there[position] if position < len(there) else there[0]


def _word(text: str, there: Any) -> Any:
    if text == "null":
        return None
    if isinstance(there, str):
        return text
    if isinstance(there, bool):
        return _TRUTH.get(text, text)
    found = _number(text)
    if found is not None:
        return found
    return text if isinstance(there, int | float) else _TRUTH.get(text, text)


def _number(text: str) -> int | float | None:
    if len(text) > 400 or not _NUMBER.fullmatch(text):
        return None
    found: int | float = json.loads(text.replace("_", ""))
    return found if isinstance(found, int) or isfinite(found) else None
