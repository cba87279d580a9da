"""A client that says exactly what a test wants to say, for what aiokafka cannot be made to say."""

import asyncio
import struct
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Self

from aiokafka.record.default_records import DefaultRecordBatchBuilder
from kio.index import load_request_schema, load_response_schema
from kio.serial import entity_reader, entity_writer

from bus.embedded.protocol import build

PRODUCE, FETCH, LIST_OFFSETS, METADATA, COMMIT, COMMITTED = 0, 1, 2, 3, 8, 9
FIND_COORDINATOR = 10
JOIN, HEARTBEAT, LEAVE, SYNC, INIT_PRODUCER, API_VERSIONS = 11, 12, 13, 14, 22, 18
DEADLINE = 15.0


class Bytes:
    """A list of bytes under the name that kio's writers call."""

    def __init__(self) -> None:
        self.all = b""

    def write(self, piece: bytes) -> None:
        self.all += piece


class Raw:
    """One connection; `ask` waits for its answer, `send` and `answer` take the two halves apart."""

    def __init__(self, address: str) -> None:
        self._host, _colon, port = address.rpartition(":")
        self._port = int(port)
        self._asked: list[tuple[int, int, int]] = []
        self._last = 0

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.writer.close()

    async def ask(self, api: int, version: int, **fields: Any) -> Any:
        self.send(api, version, **fields)
        return await self.answer()

    def send(self, api: int, version: int, **fields: Any) -> None:
        self._last += 1
        self.writer.write(frame(api, version, self._last, **fields))
        self._asked.append((api, version, self._last))

    async def answer(self) -> Any:
        """The next answer, which must be the one to the oldest request that has none yet."""
        api, version, correlation = self._asked.pop(0)
        schema = load_response_schema(api, version)
        content = await self.receive()
        top, size = entity_reader(schema.__header_schema__)(content, 0)
        assert top.correlation_id == correlation
        body, _size = entity_reader(schema)(content, size)
        return body

    def forget(self) -> None:
        """The answer to the last request is going to be taken with `receive`."""
        self._asked.pop()

    async def receive(self) -> bytes:
        async with asyncio.timeout(DEADLINE):
            (size,) = struct.unpack(">i", await self.reader.readexactly(4))
            return await self.reader.readexactly(size)

    async def closed(self) -> bool:
        """Whether the broker ends the connection without a word."""
        return await self.rest() == b""

    async def rest(self) -> bytes:
        """All that comes until the broker ends the connection."""
        async with asyncio.timeout(DEADLINE):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    # ---- short forms

    async def produce(self, topic: str, records: bytes, partition: int = 0, acks: int = -1) -> Any:
        """The answer for the one partition."""
        data = [{"name": topic, "partition_data": [{"index": partition, "records": records}]}]
        answer = await self.ask(PRODUCE, 8, transactional_id=None, acks=acks, timeout=timedelta(seconds=1), topic_data=data)
        return answer.responses[0].partition_responses[0]

    def send_fetch(self, topic: str, offset: int, *, wait: float = 0, at_least: int = 1, at_most: int = 2**20, partition: int = 0) -> None:
        part = {"partition": partition, "fetch_offset": offset, "partition_max_bytes": at_most}
        fields = {"max_wait": timedelta(seconds=wait), "min_bytes": at_least, "max_bytes": at_most, "replica_id": -1}
        self.send(FETCH, 11, **fields, topics=[{"topic": topic, "partitions": [part]}], forgotten_topics_data=[], rack_id="")

    async def fetch(self, topic: str, offset: int, **options: Any) -> Any:
        """The answer for the one partition."""
        self.send_fetch(topic, offset, **options)
        return (await self.answer()).responses[0].partitions[0]

    async def list_offsets(self, topic: str, timestamp: int, partition: int = 0) -> Any:
        part = {"partition_index": partition, "timestamp": timestamp}
        answer = await self.ask(LIST_OFFSETS, 7, replica_id=-1, isolation_level=0, topics=[{"name": topic, "partitions": [part]}])
        return answer.topics[0].partitions[0]


def frame(api: int, version: int, correlation: int, **fields: Any) -> bytes:
    schema = load_request_schema(api, version)
    top = schema.__header_schema__(request_api_key=api, request_api_version=version, correlation_id=correlation, client_id="raw")  # type: ignore[call-arg]
    content = Bytes()
    entity_writer(schema.__header_schema__)(content, top)  # type: ignore[arg-type]
    entity_writer(schema)(content, build(schema, fields))  # type: ignore[arg-type]
    return struct.pack(">i", len(content.all)) + content.all


def batch(
    *values: bytes | None,
    keys: Sequence[bytes | None] = (),
    headers: Sequence[tuple[str, bytes | None]] = (),
    producer: int = -1,
    epoch: int = -1,
    sequence: int = -1,
    times: Sequence[int] = (),
    compression: int = 0,
    transactional: bool = False,
) -> bytes:
    """A record batch; `times` are the records' timestamps in ms, `headers` those of every record."""
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=compression,
        is_transactional=int(transactional),
        producer_id=producer,
        producer_epoch=epoch,
        base_sequence=sequence,
        batch_size=2**24,
    )
    for index, value in enumerate(values):
        at, key = times[index] if times else 1000 + index, keys[index] if keys else None
        builder.append(index, timestamp=at, key=key, value=value, headers=list(headers))
    return bytes(builder.build())
