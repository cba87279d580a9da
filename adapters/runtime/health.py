"""How an adapter is doing: red while anything it needs is away, with the reason."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bus import Consumer, Producer
from bus.measures import IN_PROCESS, KAFKA
from bus.operating import consumed, fetching
from vn.vitals import Sample, Trouble, Vitals

AWAY = "inbox: the broker does not answer"
REPLACED = "producer"  # it may take a moment; the outbox says when that is too long
SHOWN = 20  # troubles in one answer; one agency that is away makes one of each message in its hands


@dataclass(frozen=True)
class HealthSnapshot:
    """What `/_lgsp/health` shows; `lag` counts inbox records not yet applied, None while unknown."""

    status: Literal["ok", "failing"]
    reason: str | None
    last_success: datetime | None
    in_flight: int
    lag: int | None
    fetching: Mapping[str, Any] = field(default_factory=dict)
    retrying: tuple[Trouble, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """In the names of the admin endpoints."""
        return {
            "status": self.status,
            "detail": self.reason,
            "lastSuccess": self.last_success.isoformat() if self.last_success else None,
            "inFlight": self.in_flight,
            **self.fetching,
            "lag": self.lag,
            "retrying": [trouble.as_json() for trouble in self.retrying[:SHOWN]],
        }


@dataclass
class Health:
    """Kept by the loops: each names its own trouble and takes it back."""

    now: Callable[[], datetime]
    patience: float = 5.0
    in_flight: int = 0
    lag: int | None = None
    stopping: bool = False
    vitals: Vitals = field(default_factory=Vitals)
    clients: tuple[Consumer, Producer] | None = None
    _last_success: datetime | None = None

    def trouble(self, where: str, reason: str) -> None:
        """From now on `where` is in trouble."""
        self.vitals.troubles.begin(where, reason)

    def well(self, where: str) -> None:
        """`where` has just succeeded."""
        self._last_success = self.now()
        self.vitals.troubles.end(where)

    def forget(self, where: str) -> None:
        """`where` is nobody's business any more."""
        self.vitals.troubles.end(where)

    def figures(self, topic: str) -> Iterator[Sample]:
        """All metrics of now; `topic` is the inbox."""
        yield Sample(IN_PROCESS, (KAFKA, topic), self.in_flight)
        if self.clients is not None:
            yield from consumed(*self.clients, self.vitals)

    def snapshot(self) -> HealthSnapshot:
        """Frozen, for showing."""
        troubles = tuple(self.vitals.troubles)
        reasons = dict.fromkeys(trouble.reason for trouble in troubles if trouble.what != REPLACED)
        if self.clients is not None and self.clients[0].age() > self.patience:  # whoever takes from it may wait for it just now
            reasons[AWAY] = None
        if self.stopping:
            reasons["stopping"] = None
        return HealthSnapshot(
            status="failing" if reasons else "ok",
            reason="; ".join(reasons) or None,
            last_success=self._last_success,
            in_flight=self.in_flight,
            lag=self.lag,
            fetching=fetching(self.clients[0]) if self.clients is not None else {},
            retrying=troubles,
        )
