"""The runtime against a real agency of the kit: its database, its feed, its repeated answers."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.runtime import Adapter, Agency, FeedItem, Received, Runtime, Settings
from bus import KafkaSettings, Space
from contracts import ILIS, Catalogue, Payload, StatusChanged, WithdrawalRequested
from services.kit import AgencySettings
from tests.adapters.exchange_side import ExchangeSide, dossier, receipt, withdrawal
from tests.adapters.fake_agency import until_async
from tests.adapters.toy import QUICK, Running
from tests.services.serving import serving
from tests.services.toy import create_app
from vn.clock import Clock


async def note(message: Received[WithdrawalRequested], agency: Agency) -> None:
    """Written down by the agency, which tells of it."""
    await agency.post("/notes", {"dossier": message.payload.dossier, "text": message.payload.reason})


def noted(item: FeedItem) -> Payload:
    """A note, as a status."""
    return StatusChanged(dossier=item.subject, status=4, since=item.at, by="Sổ ghi chú", note=item.body["text"])


NOTES = Adapter(name="toy", member=ILIS, service="toy", receives={WithdrawalRequested: note}, sends={"NOTE": noted})


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[httpx.Client]:
    with serving(create_app(AgencySettings("toy", f"sqlite:///{tmp_path}/toy.db"))) as client:
        yield client


async def ask(agency: httpx.Client, path: str) -> Any:
    return (await asyncio.to_thread(agency.get, path)).json()


async def test_what_is_delivered_twice_is_applied_once_said_once_and_its_refusal_is_seen_in_the_agency(
    wires: ExchangeSide, notebook: httpx.Client, kafka: KafkaSettings, space: Space
):
    runtime = Runtime(
        NOTES, str(notebook.base_url), kafka=kafka, space=space, catalogue=Catalogue.load(), clock=Clock(), settings=Settings(**QUICK)
    )
    async with Running(runtime) as running:
        sent = [withdrawal(number, id=f"hồ sơ {number} 100%") for number in range(20)]
        await wires.deliver(*sent, *sent, withdrawal(21, "forbidden"))
        said = [each for each in await wires.heard(21) if each.type.endswith("status-changed.v1")]
        assert sorted(each.subject for each in said) == [dossier(number) for number in range(20)]
        assert {each.causation_id for each in said} == {each.id for each in sent}
        assert {each.correlation_id for each in said} == {each.correlation_id for each in sent}
        assert (await ask(notebook, "/notes")) == 20

        refused = said[0]
        await wires.deliver(receipt("refused", refused.id, code="client.contract_violation", message="1 fault"))

        async def marked() -> bool:
            entries = await ask(notebook, f"/_feed/entries?subject={refused.subject}")
            return [each["code"] for each in entries["items"][0]["outcomes"]] == ["client.contract_violation"]

        await until_async(marked)
        await running.green()
