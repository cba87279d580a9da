"""One case: what is broken, on which ground, and what came of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from torture.ground import Ground, Recovery
from torture.oracle import POINTS, Violation
from torture.plan import APACHE, EMBEDDED

__all__ = ["LINKED", "LYING", "PLAIN", "Case", "Outcome"]

PLAIN, LINKED, LYING = "plain", "linked", "lying"


@dataclass(frozen=True)
class Case:
    """`kind/what`; `run` breaks things and sees to it that they are whole again, the oracle judges after it.

    `ground`: what it needs to stand on; cases of one ground share it until one fails. `fresh`: not beside others. `seconds`: a guess.
    `points`: those of the oracle that must hold; a case without any has judged by itself.
    """

    kind: str
    what: str
    run: Callable[[Ground], Awaitable[None]]
    about: str
    seconds: float
    ground: str = PLAIN
    fresh: bool = False
    brokers: tuple[str, ...] = (EMBEDDED, APACHE)
    points: tuple[int, ...] = tuple(POINTS)

    @property
    def name(self) -> str:
        """By which it can be repeated."""
        return f"{self.kind}/{self.what}"


@dataclass
class Outcome:
    """What one case found: violations of the oracle, or the trouble that kept it from its end."""

    name: str
    seconds: float = 0.0
    violations: list[Violation] = field(default_factory=list)
    trouble: str | None = None
    recoveries: list[Recovery] = field(default_factory=list)
    kills: int = 0
    dossiers: int = 0

    @property
    def held(self) -> bool:
        """Whether all seven points hold."""
        return not self.violations and self.trouble is None

    def as_json(self) -> dict[str, Any]:
        """For `torture.json`."""
        return {
            "name": self.name,
            "held": self.held,
            "seconds": round(self.seconds, 1),
            "dossiers": self.dossiers,
            "kills": self.kills,
            "trouble": self.trouble,
            "violations": [
                {"point": each.point, "about": each.about, "expected": each.expected, "found": each.found} for each in self.violations
            ],
        }
