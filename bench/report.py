"""Figures, the bounds they hold, and how they are shown; nothing here measures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from statistics import median
from typing import Any

HELD, MISSED, WITHIN, BEYOND, SHOWN = "held", "MISSED", "within", "beyond", ""


@dataclass(frozen=True)
class Bound:
    """At least or at most so much; a bound that is not `judged` is a wish. `margin` is the share of it that may be missing."""

    least: float | None = None
    most: float | None = None
    margin: float = 0.0
    judged: bool = True

    def holds(self, value: float) -> bool:
        """Whether the value keeps to it; what is not a number does not."""
        limits = [] if self.least is None else [value / (1 - self.margin) >= self.least]
        limits += [] if self.most is None else [value / (1 + self.margin) <= self.most]
        return not isnan(value) and all(limits)

    def __str__(self) -> str:
        limits = ((">=", self.least), ("<=", self.most))
        said = " ".join(f"{sign} {number(limit)}" for sign, limit in limits if limit is not None)
        return f"{said} (margin {self.margin:.0%})" if self.margin else said


@dataclass(frozen=True)
class Figure:
    """One row: its runs, whose median is its value, and beside it a few words."""

    name: str
    runs: tuple[float, ...]
    unit: str = ""
    bound: Bound | None = None
    note: str = ""

    @property
    def value(self) -> float:
        """The median; not a number where nothing was measured."""
        return median(self.runs) if self.runs else float("nan")

    @property
    def verdict(self) -> str:
        """One word, empty where there is nothing to hold."""
        if self.bound is None:
            return SHOWN
        holds = self.bound.holds(self.value)
        if self.bound.judged:
            return HELD if holds else MISSED
        return WITHIN if holds else BEYOND

    def row(self) -> tuple[str, ...]:
        """For the table."""
        return self.name, f"{number(self.value)} {self.unit}".rstrip(), str(self.bound or ""), self.verdict, self.note

    def as_json(self) -> dict[str, Any]:
        """For `bench.json`."""
        bound = self.bound and {
            "least": self.bound.least,
            "most": self.bound.most,
            "margin": self.bound.margin,
            "judged": self.bound.judged,
        }
        return {
            "name": self.name,
            "value": _rounded(self.value),
            "unit": self.unit,
            "runs": [_rounded(each) for each in self.runs],
            "bound": bound,
            "verdict": self.verdict or None,
            "note": self.note or None,
        }


@dataclass(frozen=True)
class Result:
    """What one benchmark found, or the reason why it found nothing."""

    figures: tuple[Figure, ...] = ()
    seconds: float = 0.0
    trouble: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For `bench.json`."""
        return {"seconds": round(self.seconds, 1), "trouble": self.trouble, "figures": [each.as_json() for each in self.figures]}


def missed(results: Mapping[str, Result]) -> list[str]:
    """One sentence for each judged bound that does not hold and each benchmark that could not be run."""
    found = []
    for bench, result in results.items():
        if result.trouble:
            found.append(f"{bench}: could not be run: {result.trouble}")
        found += [f"{bench}: {f.name} is {number(f.value)}, the bound is {f.bound}" for f in result.figures if f.verdict == MISSED]
    return found


def document(results: Mapping[str, Result], about: Mapping[str, Any]) -> dict[str, Any]:
    """All of it as JSON."""
    return {**about, "benches": {name: result.as_json() for name, result in results.items()}, "missed": missed(results)}


def rounds(of: Sequence[float], to: Sequence[float]) -> tuple[float, ...]:
    """The ratio of each round."""
    return tuple(one / other for one, other in zip(of, to, strict=True))


def number(value: float) -> str:
    """Short and readable: 41,200 or 12.3 or 0.31."""
    if isnan(value):
        return "-"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def _rounded(value: float) -> float | None:
    return None if isnan(value) else float(f"{value:.5g}")
