"""How an adapter is doing: red while anything it needs is away, with the reason."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class HealthSnapshot:
    """What `/_lgsp/health` shows; `lag` counts inbox records not yet applied, None while unknown."""

    status: Literal["ok", "failing"]
    reason: str | None
    last_success: datetime | None
    in_flight: int
    lag: int | None

    def as_json(self) -> dict[str, Any]:
        """In the names of the admin endpoints."""
        return {
            "status": self.status,
            "detail": self.reason,
            "lastSuccess": self.last_success.isoformat() if self.last_success else None,
            "inFlight": self.in_flight,
            "lag": self.lag,
        }


@dataclass
class Health:
    """Kept by the loops: each names its own trouble and takes it back."""

    now: Callable[[], datetime]
    in_flight: int = 0
    lag: int | None = None
    _last_success: datetime | None = None
    _troubles: dict[str, str] = field(default_factory=dict)

    def trouble(self, where: str, reason: str) -> None:
        """From now on `where` is in trouble."""
        self._troubles[where] = reason

    def well(self, where: str) -> None:
        """`where` has just succeeded."""
        self._last_success = self.now()
        self._troubles.pop(where, None)

    def forget(self, where: str) -> None:
        """`where` is nobody's business any more."""
        self._troubles.pop(where, None)

    def snapshot(self) -> HealthSnapshot:
        """Frozen, for showing."""
        reasons = dict.fromkeys(self._troubles.values())
        return HealthSnapshot(
            status="failing" if reasons else "ok",
            reason="; ".join(reasons) or None,
            last_success=self._last_success,
            in_flight=self.in_flight,
            lag=self.lag,
        )
