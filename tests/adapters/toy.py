"""A whole adapter as small as it can be; run as a module it is a process that a test may kill."""

import asyncio
import sys
import time
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from adapters.runtime import Adapter, Agency, Backoff, FeedItem, Received, Receives, Runtime, Sends, Settings
from bus import KafkaSettings, Operating, Space
from contracts import ILIS, Catalogue, Payload, StatusChanged, WithdrawalRequested
from tests.adapters.fake_agency import until
from vn.clock import Clock


async def withdrawal(message: Received[WithdrawalRequested], agency: Agency) -> None:
    """A citizen wants out."""
    asked = message.payload
    await agency.post("/rut-ho-so", {"maHoSo": asked.dossier, "lyDo": asked.reason})


def status(item: FeedItem) -> Payload:
    """`TRANG_THAI` as the agency writes it."""
    body = item.body
    return StatusChanged(
        dossier=item.subject,
        status=body["trangThai"],
        since=datetime.fromisoformat(body["thoiDiem"]),
        by=body["nguoiXuLy"],
        note=body.get("ghiChu"),
    )


RECEIVES: Receives = {WithdrawalRequested: withdrawal}
SENDS: Sends = {"TRANG_THAI": status, "NOI_BO": lambda _: None}
TOY = Adapter(name="toy", member=ILIS, service="toy", receives=RECEIVES, sends=SENDS)

CATALOGUE = Catalogue.load()
QUICK: dict[str, Any] = {
    "backoff": Backoff(first=0.02, most=0.1),
    "unknown_for": 0.3,
    "call_timeout": 5.0,
    "feed_wait": 5.0,
    "patience": 1.0,
    "poll": 0.2,
    "operating": Operating(drain=1.5),
}


def runtime(bootstrap: str, space: str, url: str, **settings: Any) -> Runtime:
    kafka = KafkaSettings(bootstrap, request_timeout=7)
    return Runtime(TOY, url, kafka=kafka, space=Space(space), catalogue=CATALOGUE, clock=Clock(), settings=Settings(**QUICK | settings))


class Running:
    """An adapter at work in this process."""

    def __init__(self, one: Runtime) -> None:
        self.runtime = one
        self._stop = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.runtime.run(self._stop))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()

    async def stop(self) -> float:
        """Seconds it took."""
        begun = time.monotonic()
        self._stop.set()
        await asyncio.wait_for(self._task, 10)
        return time.monotonic() - begun

    async def red(self, reason: str) -> None:
        await until(lambda: self.runtime.health().status == "failing" and reason in (self.runtime.health().reason or ""))

    async def green(self) -> None:
        await until(lambda: self.runtime.health().status == "ok")


if __name__ == "__main__":
    asyncio.run(runtime(*sys.argv[1:]).run(asyncio.Event()))
