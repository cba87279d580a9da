"""Transactions while the broker is killed again and again: both halves or none, and what was confirmed is there."""

import asyncio
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from tests.broker.conftest import Start

KILLS = 5
WITHIN = 30.0


class Writer:
    """Writes numbers in pairs, one to each partition, each pair a transaction; begins anew with whatever is left in doubt."""

    def __init__(self, address: str, topic: str) -> None:
        self._address, self._topic = address, topic
        self.confirmed: set[int] = set()
        self.stop = False
        self._number = 0

    def run(self) -> None:
        producer = None
        while not self.stop:
            try:
                producer = producer or self._producer()
                self._pair(producer)
            except KafkaException as error:
                producer = self._recovered(producer, error)

    def _producer(self) -> Producer:
        settings = {
            "transactional.id": "writer",
            "transaction.timeout.ms": 20000,
            "message.timeout.ms": 15000,
            "reconnect.backoff.max.ms": 200,
        }
        producer = Producer({"bootstrap.servers": self._address, "log_level": 0, **settings})
        producer.init_transactions(WITHIN)
        return producer

    def _pair(self, producer: Producer) -> None:
        self._number += 1
        producer.begin_transaction()
        for partition in (0, 1):
            producer.produce(self._topic, b"%d" % self._number, partition=partition)
        if self._number % 5 == 0:
            producer.flush(WITHIN)
            producer.abort_transaction(WITHIN)
        else:
            producer.commit_transaction(WITHIN)
            self.confirmed.add(self._number)

    @staticmethod
    def _recovered(producer: Producer | None, error: KafkaException) -> Producer | None:
        if producer is not None and error.args[0].txn_requires_abort():
            try:
                producer.abort_transaction(WITHIN)
            except KafkaException:
                return None
            return producer
        return None


def everything(address: str, topic: str, partition: int) -> list[int]:
    """The committed numbers up to the end."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "reader", "enable.auto.commit": False, "enable.partition.eof": True})
    consumer.assign([TopicPartition(topic, partition, 0)])
    found: list[int] = []
    end = time.monotonic() + WITHIN
    try:
        while time.monotonic() < end:
            message = consumer.poll(0.1)
            if message is not None and message.error() is None:
                found.append(int(message.value() or b""))
            elif message is not None:
                return found
    finally:
        consumer.close()
    raise TimeoutError("the partition has no end for a reader of committed records")


async def test_pairs_stay_pairs_however_often_the_broker_is_killed(start: Start, name: str) -> None:
    broker = await start("--segment-bytes", "4000")
    topic = await broker.topic(name, 2)
    writer = Writer(broker.address, topic)
    working = asyncio.create_task(asyncio.to_thread(writer.run))
    for _ in range(KILLS):
        before = len(writer.confirmed)
        async with asyncio.timeout(60):
            while len(writer.confirmed) < before + 20:  # noqa: ASYNC110 - what another thread counts
                await asyncio.sleep(0.01)
        await broker.kill()
        await broker.start()
    writer.stop = True
    await asyncio.wait_for(working, 90)
    both = [await asyncio.to_thread(everything, broker.address, topic, partition) for partition in (0, 1)]
    assert both[0] == both[1] == sorted(set(both[0]))
    assert writer.confirmed <= set(both[0])
    assert not any(number % 5 == 0 for number in both[0])
