"""Health tells the truth of a broker that is away, in whatever way, and takes it back by itself."""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bus import Admin, Consumer, KafkaSettings, Space, Topic
from tests.adapters.exchange_side import ExchangeSide, withdrawal
from tests.adapters.fake_agency import agency, until
from tests.adapters.toy import TOY, Running, runtime
from tests.bus.samples import TCT, slip_cancelled
from tests.exchange.wire import running, wired
from tests.operating.outage import WAYS, Outage, outage
from tests.support import eventually

RED_WITHIN = 10.0
GREEN_WITHIN = 40.0  # a client may be in the middle of its longest wait, and the machine busy
LONG = 25.0  # s, more than after which clients are made anew

Health = Callable[[], Mapping[str, Any]]


async def seconds_until(status: str, health: Health, within: float) -> float:
    began = time.monotonic()
    await until(lambda: health()["status"] == status, within)
    return time.monotonic() - began


async def red_and_green(away: Outage, health: Health, hold: float) -> tuple[float, float]:
    """Seconds from the outage to red, and from its end to green; told with `-s`."""
    await seconds_until("ok", health, 30)
    await away.begin()
    red = await seconds_until("failing", health, 30)
    assert health()["detail"]
    await asyncio.sleep(hold)  # the length of the outage is what is tested
    assert health()["status"] == "failing"
    await away.end()
    return red, await seconds_until("ok", health, GREEN_WITHIN)


HOLDS = [pytest.param(0.0, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.slow)]


@pytest.mark.parametrize("hold", HOLDS)
@pytest.mark.parametrize("way", WAYS)
async def test_the_exchange_is_red_within_ten_seconds_of_a_broker_that_is_away_and_green_by_itself(
    way: str, hold: float, tmp_path: Path, space: Space
) -> None:
    async with outage(way, tmp_path / "broker") as away:
        kafka = KafkaSettings(away.address)
        async with wired(kafka, space) as wire, running(wire) as exchange:
            await wire.say(slip_cancelled())
            await wire.heard(TCT, 1)
            red, green = await red_and_green(away, exchange.health, hold)
            assert red < RED_WITHIN
            await wire.say(slip_cancelled(id="after"))
            assert "after" in {message.id for message in await wire.heard(TCT, 2)}
    print(f"exchange, {way} {hold:.0f} s longer: red after {red:.1f} s, green after {green:.1f} s")  # noqa: T201  # shown with -s


@pytest.mark.parametrize("hold", HOLDS)
@pytest.mark.parametrize("way", WAYS)
async def test_an_adapter_is_red_within_ten_seconds_of_a_broker_that_is_away_and_green_by_itself(
    way: str, hold: float, tmp_path: Path
) -> None:
    async with (
        outage(way, tmp_path / "broker") as away,
        agency() as fake,
        ExchangeSide(away.address, "t") as wires,
        Running(runtime(away.address, "t", fake.url, patience=5.0)) as adapter,
    ):
        await wires.deliver(withdrawal())
        await until(lambda: fake.applied)
        red, green = await red_and_green(away, lambda: adapter.runtime.health().as_json(), hold)
        assert red < RED_WITHIN
        await wires.deliver(withdrawal(2))
        await until(lambda: len(fake.applied) == 2)
    print(f"adapter, {way} {hold:.0f} s longer: red after {red:.1f} s, green after {green:.1f} s")  # noqa: T201  # shown with -s


async def test_a_member_of_a_group_that_has_no_partition_knows_that_the_broker_is_away(tmp_path: Path) -> None:
    async with outage("killed", tmp_path / "broker") as away:
        kafka = KafkaSettings(away.address)
        async with Admin(kafka) as admin:
            await admin.ensure([Topic("t", 1, {})])
        async with Consumer(kafka, ["t"], group="g") as one, Consumer(kafka, ["t"], group="g") as other:

            async def shared() -> bool:
                await asyncio.gather(one.take(1), other.take(1))
                return sorted(len(each.lag()) for each in (one, other)) == [0, 1]

            await eventually(shared)
            assert max(one.age(), other.age()) < 3
            await away.begin()
            began = time.monotonic()

            async def known() -> bool:
                await asyncio.gather(one.take(1), other.take(1))
                return min(one.age(), other.age()) > 5

            await eventually(known)
            assert time.monotonic() - began < RED_WITHIN
            await away.end()
            await eventually(lambda: _young(one, other))


async def _young(*consumers: Consumer) -> bool:
    await asyncio.gather(*(each.take(1) for each in consumers))
    return max(each.age() for each in consumers) < 1


async def test_an_adapter_is_red_within_ten_seconds_of_an_agency_that_is_frozen(broker: str, space: Space) -> None:
    """It answers nothing and closes nothing, as a process that is stopped."""
    frozen = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await frozen.wait()
        writer.close()

    async with agency() as fake, ExchangeSide(broker, space.name) as wires:
        adapter = Running(runtime(wires.bootstrap, space.name, fake.url, feed_wait=1.0, feed_grace=2.0))
        async with adapter:
            await adapter.green()
            await fake.stop()
            async with await asyncio.start_server(silent, "127.0.0.1", fake.port):
                began = time.monotonic()
                await adapter.red("in time")
                assert time.monotonic() - began < RED_WITHIN
                frozen.set()


async def test_health_says_the_lag_of_every_partition_the_last_commit_and_what_is_tried_again_since_when(broker: str, space: Space) -> None:
    async with (
        agency() as fake,
        ExchangeSide(broker, space.name) as wires,
        Running(runtime(broker, space.name, fake.url)) as adapter,
    ):
        await adapter.green()
        await wires.deliver(withdrawal(1), withdrawal(2))
        await until(lambda: len(fake.applied) == 2)
        await until(lambda: adapter.runtime.health().as_json().get("lastCommit"))
        health = adapter.runtime.health().as_json()
        assert list(health["lagByPartition"]) == [space.inbox(TOY.member)]
        assert health["lagByPartition"][space.inbox(TOY.member)] == {str(number): 0 for number in range(6)}
        assert health["lastFetchAgeSeconds"] < 5
        assert datetime.fromisoformat(health["lastCommit"])
        assert health["retrying"] == []
        await fake.stop()
        await wires.deliver(withdrawal(3))
        await adapter.red("inbox")
        (tried,) = [each for each in adapter.runtime.health().as_json()["retrying"] if each["what"].startswith("inbox")]
        assert tried["seconds"] >= 0
        assert datetime.fromisoformat(tried["since"])
        assert "cannot be reached" in tried["reason"]
