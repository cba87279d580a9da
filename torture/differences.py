"""Where two canonical forms differ, in a few lines."""

from collections.abc import Iterator
from typing import Any

import orjson

__all__ = ["differences"]

MOST = 5  # differences told per list
LONGEST = 300


def differences(expected: Any, found: Any, place: str = "") -> Iterator[tuple[str, str, str]]:
    """(place, expected, found) of each; lists are compared as sets of rows, since they are sorted."""
    if expected == found:
        return
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            yield from differences(expected.get(key), found.get(key), f"{place}/{key}")
    elif isinstance(expected, list) and isinstance(found, list):
        yield from _rows(expected, found, place)
    else:
        yield place, _text(expected), _text(found)


def _rows(expected: list[Any], found: list[Any], place: str) -> Iterator[tuple[str, str, str]]:
    ours, theirs = [_text(each, None) for each in expected], [_text(each, None) for each in found]
    missing, more = _less(ours, theirs), _less(theirs, ours)
    for index in range(min(max(len(missing), len(more)), MOST)):
        yield (
            place,
            missing[index][:LONGEST] if index < len(missing) else f"{len(ours)} rows",
            more[index][:LONGEST] if index < len(more) else f"no such row among {len(theirs)}",
        )
    if not missing and not more:
        yield place, "the same rows in another order", _text(found)


def _less(rows: list[str], others: list[str]) -> list[str]:
    rest = list(others)
    kept = []
    for row in rows:
        if row in rest:
            rest.remove(row)
        else:
            kept.append(row)
    return kept


def _text(value: Any, most: int | None = LONGEST) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str).decode()[:most]
