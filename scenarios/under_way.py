"""What changes while a script runs: the clock, which only goes forward, and parts that are stopped and started."""

from collections.abc import Iterator
from datetime import datetime

from scenarios.known import Known
from scenarios.places import Complaint
from scenarios.scenario import Scenario
from scenarios.sites import messages, sites
from scenarios.tree import Node
from vn.errors import Unusable

__all__ = ["parts", "time"]


def time(scenario: Scenario, tree: Node, _: Known) -> Iterator[Complaint]:
    """Steps that would turn the clock back: it stands at the start or later, and after every advance at that or later."""
    now = scenario.start
    for site in sites(scenario, tree):
        for message, cursor in messages(site):
            by = getattr(message, "by", None)
            if isinstance(by, datetime) and by < now:
                yield cursor.at("by").says(f"has passed: {_stands(now)} when this step begins")
        advance = site.step.advance
        if advance is None:
            continue
        if isinstance(advance.to, datetime) and advance.to < now:
            yield site.inside.at("to").says(f"time does not run backwards: {_stands(now)} when this step begins")
            continue
        try:
            now = advance.to if isinstance(advance.to, datetime) else advance.by.after(now) if advance.by else now
        except (Unusable, OverflowError) as error:
            yield site.inside.at("by").says(f"leads out of the calendar: {error}")


def parts(scenario: Scenario, tree: Node, _: Known) -> Iterator[Complaint]:
    """Parts that are stopped twice, or started while they run."""
    stopped: set[str] = set()
    for site in sites(scenario, tree):
        if site.step.stop:
            part = site.step.stop.part
            if part in stopped:
                yield site.inside.at("part").says(f"{part} is stopped already")
            stopped.add(part)
        if site.step.start:
            part = site.step.start.part
            if part not in stopped:
                yield site.inside.at("part").says(f"{part} was not stopped")
            stopped.discard(part)


def _stands(now: datetime) -> str:
    return f"the clock stands at {now:%Y-%m-%dT%H:%M} or later"
