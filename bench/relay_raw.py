"""A relay in plain aiokafka: take, send, await the acknowledgements, commit, in batches; nothing is parsed."""

import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.load import RECEIVER, SENDER
from bus import Space


async def relay(bootstrap: str, space: Space) -> None:
    """Until killed."""
    inbox = space.inbox(RECEIVER)
    consumer = AIOKafkaConsumer(
        space.outbox(SENDER), bootstrap_servers=bootstrap, group_id="raw", enable_auto_commit=False, auto_offset_reset="earliest"
    )
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, acks="all", max_batch_size=512 * 1024)
    async with consumer, producer:
        while True:
            taken = await consumer.getmany(timeout_ms=500, max_records=2000)
            waiting = [
                await producer.send(inbox, each.value, each.key, place.partition, headers=list(each.headers))
                for place, records in taken.items()
                for each in records
            ]
            if waiting:
                await asyncio.gather(*waiting)
                await consumer.commit()


if __name__ == "__main__":
    from bench.loop import run

    run(relay(sys.argv[1], Space(sys.argv[2])))
