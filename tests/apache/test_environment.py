"""What keeps Apache Kafka from starting is said in one line that says what to do."""

import asyncio
import socket
from pathlib import Path

import pytest

from bus import embedded
from bus.apache import ApacheSettings, serve
from bus.apache.jars import place
from tests.apache.conftest import Fake
from vn.errors import BadEnvironment, Unusable

JAVA = 'openjdk version "17.0.15" 2025-04-15'
MAVEN = "\x1b[1mApache Maven 3.8.7\x1b[m"


def settings(tmp_path: Path, **others: object) -> ApacheSettings:
    return ApacheSettings(**{"state": tmp_path / "state", "cache": tmp_path / "cache", **others})  # type: ignore[arg-type]


async def refused(chosen: ApacheSettings, kind: type[Unusable] = BadEnvironment) -> str:
    def ready(_host: str, _port: int) -> None:
        raise AssertionError("the broker started")

    with pytest.raises(kind) as caught:
        async with asyncio.timeout(30):
            await serve(chosen, ready=ready, stop=asyncio.Event())
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def test_a_missing_java_is_named_and_that_the_embedded_broker_needs_none(tmp_path: Path, fake: Fake) -> None:
    assert "no Java is installed: Apache Kafka needs Java 17 or newer" in await refused(settings(tmp_path))
    assert f"no Java in JAVA_HOME={tmp_path}" in await refused(settings(tmp_path, java_home=tmp_path))


@pytest.mark.parametrize(
    ("said", "version"), [('openjdk version "11.0.2" 2019-01-15', "11.0.2"), ('java version "1.8.0_202"', "8.0"), ("what?", "0")]
)
async def test_a_java_that_is_too_old_is_named_with_its_version(said: str, version: str, tmp_path: Path, fake: Fake) -> None:
    fake("java", said)
    assert f"is Java {version}: Apache Kafka needs Java 17 or newer" in await refused(settings(tmp_path))


async def test_a_java_that_does_not_run_is_named_with_what_is_needed(tmp_path: Path, fake: Fake) -> None:
    fake("java", "no memory", 1)
    assert "java failed with exit code 1: Apache Kafka needs Java 17" in await refused(settings(tmp_path))


async def test_a_missing_or_old_maven_is_named_and_what_it_is_for(tmp_path: Path, fake: Fake) -> None:
    fake("java", JAVA)
    assert "no Maven is installed (mvn): Maven 3.6.3 or newer fetches" in await refused(settings(tmp_path))
    fake("mvn", "Apache Maven 3.3.9")
    assert "is Maven 3.3.9: " in await refused(settings(tmp_path))


async def test_a_cache_that_cannot_be_made_is_named_with_the_variable_that_moves_it(tmp_path: Path, fake: Fake) -> None:
    fake("java", JAVA)
    fake("mvn", MAVEN)
    (tmp_path / "file").write_text("")
    assert "LGSP_CACHE" in await refused(settings(tmp_path, cache=tmp_path / "file" / "cache"))


async def test_jars_are_there_whole_or_not_at_all(tmp_path: Path, fake: Fake) -> None:
    fake("java", JAVA)
    fake("mvn", MAVEN)  # says its version whatever it is asked, and copies nothing
    assert "the jars cannot be kept" in await refused(settings(tmp_path))
    assert list((tmp_path / "cache").iterdir()) == []


async def test_where_the_jars_are_there_maven_is_not_asked_for(tmp_path: Path, fake: Fake) -> None:
    fake("java", JAVA)  # says its version where it should format the storage
    place(tmp_path / "cache").mkdir(parents=True)
    assert "Apache Kafka ended with exit code 0" in await refused(settings(tmp_path))


async def test_a_taken_port_is_named(tmp_path: Path, fake: Fake) -> None:
    fake("java", JAVA)
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert "the port is taken" in await refused(settings(tmp_path, port=other.getsockname()[1]))


async def test_an_address_that_no_client_can_be_told_is_refused(tmp_path: Path) -> None:
    assert "give one they can reach" in await refused(settings(tmp_path, host="0.0.0.0"), Unusable)


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert str(tmp_path / "file" / "state") in await refused(settings(tmp_path, state=tmp_path / "file" / "state"))


async def test_neither_broker_touches_the_state_of_the_other(tmp_path: Path, fake: Fake) -> None:
    await refused(settings(tmp_path))  # it has no Java, but it has begun a state folder
    with pytest.raises(BadEnvironment, match="holds the state of Apache Kafka, and this is the embedded broker"):
        await embedded.serve(embedded.BrokerSettings(state=tmp_path / "state"), ready=print, stop=asyncio.Event())
    stop = asyncio.Event()
    await embedded.serve(embedded.BrokerSettings(state=tmp_path / "other"), ready=lambda *_: stop.set(), stop=stop)
    assert "holds the state of the embedded broker, and this is Apache Kafka" in await refused(settings(tmp_path, state=tmp_path / "other"))
