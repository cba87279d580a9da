"""Every part counts what it does, in names that are documented and labels that name nobody."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from adapters.runtime import Settings as Patience
from app.settings import ADAPTERS, AGENCIES
from bus import FAMILIES as ON_THE_BUS
from bus import Code, KafkaSettings, Producer, Record, Space
from services.kit import FAMILIES as AT_AN_AGENCY
from tests.e2e.town import Town
from tests.support import eventually
from vn.vitals import Family

PARTS = ("exchange", *AGENCIES, *(f"{name}-adapter" for name in ADAPTERS))
FAMILIES = {family.name: family for family in (*ON_THE_BUS, *AT_AN_AGENCY)}
DOCUMENT = Path(__file__).parents[2] / "docs" / "operating.md"
PERSONAL = re.compile(r"\d{9}|H37\.15[.-]\d")  # numbers of people and papers, codes of dossiers


@pytest.fixture(scope="module")
async def town(broker: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """After one transfer, from the submission to the register, and one message that was refused."""
    space = Space(f"metrics-{tmp_path_factory.getbasetemp().name[-8:]}")
    async with Town(broker, space.name, tmp_path_factory.mktemp("town"), patience=Patience(tries=2)) as town:
        dossier = await town.submit()
        await town.pay_all(dossier)
        await town.status(dossier, 10)
        async with Producer(KafkaSettings(broker)) as producer:
            await producer.send_all([Record(space.outbox("VN/GOV/H37.10/dvc"), b"x", b"{}", [], 0)])
        await town.at_rest()

        async def refused() -> bool:
            return await value(town, "exchange", "lgsp_refusals_total", code=Code.MALFORMED_ENVELOPE) == 1

        await eventually(refused)
        yield town


async def scraped(town: Town, part: str) -> list[Metric]:
    answer = (await town.http.get(f"{town.url(part)}/metrics")).raise_for_status()
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return list(text_string_to_metric_families(answer.text))


async def value(town: Town, part: str, name: str, **labels: str) -> float:
    """All samples of this name whose labels hold these values, together."""
    samples = [sample for metric in await scraped(town, part) for sample in metric.samples if sample.name == name]
    return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())


def declared(metric: Metric) -> Family | None:
    return FAMILIES.get(metric.name) or FAMILIES.get(f"{metric.name}_total")


@pytest.mark.parametrize("part", PARTS)
async def test_every_metric_of_a_part_is_declared_with_its_kind_and_its_labels(part: str, town: Town) -> None:
    own = [metric for metric in await scraped(town, part) if not metric.name.startswith("process_")]
    assert [metric.name for metric in own if declared(metric) is None] == []
    for metric in own:
        family = declared(metric)
        assert family is not None
        assert (metric.type, {*family.labels, "app_name"}) == (family.kind, {*metric.samples[0].labels} - {"le"})


@pytest.mark.parametrize("part", PARTS)
async def test_no_label_names_a_person_a_dossier_or_a_message(part: str, town: Town) -> None:
    values = defaultdict(set)
    for metric in await scraped(town, part):
        for sample in metric.samples:
            for label, said in sample.labels.items():
                values[metric.name, label].add(said)
    assert [(where, said) for where, found in values.items() for said in found if PERSONAL.search(said)] == []
    assert max(len(found) for found in values.values()) <= 30


@pytest.mark.parametrize("part", PARTS)
async def test_every_part_says_that_it_is_well_and_how_much_memory_it_has(part: str, town: Town) -> None:
    assert await value(town, part, "lgsp_healthy", app_name=part) == 1
    assert await value(town, part, "process_resident_memory_bytes") > 10_000_000


async def test_the_exchange_counts_every_message_once_however_far_it_came(town: Town) -> None:
    counts = (await town.get("exchange", "/_lgsp/info"))["counts"]
    received = await value(town, "exchange", "received_messages_total")
    assert received == counts["accepted"] + 1
    assert await value(town, "exchange", "received_processed_messages_total", status="acked") == counts["accepted"]
    assert await value(town, "exchange", "received_processed_messages_total", status="rejected") == 1
    assert await value(town, "exchange", "received_processed_messages_duration_seconds_count") == received
    assert await value(town, "exchange", "received_messages_in_process") == 0
    for stage in ("decode", "identify", "validate", "authorise"):
        assert await value(town, "exchange", "lgsp_stage_duration_seconds_count", stage=stage) == received
    journaled = await value(town, "exchange", "lgsp_stage_duration_seconds_count", stage="journal")
    assert journaled == await value(town, "exchange", "published_messages_total", destination=f"{town.settings.space}.journal")
    assert await value(town, "exchange", "lgsp_commits_total", outcome="ok") > 0
    assert await value(town, "exchange", "lgsp_consumer_lag") == 0


async def test_what_an_adapter_gave_to_its_agency_is_what_the_exchange_delivered_to_it(town: Town) -> None:
    for adapter, member in (("ilis", "VN.GOV.H37.15.ilis"), ("dvc", "VN.GOV.H37.10.dvc"), ("tax", "VN.GOV.G12.20.tct")):
        inbox = f"{town.settings.space}.inbox.{member}"
        delivered = await value(town, "exchange", "published_messages_total", destination=inbox)
        acked = await value(town, f"{adapter}-adapter", "received_processed_messages_total", handler=inbox, status="acked")
        assert acked == delivered > 0
        said = await value(town, f"{adapter}-adapter", "published_messages_total", destination=inbox.replace("inbox", "outbox"))
        assert said > 0


async def test_an_agency_says_how_much_waits_in_its_feed_and_for_how_long(town: Town) -> None:
    await town.stop("dvc-adapter")
    try:
        await town.submit(seed=3)

        async def waits() -> bool:
            one = await value(town, "dvc", "lgsp_feed_unsent_entries") == 1
            return one and await value(town, "dvc", "lgsp_feed_oldest_unsent_seconds") > 0  # real time: the town's clock stands still

        await eventually(waits)
    finally:
        await town.start("dvc-adapter")

    async def sent() -> bool:
        return await value(town, "dvc", "lgsp_feed_unsent_entries") == 0

    await eventually(sent)


def test_the_table_of_metrics_in_the_documentation_is_the_one_of_the_code() -> None:
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    told = [line for line in rows if re.match(r"\| `[a-z_]+` \| (counter|gauge|histogram|summary) ", line)]
    assert told == [row(family) for family in FAMILIES.values()]


def row(family: Family) -> str:
    labels = ", ".join(f"`{label}`" for label in family.labels)
    return f"| `{family.name}` | {family.kind} | {labels} | {family.help} |"
