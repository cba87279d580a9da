"""A transactional producer that says exactly what a test wants to say, one request at a time."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiokafka.record.memory_records import MemoryRecords

from tests.broker.raw import COMMITTED, FETCH, INIT_PRODUCER, PRODUCE, Raw, batch

ADD_PARTITIONS, ADD_OFFSETS, END, WRITE_MARKERS, TXN_COMMIT = 24, 25, 26, 27, 28
DESCRIBE_PRODUCERS, DESCRIBE_TXNS, LIST_TXNS = 61, 65, 66
CONCURRENT = 51
"""Try again (CONCURRENT_TRANSACTIONS): Kafka still writes the markers of the transaction before."""
COMMITTED_ONLY = 1


async def until_calm(ask: Any) -> Any:
    """The first answer other than CONCURRENT_TRANSACTIONS, or that the coordinator is not there yet."""
    async with asyncio.timeout(20):
        while True:
            answer = await ask()
            if _error(answer) not in {CONCURRENT, 14, 15, 16}:
                return answer
            await asyncio.sleep(0.01)


def _error(answer: Any) -> int:
    return int(answer if isinstance(answer, int) else answer.error_code)


async def init(raw: Raw, name: str, *, version: int = 5, within: float = 60, known: tuple[int, int] = (-1, -1)) -> Any:
    """One InitProducerId, whatever is answered."""
    expected = {"producer_id": known[0], "producer_epoch": known[1]} if version >= 3 else {}
    return await raw.ask(INIT_PRODUCER, version, transactional_id=name, transaction_timeout=timedelta(seconds=within), **expected)


async def begun(raw: Raw, name: str, **options: Any) -> "Txn":
    """A producer that has been given its id and epoch."""
    answer = await until_calm(lambda: init(raw, name, **options))
    assert answer.error_code == 0
    return Txn(raw, name, answer.producer_id, answer.producer_epoch)


@dataclass
class Txn:
    """One producer; every method is one request and gives error codes."""

    raw: Raw
    name: str
    id: int
    epoch: int

    async def add(self, topic: str, *partitions: int, version: int = 3) -> list[int]:
        """AddPartitionsToTxn as clients send it, up to version 3."""
        answer = await self.raw.ask(
            ADD_PARTITIONS,
            version,
            v3_and_below_transactional_id=self.name,
            v3_and_below_producer_id=self.id,
            v3_and_below_producer_epoch=self.epoch,
            v3_and_below_topics=[{"name": topic, "partitions": partitions or (0,)}],
        )
        found = [part for each in answer.results_by_topic_v3_and_below for part in each.results_by_partition]
        return [int(part.partition_error_code) for part in sorted(found, key=lambda part: part.partition_index)]

    async def add_between_brokers(self, topic: str, *partitions: int, version: int = 5, verify: bool = False) -> list[int]:
        asked = {"transactional_id": self.name, "producer_id": self.id, "producer_epoch": self.epoch, "verify_only": verify}
        topics = [{"name": topic, "partitions": partitions or (0,)}]
        answer = await self.raw.ask(ADD_PARTITIONS, version, transactions=[{**asked, "topics": topics}])
        found = [part for each in answer.results_by_transaction[0].topic_results for part in each.results_by_partition]
        return [int(part.partition_error_code) for part in sorted(found, key=lambda part: part.partition_index)]

    async def add_group(self, group: str, version: int = 3) -> int:
        fields = {"transactional_id": self.name, "producer_id": self.id, "producer_epoch": self.epoch, "group_id": group}
        return int((await self.raw.ask(ADD_OFFSETS, version, **fields)).error_code)

    async def produce(self, topic: str, *values: bytes, sequence: int = 0, version: int = 11, partition: int = 0, **options: Any) -> Any:
        """The answer for the one partition."""
        records = batch(*values or (b"x",), producer=self.id, epoch=self.epoch, sequence=sequence, transactional=True)
        return await produce(self.raw, topic, options.pop("records", records), options.pop("named", self.name), version, partition)

    async def commit_offset(self, group: str, topic: str, offset: int, *, version: int = 3, partition: int = 0, **who: Any) -> int:
        place = {"partition_index": partition, "committed_offset": offset, "committed_metadata": ""}
        top = {"transactional_id": self.name, "group_id": group, "producer_id": self.id, "producer_epoch": self.epoch, **who}
        answer = await self.raw.ask(TXN_COMMIT, version, **top, topics=[{"name": topic, "partitions": [place]}])
        return int(answer.topics[0].partitions[0].error_code)

    async def end(self, committed: bool = True, version: int = 4) -> int:
        """EndTxn; from version 5 on the producer goes on under the id and epoch of the answer."""
        top = {"transactional_id": self.name, "producer_id": self.id, "producer_epoch": self.epoch}
        answer = await self.raw.ask(END, version, **top, committed=committed)
        if version >= 5 and answer.error_code == 0:
            self.id, self.epoch = answer.producer_id, answer.producer_epoch
        return int(answer.error_code)

    async def described(self) -> "Described":
        """DescribeTransactions, read here: kio does not read the time -1, which is that of a transaction not begun."""
        self.raw.send(DESCRIBE_TXNS, 0, transactional_ids=[self.name])
        self.raw.forget()
        return Described.read(await self.raw.receive())

    async def completed(self) -> str:
        """The state in which the transaction comes to rest: Kafka answers EndTxn before all markers are written."""
        async with asyncio.timeout(20):
            while True:
                state = (await self.described()).state
                if state not in {"PrepareCommit", "PrepareAbort"}:
                    return state
                await asyncio.sleep(0.01)


@dataclass(frozen=True)
class Described:
    """One transaction as DescribeTransactions shows it; times in ms."""

    error: int
    name: str
    state: str
    timeout: int
    started: int
    id: int
    epoch: int
    topics: tuple[tuple[str, tuple[int, ...]], ...]

    @classmethod
    def read(cls, content: bytes) -> "Described":
        position = 4 + 1 + 4 + 1  # correlation id, no tags, throttle time, one transaction

        def number(size: int) -> int:
            nonlocal position
            position += size
            return int.from_bytes(content[position - size : position], "big", signed=True)

        def text() -> str:
            nonlocal position
            start, position = position + 1, position + content[position]  # a length of less than 127, counted from 1
            return content[start:position].decode()

        error, name, state = number(2), text(), text()
        timeout, started, id_, epoch = number(4), number(8), number(8), number(2)
        topics = []
        for _ in range(number(1) - 1):
            topic, partitions = text(), tuple(number(4) for _ in range(number(1) - 1))
            topics.append((topic, partitions))
            position += 1  # no tags
        return cls(error, name, state, timeout, started, id_, epoch, tuple(topics))


async def produce(raw: Raw, topic: str, records: bytes, named: str | None, version: int = 11, partition: int = 0) -> Any:
    """The answer for the one partition of a topic that is named by its name."""
    data = [{"name": topic, "partition_data": [{"index": partition, "records": records}]}]
    answer = await raw.ask(PRODUCE, version, transactional_id=named, acks=-1, timeout=timedelta(seconds=5), topic_data=data)
    return answer.responses[0].partition_responses[0]


def send_fetch(raw: Raw, topic: str, offset: int, *, wait: float = 0, isolation: int = COMMITTED_ONLY, at_least: int = 1) -> None:
    part = {"partition": 0, "fetch_offset": offset, "partition_max_bytes": 2**20}
    top = {"max_wait": timedelta(seconds=wait), "min_bytes": at_least, "max_bytes": 2**20, "isolation_level": isolation, "replica_id": -1}
    raw.send(FETCH, 11, **top, topics=[{"topic": topic, "partitions": [part]}], forgotten_topics_data=[], rack_id="")


async def fetch(raw: Raw, topic: str, offset: int = 0, **options: Any) -> Any:
    """The answer for partition 0, read_committed unless told otherwise."""
    send_fetch(raw, topic, offset, **options)
    return (await raw.answer()).responses[0].partitions[0]


async def committed(raw: Raw, topic: str, offset: int = 0) -> list[bytes]:
    """The values that a consumer of committed records would see, by the rule that clients follow."""
    values: list[bytes] = []
    while True:
        answer = await fetch(raw, topic, offset)
        assert answer.error_code == 0
        if not answer.records:
            return values
        aborted = sorted((each.first_offset, each.producer_id) for each in answer.aborted_transactions)
        void: set[int] = set()
        records = MemoryRecords(answer.records)
        while (found := records.next_batch()) is not None:
            void |= {producer for first, producer in aborted if first <= found.base_offset}
            aborted = [each for each in aborted if each[0] > found.base_offset]
            if found.is_control_batch:
                void.discard(found.producer_id)
            elif not (found.is_transactional and found.producer_id in void):
                values += [record.value for record in found if record.offset >= offset]
            offset = found.next_offset


async def one(raw: Raw, name: str, topic: str, value: bytes, *, commit: bool) -> None:
    """A whole transaction of one record."""
    txn = await begun(raw, name)
    answer = await until_calm(lambda: txn.produce(topic, value, version=12))
    assert answer.error_code == 0
    assert await txn.end(commit, version=5) == 0
    await txn.completed()


async def offset_of(raw: Raw, group: str, topic: str, *, stable: bool = True, version: int = 7) -> tuple[int, int]:
    """(committed offset, error code) of partition 0."""
    topics = [{"name": topic, "partition_indexes": [0]}]
    if version < 8:
        part = (await raw.ask(COMMITTED, version, group_id=group, topics=topics, require_stable=stable)).topics[0].partitions[0]
    else:
        groups = [{"group_id": group, "topics": topics}]
        part = (await raw.ask(COMMITTED, version, groups=groups, require_stable=stable)).groups[0].topics[0].partitions[0]
    return int(part.committed_offset), int(part.error_code)
