"""A refusal is one that the API's own clients can read, in every API and version that the broker answers."""

from collections.abc import Iterator
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from kio.index import load_request_schema, load_response_schema
from kio.schema.errors import ErrorCode
from kio.serial import entity_reader

from bus.embedded import BrokerSettings
from bus.embedded.broker import Broker, Call
from bus.embedded.faults.aim import about
from bus.embedded.faults.refusals import looked_up, refused, spoiled
from bus.embedded.faults.rules import NAMES
from bus.embedded.handlers import HANDLERS
from bus.embedded.protocol import write
from bus.embedded.skim import entity_in

ANSWER = ErrorCode.kafka_storage_error
EVERY = [(api, version) for api, known in HANDLERS.items() for version in range(known.first, known.last + 1)]


def some(schema: Any) -> Any:
    """A request in which every array holds one item."""
    return schema(**{each.name: value(each) for each in fields(schema)})


def value(field: Any) -> Any:
    kind, item = field.type, entity_in(field.type)
    if item is not None:
        return (some(item),) if "tuple" in str(kind) else some(item)
    if "tuple" in str(kind):
        return ("it",) if any(word in str(kind) for word in ("str", "Id", "Name")) else (0,)
    if not isinstance(kind, type):
        return UUID(int=1) if "UUID" in str(kind) else b"" if "bytes" in str(kind) else "it"
    by_type = {bool: False, bytes: b"", str: "it", UUID: UUID(int=1), timedelta: timedelta(1), datetime: datetime(2026, 1, 1, tzinfo=UTC)}
    return next((empty for known, empty in by_type.items() if issubclass(kind, known)), 0 if field.default is MISSING else field.default)


def errors(entity: Any) -> Iterator[ErrorCode]:
    for each in fields(entity):
        held = getattr(entity, each.name)
        if isinstance(held, ErrorCode):
            yield held
        for item in held if isinstance(held, tuple) else ():
            if entity_in(each.type) is not None:
                yield from errors(item)


@pytest.mark.parametrize(("api", "version"), EVERY, ids=[f"{NAMES[api]}-{version}" for api, version in EVERY])
async def test_a_refusal_can_be_read_and_says_its_error(api: int, version: int) -> None:
    broker = Broker(BrokerSettings(), None)
    topic = broker.topics.create("it", 1, {})
    try:
        call = Call(broker, api, version, some(load_request_schema(api, version)), "client", ("127.0.0.1", 1), ("127.0.0.1", 2))
        if looked_up(call):
            real = {"topics": [{"error_code": ErrorCode.none, "name": "it", "topic_id": topic.id, "partitions": ()}]}
            tree = spoiled(call, {"brokers": (), "cluster_id": "x", "next_cursor": None, "controller_id": 1, **real}, ANSWER)
        else:
            tree = refused(call, ANSWER)
        content = write(api, version, 7, tree)[4:]
        schema = load_response_schema(api, version)
        _top, size = entity_reader(schema.__header_schema__)(content, 0)
        answer, _size = entity_reader(schema)(content, size)
        assert ANSWER in set(errors(answer))
        assert set(errors(answer)) <= {ANSWER, ErrorCode.none}
        about(call)  # no API is too odd to be looked at
    finally:
        broker.close()
