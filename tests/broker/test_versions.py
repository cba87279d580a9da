"""Every version that the broker announces is answered in that version."""

from dataclasses import MISSING, fields
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from kio.index import load_request_schema

from bus.embedded.handlers import HANDLERS
from bus.embedded.skim import entity_in
from tests.broker.process import BrokerProcess
from tests.broker.raw import Raw, batch

PLAIN: dict[str, Any] = {
    "int8": 0,
    "int16": 1,
    "int32": 0,
    "int64": 0,
    "bool": False,
    "bytes": b"",
    "uuid": UUID(int=0),
    "timedelta_i32": timedelta(seconds=6),
    "timedelta_i64": timedelta(seconds=6),
}
TELLING: dict[str, Any] = {
    "resource_type": 2,
    "count": 5,
    "num_partitions": 2,
    "protocol_type": "consumer",
    "replica_id": -1,
    "max_wait": timedelta(0),
}


def filled(schema: Any, name: str) -> dict[str, Any]:
    """A request with one of everything, about the topic and group of that name."""
    values: dict[str, Any] = {}
    for field in fields(schema):
        kind = field.metadata.get("kafka_type")
        nested = entity_in(field.type)
        if field.name in TELLING:
            values[field.name] = TELLING[field.name]
        elif field.name in {"assignments", "configs"} or (field.name == "transactional_id" and "None" in str(field.type)):
            values[field.name] = [] if nested else None
        elif nested is not None and "tuple" in str(field.type):
            values[field.name] = [filled(nested, name)]
        elif field.default is not MISSING and kind != "string":
            continue
        elif kind == "records":
            values[field.name] = batch(b"x")
        elif "tuple" in str(field.type):
            values[field.name] = (name,) if kind == "string" else (0,)
        else:
            values[field.name] = name if kind == "string" else PLAIN[kind]
    return values


@pytest.mark.parametrize(
    ("api", "version"), [(api, version) for api, row in HANDLERS.items() for version in range(row.first, row.last + 1)]
)
async def test_every_announced_version_is_answered(memory_broker: BrokerProcess, raw: Raw, name: str, api: int, version: int) -> None:
    await memory_broker.topic(name)
    await raw.ask(api, version, **filled(load_request_schema(api, version), name))


async def test_what_is_announced_is_what_the_table_holds(raw: Raw) -> None:
    answer = await raw.ask(18, 3, client_software_name="a", client_software_version="1")
    announced = {key.api_key: (key.min_version, key.max_version) for key in answer.api_keys}
    assert announced == {api: (0 if api == 0 else row.first, row.last) for api, row in HANDLERS.items()}
