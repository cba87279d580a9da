"""Topics, their settings, groups and offsets, as an administrator handles them."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from kio.schema.errors import ErrorCode

from tests.broker.process import BrokerProcess
from tests.broker.raw import METADATA, Raw, batch
from tests.broker.test_group_protocol import Member

CREATE, DELETE, DESCRIBE_CONFIGS, INCREMENTAL = 19, 20, 32, 44
LIST_GROUPS, DESCRIBE_GROUPS, DELETE_GROUPS = 16, 15, 42
DESCRIBE_PARTITIONS = 75


async def create(raw: Raw, name: str, partitions: int = 1, replicas: int = 1, **settings: str) -> Any:
    configs = [{"name": key.replace("_", "."), "value": value} for key, value in settings.items()]
    topic = {"name": name, "num_partitions": partitions, "replication_factor": replicas, "assignments": [], "configs": configs}
    return (await raw.ask(CREATE, 7, topics=[topic], timeout=timedelta(seconds=1), validate_only=False)).topics[0]


async def test_a_topic_is_made_once_and_has_an_id(raw: Raw, name: str) -> None:
    made = await create(raw, name, -1, -1)
    assert (made.error_code, made.num_partitions, made.replication_factor) == (ErrorCode.none, 1, 1)
    assert (await create(raw, name)).error_code is ErrorCode.topic_already_exists
    answer = await raw.ask(
        METADATA,
        12,
        topics=[{"topic_id": made.topic_id, "name": None}],
        allow_auto_topic_creation=False,
        include_topic_authorized_operations=False,
    )
    assert [topic.name for topic in answer.topics] == [name]


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ({"name": "no spaces"}, ErrorCode.invalid_topic_exception),
        ({"name": ".."}, ErrorCode.invalid_topic_exception),
        ({"name": "x" * 250}, ErrorCode.invalid_topic_exception),
        ({"partitions": 0}, ErrorCode.invalid_partitions),
        ({"replicas": 3}, ErrorCode.invalid_replication_factor),
        ({"max_message_bytes": "many"}, ErrorCode.invalid_config),
        ({"no_such_setting": "1"}, ErrorCode.invalid_config),
    ],
)
async def test_a_topic_that_cannot_be_is_refused_with_a_reason(raw: Raw, name: str, bad: dict[str, Any], error: ErrorCode) -> None:
    answer = await create(raw, **{"name": name, **bad})
    assert answer.error_code is error
    assert answer.error_message


async def test_names_that_differ_in_dot_and_underscore_only_collide_as_in_kafka(raw: Raw, name: str) -> None:
    await create(raw, f"{name}.a")
    assert (await create(raw, f"{name}_a")).error_code is ErrorCode.invalid_topic_exception


async def test_a_topic_made_again_is_empty_and_has_no_committed_offsets(broker: BrokerProcess, name: str) -> None:
    topic = await broker.topic(name)
    async with Raw(broker.address) as raw:
        await raw.produce(topic, batch(b"old"))
        await Member(raw, name).commit(topic, 1)
        admin = AIOKafkaAdminClient(bootstrap_servers=broker.address)
        await admin.start()
        await admin.delete_topics([topic])
        assert topic not in await admin.list_topics()
        await admin.close()
        await broker.topic(name)
        assert (await raw.fetch(topic, 0)).records == b""
        answer = await raw.ask(9, 5, group_id=name, topics=[{"name": topic, "partition_indexes": (0,)}])
        assert answer.topics[0].partitions[0].committed_offset == -1


async def test_partitions_are_added_and_never_taken_away(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    admin = AIOKafkaAdminClient(bootstrap_servers=memory_broker.address)
    await admin.start()
    await admin.create_partitions({topic: NewPartitions(3)})
    await admin.close()
    async with asyncio.timeout(15):
        while (error := (await raw.produce(topic, batch(b"x"), partition=2)).error_code).retriable:
            pass  # Kafka's new partition has no leader for a moment
    assert error is ErrorCode.none
    answer = await raw.ask(
        37, 3, topics=[{"name": topic, "count": 2, "assignments": None}], timeout=timedelta(seconds=1), validate_only=False
    )
    assert answer.results[0].error_code is ErrorCode.invalid_partitions


async def test_a_setting_changes_what_the_topic_takes_at_once(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)

    async def alter(operation: int, value: str | None) -> ErrorCode:
        config = {"name": "max.message.bytes", "config_operation": operation, "value": value}
        resource = {"resource_type": 2, "resource_name": topic, "configs": [config]}
        return ErrorCode((await raw.ask(INCREMENTAL, 1, resources=[resource], validate_only=False)).responses[0].error_code)

    assert await alter(0, "500") is ErrorCode.none
    assert (await raw.produce(topic, batch(b"x" * 600))).error_code is ErrorCode.message_too_large
    assert await alter(0, "none") is ErrorCode.invalid_config
    assert await alter(1, None) is ErrorCode.none
    assert (await raw.produce(topic, batch(b"x" * 600))).error_code is ErrorCode.none


async def test_a_record_of_the_future_is_refused_as_by_kafka_unless_its_topic_allows_it(
    memory_broker: BrokerProcess, raw: Raw, name: str
) -> None:
    topic = await memory_broker.topic(name)
    lenient = await memory_broker.topic(f"{name}-lenient", message_timestamp_after_max_ms=str(2**63 - 1))
    hour = 3_600_000
    for ahead, error in ((hour // 2, ErrorCode.none), (2 * hour, ErrorCode.invalid_timestamp)):
        now = time.time_ns() // 1_000_000
        assert (await raw.produce(topic, batch(b"then", b"now", times=(now + ahead, now)))).error_code is error
        assert (await raw.produce(lenient, batch(b"then", b"now", times=(now + ahead, now)))).error_code is ErrorCode.none


async def test_settings_show_their_value_and_where_it_comes_from(memory_broker: BrokerProcess, name: str) -> None:
    topic = await memory_broker.topic(name, max_message_bytes="500")
    admin = AIOKafkaAdminClient(bootstrap_servers=memory_broker.address)
    await admin.start()
    try:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    finally:
        await admin.close()
    settings = {each[0]: (each[1], each[3]) for each in answer.resources[0][4]}
    assert (settings["max.message.bytes"], settings["cleanup.policy"]) == (("500", 1), ("delete", 5))


async def test_groups_are_listed_described_and_deleted_when_empty(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    async with Raw(memory_broker.address) as other:
        member = Member(other, name)
        await member.alone()
        await member.commit(topic, 1)
        listed = (await raw.ask(LIST_GROUPS, 4, states_filter=("Stable",))).groups
        assert (name, "consumer", "Stable") in [(group.group_id, group.protocol_type, group.group_state) for group in listed]
        (group,) = (await raw.ask(DESCRIBE_GROUPS, 4, groups=(name,), include_authorized_operations=False)).groups
        assert (group.group_state, group.protocol_data, group.members[0].member_assignment) == ("Stable", "range", b"all")
        assert group.members[0].client_host == "/127.0.0.1"
        assert (await raw.ask(DELETE_GROUPS, 1, groups_names=(name,))).results[0].error_code is ErrorCode.non_empty_group
        await member.leave()
    (group,) = (await raw.ask(DESCRIBE_GROUPS, 4, groups=(name,), include_authorized_operations=False)).groups
    assert group.group_state == "Empty"
    assert (await raw.ask(DELETE_GROUPS, 1, groups_names=(name,))).results[0].error_code is ErrorCode.none
    (group,) = (await raw.ask(DESCRIBE_GROUPS, 4, groups=(name,), include_authorized_operations=False)).groups
    assert group.group_state == "Dead"
    assert (await raw.ask(DELETE_GROUPS, 1, groups_names=(name,))).results[0].error_code is ErrorCode.group_id_not_found


@pytest.mark.parametrize("compression", [0, 1])
async def test_offsets_are_found_by_time(memory_broker: BrokerProcess, raw: Raw, name: str, compression: int) -> None:
    topic = await memory_broker.topic(name)
    assert (await raw.list_offsets(topic, 0)).offset == -1
    assert (await raw.list_offsets(topic, -3)).offset == -1
    await raw.produce(topic, batch(b"a" * 99, b"b" * 99, times=(1000, 3000), compression=compression))
    await raw.produce(topic, batch(b"c" * 99, b"d" * 99, b"e" * 99, times=(2000, 5000, 4000), compression=compression))
    asked = {timestamp: await raw.list_offsets(topic, timestamp) for timestamp in (0, 1000, 1001, 3001, 5000, 5001, -1, -2, -3)}
    assert {timestamp: (answer.offset, answer.timestamp) for timestamp, answer in asked.items()} == {
        0: (0, 1000),
        1000: (0, 1000),
        1001: (1, 3000),
        3001: (3, 5000),
        5000: (3, 5000),
        5001: (-1, -1),
        -1: (5, -1),
        -2: (0, -1),
        -3: (3, 5000),
    }


async def test_topics_are_described_page_by_page(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    for suffix, partitions in (("a", 3), ("b", 4)):
        await memory_broker.topic(f"{name}-{suffix}", partitions)
    asked = [{"name": f"{name}-{suffix}"} for suffix in ("b", "a", "no")]
    cursor, seen = None, []
    for _ in range(4):
        answer = await raw.ask(DESCRIBE_PARTITIONS, 0, topics=asked, response_partition_limit=3, cursor=cursor)
        seen += [(topic.name, topic.error_code, [each.partition_index for each in topic.partitions]) for topic in answer.topics]
        assert all(each.eligible_leader_replicas == each.last_known_elr == () for topic in answer.topics for each in topic.partitions)
        cursor = answer.next_cursor and {"topic_name": answer.next_cursor.topic_name, "partition_index": answer.next_cursor.partition_index}
        if cursor is None:
            break
    none, unknown = ErrorCode.none, ErrorCode.unknown_topic_or_partition
    assert [each for each in seen if each[2] or each[1] is unknown] == [
        (f"{name}-a", none, [0, 1, 2]),
        (f"{name}-b", none, [0, 1, 2]),
        (f"{name}-b", none, [3]),
        (f"{name}-no", unknown, []),
    ]
