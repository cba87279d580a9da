"""A rule at work: how often it was met, how often it fired, and what is kept of that."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final

from bus.embedded.faults.aim import About, Spot, hits
from bus.embedded.faults.rules import Rule

KEPT: Final = 1000
"""Firings that are remembered."""


class Armed:
    """Counts matches; whether one of them fires depends on nothing but the rule and its number."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.matches = 0
        self.fired = 0

    def meets(self, what: About) -> tuple[Spot, ...] | None:
        """The spots at which the rule fires for this request, now counted; None where it does not."""
        rule = self.rule
        spots = what.spots if rule.when is None else hits(rule.when, what)
        if spots is None:
            return None
        self.matches += 1
        if self.matches <= rule.skip or (rule.times is not None and self.fired >= rule.times):
            return None
        if rule.probability < 1 and chance(rule, self.matches) >= rule.probability:
            return None
        self.fired += 1
        return spots

    def to_json(self) -> dict[str, Any]:
        return {**self.rule.to_json(), "matches": self.matches, "fired": self.fired}


def chance(rule: Rule, match: int) -> float:
    """A number from 0 up to 1 for the n-th match of a rule, always the same one."""
    digest = blake2b(f"{rule.seed}\0{rule.name}\0{match}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


@dataclass(frozen=True, kw_only=True)
class Fired:
    """One fault that fired; `others`: how many more partitions it was about. What does not apply is None."""

    time: str
    rule: str
    stage: str
    action: str
    api: str | None = None
    client: str | None = None
    topic: str | None = None
    partition: int | None = None
    others: int = 0
    offset: int | None = None
    group: str | None = None
    member: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value is not None and (name != "others" or value)}


class History:
    """The last firings, and how many older ones were forgotten."""

    def __init__(self) -> None:
        self._last: deque[Fired] = deque(maxlen=KEPT)
        self.forgotten = 0

    def note(self, rule: Rule, **what: Any) -> Fired:
        if len(self._last) == KEPT:
            self.forgotten += 1
        fired = Fired(
            time=datetime.now(UTC).isoformat(timespec="milliseconds"), rule=rule.name, stage=rule.stage, action=rule.action, **what
        )
        self._last.append(fired)
        return fired

    def clear(self) -> None:
        self._last.clear()
        self.forgotten = 0

    def to_json(self) -> Mapping[str, Any]:
        return {"fired": [each.to_json() for each in self._last], "forgotten": self.forgotten}
