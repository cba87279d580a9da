"""librdkafka, the client below those of Python, .NET, Go and PHP, as a driver (tests/broker/clients/driver.py)."""

import asyncio
import sys
import time
from itertools import chain
from typing import Any

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from tests.broker.clients.python.lines import WITHIN, Step, serve, value

CODECS = ("gzip", "snappy", "lz4", "zstd")


def key(message: Message) -> str:
    found = (message.key() or b"").decode()
    assert message.value() == value(found)
    return found


def polled(consumer: Consumer, end: float) -> Message | None:
    """The next record, if there is one soon; raises at the deadline and for what is no record."""
    assert time.monotonic() < end, "it took too long"
    message = consumer.poll(0.05)
    assert message is None or message.error() is None, message.error()
    return message


class Steps:
    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = {"bootstrap.servers": bootstrap}
        self._admin = AdminClient(dict(self._bootstrap))
        self._members: list[Consumer] = []
        self._partitions = 0
        self._found: list[list[Any]] = []

    def codecs(self) -> list[str]:
        return list(CODECS)

    def create(self, topic: str, partitions: int) -> None:
        self._admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result(WITHIN)

    def produce(self, topic: str, partitions: int, keys: list[str], codec: str) -> None:
        producer = Producer({**self._bootstrap, "enable.idempotence": True, "compression.type": codec})
        self._send(producer, topic, keys, partitions)

    def _send(self, producer: Producer, topic: str, keys: list[str], partitions: int = 1) -> None:
        failed: list[str] = []
        for index, each in enumerate(keys):
            told = lambda error, _message: failed.append(str(error)) if error else None  # noqa: E731
            producer.produce(topic, value(each), each.encode(), index % partitions, on_delivery=told)
        assert producer.flush(WITHIN) == 0
        assert not failed, failed

    def read(self, topic: str, until: str, isolation: str) -> list[str]:
        found: list[str] = []
        consumer = Consumer({**self._bootstrap, "group.id": f"{topic}-reader", "isolation.level": isolation, "enable.auto.commit": False})
        consumer.assign([TopicPartition(topic, 0, 0)])
        end = time.monotonic() + WITHIN
        try:
            while True:
                message = polled(consumer, end)
                if message is not None and key(message) == until:
                    return found
                if message is not None:
                    found.append(key(message))
        finally:
            consumer.close()

    def join(self, topic: str, partitions: int, group: str, members: int, protocol: str) -> list[list[int]]:
        self._partitions = partitions
        settings = {**self._bootstrap, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False}
        if protocol == "classic":
            settings |= {"heartbeat.interval.ms": 300}  # so that it hears of a rebalance soon
        self._members = [Consumer({**settings, "group.protocol": protocol}) for _number in range(members)]
        for member in self._members:
            member.subscribe([topic])
        return self._settled()

    def _settled(self) -> list[list[int]]:
        """Until every partition has a member, and every member one."""
        end = time.monotonic() + WITHIN
        while True:
            given = [sorted(each.partition for each in member.assignment()) for member in self._members]
            if all(given) and sorted(chain(*given)) == list(range(self._partitions)):
                return given
            self._poll(end)

    def _poll(self, end: float) -> None:
        for number, member in enumerate(self._members):
            while message := polled(member, end):
                self._found.append([number, message.partition(), message.offset(), key(message)])

    def consume(self, wanted: int) -> list[list[Any]]:
        end = time.monotonic() + WITHIN
        while len(self._found) < wanted:
            self._poll(end)
        found, self._found = self._found, []
        for number in {each[0] for each in found}:
            self._members[number].commit(asynchronous=False)
        return found

    def leave(self) -> list[list[int]]:
        self._members.pop().close()
        return self._settled()

    def end(self) -> None:
        members, self._members = self._members, []
        for member in members:
            member.close()

    def _transacting(self, id: str) -> Producer:
        producer = Producer({**self._bootstrap, "transactional.id": id})
        producer.init_transactions(WITHIN)
        producer.begin_transaction()
        return producer

    def transact(self, topic: str, id: str, keys: list[str], commit: bool) -> None:
        producer = self._transacting(id)
        self._send(producer, topic, keys)
        (producer.commit_transaction if commit else producer.abort_transaction)(WITHIN)

    def offsets(self, id: str, topic: str, group: str, offset: int, commit: bool) -> None:
        producer = self._transacting(id)
        member = Consumer({**self._bootstrap, "group.id": group})
        producer.send_offsets_to_transaction([TopicPartition(topic, 0, offset)], member.consumer_group_metadata(), WITHIN)
        (producer.commit_transaction if commit else producer.abort_transaction)(WITHIN)
        member.close()

    def committed(self, topic: str, partitions: int, group: str) -> list[int]:
        asked = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, index) for index in range(partitions)])
        found = self._admin.list_consumer_group_offsets([asked])[group].result(WITHIN).topic_partitions
        offsets = {each.partition: each.offset for each in found}
        return [max(offsets[index], -1) for index in range(partitions)]

    def delete(self, topic: str, group: str) -> None:
        self._admin.delete_consumer_groups([group])[group].result(WITHIN)
        self._admin.delete_topics([topic])[topic].result(WITHIN)

    def topics(self) -> list[str]:
        return list(self._admin.list_topics(timeout=WITHIN).topics)


def threaded(step: Any) -> Step:
    async def run(**fields: Any) -> Any:
        return await asyncio.to_thread(step, **fields)

    return run


if __name__ == "__main__":
    steps = Steps(sys.argv[1])
    asyncio.run(serve({name: threaded(getattr(steps, name)) for name in dir(steps) if not name.startswith("_")}))
