"""The load of the benchmarks: a payment notice of 738 bytes that keeps to its contract, again and again."""

from datetime import UTC, datetime
from pathlib import Path

import orjson

from bus import KafkaSettings, Message, Producer, Record, Space

SIZE = 738
SENDER = "VN/GOV/G12.20/tct"
RECEIVER = "VN/GOV/H37.15/ilis"
TYPE = "vn.gov.tax.payment-notice.v1"
EXAMPLE = Path(__file__).parents[1] / "contracts" / "examples" / "tax.payment-notice" / "good-income-tax.json"
CHUNK = 5000


def payload() -> bytes:
    """The example of the contract, its longest text drawn out to the size."""
    value = orjson.loads(EXAMPLE.read_bytes())
    value["issuer"] += "." * (SIZE - len(orjson.dumps(value)))
    raw = orjson.dumps(value)
    assert len(raw) == SIZE, f"{len(raw)} bytes"
    return raw


def message(number: int, raw: bytes) -> Message:
    """One of many: its own id, one of 5,000 dossiers."""
    return Message(
        id=f"6f1c2d3e-0000-4000-8000-{number:012d}",
        source=SENDER,
        type=TYPE,
        subject=f"H37.15-250701-{number % 5000:04d}",
        time=datetime.now(UTC),
        payload=raw,
        recipient=RECEIVER,
        correlation_id="6f1c2d3e-0000-4000-8000-ffffffffffff",
        causation_id="6f1c2d3e-0000-4000-8000-eeeeeeeeeeee",
        dataschema="urn:lgsp-sim:contract:tax.payment-notice:v1",
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )


async def fill(kafka: KafkaSettings, space: Space, count: int) -> None:
    """Write so many messages into the sender's outbox."""
    raw = payload()
    async with Producer(kafka) as producer:
        for start in range(0, count, CHUNK):
            said = [message(number, raw) for number in range(start, min(start + CHUNK, count))]
            await producer.send_all([Record(space.outbox(SENDER), each.key, each.payload, [*each.to_headers()]) for each in said])
