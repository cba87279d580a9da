"""What is known of a case once it has been played: its messages, faults and deadlines, the course of its dossiers, its digest."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from app.play.canonical import digest_of
from app.play.scene import Scene
from app.play.watch import Seen
from app.play.why import shown
from app.settings import AGENCIES
from scenarios.verdicts import Case, Point
from vn.errors import LgspError

__all__ = ["course", "found_in"]

WITHIN = 20.0  # seconds for the last questions; what does not answer by then is left out
STATUS = "dossier.status-changed"


async def found_in(scene: Scene, case: Case) -> Case:
    """The case with all that the run knows of it, however it ended."""
    try:
        async with asyncio.timeout(WITHIN):
            if not scene.saboteurs.cut_off:
                await scene.watch.busy()
                await scene.watch.look_who_took()
            case = replace(case, faults=await scene.saboteurs.report(), digest=await _digest(scene))
    except (LgspError, OSError):  # the broker is away: what was seen is told all the same
        pass
    return replace(
        case,
        messages=tuple(shown(seen) for seen in scene.watch),
        deadlines=tuple(scene.deadlines),
        course=course(scene.watch),
        figures=scene.figures,
    )


def course(seens: Iterable[Seen]) -> tuple[Point, ...]:
    """How many dossiers stood in each status, at every instant at which one changed, by what the portal was told."""
    said = [(each.at, each.order, seen) for seen in seens if seen.contract == STATUS for each in seen.deliveries[:1]]
    status: dict[str, int] = {}
    points: dict[Any, Point] = {}
    for at, _, seen in sorted(said, key=lambda each: each[:2]):
        now = seen.payload.get("status") if isinstance(seen.payload, dict) else None
        if isinstance(now, int):
            status[seen.subject] = now
            points[at] = Point(at, dict(sorted(Counter(status.values()).items())))
    return tuple(points.values())


def _histories(seens: Iterable[Seen]) -> dict[str, bytes]:
    """Per dossier the lines (instant, contract, from, to, outcome) of every message; those of one instant sorted, no id in them."""
    found: dict[str, list[str]] = {}
    for seen in seens:
        outcome = seen.code or f"{len(seen.deliveries)} delivered"
        found.setdefault(seen.subject, []).append(f"{seen.at.isoformat()} {seen.contract} {seen.source} {seen.recipient} {outcome}")
    return {subject: "\n".join(sorted(lines)).encode() for subject, lines in found.items()}


async def _digest(scene: Scene) -> str:
    """Of the canonical history: the same for the same seed on every broker. Empty where a part keeps its own clock or cannot be asked."""
    urls = {part: scene.agencies.urls[part] for part in AGENCIES if part in scene.ground.province.running}
    if scene.outside or not scene.exact or scene.saboteurs.cut_off or len(urls) < len(AGENCIES):
        return ""
    return await digest_of(_histories(scene.watch), urls, scene.ground.http)
