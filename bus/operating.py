"""How the parts that read Kafka are operated and watched: how they end, who traces them, what their clients tell of themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bus.envelope import Message, readable
from bus.kafka import Consumer, Place, Producer, Received
from bus.measures import FETCH_AGE, LAG, LAST_COMMIT, OFFSET_GAPS, REPLACED, TROUBLED
from vn.tracing import Span, Tracer
from vn.vitals import Sample, Vitals

Attributes = dict[str, str | int | bool]


@dataclass(frozen=True)
class Operating:
    """`drain`: seconds from the order to stop to the end; `tracer`: None where nobody traces."""

    drain: float = 10.0
    tracer: Tracer | None = None


def fetching(consumer: Consumer) -> dict[str, Any]:
    """What health says of a consumer."""
    committed = consumer.last_commit and datetime.fromtimestamp(consumer.last_commit, UTC).isoformat(timespec="milliseconds")
    return {
        "lastFetchAgeSeconds": round(consumer.age(), 1),
        "lastCommit": committed,
        "lag": sum(consumer.lag().values()),
        "lagByPartition": by_topic(consumer.lag()),
    }


def by_topic(numbers: Mapping[Place, int]) -> dict[str, dict[str, int]]:
    """A number of each partition, as the admin endpoints show it."""
    found: dict[str, dict[str, int]] = {}
    for place, number in sorted(numbers.items()):
        found.setdefault(place.topic, {})[str(place.partition)] = number
    return found


def consumed(consumer: Consumer, producer: Producer, vitals: Vitals) -> Iterator[Sample]:
    """What a pair of clients and whoever works with them have counted, and how they are now."""
    yield from vitals.meter.samples()
    for place, behind in consumer.lag().items():
        yield Sample(LAG, (place.topic, str(place.partition)), behind)
    yield Sample(FETCH_AGE, (), consumer.age())
    if consumer.last_commit is not None:
        yield Sample(LAST_COMMIT, (), consumer.last_commit)
    yield Sample(REPLACED, ("consumer",), consumer.remade)
    yield Sample(REPLACED, ("producer",), producer.remade)
    yield Sample(OFFSET_GAPS, (), consumer.gaps)
    yield from troubled(vitals)


def troubled(vitals: Vitals) -> Iterator[Sample]:
    """How long the troubles of the moment have lasted, by the first word of what they are about: the rest may name a message."""
    longest: dict[str, float] = {}
    for trouble in vitals.troubles:
        what = trouble.what.partition(" ")[0]
        longest[what] = max(longest.get(what, 0.0), (datetime.now(UTC) - trouble.since).total_seconds())
    for what, seconds in longest.items():
        yield Sample(TROUBLED, (what,), seconds)


def span_of(tracer: Tracer, record: Received, message: Message | None, group: str, *, since: int | None = None) -> Span:
    """The span of taking one record to its end."""
    about: Attributes = {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": record.topic,
        "messaging.destination.partition.id": str(record.partition),
        "messaging.kafka.offset": record.offset,
        "messaging.consumer.group.name": group,
        "messaging.message.body.size": len(record.value or b""),
    }
    traceparent = readable(record.headers).get("traceparent") if message is None else message.traceparent
    if message is not None:
        about["messaging.message.id"] = message.id
        about["messaging.kafka.message.key"] = message.subject
        if message.correlation_id:
            about["messaging.message.conversation_id"] = message.correlation_id
    return tracer.begin(f"process {record.topic}", "consumer", parent=traceparent, attributes=about, since=since)
