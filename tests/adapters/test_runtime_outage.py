"""The agency, the adapter or the broker goes away in the middle, and comes back.

A broker that is killed is always an embedded one of the test's own: nobody may kill the one that the run shares.
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.responses import Response

from tests.adapters.conftest import Begin
from tests.adapters.exchange_side import ExchangeSide, dossier, entry, withdrawal
from tests.adapters.fake_agency import FakeAgency, agency, until
from tests.adapters.toy import Running, runtime
from tests.broker.process import BrokerProcess


async def test_an_agency_that_is_down_gets_everything_once_it_is_back_and_health_goes_red_then_green(
    wires: ExchangeSide, fake: FakeAgency, begin: Begin
):
    running = await begin()
    await running.green()
    await fake.stop()
    sent = [withdrawal(number % 5) for number in range(100)]
    await wires.deliver(*sent)
    await running.red("inbox")
    await running.red("feed")
    await fake.start()
    await fake.say(entry())
    await until(lambda: len(fake.applied) == 100)
    await running.green()
    assert len(await wires.heard(1)) == 1
    for number in range(5):
        arrived = [call.key for call in fake.calls if call.body["maHoSo"] == dossier(number)]
        assert list(dict.fromkeys(arrived)) == [f"{each.source} {each.id}" for each in sent if each.subject == dossier(number)]


async def test_an_agency_that_is_down_when_the_adapter_starts_is_waited_for(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    await fake.stop()
    running = await begin()
    await running.red("cannot be reached")
    await fake.start()
    await running.green()


async def test_a_500_is_tried_without_end_and_its_partition_waits_while_others_go_on(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    broken = {dossier(1)}
    fake.misbehave = lambda call: Response(status_code=500) if call.body["maHoSo"] in broken else None
    running = await begin()
    stuck, waiting, free = withdrawal(1), withdrawal(2), withdrawal(3)
    await wires.deliver(stuck, partition=1)
    await running.red("500")
    await wires.deliver(waiting, partition=1)
    await wires.deliver(free, partition=2)
    await until(lambda: len(fake.applied) == 1 and Counter(call.key for call in fake.calls).most_common()[0][1] > 5)
    assert list(fake.applied) == [f"{free.source} {free.id}"]
    broken.clear()
    await until(lambda: len(fake.applied) == 3)
    await running.green()
    assert await wires.said() == []


async def test_an_agency_too_slow_to_answer_applies_it_once_all_the_same(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    fake.misbehave = lambda _: 30.0 if len(fake.calls) < 3 else None
    running = await begin(call_timeout=1.0)
    await wires.deliver(withdrawal())
    await running.red("in time")
    await running.green()
    assert (len(fake.applied), len(fake.calls)) == (1, 3)


async def test_two_instances_share_the_inbox_and_no_dossier_loses_its_order_when_the_second_joins_and_leaves(
    wires: ExchangeSide, fake: FakeAgency, begin: Begin
):
    sent = [withdrawal(number % 30) for number in range(300)]
    fake.misbehave = lambda _: 0.1 if len(fake.calls) < 250 else None
    await begin(in_flight=10, instance=None)
    await wires.deliver(*sent)
    await until(lambda: len(fake.applied) > 20)
    second = await begin(in_flight=10, instance=None)
    await until(lambda: second.runtime.health().in_flight > 0)
    await second.stop()
    await until(lambda: len(fake.applied) == 300, within=60)
    for number in range(30):
        arrived = [call.key for call in fake.applied.values() if call.body["maHoSo"] == dossier(number)]
        assert arrived == [f"{each.source} {each.id}" for each in sent if each.subject == dossier(number)]


@asynccontextmanager
async def process(wires: ExchangeSide, url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The toy adapter as a process; killed at the end."""
    command = [sys.executable, "-m", "tests.adapters.toy", wires.bootstrap, wires.space.name, url]
    started = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    try:
        yield started
    finally:
        if started.returncode is None:
            os.kill(started.pid, signal.SIGKILL)
        await started.wait()


async def test_an_adapter_killed_again_and_again_loses_nothing_and_says_the_same_twice(wires: ExchangeSide, fake: FakeAgency):
    entries = [entry(number % 10) for number in range(300)]
    sent = [withdrawal(number % 10) for number in range(300)]
    fake.misbehave = lambda _: 0.02
    await wires.deliver(*sent)
    for quarter in range(3):
        async with process(wires, fake.url):
            await fake.say(*entries[quarter * 100 : quarter * 100 + 100])
            await until(lambda enough=60 * (quarter + 1): len(fake.applied) >= enough, within=60)
    async with process(wires, fake.url):
        await until(lambda: len(fake.applied) == 300 and fake.acknowledged == 300, within=60)
    messages = await wires.said()
    assert {message.id for message in messages} == {each["id"] for each in entries}
    assert {(message.id, message.payload, message.time) for message in messages} == {
        (message.id, message.payload, message.time) for message in {each.id: each for each in messages}.values()
    }
    for number in range(10):
        arrived = [call.key for call in fake.applied.values() if call.body["maHoSo"] == dossier(number)]
        assert arrived == [f"{each.source} {each.id}" for each in sent if each.subject == dossier(number)]


async def test_a_broker_that_is_killed_and_comes_back_turns_health_red_then_green_and_nothing_is_lost(tmp_path: Path):
    broker = BrokerProcess(tmp_path / "state")
    await broker.start()
    async with (
        agency() as fake,
        ExchangeSide(broker.address, "outage") as wires,
        Running(runtime(wires.bootstrap, "outage", fake.url)) as running,
    ):
        await running.green()
        await wires.deliver(withdrawal(1))
        await until(lambda: len(fake.applied) == 1)
        await broker.kill()
        await fake.say(entry(), entry())
        await running.red("broker")
        await broker.start()
        await wires.deliver(withdrawal(2))
        await until(lambda: len(fake.applied) == 2)
        await running.green()
        assert {each.id for each in await wires.heard(2)} == {each["id"] for each in fake.feed}
    await broker.stop()


async def test_stopping_takes_less_than_two_seconds_though_the_broker_is_gone(tmp_path: Path):
    broker = BrokerProcess(tmp_path / "state")
    await broker.start()
    async with agency() as fake, ExchangeSide(broker.address, "gone") as wires:
        running = Running(runtime(wires.bootstrap, "gone", fake.url))
        async with running:
            await running.green()
            await broker.kill()
            await fake.say(entry())
            await running.red("broker")
            assert await running.stop() < 2
        await broker.start()
    await broker.stop()
