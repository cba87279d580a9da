"""Apache Kafka's own console tools, as operators call them, on the broker of this run."""

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bus.apache.tools import run
from tests.broker.clients.build import CLIENTS
from tests.broker.clients.conftest import Drivers
from tests.support import eventually

Tool = Callable[..., Awaitable[str]]
TOOLS = "org.apache.kafka.tools"
NAMES = {
    "topics": f"{TOOLS}.TopicCommand",
    "configs": "kafka.admin.ConfigCommand",
    "groups": f"{TOOLS}.consumer.group.ConsumerGroupCommand",
    "producer-perf-test": f"{TOOLS}.ProducerPerformance",
    "consumer-perf-test": f"{TOOLS}.ConsumerPerformance",
    "console-producer": f"{TOOLS}.ConsoleProducer",
    "console-consumer": f"{TOOLS}.consumer.ConsoleConsumer",
    "get-offsets": f"{TOOLS}.GetOffsetShell",
    "delete-records": f"{TOOLS}.DeleteRecordsCommand",
    "transactions": f"{TOOLS}.TransactionsCommand",
    "broker-api-versions": f"{TOOLS}.BrokerApiVersionsCommand",
}


@pytest.fixture
async def tool(drivers: Drivers, broker: str) -> Tool:
    """Runs `kafka-NAME --bootstrap-server … ARGUMENTS`; what it printed."""
    driver = await drivers.of("java")

    async def call(name: str, *arguments: str, given: str = "") -> str:
        where = ("--producer-props", f"bootstrap.servers={broker}") if name == "producer-perf-test" else ("--bootstrap-server", broker)
        answer: dict[str, Any] = await driver("tool", name=NAMES[name], arguments=[*where, *arguments], input=given)
        assert answer["code"] == 0, f"{name} left with {answer['code']}: {answer['said']}"
        return str(answer["said"])

    return call


async def alone(broker: str, name: str, *arguments: str) -> list[Any]:
    """The events that a tool told in a machine of its own, as it waits for its last answers when that ends."""
    said = await run(*(await CLIENTS["java"]())[:-1], f"{TOOLS}.{name}", "--bootstrap-server", broker, *arguments, within=60)
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


@pytest.fixture
async def topic(tool: Tool, name: str) -> str:
    assert "Created topic" in await tool("topics", "--create", "--topic", name, "--partitions", "2")
    return name


async def until(holds: Callable[[str], bool], tool: Tool, *arguments: str) -> str:
    """What a tool tells once that holds: Apache Kafka answers a change before its own metadata know of it."""

    async def told() -> tuple[str]:
        said = await tool(*arguments)
        assert holds(said), said
        return (said,)

    return (await eventually(told))[0]


async def test_kafka_topics_makes_lists_describes_grows_and_deletes_a_topic(tool: Tool, topic: str) -> None:
    await until(lambda said: topic in said.split(), tool, "topics", "--list")
    await tool("topics", "--alter", "--topic", topic, "--partitions", "3")
    grown = "PartitionCount: 3\tReplicationFactor: 1"
    described = await until(lambda said: grown in said, tool, "topics", "--describe", "--topic", topic)
    assert re.findall(r"Partition: (\d)\tLeader: \d+\tReplicas: \d+\tIsr: \d+\t", described) == ["0", "1", "2"]
    await tool("topics", "--delete", "--topic", topic)
    await until(lambda said: topic not in said.split(), tool, "topics", "--list")


async def test_kafka_configs_sets_shows_and_removes_a_setting(tool: Tool, topic: str) -> None:
    entity = ("--entity-type", "topics", "--entity-name", topic)
    await tool("configs", "--alter", *entity, "--add-config", "retention.ms=7200000")
    await until(lambda said: "retention.ms=7200000 sensitive=false" in said, tool, "configs", "--describe", *entity)
    await tool("configs", "--alter", *entity, "--delete-config", "retention.ms")
    await until(lambda said: "retention.ms=" not in said, tool, "configs", "--describe", *entity)


async def test_the_performance_tools_move_what_they_were_told_to(tool: Tool, topic: str) -> None:
    many = ("--num-records", "3000", "--record-size", "100", "--throughput", "-1")
    assert "3000 records sent" in await tool("producer-perf-test", "--topic", topic, *many)
    told = await tool("consumer-perf-test", "--topic", topic, "--group", topic, "--messages", "3000", "--timeout", "30000")
    assert int(told.splitlines()[1].split(", ")[4]) == 3000


async def test_the_verifiable_consumer_gets_what_the_verifiable_producer_had_acknowledged(broker: str, topic: str) -> None:
    events = await alone(broker, "VerifiableProducer", "--topic", topic, "--max-messages", "50")
    assert sum(event["name"] == "producer_send_success" for event in events) == 50
    reader = ("--group-id", topic, "--max-messages", "50", "--reset-policy", "earliest")
    told = await alone(broker, "VerifiableConsumer", "--topic", topic, *reader)
    assert sum(event["count"] for event in told if event["name"] == "records_consumed") == 50
    assert all(event["success"] for event in told if event["name"] == "offsets_committed")


async def typed(tool: Tool, topic: str) -> list[str]:
    """Ten records by the console."""
    lines = [f"k{number}:v{number}" for number in range(10)]
    at_once = ("--sync", "--timeout", "0")
    keyed = ("--property", "parse.key=true", "--property", "key.separator=:")
    await tool("console-producer", *at_once, "--topic", topic, *keyed, given="\n".join(lines))
    return lines


async def test_the_console_consumer_prints_what_the_console_producer_was_given(tool: Tool, topic: str) -> None:
    lines = await typed(tool, topic)
    shown = ("--property", "print.key=true", "--property", "key.separator=:", "--max-messages", "10")
    assert sorted((await tool("console-consumer", "--topic", topic, "--from-beginning", *shown)).splitlines()) == lines


async def test_kafka_get_offsets_shows_what_kafka_delete_records_left(tool: Tool, topic: str, tmp_path: Path) -> None:
    await typed(tool, topic)
    ends = {line.rpartition(":")[0]: int(line.rpartition(":")[2]) for line in (await tool("get-offsets", "--topic", topic)).splitlines()}
    assert sum(ends.values()) == 10
    order = {"version": 1, "partitions": [{"topic": topic, "partition": index, "offset": -1} for index in range(2)]}
    (tmp_path / "order.json").write_text(json.dumps(order))
    assert "low_watermark" in await tool("delete-records", "--offset-json-file", str(tmp_path / "order.json"))
    first = await tool("get-offsets", "--topic", topic, "--time", "earliest")
    assert first.splitlines() == [f"{place}:{end}" for place, end in ends.items()]


async def test_kafka_consumer_groups_shows_resets_and_deletes_a_group(tool: Tool, topic: str) -> None:
    await typed(tool, topic)
    await tool("console-consumer", "--topic", topic, "--group", topic, "--from-beginning", "--max-messages", "10")
    assert topic in (await tool("groups", "--list")).split()
    assert [line.split()[3:6] for line in rows(await tool("groups", "--describe", "--group", topic), topic)] != []
    assert "Empty" in await tool("groups", "--describe", "--group", topic, "--state")
    await tool("groups", "--reset-offsets", "--group", topic, "--topic", topic, "--to-offset", "1", "--execute")
    told = rows(await tool("groups", "--describe", "--group", topic), topic)
    assert [line.split()[3] for line in told] == ["1", "1"]
    await tool("groups", "--delete-offsets", "--group", topic, "--topic", topic)
    await tool("groups", "--delete", "--group", topic)
    assert topic not in (await tool("groups", "--list")).split()


def rows(told: str, group: str) -> list[str]:
    return [line for line in told.splitlines() if line.startswith(group)]


async def test_kafka_broker_api_versions_knows_all_that_the_broker_names(tool: Tool) -> None:
    told = await tool("broker-api-versions")
    assert "Produce(0): 0 to 13" in told
    assert re.findall(r"UNKNOWN\(\d+\)", told) == []


async def test_kafka_transactions_lists_and_describes_a_transaction_and_who_produces(tool: Tool, drivers: Drivers, topic: str) -> None:
    await (await drivers.of("java"))("transact", topic=topic, id=topic, keys=["a"], commit=True)
    assert re.search(rf"{topic}\s+\d+\s+\d+\s+(Prepare|Complete)Commit", await tool("transactions", "list"))
    assert re.search(r"CompleteCommit|PrepareCommit", await tool("transactions", "describe", "--transactional-id", topic))
    assert len((await tool("transactions", "describe-producers", "--topic", topic, "--partition", "0")).splitlines()) == 2
