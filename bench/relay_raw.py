"""A relay in plain aiokafka: consume, produce, commit, in batches, nothing parsed; `--built` builds its produce batches itself."""

import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.load import RECEIVER, SENDER
from bus import Space


async def relay(bootstrap: str, space: Space, built: bool) -> None:
    """Until killed."""
    inbox = space.inbox(RECEIVER)
    consumer = AIOKafkaConsumer(
        space.outbox(SENDER), bootstrap_servers=bootstrap, group_id="raw", enable_auto_commit=False, auto_offset_reset="earliest"
    )
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, acks="all", max_batch_size=512 * 1024)
    async with consumer, producer:
        while True:
            taken = await consumer.getmany(timeout_ms=500, max_records=2000)
            waiting = []
            for place, records in taken.items():
                if built:
                    batch = producer.create_batch()
                    for record in records:
                        if batch.append(timestamp=None, key=record.key, value=record.value, headers=list(record.headers)) is None:
                            waiting.append(await producer.send_batch(batch, inbox, partition=place.partition))
                            batch = producer.create_batch()
                            batch.append(timestamp=None, key=record.key, value=record.value, headers=list(record.headers))
                    waiting.append(await producer.send_batch(batch, inbox, partition=place.partition))
                else:
                    waiting += [await producer.send(inbox, r.value, r.key, place.partition, headers=list(r.headers)) for r in records]
            if taken:
                await asyncio.gather(*waiting)
                await consumer.commit()


if __name__ == "__main__":
    from bench.loop import run

    run(relay(sys.argv[1], Space(sys.argv[2]), "--built" in sys.argv))
