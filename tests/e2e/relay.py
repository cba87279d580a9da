"""Delivers everything once more: each record of an inbox is copied behind itself, same partition, key, value and headers."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self

from bus import Consumer, KafkaSettings, Members, Producer, Record, Space

__all__ = ["Relay"]

COPY = ("x-copied-by-a-test", b"1")


class Relay:
    """`async with Relay(bootstrap, space)`; the topics must be there."""

    def __init__(self, bootstrap: str, space: str) -> None:
        self._kafka = KafkaSettings(bootstrap)
        inboxes = [Space(space).inbox(member) for member in Members.read(None).ids]
        self._consumer = Consumer(self._kafka, inboxes, group=f"{space}.copies")
        self._producer = Producer(self._kafka)
        self.copied = 0

    async def __aenter__(self) -> Self:
        await self._producer.__aenter__()
        await self._consumer.__aenter__()
        self._task = asyncio.create_task(self._copy())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self._consumer.__aexit__(kind, error, trace)
        await self._producer.__aexit__(kind, error, trace)

    async def done(self) -> bool:
        """Whether every original has its copy."""
        return self._consumer.sighted and not any(self._consumer.lag().values())

    async def _copy(self) -> None:
        while True:
            taken = await self._consumer.take(500)
            originals = [record for records in taken.values() for record in records if COPY not in record.headers]
            copies = [Record(each.topic, each.key, each.value, [*each.headers, COPY], each.partition) for each in originals]
            await self._producer.send_all(copies)
            self.copied += len(copies)
            await self._consumer.commit({place: records[-1].offset + 1 for place, records in taken.items()})
