"""While the broker is away everything that is held stays within its bound, agencies go on taking requests, and all of it arrives later."""

from pathlib import Path

from bus import KafkaSettings, Space
from bus.exchange import BATCH
from tests.adapters.exchange_side import ExchangeSide, entry, withdrawal
from tests.adapters.fake_agency import agency, until
from tests.adapters.toy import Running, runtime
from tests.bus.samples import TCT, slip_cancelled
from tests.e2e.town import Town
from tests.exchange.wire import running, wired
from tests.operating.outage import outage
from tests.support import eventually
from vn.vitals import Sample

STEPS = 5  # batches that an exchange can have at one time: one in each of three steps, one between two of them


def held(samples: list[Sample], name: str) -> float:
    return sum(float(sample.value) for sample in samples if sample.family.name == name)  # type: ignore[arg-type]


async def test_the_exchange_takes_no_more_than_five_batches_while_it_cannot_write(tmp_path: Path, space: Space) -> None:
    async with outage("cut", tmp_path / "broker") as away, wired(KafkaSettings(away.address), space) as wire:
        ids = [f"m{number}" for number in range(3 * BATCH)]
        await wire.say(*(slip_cancelled(id=each, subject=f"H37.15-250812-{hash(each) % 50:04d}") for each in ids))
        async with running(wire) as exchange:
            await wire.heard(TCT, 1)
            await away.begin()
            most = 0.0

            async def red() -> bool:
                nonlocal most
                most = max(most, held(list(exchange.figures()), "received_messages_in_process"))
                return exchange.health()["status"] == "failing"

            await eventually(red)
            assert most <= STEPS * BATCH
            assert exchange.health()["batchesInFlight"] <= STEPS
            await away.end()
            heard = await eventually(lambda: wire.heard(TCT, len(ids)), within=60)
            assert {message.id for message in heard} == set(ids)


async def test_an_adapter_reads_one_page_of_the_feed_while_the_broker_is_away_and_all_of_it_when_it_is_back(tmp_path: Path) -> None:
    async with (
        outage("killed", tmp_path / "broker") as away,
        agency() as fake,
        ExchangeSide(away.address, "t") as wires,
        Running(runtime(away.address, "t", fake.url, feed_limit=10)) as adapter,
    ):
        await adapter.green()
        await away.begin()
        said = [entry(number) for number in range(200)]
        await fake.say(*said)
        await adapter.red("outbox")
        asked = fake.feed_asks
        await adapter.red("inbox")
        assert (fake.feed_asks, fake.acknowledged) == (asked, 0)
        await away.end()
        await wires.heard(200)
        assert {each.id for each in await wires.said()} == {each["id"] for each in said}


async def test_an_adapter_holds_no_more_of_a_partition_than_its_span_in_bytes(broker: str, space: Space) -> None:
    async with agency() as fake, ExchangeSide(broker, space.name) as wires:
        fake.misbehave = lambda _: 30.0  # it hangs
        adapter = Running(runtime(broker, space.name, fake.url, in_flight=4, span=10_000, span_bytes=20_000, call_timeout=60))
        async with adapter:
            await wires.deliver(*(withdrawal(number, "x" * 1000) for number in range(3000)), partition=1)
            await until(lambda: adapter.runtime.health().in_flight >= 20)
            for number in range(3001, 3005):  # the loop goes round, and takes from another partition
                before = adapter.runtime.health().in_flight
                await wires.deliver(withdrawal(number), partition=2)
                await until(lambda before=before: adapter.runtime.health().in_flight > before)
            assert adapter.runtime.health().in_flight <= 1000 + 4  # two takes of 500 at most: one to reach the bound, one on its way


async def test_agencies_take_requests_while_the_broker_is_away_and_the_cases_end_once_it_is_back(tmp_path: Path, space: Space) -> None:
    async with outage("killed", tmp_path / "broker") as away, Town(away.address, space.name, tmp_path / "town") as town:
        forms = [await town.form(seed=seed) for seed in range(1, 11)]
        await away.begin()
        dossiers = [await town.hand_in(form) for form in forms]
        assert len(set(dossiers)) == len(forms)

        async def all_red() -> bool:
            return {(await town.health(part))["status"] for part in town.running if part.endswith("adapter")} == {"failing"}

        await eventually(all_red)
        assert {(await town.health(part))["status"] for part in ("dvc", "land", "tax", "payment")} == {"ok"}
        await away.end()
        for dossier in dossiers:
            await town.pay_all(dossier)
            await town.status(dossier, 10)
        await town.healthy()
