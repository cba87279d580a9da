"""Giving consumers what they have not read, as soon as there is something."""

import asyncio
from typing import Any, Final
from uuid import UUID

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Call
from bus.embedded.handlers.positions import EPOCH, READ_COMMITTED
from bus.embedded.log import DamagedError, Partition
from bus.embedded.log.stable import aborted_in, stable_part, stable_unread
from bus.embedded.protocol import Tree
from bus.embedded.topics import named, unknown

_MOST: Final = 16 * 1024 * 1024
"""Bytes in one answer, whatever a client asks for, so that a few clients cannot fill the memory."""


async def fetch(call: Call) -> Tree:
    """A true long poll: an answer with `min_bytes`, or with an error at once, or with what there is after `max_wait`."""
    if getattr(call.body, "session_id", 0) != 0:
        return {"error_code": ErrorCode.fetch_session_id_not_found, "responses": []}
    await call.broker.answers.room()
    read = _Read(call)
    if not read.enough:
        del read  # or what there is would be held for as long as this waits
        await _until_enough(call)
        await call.broker.answers.room()  # many may have waited for the same records
        read = _Read(call)
    return {"error_code": ErrorCode.none, "responses": read.topics}


class _Read:
    """One look at every partition asked for."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._committed = _committed(call)
        self._left = min(call.body.max_bytes, _MOST)
        self._got = 0
        self._failed = False
        self.topics = [
            {"topic": which, "topic_id": which, "partitions": [self._partition(which, each) for each in topic.partitions]}
            for topic, which in _asked(call)
        ]
        self.enough = self._failed or self._got >= call.body.min_bytes or not call.body.max_wait

    def _partition(self, topic: str | UUID, asked: Any) -> Tree:
        partition = self._call.broker.topics.partition(topic, asked.partition)
        if partition is None:
            self._failed = True
            return _answer(asked.partition, unknown(topic), None)
        if getattr(asked, "current_leader_epoch", EPOCH) > EPOCH:
            self._failed = True
            return _answer(asked.partition, ErrorCode.unknown_leader_epoch, None)
        if not partition.start <= asked.fetch_offset <= partition.end:
            self._failed = True
            return _answer(asked.partition, ErrorCode.offset_out_of_range, None)
        records = b""
        end = partition.last_stable if self._committed else partition.end
        if asked.fetch_offset < end and not partition.paused and (self._left > 0 or not self._got):
            size = min(max(self._left, 0), max(asked.partition_max_bytes, 0))
            try:
                records = partition.read(asked.fetch_offset, size, whole=not self._got)
            except DamagedError:
                self._failed = True
                return _answer(asked.partition, ErrorCode.corrupt_message, None)
        if self._committed:
            records = stable_part(records, partition)
        self._got += len(records)
        self._left -= len(records)
        answer = _answer(asked.partition, ErrorCode.none, partition, records)
        if self._committed:
            found = aborted_in(records, asked.fetch_offset, partition)
            answer["aborted_transactions"] = [{"producer_id": each.producer_id, "first_offset": each.first} for each in found]
        return answer


async def _until_enough(call: Call) -> None:
    """Wait until the partitions asked for hold `min_bytes` that were not read, one of them goes away, or `max_wait` is over."""
    asked = [(which, each.partition, each.fetch_offset) for topic, which in _asked(call) for each in topic.partitions]
    partitions = [(partition, offset) for which, index, offset in asked if (partition := call.broker.topics.partition(which, index))]
    unread = stable_unread if _committed(call) else lambda offset, partition: partition.unread(offset)
    event = asyncio.Event()
    for partition, _offset in partitions:
        partition.waiting.add(event)
    try:
        async with asyncio.timeout(call.body.max_wait.total_seconds()):
            while True:
                await event.wait()
                event.clear()
                there = all(call.broker.topics.partition(which, index) is not None for which, index, _offset in asked)
                if not there or sum(unread(offset, partition) for partition, offset in partitions) >= call.body.min_bytes:
                    return
    except TimeoutError:
        return
    finally:
        for partition, _offset in partitions:
            partition.waiting.discard(event)


def _committed(call: Call) -> bool:
    """Whether the consumer wants committed records only."""
    return bool(call.body.isolation_level == READ_COMMITTED)


def _asked(call: Call) -> list[tuple[Any, str | UUID]]:
    """The topics of a request, each with its name, or its id from version 13 on."""
    return [(topic, named(topic, "topic")) for topic in call.body.topics]


def _answer(index: int, error: ErrorCode, partition: Partition | None, records: bytes = b"") -> dict[str, Any]:
    end, stable, start = (partition.end, partition.last_stable, partition.start) if partition else (-1, -1, -1)
    return {
        "partition_index": index,
        "error_code": error,
        "high_watermark": end,
        "last_stable_offset": stable,
        "log_start_offset": start,
        "aborted_transactions": None,
        "records": records,
    }
