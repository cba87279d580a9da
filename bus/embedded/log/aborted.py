"""The aborted transactions of a partition, of which a consumer of committed records is told with what it fetches."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, NamedTuple


class AbortedTransaction(NamedTuple):
    """Records of this producer from `first` on are void, up to the marker at `last`; `stable` was then the last stable offset."""

    producer_id: int
    first: int
    last: int
    stable: int


class AbortedIndex:
    """In the order of their markers; as long as their records are kept."""

    def __init__(self) -> None:
        self._all: list[AbortedTransaction] = []

    def __bool__(self) -> bool:
        return bool(self._all)

    def add(self, entry: AbortedTransaction) -> None:
        self._all.append(entry)

    def within(self, first: int, end: int) -> Iterator[AbortedTransaction]:
        """Those with a record from the offset `first` up to (not including) `end`."""
        for entry in self._all[bisect_left(self._all, first, key=lambda each: each.last) :]:
            if entry.first < end:
                yield entry
            if entry.stable >= end:  # what was aborted later began behind it
                return

    def forget(self, before: int) -> None:
        """Drop those that ended before an offset."""
        del self._all[: bisect_left(self._all, before, key=lambda each: each.last)]

    def to_json(self) -> list[Any]:
        return [list(each) for each in self._all]

    def load(self, state: list[Any]) -> None:
        self._all = [AbortedTransaction(*each) for each in state]
