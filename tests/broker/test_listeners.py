"""Clients of every listener are told the address by which they find the broker."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from app.listeners import listeners_of
from app.settings import Settings
from bus.embedded import BrokerSettings, Listener, serve
from tests.broker.raw import METADATA, Raw
from vn.errors import Unusable


@dataclass
class Running:
    control: str

    async def listeners(self) -> dict[str, dict[str, str]]:
        async with httpx.AsyncClient(trust_env=False) as client:
            return dict((await client.get(f"{self.control}/_lgsp/listeners")).json())

    async def put(self, name: str, body: object) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.put(f"{self.control}/_lgsp/listeners/{name}", json=body)

    async def health(self) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(f"{self.control}/_lgsp/health")

    async def told(self, name: str) -> tuple[str, int]:
        """What a client that comes in at this listener is told."""
        async with Raw((await self.listeners())[name]["listening"]) as client:
            (node,) = (await client.ask(METADATA, 1, topics=())).brokers
        return node.host, node.port


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    listeners = {"main": Listener(), "network": Listener(advertised=("127.0.0.2", 9092)), "host": Listener(awaited=True)}
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        serve(
            BrokerSettings(listeners=listeners, control=("127.0.0.1", 0)),
            ready=lambda *_: None,
            control_ready=lambda host, port: ready.set_result(f"http://{host}:{port}"),
            stop=stop,
        )
    )
    yield Running(await ready)
    stop.set()
    await task


async def test_each_listener_tells_its_own_address(running: Running) -> None:
    there = await running.listeners()
    assert await running.told("main") == ("127.0.0.1", int(there["main"]["listening"].rpartition(":")[2]))
    assert await running.told("network") == ("127.0.0.2", 9092)


async def test_what_clients_are_told_is_set_while_it_runs_and_until_then_it_is_not_well(running: Running) -> None:
    before = await running.health()
    assert before.status_code == 503
    assert "PUT /_lgsp/listeners/host" in before.json()["detail"]
    assert (await running.put("host", {"advertised": "192.0.2.7:31999"})).json()["host"]["advertised"] == "192.0.2.7:31999"
    assert await running.told("host") == ("192.0.2.7", 31999)
    assert (await running.health()).status_code == 200


@pytest.mark.parametrize("body", [{"advertised": "nowhere"}, {"advertised": ":1"}, {"advertised": "a:70000"}, {}, ["a:1"], 7])
async def test_what_is_no_address_is_refused_and_changes_nothing(running: Running, body: object) -> None:
    answer = await running.put("host", body)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/advertised", "detail": 'give it as "HOST:PORT"'}]
    assert (await running.listeners())["host"]["advertised"] is None


async def test_a_listener_that_is_not_there_is_named_with_those_that_are(running: Running) -> None:
    answer = await running.put("hosts", {"advertised": "a:1"})
    assert answer.status_code == 404
    assert answer.json()["detail"] == "no listener is named 'hosts'; there are: main, network, host"


def test_settings_say_where_they_are_and_what_they_tell() -> None:
    ports = {"LGSP_BROKER_NETWORK_PORT": "9092", "LGSP_BROKER_HOST_PORT": "29092"}
    found = listeners_of(Settings.read(ports))
    assert found["network"].advertised == (socket.gethostname(), 9092)
    assert found["host"].advertised == ("localhost", 29092)
    said = Settings.read({**ports, "LGSP_KAFKA_ADVERTISED": "lgsp:1", "LGSP_KAFKA_HOST_ADVERTISED": "later"})
    assert listeners_of(said)["network"].advertised == ("lgsp", 1)
    assert (listeners_of(said)["host"].advertised, listeners_of(said)["host"].awaited) == (None, True)
    assert listeners_of(Settings.read(said.environ())) == listeners_of(said)
    assert list(listeners_of(Settings.read({}))) == ["main"]


@pytest.mark.parametrize("told", [{"LGSP_KAFKA_ADVERTISED": "later"}, {"LGSP_KAFKA_HOST_ADVERTISED": "localhost"}])
def test_what_is_told_is_an_address(told: dict[str, str]) -> None:
    with pytest.raises(Unusable, match="is not HOST:PORT"):
        Settings.read(told)
