"""How messages travel: envelope, Kafka transport, members and rights, the exchange, receipts, journal."""

from bus.envelope import Message, decode
from bus.kafka import Ack, Admin, Backoff, Consumer, KafkaSettings, Place, Producer, Reader, Received, Record, Taken, now_ms
from bus.topics import Space, Topic

__all__ = [
    "Ack",
    "Admin",
    "Backoff",
    "Consumer",
    "KafkaSettings",
    "Message",
    "Place",
    "Producer",
    "Reader",
    "Received",
    "Record",
    "Space",
    "Taken",
    "Topic",
    "decode",
    "now_ms",
]
