"""The node's configuration follows from where it listens, and its version from the pom."""

from pathlib import Path

import pytest

from bus.apache.jars import place, version
from bus.apache.properties import server_properties


def read(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


def test_clients_are_told_the_address_that_was_chosen_and_the_controller_stays_on_loopback() -> None:
    told = read(server_properties(host="10.0.0.7", port=9092, controller_port=9093))
    assert told["advertised.listeners"] == "PLAINTEXT://10.0.0.7:9092"
    assert told["listeners"] == "PLAINTEXT://10.0.0.7:9092,CONTROLLER://127.0.0.1:9093"
    assert told["controller.quorum.voters"] == "1@127.0.0.1:9093"


def test_clients_are_told_another_address_where_one_is_advertised() -> None:
    told = read(server_properties(host="127.0.0.1", port=9092, controller_port=9093, advertised=("127.0.0.1", 4000)))
    assert told["advertised.listeners"] == "PLAINTEXT://127.0.0.1:4000"
    assert told["listeners"] == "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093"


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    assert read(server_properties(host="::1", port=1, controller_port=2))["advertised.listeners"] == "PLAINTEXT://[::1]:1"


@pytest.mark.parametrize("name", ["offsets.topic", "transaction.state.log", "share.coordinator.state.topic"])
def test_no_topic_of_kafkas_own_waits_for_a_second_node(name: str) -> None:
    assert read(server_properties(host="127.0.0.1", port=1, controller_port=2))[f"{name}.replication.factor"] == "1"


def test_no_path_of_the_user_stands_in_the_configuration() -> None:
    assert read(server_properties(host="127.0.0.1", port=1, controller_port=2))["log.dirs"] == "log"


def test_the_folder_of_the_jars_names_the_version_of_the_pom(tmp_path: Path) -> None:
    assert place(tmp_path).parent == tmp_path
    assert place(tmp_path).name.startswith(f"kafka-{version()}-")


def test_the_version_of_apache_kafka_stands_in_the_pom_alone() -> None:
    root = Path(__file__).resolve().parents[2]
    files = [file for folder in ("bus", "app", "tests", ".ci") for file in (root / folder).rglob("*") if file.suffix in (".py", ".xml", "")]
    texts = [*(file for file in files if file.is_file()), root / "Makefile", root / "README.md"]
    assert [file.name for file in texts if version() in file.read_text(encoding="utf-8", errors="replace")] == ["pom.xml"]
