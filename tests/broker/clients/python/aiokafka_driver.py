"""aiokafka as a driver (tests/broker/clients/driver.py)."""

import asyncio
import sys
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.broker.clients.python.lines import WITHIN, serve, value

CODECS = ("gzip", "snappy", "lz4", "zstd")


class Steps:
    def __init__(self, bootstrap: str, admin: AIOKafkaAdminClient) -> None:
        self._bootstrap = bootstrap
        self._admin = admin
        self._members: list[AIOKafkaConsumer] = []
        self._partitions = 0
        self._found: list[list[Any]] = []

    async def codecs(self) -> list[str]:
        return list(CODECS)

    async def create(self, topic: str, partitions: int) -> None:
        answer = await self._admin.create_topics([NewTopic(topic, partitions, 1)])
        assert [error for _topic, error, *_message in answer.topic_errors] == [0], answer

    async def produce(self, topic: str, partitions: int, keys: list[str], codec: str) -> None:
        chosen = None if codec == "none" else codec
        async with AIOKafkaProducer(bootstrap_servers=self._bootstrap, compression_type=chosen, enable_idempotence=True) as producer:
            sent = [await producer.send(topic, value(key), key.encode(), index % partitions) for index, key in enumerate(keys)]
            await asyncio.gather(*sent)

    async def read(self, topic: str, until: str, isolation: str) -> list[str]:
        found: list[str] = []
        async with AIOKafkaConsumer(bootstrap_servers=self._bootstrap, isolation_level=isolation) as consumer:
            consumer.assign([TopicPartition(topic, 0)])
            await consumer.seek_to_beginning()
            async with asyncio.timeout(WITHIN):
                async for record in consumer:
                    assert record.value == value(record.key.decode())
                    if record.key.decode() == until:
                        return found
                    found.append(record.key.decode())
        return found

    async def join(self, topic: str, partitions: int, group: str, members: int, protocol: str) -> list[list[int]]:
        assert protocol == "classic"
        self._partitions = partitions
        settings = {"bootstrap_servers": self._bootstrap, "auto_offset_reset": "earliest", "enable_auto_commit": False}
        self._members = [AIOKafkaConsumer(topic, group_id=group, heartbeat_interval_ms=300, **settings) for _number in range(members)]
        await asyncio.gather(*(member.start() for member in self._members))
        return await self._settled()

    async def _settled(self) -> list[list[int]]:
        """Until every partition has a member, and every member one."""
        async with asyncio.timeout(WITHIN):
            while True:
                given = [sorted(each.partition for each in member.assignment()) for member in self._members]
                if all(given) and sorted(chain(*given)) == list(range(self._partitions)):
                    return given
                await self._poll()

    async def _poll(self) -> None:
        for number, member in enumerate(self._members):
            for place, records in (await member.getmany(timeout_ms=50)).items():
                self._found += [[number, place.partition, record.offset, record.key.decode()] for record in records]

    async def consume(self, wanted: int) -> list[list[Any]]:
        async with asyncio.timeout(WITHIN):
            while len(self._found) < wanted:
                await self._poll()
        found, self._found = self._found, []
        for number in {each[0] for each in found}:
            await self._members[number].commit()
        return found

    async def leave(self) -> list[list[int]]:
        await self._members.pop().stop()
        return await self._settled()

    async def end(self) -> None:
        members, self._members = self._members, []
        for member in members:
            await member.stop()

    async def transact(self, topic: str, id: str, keys: list[str], commit: bool) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self._bootstrap, transactional_id=id) as producer:
            await producer.begin_transaction()
            sent = [await producer.send(topic, value(key), key.encode(), 0) for key in keys]
            await asyncio.gather(*sent)
            await (producer.commit_transaction() if commit else producer.abort_transaction())

    async def offsets(self, id: str, topic: str, group: str, offset: int, commit: bool) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self._bootstrap, transactional_id=id) as producer:
            await producer.begin_transaction()
            await producer.send_offsets_to_transaction({TopicPartition(topic, 0): offset}, group)
            await (producer.commit_transaction() if commit else producer.abort_transaction())

    async def committed(self, topic: str, partitions: int, group: str) -> list[int]:
        places = [TopicPartition(topic, index) for index in range(partitions)]
        found = await self._admin.list_consumer_group_offsets(group, partitions=places)
        return [found[place].offset for place in places]

    async def delete(self, topic: str, **_group: str) -> None:
        """The topic alone: this administrator cannot delete a group."""
        answer = await self._admin.delete_topics([topic])
        assert [code for _topic, code in answer.topic_error_codes] == [0], answer

    async def topics(self) -> list[str]:
        return list(await self._admin.list_topics())


async def main(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    steps = Steps(bootstrap, admin)
    await serve({name: getattr(steps, name) for name in dir(steps) if not name.startswith("_")})
    await admin.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
