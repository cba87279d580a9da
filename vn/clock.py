"""The time that a part lives in: the real one, the real one moved, or one that stands still."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

__all__ = ["VN", "Clock", "ClockSetting", "Mode", "now_ms"]

VN = ZoneInfo("Asia/Ho_Chi_Minh")

Mode = Literal["real", "offset", "frozen"]


@dataclass(frozen=True)
class ClockSetting:
    """How a clock runs: `real`, `offset` by some seconds (may be negative), or `frozen` at an aware instant."""

    mode: Mode = "real"
    offset_seconds: float = 0
    at: datetime | None = None

    def __post_init__(self) -> None:
        if self.mode not in ("real", "offset", "frozen"):
            raise ValueError(f"a clock is real, offset or frozen, not {self.mode!r}")
        if (self.mode == "frozen") != (self.at is not None):
            raise ValueError("`at` belongs to a frozen clock, and only to it")
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError("`at` needs a time zone, e.g. 2025-07-01T08:00:00+07:00")
        if self.mode != "offset" and self.offset_seconds:
            raise ValueError("`offset_seconds` belongs to an offset clock, and only to it")


class Clock:
    """One mutable clock, shared by everything in a part; safe to use from several threads."""

    def __init__(self, setting: ClockSetting | None = None, *, real: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._setting = setting or ClockSetting()
        self._real = real
        self._lock = threading.RLock()
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The present instant, aware, in Viet Nam's time zone."""
        setting = self._setting
        if setting.at is not None:
            return setting.at.astimezone(VN)
        return (self._real() + timedelta(seconds=setting.offset_seconds)).astimezone(VN)

    def setting(self) -> ClockSetting:
        """How the clock runs now."""
        return self._setting

    def set(self, setting: ClockSetting) -> None:
        """Run as `setting` says from now on, and tell the listeners."""
        with self._lock:
            self._setting = setting
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()

    def jump(self, by: timedelta) -> None:
        """Move time by `by`: a frozen clock stays frozen, a real one becomes an offset one."""
        with self._lock:
            self.set(_moved(self._setting, by))

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change, in the thread that made it; the answer takes it off again."""
        with self._lock:
            self._listeners.append(listener)

        def off() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return off


def _moved(setting: ClockSetting, by: timedelta) -> ClockSetting:
    if setting.at is not None:
        return ClockSetting("frozen", at=setting.at + by)
    seconds = setting.offset_seconds + by.total_seconds()
    return ClockSetting("offset", seconds) if seconds else ClockSetting()


def now_ms() -> int:
    """Real time in milliseconds since 1970, as Kafka counts it."""
    return time.time_ns() // 1_000_000
