"""While the network is cut nobody reaches the broker, and what was on its way arrives when it is healed."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest

from app.commands.options import settings
from app.play.link import Link
from app.play.network import Network
from app.ports import assign
from app.settings import Settings
from bus import Admin, KafkaSettings, Producer, Reader, Record, Topic
from bus.apache import ApacheSettings, serve
from scenarios.faults import Fault
from tests.apache.conftest import REAL_ONLY, real
from tests.broker.process import BrokerProcess
from vn.clock import VN

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=VN)
CUT = Fault.model_validate({"as": "cut", "cut": {}})


async def cut_twice(link: Link) -> None:
    kafka = KafkaSettings(f"127.0.0.1:{link.port}")
    async with Admin(kafka) as admin, Producer(kafka) as producer, Network(link, now=lambda: MORNING) as network:
        await admin.ensure([Topic("t", 1)])
        await network.arm("first", CUT)
        await network.arm("second", CUT)
        sending = asyncio.create_task(producer.send_all([Record("t", b"k", b"v", [])]))
        await network.heal("first")
        assert network.armed == ("second",)
        assert not (await asyncio.wait({sending}, timeout=0.3))[0]
        await network.heal("second")
        assert [(each.partition, each.offset) for each in await sending] == [(0, 0)]
        assert await network.fired("second") == ((MORNING, "everybody's way to the broker"),)
        await network.arm("third", CUT)
    async with Reader(kafka) as reader:  # the end of the block has healed what was left
        assert [each.value async for each in reader.everything("t")] == [b"v"]


async def test_a_record_is_acknowledged_only_when_every_cut_is_healed() -> None:
    async with Link() as link, BrokerProcess(None, "--advertise", f"127.0.0.1:{link.port}") as broker:
        link.to = broker.address
        await cut_twice(link)


@pytest.mark.skipif(not real(), reason=REAL_ONLY)
async def test_apache_kafka_can_be_cut_off_where_it_was_started_here(tmp_path: Path) -> None:
    stop, ready = asyncio.Event(), asyncio.Event()
    async with Link() as link:
        port = assign(Settings(), ("broker",), {})["broker"]
        link.to = f"127.0.0.1:{port}"  # its own first question goes the advertised way
        chosen = ApacheSettings(state=tmp_path, cache=settings().cache or tmp_path, port=port, advertised=("127.0.0.1", link.port))
        node = asyncio.create_task(serve(chosen, ready=lambda _host, _port: ready.set(), stop=stop))
        await asyncio.wait({node, asyncio.create_task(ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
        assert not node.done()
        await cut_twice(link)
        stop.set()
        await node
