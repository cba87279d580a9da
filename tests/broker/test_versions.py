"""Every version that the broker announces is answered in that version."""

import struct
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


async def test_clients_choose_their_ways_by_the_features_of_kafka_4_1(raw: Raw) -> None:
    answers = {version: await raw.ask(18, version, client_software_name="a", client_software_version="1") for version in (3, 4)}
    for answer in answers.values():
        agreed = {each.name: (each.min_version_level, each.max_version_level) for each in answer.finalized_features}
        assert agreed == {
            "group.version": (1, 1),
            "transaction.version": (2, 2),
            "eligible.leader.replicas.version": (1, 1),
            "metadata.version": (27, 27),
        }
        assert answer.finalized_features_epoch >= 0
    supported = {
        version: {each.name: (each.min_version, each.max_version) for each in answer.supported_features}
        for version, answer in answers.items()
    }
    assert supported[3] == {"metadata.version": (7, 27)}  # version 3 cannot say that a feature begins at 0
    assert supported[4] == {
        **supported[3],
        "group.version": (0, 1),
        "kraft.version": (0, 1),
        "share.version": (0, 1),
        "transaction.version": (0, 2),
        "eligible.leader.replicas.version": (0, 1),
    }


@pytest.mark.parametrize(("api", "version"), [(999, 0), (-1, 0), (7, 0), (82, 0), (27, 0), (1, 0), (1, 99), (22, 6), (0, 2), (0, 14)])
async def test_what_is_not_announced_ends_the_connection(raw: Raw, api: int, version: int) -> None:
    raw.writer.write(struct.pack(">ihhih", 13, api, version, 1, 3) + b"raw")
    assert await raw.closed()
