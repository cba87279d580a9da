"""What a part knows of itself: plain numbers, and what it tries again now; who shows them is none of its business."""

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, TypeAlias

__all__ = ["HEALTHY", "Family", "Meter", "Sample", "Spread", "Trouble", "Troubles", "Vitals"]

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, math.inf)
"""Upper bounds of the classes of a histogram, in seconds."""

Labels: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Family:
    """One metric as Prometheus names it: what it counts, by which labels; their values are few and name no one."""

    name: str
    kind: Literal["counter", "gauge", "histogram", "summary"]
    help: str
    labels: Labels = ()


HEALTHY = Family("lgsp_healthy", "gauge", "1 while /_lgsp/health is ok, else 0")


class Spread:
    """How long things took: how many, how many seconds together, and how many in each class."""

    def __init__(self) -> None:
        self.count = 0
        self.sum = 0.0
        self._classes = [0] * len(BOUNDS)

    def note(self, seconds: float, times: int) -> None:
        """So many things took so many seconds each."""
        self.count += times
        self.sum += seconds * times
        self._classes[bisect_left(BOUNDS, seconds)] += times

    def cumulative(self) -> list[tuple[float, int]]:
        """How many took at most so long, for each bound."""
        total, found = 0, []
        for bound, number in zip(BOUNDS, self._classes, strict=True):
            total += number
            found.append((bound, total))
        return found


class Sample(NamedTuple):
    """One value of a family; the values of its labels in their order."""

    family: Family
    labels: Labels
    value: float | Spread


class Meter:
    """Counts and spans, by family and the values of its labels; one dictionary entry per step, so count batches and not messages."""

    def __init__(self) -> None:
        self._sums: dict[tuple[Family, Labels], float] = {}
        self._spreads: dict[tuple[Family, Labels], Spread] = {}

    def add(self, family: Family, *labels: str, by: float = 1) -> None:
        """So many more."""
        key = (family, labels)
        self._sums[key] = self._sums.get(key, 0) + by

    def note(self, family: Family, *labels: str, seconds: float, times: int = 1) -> None:
        """So many things took so many seconds each."""
        spread = self._spreads.get((family, labels))
        if spread is None:
            spread = self._spreads[family, labels] = Spread()
        spread.note(seconds, times)

    def samples(self) -> Iterator[Sample]:
        """All that was counted since the start."""
        for (family, labels), total in list(self._sums.items()):
            yield Sample(family, labels, total)
        for (family, labels), spread in list(self._spreads.items()):
            yield Sample(family, labels, spread)


@dataclass(frozen=True)
class Trouble:
    """What does not succeed at the moment and is tried again; `since` is real time."""

    what: str
    reason: str
    since: datetime

    def as_json(self) -> dict[str, Any]:
        """In the names of the admin endpoints."""
        age = (datetime.now(UTC) - self.since).total_seconds()
        return {"what": self.what, "reason": self.reason, "since": self.since.isoformat(timespec="seconds"), "seconds": round(age, 1)}


class Troubles:
    """The troubles of the moment, each by its place; who has one names it and takes it back."""

    def __init__(self) -> None:
        self._now: dict[str, Trouble] = {}

    def __iter__(self) -> Iterator[Trouble]:
        return iter(list(self._now.values()))

    def begin(self, what: str, reason: str) -> None:
        """It is in trouble; one that was before keeps its beginning."""
        known = self._now.get(what)
        if known is None or known.reason != reason:
            self._now[what] = Trouble(what, reason, known.since if known else datetime.now(UTC))

    def end(self, what: str) -> None:
        """It is not, any more."""
        self._now.pop(what, None)


@dataclass(frozen=True)
class Vitals:
    """Both, handed to everything that a part is made of."""

    meter: Meter = field(default_factory=Meter)
    troubles: Troubles = field(default_factory=Troubles)
