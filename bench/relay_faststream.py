"""A relay in FastStream with a pydantic model: what a team would write first."""

import sys

from faststream import FastStream
from faststream.kafka import KafkaBroker, KafkaMessage

from bench.load import RECEIVER, SENDER
from bus import Space
from contracts import PaymentNotice

bootstrap, space = sys.argv[1], Space(sys.argv[2])
broker = KafkaBroker(bootstrap, enable_idempotence=True, acks="all", max_batch_size=512 * 1024, logger=None)


@broker.subscriber(space.outbox(SENDER), group_id="faststream", auto_offset_reset="earliest")
async def relay(notice: PaymentNotice, message: KafkaMessage) -> None:
    """Publish without waiting for the acknowledgement, as its own guide does for speed."""
    headers = {name: value for name, value in message.headers.items() if isinstance(value, str)}
    await broker.publish(notice, space.inbox(RECEIVER), key=message.raw_message.key, headers=headers, no_confirm=True)


if __name__ == "__main__":
    from bench.loop import run

    run(FastStream(broker, logger=None).run())
