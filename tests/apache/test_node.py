"""A node as a user runs it: ready when it answers, its log kept over a stop and a kill, nothing left behind."""

import os
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest

from bus import Admin, KafkaSettings, Producer, Reader, Record, Space
from tests.apache.node import Node
from tests.app.lgsp import lgsp

ENVIRONMENT = 14


def kafka_of(node: Node) -> list[psutil.Process]:
    """The Java process below ours, if it runs."""
    return [child for child in psutil.Process(node.pid).children(recursive=True) if "kafka.Kafka" in child.cmdline()]


async def write(node: Node, space: Space, value: bytes) -> None:
    async with Admin(KafkaSettings(node.address)) as admin:
        await admin.ensure(space.plan([]))
    async with Producer(KafkaSettings(node.address)) as producer:
        await producer.send_all([Record(space.journal, b"k", value, [], 0)])


async def written(node: Node, space: Space) -> list[bytes | None]:
    async with Reader(KafkaSettings(node.address)) as reader:
        return [record.value async for record in reader.everything(space.journal)]


async def test_once_it_is_ready_a_topic_can_be_made_and_written_at_the_first_try(node: Node, space: Space) -> None:
    began = time.monotonic()
    await write(node, space, b"first")
    assert await written(node, space) == [b"first"]
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_its_log_outlives_a_stop_and_a_kill_and_the_next_start_waits_for_the_former_node(how: str, node: Node, space: Space) -> None:
    await write(node, space, b"before")
    (java,) = kafka_of(node)
    if how == "stop":
        assert node.stop() == (0, "")
    else:
        os.kill(node.pid, signal.SIGKILL)
        node.ended()
    node.start()
    assert await written(node, space) == [b"before"]
    psutil.wait_procs([java], timeout=10)
    assert not java.is_running()


def test_ctrl_c_ends_it_within_a_few_seconds_with_nothing_left(node: Node) -> None:
    parts = [psutil.Process(node.pid), *psutil.Process(node.pid).children(recursive=True)]
    began = time.monotonic()
    assert node.stop(signal.SIGINT) == (130, "")
    assert time.monotonic() - began < 8
    assert psutil.wait_procs(parts, timeout=1)[1] == []
    node.start()


def test_a_node_whose_java_dies_says_so_and_leaves_with_the_code_of_a_bad_environment(node: Node) -> None:
    (java,) = kafka_of(node)
    java.kill()
    code, told = node.ended()
    assert code == ENVIRONMENT
    assert told.startswith("lgsp: Apache Kafka ended with exit code -9")
    assert told.count("\n") == 1
    node.start()


def test_a_second_broker_of_either_kind_on_its_folder_is_turned_away(node: Node) -> None:
    for arguments in (("broker", "--apache"), ("broker",)):
        said = lgsp(*arguments, state=node.state)
        assert (said.code, said.out) == (ENVIRONMENT, "")
        assert "another broker uses the state folder" in said.err


def test_its_port_is_refused_to_a_second_node(node: Node, tmp_path: Path) -> None:
    said = lgsp("broker", "--apache", "--listen", node.address, state=tmp_path)
    assert (said.code, said.out, said.err.count("\n")) == (ENVIRONMENT, "", 1)
    assert "the port is taken" in said.err


def test_it_listens_on_loopback_only(node: Node) -> None:
    (java,) = kafka_of(node)
    listening = [each.laddr.ip for each in java.net_connections() if each.status == psutil.CONN_LISTEN]
    assert {ip.removeprefix("::ffff:") for ip in listening} == {"127.0.0.1"}
    assert len(listening) == 2
    with socket.create_connection(("127.0.0.1", int(node.address.rpartition(":")[2]))):
        pass
