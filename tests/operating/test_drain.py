"""Told to end, a part finishes what is in flight and commits it, within its drain; after that it says what it leaves."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bus import Admin, Exchange, KafkaSettings, Members, Operating, Rights, Space
from tests.adapters.exchange_side import ExchangeSide, entry, withdrawal
from tests.adapters.fake_agency import agency, until
from tests.adapters.toy import TOY, Running, runtime
from tests.app.lgsp import around
from tests.bus.samples import TCT, slip_cancelled
from tests.exchange.wire import CONTRACTS, Wire, wired
from tests.operating.outage import outage
from vn.clock import Clock

DRAIN = 4.0
A_LITTLE = 2.0  # s; the machine may be busy


class Going:
    """An exchange that is told to end by a test."""

    def __init__(self, wire: Wire, drain: float) -> None:
        members = Members.read()
        self.exchange = Exchange(
            wire.kafka,
            wire.space,
            members=members,
            rights=Rights.read(members=members, contracts=CONTRACTS),
            contracts=CONTRACTS,
            clock=Clock(),
            operating=Operating(drain=drain),
        )
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self.exchange.run(self._stop))

    async def end(self) -> float:
        """Seconds it took."""
        began = time.monotonic()
        self._stop.set()
        await asyncio.wait_for(self._task, 60)
        return time.monotonic() - began


async def committed(kafka: KafkaSettings, group: str) -> int:
    async with Admin(kafka) as admin:
        return sum((await admin.group(group)).committed.values())


async def test_the_exchange_commits_what_it_has_taken_before_it_ends(kafka: KafkaSettings, space: Space) -> None:
    async with wired(kafka, space) as wire:
        await wire.say(*(slip_cancelled(id=f"m{number}", subject=f"H37.15-250812-{number % 50:04d}") for number in range(3000)))
        going = Going(wire, drain=30)
        await wire.heard(TCT, 1)  # in the middle of its work
        with capture_logs() as logs:
            await going.end()
        delivered = [dict(record.headers)["ce_id"] for record in await wire.inbox(TCT)]
        assert len(delivered) == len(set(delivered)) == await committed(kafka, space.exchange_group)
        assert [each for each in logs if each["event"].startswith("left unfinished")] == []


async def test_an_exchange_without_a_broker_ends_within_its_drain_and_says_what_it_leaves(tmp_path: Path, space: Space) -> None:
    async with outage("cut", tmp_path / "broker") as away, wired(KafkaSettings(away.address), space) as wire:
        await wire.say(*(slip_cancelled(id=f"m{number}", subject=f"H37.15-250812-{number % 50:04d}") for number in range(3000)))
        going = Going(wire, drain=DRAIN)
        await wire.heard(TCT, 1)
        await away.begin()
        await until(lambda: going.exchange.health()["status"] == "failing")
        waits = going.exchange.health()["batchesInFlight"]
        with capture_logs() as logs:
            assert await going.end() < DRAIN + A_LITTLE
        left = [each for each in logs if each["event"].startswith("left unfinished")]
        assert [each["batches"] for each in left] == ([waits] if waits else [])
        await away.end()


async def test_an_adapter_lets_the_agency_finish_commits_that_and_begins_nothing_more(broker: str, space: Space) -> None:
    async with agency() as fake, ExchangeSide(broker, space.name) as wires:
        fake.misbehave = lambda _: 1.0  # s; slow, but it answers
        adapter = Running(runtime(broker, space.name, fake.url, in_flight=5, operating=Operating(drain=30)))
        async with adapter:
            await wires.deliver(*(withdrawal(number) for number in range(50)), partition=0)
            await until(lambda: fake.busy == 5)
            began = len(fake.calls)
            await adapter.stop()
        assert (len(fake.calls), len(fake.applied)) == (began, began)
        assert await committed(KafkaSettings(broker), space.group(TOY.member)) == began


async def test_an_adapter_whose_agency_hangs_ends_within_its_drain_and_says_what_it_leaves(broker: str, space: Space) -> None:
    async with agency() as fake, ExchangeSide(broker, space.name) as wires:
        fake.misbehave = lambda _: 60.0
        adapter = Running(runtime(broker, space.name, fake.url, call_timeout=60, operating=Operating(drain=DRAIN)))
        async with adapter:
            await wires.deliver(*(withdrawal(number) for number in range(3)))
            await until(lambda: fake.busy == 3)
            with capture_logs() as logs:
                seconds = await adapter.stop()
            assert DRAIN / 2 < seconds < DRAIN + A_LITTLE
        (left,) = [each for each in logs if each["event"].startswith("the agency has not answered in time")]
        assert left["messages"] == 3


async def test_the_page_of_the_feed_that_is_being_sent_is_sent_and_acknowledged_before_an_adapter_ends(tmp_path: Path) -> None:
    async with outage("cut", tmp_path / "broker") as away, agency() as fake, ExchangeSide(away.address, "t") as wires:
        adapter = Running(runtime(away.address, "t", fake.url, operating=Operating(drain=30)))
        async with adapter:
            await adapter.green()
            await away.begin()
            await fake.say(entry(1), entry(2))
            await adapter.red("outbox")  # it has the page, and cannot be rid of it
            ending = asyncio.create_task(adapter.stop())
            await until(lambda: "stopping" in (adapter.runtime.health().reason or ""))
            await away.end()
            await ending
            assert fake.acknowledged == 2
        assert {each.id for each in await wires.said()} == {each["id"] for each in fake.feed}


async def test_what_of_a_feed_is_left_with_the_agency_is_said(tmp_path: Path) -> None:
    async with outage("cut", tmp_path / "broker") as away, agency() as fake, ExchangeSide(away.address, "t"):
        adapter = Running(runtime(away.address, "t", fake.url, operating=Operating(drain=DRAIN)))
        async with adapter:
            await adapter.green()
            await away.begin()
            await fake.say(entry(1), entry(2))
            await adapter.red("outbox")
            with capture_logs() as logs:
                assert await adapter.stop() < DRAIN + A_LITTLE
            assert [each["entries"] for each in logs if each["event"].startswith("feed entries left")] == [2]
            assert fake.acknowledged == 0
        await away.end()


@contextmanager
def serving_payment(folder: Path, drain: float) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """An agency as a process, and its port."""
    command = [sys.executable, "-m", "app", "serve", "payment"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=around(folder, LGSP_DRAIN=f"{drain:.0f}")
    )
    try:
        assert process.stdout is not None
        yield process, int(process.stdout.readline().rpartition(":")[2])
    finally:
        process.kill()
        process.communicate()


HEAD = b"PUT /_lgsp/clock HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
BODY = b'{"mode": "real"}'


def half_asked(port: int) -> socket.socket:
    """A request whose body is not there yet, as on a slow line; the agency has begun with it."""
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    line.sendall(HEAD % len(BODY) + BODY[:5])
    return line


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGTERM on Windows")
def test_an_agency_answers_what_it_has_begun_and_takes_nothing_new(tmp_path: Path) -> None:
    with serving_payment(tmp_path, drain=20) as (process, port), closing(half_asked(port)) as line:
        _settled(port)
        process.send_signal(signal.SIGTERM)
        _until_refused(port)
        line.sendall(BODY[5:])
        assert line.recv(1000).startswith(b"HTTP/1.1 200")
        assert process.wait(15) == 0


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGTERM on Windows")
def test_an_agency_ends_within_its_drain_though_somebody_does_not_finish_asking(tmp_path: Path) -> None:
    with serving_payment(tmp_path, drain=3) as (process, port), closing(half_asked(port)):
        _settled(port)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
        assert time.monotonic() - began < 3 + A_LITTLE
        assert "timeout graceful shutdown exceeded" in errors


def _settled(port: int) -> None:
    """Another request is answered: what was sent before it has been read."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as other:
        other.sendall(b"GET /_lgsp/info HTTP/1.1\r\nHost: x\r\n\r\n")
        assert other.recv(100).startswith(b"HTTP/1.1 200")


def _until_refused(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return
        time.sleep(0.02)
    raise AssertionError("it still takes connections")
