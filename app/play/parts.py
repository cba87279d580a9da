"""The built-in parts of a run as one participant: asked for their counters, and turned, over their ordinary HTTP."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from app.play.counters import EXCHANGE, Counters, Progress, progress
from app.play.lines import Lines
from app.province import Province
from bus import KafkaSettings, Members, Place, Reader, Space
from vn.clock import ClockSetting
from vn.clock_shapes import ClockShape
from vn.errors import LgspError, Retry

__all__ = ["Parts"]

# No part says by itself that it has come further, so the one that holds the others up is asked again, alone: a third of a millisecond.
PAUSE = 0.005


class Parts:
    """`async with` it. Parts that `urls` does not name (any more) are stopped: see `Counters` for what that means.

    `born`: told how the clock of a part runs that is started from now on, so that it does nothing at another time before it is turned.
    """

    def __init__(
        self,
        urls: Callable[[], Mapping[str, str]],
        kafka: KafkaSettings,
        space: Space,
        members: Iterable[str],
        *,
        outside: Collection[str] = (),
        inner: Space | None = None,
        born: Callable[[ClockSetting], None] = lambda _: None,
    ) -> None:
        self.counters = Counters(space, {}, None, outside, inner)
        self._urls = urls
        spaces = dict.fromkeys((space, inner or space))
        self._boxes = tuple(box for each in spaces for member in members for box in (each.outbox(member), each.inbox(member)))
        self._reader = Reader(kafka)
        self._lines = Lines()
        self._born = born
        self._clock: ClockSetting | None = None

    @classmethod
    def of(cls, province: Province, *, outside: Collection[str] = ()) -> Self:
        """All that run in this process."""

        def born(clock: ClockSetting) -> None:
            province.settings = replace(province.settings, clock=clock)

        return cls(
            lambda: {part: province.urls[part] for part in province.running},
            KafkaSettings(province.bootstrap, security=province.settings.security),
            Space(province.settings.space),
            Members.read(province.settings.members).ids,
            outside=outside,
            inner=Space(province.inner),
            born=born,
        )

    async def __aenter__(self) -> Self:
        await self._reader.__aenter__()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._lines.__aexit__(kind, error, trace)
        await self._reader.__aexit__(kind, error, trace)

    async def busy(self) -> str | None:
        """One round: `counters` are those of now. A part that was started at another time is turned."""
        parts = tuple(self._urls())
        seen, ends = await asyncio.gather(asyncio.gather(*map(self._progress, parts)), self._ends())
        found = self.counters = replace(self.counters, parts=dict(zip(parts, seen, strict=True)), ends=ends)
        late = self._late()
        await asyncio.gather(*map(self._turn, late))
        reasons = [f"{part} stood at another time" for part in late] + [why for part in parts if (why := found.busy(part))]
        if ends is None:
            reasons.append("the broker does not say how far its topics go")
        return "; ".join(reasons) or None

    async def stir(self, until: float) -> None:
        """Wait until one part that was busy is so no more, or until this moment of the monotonic clock."""
        held_up = [part for part in self.counters.parts if self.counters.busy(part)]
        # several exchanges share their topics: what one of them has settled, another one was held up by
        asked = held_up[:1] + [part for part in held_up[1:] if part.startswith(EXCHANGE)]
        while time.monotonic() < until:
            await asyncio.sleep(PAUSE)
            if not asked or any(part not in self._urls() for part in asked):
                return
            seen = await asyncio.gather(*map(self._progress, asked))
            now = replace(self.counters, parts={**self.counters.parts, **dict(zip(asked, seen, strict=True))})
            if now.busy(asked[0]) is None:
                return

    async def next_due(self) -> datetime | None:
        """Of the agencies' work, as of the last round."""
        return self.counters.next_due

    async def turn(self, at: datetime) -> None:
        """Stand still at this instant: first whoever has nothing to do then, so that what the others do finds everybody at the new time."""
        due = self.counters.due_by(at)
        await self._set(ClockSetting("frozen", at=at), [part for part in self._urls() if part not in due])
        await asyncio.gather(*(self._turn(part) for part in self._urls() if part in due))

    async def run_from(self, at: datetime) -> None:
        """Show this instant now, and go on from there at the pace of real time."""
        await self._set(ClockSetting("offset", (at - datetime.now(UTC)).total_seconds()), self._urls())

    async def _set(self, clock: ClockSetting, parts: Iterable[str]) -> None:
        self._clock = clock
        self._born(clock)
        await asyncio.gather(*map(self._turn, parts))

    async def _turn(self, part: str) -> None:
        assert self._clock is not None, "who turns has said to what"
        shape = ClockShape(mode=self._clock.mode, offsetSeconds=self._clock.offset_seconds, at=self._clock.at)
        if (url := self._urls().get(part)) is not None:
            with suppress(Retry):  # the next round names it; it is turned when it is back
                await self._lines.put(url, "/_lgsp/clock", shape.model_dump(mode="json", exclude={"now"}))

    def _late(self) -> list[str]:
        if self._clock is None or self._clock.at is None:
            return []
        seen: Mapping[str, Progress | None] = self.counters.parts
        return [part for part, each in seen.items() if each is not None and each.clock != self._clock.at]

    async def _progress(self, part: str) -> Progress | None:
        url = self._urls().get(part)
        try:
            info: Any = url and await self._lines.get(url, "/_lgsp/info")
        except LgspError:  # it may be on its way down, or up
            return None
        return progress(info) if info else None

    async def _ends(self) -> Mapping[Place, int] | None:
        try:
            return await self._reader.ends(self._boxes)
        except Retry:
            return None
