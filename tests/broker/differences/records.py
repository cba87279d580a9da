"""Producing and fetching, rightly and wrongly."""

import struct
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from crc32c import crc32c

from tests.broker.differences.asking import SOON, Asker, Probe, said
from tests.broker.raw import batch

NOBODY = UUID("12345678-1234-5678-1234-567812345678")
_CRC, _CHECKED = 17, 21
NOW = int(time.time() * 1000)


def one(**fields: Any) -> bytes:
    return batch(b"value", times=[NOW], **fields)


def resealed(records: bytes, at: int, piece: bytes) -> bytes:
    """A batch with other bytes at a place, and a checksum that fits."""
    changed = records[:at] + piece + records[at + len(piece) :]
    return changed[:_CRC] + struct.pack(">I", crc32c(changed[_CHECKED:])) + changed[_CHECKED:]


async def sent(ask: Asker, records: bytes | None, *, topic: str | None = None, partition: int = 0, acks: int = -1) -> str:
    data = [{"name": topic or ask.topic, "partition_data": [{"index": partition, "records": records}]}]
    return await ask.codes(0, 12, transactional_id=None, acks=acks, timeout=SOON, topic_data=data)


def sending(records: bytes | None, **fields: Any) -> Probe:
    return lambda ask: sent(ask, records, **fields)


def sending_to(records: bytes, **config: str) -> Probe:
    async def send(ask: Asker) -> str:
        return await sent(ask, records, topic=await ask.fresh(**config))

    return send


async def by_unknown_id(ask: Asker) -> str:
    data = [{"topic_id": NOBODY, "partition_data": [{"index": 0, "records": one()}]}]
    return await ask.codes(0, 13, transactional_id=None, acks=-1, timeout=SOON, topic_data=data)


async def silent(ask: Asker) -> str:
    """acks=0 has no answer, so a fault can only be told by ending the connection."""
    data = [{"name": "nowhere", "partition_data": [{"index": 0, "records": one()}]}]
    ask.raw.send(0, 12, transactional_id=None, acks=0, timeout=SOON, topic_data=data)
    return "closes the connection" if await ask.raw.closed() else "answers"


async def producer(ask: Asker) -> int:
    answer = await ask.ask(22, 5, transactional_id=None, transaction_timeout=SOON, producer_id=-1, producer_epoch=-1)
    return int(answer.producer_id)


def sequence(*batches: tuple[int, int]) -> Probe:
    """The answers to batches of one producer, each an epoch and a sequence number."""

    async def send(ask: Asker) -> str:
        number = await producer(ask)
        return " / ".join([await sent(ask, one(producer=number, epoch=epoch, sequence=first)) for epoch, first in batches])

    return send


def fetching(offset: int, *, then: Callable[[Asker], Awaitable[str]] | None = None, partition: int = 0, topic: str | None = None) -> Probe:
    async def fetch(ask: Asker) -> str:
        await sent(ask, one())
        if then is not None:
            await then(ask)
        answer = await ask.raw.fetch(topic or ask.topic, offset, partition=partition)
        return f"{answer.error_code.name}, end {answer.high_watermark}, start {answer.log_start_offset}"

    return fetch


def fetched(*, topic_id: UUID | None = None, session: tuple[int, int] = (0, -1), epoch: int = -1, **fields: Any) -> Probe:
    async def fetch(ask: Asker) -> str:
        part = {"partition": 0, "fetch_offset": 0, "partition_max_bytes": 1000, "current_leader_epoch": epoch}
        topics = [{"topic_id": topic_id or ask.topic_id, "partitions": [part]}]
        waits = {"max_wait": SOON * 0, "min_bytes": 1, "session_id": session[0], "session_epoch": session[1], **fields}
        return await ask.codes(1, 17, topics=topics, forgotten_topics_data=[], **waits)

    return fetch


async def sessions(ask: Asker) -> str:
    part = {"partition": 0, "fetch_offset": 0, "partition_max_bytes": 1000}
    topics = [{"topic_id": ask.topic_id, "partitions": [part]}]
    answer = await ask.ask(1, 17, max_wait=SOON * 0, min_bytes=1, session_epoch=0, topics=topics, forgotten_topics_data=[])
    return f"{said(answer)}, {'a' if answer.session_id else 'no'} session"


def listed(timestamp: int, *, topic: str | None = None, partition: int = 0, epoch: int = -1, replica: int = -1) -> Probe:
    async def look(ask: Asker) -> str:
        await sent(ask, one())
        part = {"partition_index": partition, "timestamp": timestamp, "current_leader_epoch": epoch}
        topics = [{"name": topic or ask.topic, "partitions": [part]}]
        answer = await ask.ask(2, 10, replica_id=replica, isolation_level=0, topics=topics, timeout=SOON)
        found = answer.topics[0].partitions[0]
        return said(answer) if said(answer) != "none" else f"offset {found.offset}, epoch {found.leader_epoch}"

    return look


def epoch_end(epoch: int, *, current: int = -1, topic: str | None = None) -> Probe:
    async def look(ask: Asker) -> str:
        await sent(ask, one())
        part = {"partition": 0, "current_leader_epoch": current, "leader_epoch": epoch}
        answer = await ask.ask(23, 4, replica_id=-1, topics=[{"topic": topic or ask.topic, "partitions": [part]}])
        found = answer.topics[0].partitions[0]
        return f"{said(answer)}, epoch {found.leader_epoch}, end {found.end_offset}"

    return look


async def trimmed(ask: Asker) -> str:
    parts = [{"partition_index": 0, "offset": -1}]
    return await ask.codes(21, 2, topics=[{"name": ask.topic, "partitions": parts}], timeout=SOON)


def producers(topic: str | None = None, partition: int = 0) -> Probe:
    return lambda ask: ask.codes(61, 0, topics=[{"name": topic or ask.topic, "partition_indexes": [partition]}])


DAY = 86_400_000
TRANSACTIONAL, CONTROL, UNKNOWN_CODEC, LZ4 = 0x10, 0x20, 0x07, 0x03
PROBES: dict[str, Probe] = {
    "Produce: a record": sending(one()),
    "Produce: to a topic that is not there": sending(one(), topic="nowhere"),
    "Produce: to an id that is not there": by_unknown_id,
    "Produce: to a partition that is not there": sending(one(), partition=7),
    "Produce: to a negative partition": sending(one(), partition=-1),
    "Produce: acks 2": sending(one(), acks=2),
    "Produce: acks 0, to a topic that is not there": silent,
    "Produce: nothing": sending(b""),
    "Produce: bytes that are no batch": sending(b"x" * 100),
    "Produce: half a batch": sending(one()[:-5]),
    "Produce: two batches": sending(one() + one()),
    "Produce: a wrong checksum": sending(one()[:-1] + b"\x7f"),
    "Produce: a batch of the first format": sending(one()[:16] + b"\0" + one()[17:]),
    "Produce: a batch of a format to come": sending(one()[:16] + b"\x09" + one()[17:]),
    "Produce: a control batch": sending(resealed(one(), 21, struct.pack(">h", CONTROL))),
    "Produce: a codec that is none": sending(resealed(one(), 21, struct.pack(">h", UNKNOWN_CODEC))),
    "Produce: records that are not what the codec says": sending(resealed(one(), 21, struct.pack(">h", LZ4))),
    "Produce: another count of records than there are": sending(resealed(one(), 57, struct.pack(">i", 5))),
    "Produce: a last offset that does not fit the count": sending(resealed(one(), 23, struct.pack(">i", 9))),
    "Produce: a batch with a base offset": sending(struct.pack(">q", 99) + one()[8:]),
    "Produce: larger than max.message.bytes": sending_to(batch(b"x" * 2000, times=[NOW]), max_message_bytes="1000"),
    "Produce: a day ahead": sending(batch(b"x", times=[NOW + DAY])),
    "Produce: a day ago": sending(batch(b"x", times=[NOW - DAY])),
    "Produce: no time": sending(batch(b"x", times=[-1])),
    "Produce: a record in a transaction that was not begun": sending(resealed(one(), 21, struct.pack(">h", TRANSACTIONAL))),
    "Produce, idempotent: 0, 1": sequence((0, 0), (0, 1)),
    "Produce, idempotent: 0, 0": sequence((0, 0), (0, 0)),
    "Produce, idempotent: 0, 2": sequence((0, 0), (0, 2)),
    "Produce, idempotent: 5 first": sequence((0, 5)),
    "Produce, idempotent: an older epoch": sequence((1, 0), (0, 0)),
    "Produce, idempotent: a newer epoch, from 0": sequence((0, 0), (1, 0)),
    "Produce, idempotent: a newer epoch, from 1": sequence((0, 0), (1, 1)),
    "Fetch: from the beginning": fetching(0),
    "Fetch: from the end": fetching(1),
    "Fetch: beyond the end": fetching(2),
    "Fetch: from -1": fetching(-1),
    "Fetch: from before the start": fetching(0, then=trimmed),
    "Fetch: a topic that is not there": fetching(0, topic="nowhere"),
    "Fetch: a partition that is not there": fetching(0, partition=7),
    "Fetch: an id that is not there": fetched(topic_id=NOBODY),
    "Fetch: a leader's epoch to come": fetched(epoch=5),
    "Fetch: a new session": sessions,
    "Fetch: a session that is not there": fetched(session=(12345, 1)),
    "Fetch: a session's second request without a session": fetched(session=(0, 1)),
    "ListOffsets: the end": listed(-1),
    "ListOffsets: the beginning": listed(-2),
    "ListOffsets: the latest time": listed(-3),
    "ListOffsets: the local beginning": listed(-4),
    "ListOffsets: the end in tiered storage": listed(-5),
    "ListOffsets: -6": listed(-6),
    "ListOffsets: -7": listed(-7),
    "ListOffsets: a time to come": listed(NOW + DAY),
    "ListOffsets: a topic that is not there": listed(-1, topic="nowhere"),
    "ListOffsets: a partition that is not there": listed(-1, partition=7),
    "ListOffsets: a leader's epoch to come": listed(-1, epoch=5),
    "ListOffsets: as a replica that is none": listed(-1, replica=7),
    "OffsetForLeaderEpoch: the epoch": epoch_end(0),
    "OffsetForLeaderEpoch: an epoch to come": epoch_end(5),
    "OffsetForLeaderEpoch: -1": epoch_end(-1),
    "OffsetForLeaderEpoch: a leader's epoch to come": epoch_end(0, current=5),
    "OffsetForLeaderEpoch: a topic that is not there": epoch_end(0, topic="nowhere"),
    "DescribeProducers: of a topic": producers(),
    "DescribeProducers: of a topic that is not there": producers("nowhere"),
    "DescribeProducers: of a partition that is not there": producers(None, 7),
}
