"""Dossiers by status over the scenario's time, as stacked areas and as a table."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from xml.etree.ElementTree import Element

from scenarios.report.html.elements import el, table
from scenarios.report.words import moment
from scenarios.verdicts import Point
from vn.status import NAMES, Status

__all__ = ["course"]

WIDTH, HEIGHT = 620, 300
LEFT, TOP, RIGHT, BOTTOM = 60, 10, 340, 30
MOST = 200  # points of an area
LABEL = 15  # a line of text


def course(changes: Sequence[Point], end: datetime | None) -> list[Element]:
    """To the end of the case, at which all stand as the last change left them; empty where there are fewer than two points."""
    last = [Point(end, changes[-1].by_status)] if changes and end is not None and end > changes[-1].at else []
    points = [*changes, *last]
    if len(points) < 2:
        return []
    statuses = sorted({status for point in points for status, count in point.by_status.items() if count})
    drawn = _held(_thinned(points, MOST))
    top = max(1, *(sum(point.by_status.values()) for point in drawn))
    areas, middles = _areas(drawn, statuses, top)
    box = {"viewBox": f"0 0 {LEFT + WIDTH + RIGHT} {TOP + HEIGHT + BOTTOM}", "width": LEFT + WIDTH + RIGHT, "height": TOP + HEIGHT + BOTTOM}
    words = f"Dossiers by status from {moment(points[0].at)} to {moment(points[-1].at)}; at the end {sum(points[-1].by_status.values())}"
    picture = el(
        "svg", *areas, *_axes(drawn, top), *_labels(statuses, middles, points[-1]), **box, role="img", aria_label=words, class_="chart"
    )
    return [
        el("div", picture, class_="wide", tabindex=0),
        el("details", el("summary", "The same as a table"), _as_table(_thinned(points, 14), statuses)),
    ]


def _thinned(points: Sequence[Point], most: int) -> Sequence[Point]:
    """So many at most, evenly; the first and the last are among them."""
    if len(points) <= most:
        return points
    return [points[round(each * (len(points) - 1) / (most - 1))] for each in range(most)]


def _held(points: Sequence[Point]) -> Sequence[Point]:
    """Each until the instant of the next: between two changes nothing moves."""
    return [*(held for before, after in pairwise(points) for held in (before, Point(after.at, before.by_status))), points[-1]]


def _areas(points: Sequence[Point], statuses: Sequence[int], top: int) -> tuple[list[Element], list[float]]:
    """One area for each status, from the bottom up, and where each is in the middle at the end."""
    whole = (points[-1].at - points[0].at).total_seconds() or 1
    xs = [LEFT + WIDTH * (point.at - points[0].at).total_seconds() / whole for point in points]
    below = [0] * len(points)
    areas, middles = [], []
    for status in statuses:
        above = [low + point.by_status.get(status, 0) for low, point in zip(below, points, strict=True)]
        edge = [f"{x:.1f},{_y(count, top):.1f}" for x, count in zip(xs, above, strict=True)]
        back = [f"{x:.1f},{_y(count, top):.1f}" for x, count in zip(xs, below, strict=True)]
        shape = el("path", el("title", _named(status)), d="M" + " L".join([*edge, *reversed(back)]) + " Z", class_=f"area s{status}")
        areas.append(shape)
        middles.append(_y((above[-1] + below[-1]) / 2, top))
        below = above
    return areas, middles


def _y(count: float, top: int) -> float:
    return TOP + HEIGHT * (1 - count / top)


def _axes(points: Sequence[Point], top: int) -> list[Element]:
    made = []
    for count in range(0, top + 1, _step(top)):
        y = _y(count, top)
        made.append(el("line", x1=LEFT, x2=LEFT + WIDTH, y1=y, y2=y, class_="grid"))
        made.append(el("text", f"{count:,}", x=LEFT - 8, y=y + 4, class_="axis", text_anchor="end"))
    for part in range(5):
        at: datetime = points[0].at + (points[-1].at - points[0].at) * part / 4
        x = LEFT + WIDTH * part / 4
        made.append(el("text", moment(at)[:10], x=x, y=TOP + HEIGHT + 20, class_="axis", text_anchor="start" if part == 0 else "middle"))
    return made


def _step(top: int) -> int:
    """1, 2 or 5 with noughts, so that at most five lines are drawn."""
    size = 1
    while top // size >= 5:
        size = size * 5 // 2 if str(size).startswith("2") else size * 2
    return size


def _labels(statuses: Sequence[int], middles: Sequence[float], last: Point) -> list[Element]:
    """Beside the right end of each area, pushed apart where areas are thin."""
    places: list[float] = []
    for middle in middles:  # from the bottom up
        places.append(min(middle, places[-1] - LABEL if places else TOP + HEIGHT - 4))
    if places and places[-1] < TOP + 8:
        places = [max(place, TOP + 8 + LABEL * (len(places) - 1 - index)) for index, place in enumerate(places)]
    made = []
    for status, middle, place in zip(statuses, middles, places, strict=True):
        x = LEFT + WIDTH
        made.append(el("path", d=f"M{x + 1},{middle:.1f} L{x + 14},{place:.1f} h6", class_="leader"))
        made.append(el("rect", x=x + 22, y=place - 5, width=10, height=10, class_=f"area s{status}"))
        made.append(el("text", f"{_named(status)}: {last.by_status.get(status, 0):,}", x=x + 38, y=place + 4))
    return made


def _named(status: int) -> str:
    return f"{status} {NAMES[Status(status)]}" if status in NAMES else str(status)


def _as_table(points: Sequence[Point], statuses: Sequence[int]) -> Element:
    rows = [
        el(
            "tr",
            el("td", moment(point.at)[:16], class_="when"),
            *(el("td", f"{point.by_status.get(status, 0):,}", class_="n") for status in statuses),
        )
        for point in points
    ]
    return table(["", *(_named(status) for status in statuses)], rows)
