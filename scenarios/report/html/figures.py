"""Figures of a run: time per leg, refusals by code, our result beside a published one.

`Case.figures` may hold, each where it is known:
  legs      name -> seconds of the scenario's time, as a list or as {n, min, p25, p50, p75, p95, max}
  refusals  code -> how many
  repeat    {times, finished, seconds}: how many runs, how many came to their end, how long each of these took
  compared  a list of {what, published, ours, kind, source}; kind is `input` (calibrated to) or `result`
Anything else is listed as it is.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import log10
from typing import Any
from xml.etree.ElementTree import Element

from scenarios.report.html.elements import el, table
from scenarios.report.words import lasted

__all__ = ["compared", "legs", "others", "quantiles", "refusals", "timed"]

WIDTH, LEFT, ROW = 960, 230, 34
WORDS = 300  # of a figure that is no number
NAMES = {"min": 0.0, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95, "max": 1.0}
_TICKS = ((1, "1 s"), (60, "1 min"), (3_600, "1 h"), (86_400, "1 d"), (604_800, "1 week"), (2_592_000, "30 d"), (31_536_000, "1 year"))


def quantiles(seconds: Sequence[float] | Mapping[str, float]) -> Mapping[str, float]:
    """`n min p25 p50 p75 p95 max`; what was given as such is taken as it is, and what it lacks is taken from its neighbour."""
    if isinstance(seconds, Mapping):
        found = {"n": float(seconds.get("n", 0))}
        last = min((value for name, value in seconds.items() if name in NAMES), default=0.0)
        for name in NAMES:
            last = found[name] = float(seconds.get(name, last))
        return found
    ordered = sorted(seconds)
    return {"n": len(ordered)} | {name: ordered[round(share * (len(ordered) - 1))] if ordered else 0.0 for name, share in NAMES.items()}


def timed(figures: Mapping[str, Any]) -> Mapping[str, Any]:
    """The legs; the runs of a repeat are one of them."""
    repeat = figures.get("repeat")
    return {**figures.get("legs", {}), **({"a run of the repeat": repeat["seconds"]} if repeat and repeat["seconds"] else {})}


def legs(found: Mapping[str, Any]) -> list[Element]:
    """One row for each leg on a logarithmic scale: all of it as a line, the middle half as a box, the median and the 95th as ticks."""
    rows = {name: quantiles(seconds) for name, seconds in found.items()}
    if not rows:
        return []
    low = log10(max(min(row["min"] for row in rows.values()), 1.0))
    high = max(log10(max(1.0, *(row["max"] for row in rows.values()))), low + 0.3)

    def x(seconds: float) -> float:
        return LEFT + (WIDTH - LEFT - 20) * (log10(max(seconds, 10**low)) - low) / (high - low)

    height = len(rows) * ROW
    shapes = []
    for size, words in _TICKS:
        if low - 0.001 <= log10(size) <= high + 0.001:
            shapes.append(el("line", x1=x(size), x2=x(size), y1=0, y2=height, class_="grid"))
            shapes.append(el("text", words, x=x(size), y=height + 16, class_="axis", text_anchor="middle"))
    for place, (name, row) in enumerate(rows.items()):
        y = place * ROW + ROW // 2
        shapes.append(el("text", name[:31], x=4, y=y + 4))
        shapes.append(el("line", x1=x(row["min"]), x2=x(row["max"]), y1=y, y2=y, class_="range"))
        shapes.append(el("rect", x=x(row["p25"]), y=y - 8, width=max(x(row["p75"]) - x(row["p25"]), 2.0), height=16, class_="half"))
        shapes += [el("line", x1=x(row[q]), x2=x(row[q]), y1=y - 12, y2=y + 12, class_=q) for q in ("p50", "p95")]
    words = "Time per leg: line from least to most, box the middle half, thick tick the median, thin tick the 95th of a hundred"
    return [*_picture(shapes, height + 24, words), el("p", f"{words}. The scale is logarithmic.", class_="note"), _legs_table(rows)]


def _legs_table(rows: Mapping[str, Mapping[str, float]]) -> Element:
    made = []
    for name, row in rows.items():
        spans = (el("td", lasted(timedelta(seconds=row[quantile])), class_="n") for quantile in NAMES)
        made.append(el("tr", el("td", name), el("td", f"{row['n']:,.0f}", class_="n"), *spans))
    return table(["leg", "n", *NAMES], made)


def refusals(found: Mapping[str, int]) -> list[Element]:
    """One bar for each code, the most first."""
    if not found:
        return []
    most = max(*found.values(), 1)
    shapes = []
    for place, (code, count) in enumerate(sorted(found.items(), key=lambda each: (-each[1], each[0]))):
        y = place * 26
        width = (WIDTH - LEFT - 90) * count / most
        shapes.append(el("text", code[:31], x=4, y=y + 17))
        shapes.append(el("rect", x=LEFT, y=y + 5, width=max(width, 1.0), height=16, class_="bar"))
        shapes.append(el("text", f"{count:,}", x=LEFT + width + 8, y=y + 17))
    words = "Refusals by code: " + ", ".join(f"{code} {count}" for code, count in found.items())
    return _picture(shapes, len(found) * 26 + 4, words)


def compared(rows: Sequence[Mapping[str, Any]]) -> list[Element]:
    """Ours beside what was published; an input says that it validates nothing."""
    if not rows:
        return []
    made = []
    for row in rows:
        published, ours = row.get("published"), row.get("ours")
        kind = "input: calibrated to, not validated by" if row.get("kind") == "input" else str(row.get("kind", ""))
        numbers = (el("td", _number(value), class_="n") for value in (published, ours))
        cells = (el("td", _difference(published, ours), class_="n"), el("td", kind), el("td", str(row.get("source", ""))))
        made.append(el("tr", el("td", str(row.get("what", ""))), *numbers, *cells))
    return [table(["what", "published", "ours", "difference", "kind", "source"], made)]


def others(figures: Mapping[str, Any]) -> list[Element]:
    """What has no chart of its own."""
    rest = {name: value for name, value in figures.items() if name not in ("legs", "refusals", "compared", "repeat")}
    if repeat := figures.get("repeat"):
        rest["runs of the repeat that finished"] = f"{repeat['finished']:,} of {repeat['times']:,}"
    rows = [el("tr", el("td", name), el("td", _number(value), class_="n")) for name, value in rest.items()]
    return [table(["figure", ""], rows)] if rows else []


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | float) else "" if value is None else str(value)[:WORDS]


def _difference(published: Any, ours: Any) -> str:
    if not isinstance(published, int | float) or not isinstance(ours, int | float) or not published:
        return ""
    return f"{round(ours - published, 2):+,} ({(ours - published) / published:+.1%})"


def _picture(shapes: list[Element], height: int, words: str) -> list[Element]:
    drawn = el("svg", *shapes, viewBox=f"0 0 {WIDTH} {height}", width=WIDTH, height=height, role="img", aria_label=words, class_="chart")
    return [el("div", drawn, class_="wide", tabindex=0)]
