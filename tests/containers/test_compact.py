"""The image as it runs without a command: all of lgsp-sim in one container, found by host, by alias, behind ports that nobody chose."""

import json
import time
import urllib.request
from collections.abc import Iterator
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer

from tests.containers.engine import Container, docker, healthy, inspected, run
from tests.support import eventually

pytestmark = pytest.mark.containers

ANYWHERE = ("--publish", "127.0.0.1::8080", "--publish", "127.0.0.1::29092")
READER = """
import asyncio, sys
from aiokafka import AIOKafkaConsumer
async def main():
    client = AIOKafkaConsumer("lgsp.journal", bootstrap_servers=sys.argv[1], auto_offset_reset="earliest")
    await client.start()
    (node,) = client._client.cluster.brokers()
    print(len(await client.getmany(timeout_ms=15000)) > 0, f"{node.host}:{node.port}")
    await client.stop()
asyncio.run(main())
"""


def published(container: str, port: int) -> str:
    """Where a port of a container is found on this host."""
    return docker("port", container, str(port)).splitlines()[0]


def asked(address: str, path: str, method: str = "GET", body: object = None) -> object:
    """What the one HTTP address answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://{address}{path}", data, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


async def until_healthy(container: str) -> float:
    """Seconds until its own health check says so."""
    began = time.monotonic()

    async def well() -> bool:
        return healthy(container)

    await eventually(well, within=60)
    return time.monotonic() - began


@pytest.fixture(scope="module")
def network() -> Iterator[str]:
    """One that both containers of a test are in."""
    name = f"lgsp-test-{uuid4().hex[:8]}"
    run("docker", "network", "create", name)
    yield name
    run("docker", "network", "rm", name)


async def test_a_dossier_crosses_a_container_of_which_the_ports_were_found_after_its_start(
    image: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And its root file system is read-only."""
    later = ("--env", "LGSP_KAFKA_HOST_ADVERTISED=later")
    began = time.monotonic()
    with Container(image, options=("--read-only", *ANYWHERE, *later)) as container:
        http, kafka = published(container, 8080), published(container, 29092)

        async def answers() -> bool:
            try:
                return bool(asked(http, "/_lgsp/info"))
            except OSError:
                return False

        await eventually(answers, within=60)
        assert not healthy(container)
        asked(http, "/_lgsp/listeners/host", "PUT", {"advertised": kafka})
        await until_healthy(container)
        took, memory = time.monotonic() - began, docker("stats", "--no-stream", "--format", "{{.MemUsage}}", container)
        with capsys.disabled():
            print(f"\nhealthy {took:.1f} s after docker run, ports told on the way; memory {memory}")  # a figure for people
        made = asked(http, "/dvc/ho-so", "POST", asked(http, "/_lgsp/samples/transfer"))
        assert isinstance(made, dict)
        found = asked(http, f"/_lgsp/messages?contract=tax.payment-notice&about={made['MaHoSo']}&wait=20")
        assert isinstance(found, dict)
        assert found["total"] > 0
        async with AIOKafkaConsumer(
            "lgsp.inbox.VN.GOV.H37.15.ilis", bootstrap_servers=kafka, auto_offset_reset="earliest", group_id=None
        ) as client:
            assert (await client.getone()).key == made["MaHoSo"].encode()
        assert docker("diff", container) == ""
        docker("stop", container)
        assert inspected(container)["State"]["ExitCode"] == 0


async def test_an_address_that_was_told_is_forgotten_at_a_restart_and_can_be_told_again(image: str) -> None:
    with Container(image, options=(*ANYWHERE, "--env", "LGSP_KAFKA_HOST_ADVERTISED=later")) as container:
        for restarted in (False, True):
            if restarted:
                docker("restart", container)
            http, kafka = published(container, 8080), published(container, 29092)  # others after a restart

            async def awaited(http: str = http) -> bool:
                try:
                    listeners = asked(http, "/_lgsp/listeners")
                except OSError:
                    return False
                return isinstance(listeners, dict) and listeners["host"].get("awaited") is True

            await eventually(awaited, within=60)
            asked(http, "/_lgsp/listeners/host", "PUT", {"advertised": kafka})
            await until_healthy(container)


async def test_another_container_finds_it_by_its_alias_with_nothing_but_variables(image: str, network: str) -> None:
    """As a service of a CI job is found: nobody runs a command in it, nobody tells it a port."""
    alias = ("--network", network, "--network-alias", "lgsp", "--env", "LGSP_KAFKA_ADVERTISED=lgsp:9092", "--env", "LGSP_WITHOUT=ilis")
    with Container(image, options=alias) as container:
        await until_healthy(container)
        form = docker("exec", container, "python", "-m", "app", "sample", "transfer")
        assert "LoaiThuTuc" in form
        posted = ("import sys, urllib.request as u; h='http://lgsp:8080'; f=u.urlopen(h+'/_lgsp/samples/gift').read(); "
                  "print(u.urlopen(u.Request(h+'/dvc/ho-so', f, {'content-type': 'application/json'})).status)")  # fmt: skip
        other = ("run", "--rm", "--network", network, "--entrypoint", "python", image, "-c")
        assert docker(*other, posted) == "201"
        assert docker(*other, READER, "lgsp:9092") == "True lgsp:9092"
