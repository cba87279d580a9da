"""The adapter's own outbox topic: what is sent is acknowledged by the broker when `send` returns."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from adapters.runtime.health import Health
from bus import Message, Producer, Record
from vn.tracing import Tracer

WHERE = "outbox"


class Outbox:
    """Over one producer; health turns red when the broker takes longer than `patience` seconds."""

    def __init__(self, producer: Producer, topic: str, *, health: Health, patience: float) -> None:
        self._producer = producer
        self._topic = topic
        self._health = health
        self._patience = patience

    async def send(self, messages: Sequence[Message], *, tracer: Tracer | None = None) -> None:
        """Waits as long as the broker is away, and may write twice then. Raises `Refused` where one is too large for the broker.

        With a tracer each message gets a span, and carries that as its `traceparent`.
        """
        if tracer is None:
            await self._write(messages)
            return
        spans = [
            tracer.begin(f"send {self._topic}", "producer", parent=each.traceparent, attributes=self._about(each)) for each in messages
        ]
        try:
            await self._write([replace(each, traceparent=span.traceparent) for each, span in zip(messages, spans, strict=True)])
        except BaseException as error:
            for span in spans:
                span.end(type(error).__name__)
            raise
        for span in spans:
            span.end()

    def _about(self, message: Message) -> dict[str, str | int | bool]:
        return {
            "messaging.system": "kafka",
            "messaging.operation.name": "send",
            "messaging.operation.type": "send",
            "messaging.destination.name": self._topic,
            "messaging.message.id": message.id,
            "messaging.message.conversation_id": message.correlation_id or "",
            "messaging.message.body.size": len(message.payload),
            "messaging.kafka.message.key": message.subject,
        }

    async def _write(self, messages: Sequence[Message]) -> None:
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
