"""Whether a message, or an agency's answer, is what a script expects; where it is not, every difference in words."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from scenarios.expectations import Condition, Near
from scenarios.scalars import Plain, pattern
from scenarios.typed import NOTHING, typed
from vn.pointer import steps

__all__ = ["at", "differences", "equal", "shown"]

LONGEST = 120


def at(value: Any, pointer: str) -> Any:
    """What lies at a JSON Pointer; `NOTHING` where nothing does. `*` is the first element of a list that has the rest."""
    return next(_all_at(value, steps(pointer)), NOTHING)


def _all_at(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """Several, where `*` is any element of a list."""
    if not path:
        yield value
        return
    step, *rest = path
    if isinstance(value, Mapping) and step in value:
        yield from _all_at(value[step], rest)
    elif isinstance(value, list) and step == "*":
        for each in value:
            yield from _all_at(each, rest)
    elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        yield from _all_at(value[int(step)], rest)


def differences(where: Mapping[str, Condition], value: Any) -> list[str]:
    """What speaks against the conditions, each with its pointer; empty where all hold."""
    return [
        f"{pointer or '(whole)'}: {wrong}"
        for pointer, condition in where.items()
        for wrong in _of_any(condition, list(_all_at(value, steps(pointer))) or [NOTHING])
    ]


def _of_any(condition: Condition, found: Sequence[Any]) -> list[str]:
    """Nothing where the whole condition holds of one of them, else what is wrong with the first."""
    wrong = [_wrong(condition, each) for each in found]
    return [] if [] in wrong else wrong[0]


def _wrong(condition: Condition, found: Any) -> list[str]:
    said = []
    for name in sorted(condition.model_fields_set):
        expected = getattr(condition, name)
        if not _TESTS[name](expected, found):
            said.append(f"{_WORDS[name].format(shown(expected))}, found {shown(found)}")
    return said


def _near(expected: Near, found: Any) -> bool:
    value, by, there = (_number(each) for each in (expected.value, expected.by, found))
    return value is not None and by is not None and there is not None and abs(value - there) <= by


def _compared(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Numbers as numbers, everything else (days, instants in one form) as text."""

    def test(expected: Any, found: Any) -> bool:
        if found is NOTHING or found is None:
            return False
        numbers = _number(found), _number(expected)
        if None not in numbers:
            return holds(*numbers)
        return not isinstance(found, bool | Mapping | list) and holds(str(found), str(expected))

    return test


def equal(expected: Any, found: Any) -> bool:
    """As JSON, where true is not 1; an expected word is of the type of what was found, where it can be."""
    return found is not NOTHING and _same(typed(expected, found), found)


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return expected.keys() == found.keys() and all(_same(each, found[name]) for name, each in expected.items())
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(_same(*both) for both in zip(expected, found, strict=True))
    return isinstance(expected, bool) == isinstance(found, bool) and bool(expected == found)


def _matches(expected: str, found: Any) -> bool:
    try:
        return isinstance(found, str) and pattern(expected).fullmatch(found) is not None
    except ValueError:  # what was captured has been put into it, and makes no pattern
        return False


def _contains(expected: Any, found: Any) -> bool:
    if isinstance(found, str):
        return str(expected) in found
    return isinstance(found, list) and any(_has(expected, each) for each in found)


def _has(expected: Any, found: Any) -> bool:
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return all(name in found and _has(each, found[name]) for name, each in expected.items())
    return equal(expected, found)


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is_": equal,
    "not_": lambda expected, found: not equal(expected, found),
    "gt": _compared(lambda found, expected: found > expected),
    "ge": _compared(lambda found, expected: found >= expected),
    "lt": _compared(lambda found, expected: found < expected),
    "le": _compared(lambda found, expected: found <= expected),
    "matches": _matches,
    "contains": _contains,
    "near": _near,
    "exists": lambda expected, found: (found is not NOTHING) == expected,
    "one_of": lambda expected, found: any(equal(each, found) for each in expected),
}
_WORDS: Mapping[str, str] = {
    "is_": "expected {}",
    "not_": "expected anything but {}",
    "gt": "expected more than {}",
    "ge": "expected at least {}",
    "lt": "expected less than {}",
    "le": "expected at most {}",
    "matches": "expected what matches {}",
    "contains": "expected what contains {}",
    "near": "expected a number near {}",
    "exists": "expected to be there: {}",
    "one_of": "expected one of {}",
}


def shown(value: Any) -> str:
    """For a sentence: as JSON, cut where it is long."""
    if value is NOTHING:
        return "nothing"
    match value:
        case Near():
            return f"{value.value} ± {value.by}"
        case Plain():
            text = str(value)
        case _:
            text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9][0-9_]*(\.[0-9]+)?", value):
        return None
    try:
        found = Decimal(str(value).replace("_", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
