"""The adapter's own outbox topic: what is sent is acknowledged by the broker when `send` returns."""

import asyncio
from collections.abc import Sequence

from adapters.runtime.health import Health
from bus import Message, Producer, Record

WHERE = "outbox"


class Outbox:
    """Over one producer; health turns red when the broker takes longer than `patience` seconds."""

    def __init__(self, producer: Producer, topic: str, *, health: Health, patience: float) -> None:
        self._producer = producer
        self._topic = topic
        self._health = health
        self._patience = patience

    async def send(self, messages: Sequence[Message]) -> None:
        """Waits as long as the broker is away, and may write twice then. Raises `Refused` where one is too large for the broker."""
        records = [Record(self._topic, message.key, message.payload, list(message.to_headers())) for message in messages]
        sending = asyncio.ensure_future(self._producer.send_all(records))
        try:
            done, _ = await asyncio.wait({sending}, timeout=self._patience)
            if not done:
                self._health.trouble(WHERE, "outbox: the broker does not acknowledge")
            await sending
            self._health.well(WHERE)
        finally:
            sending.cancel()
            self._health.forget(WHERE)
