"""A case as the topics tell it: every attempt, what each status is, and who has not read what."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.case import COLUMNS, HOW, Case, Leg, case_of, stuck
from app.listing import table
from app.messages import Archive
from app.settings import Settings
from bus import Consumer, KafkaSettings, Space
from bus.journal import about, failed
from services.kit import AgencySettings
from tests.app.lgsp import Said, lgsp
from tests.bus.samples import DVC, ILIS, TCT, example, kept, slip_cancelled, with_status
from tests.exchange.test_undeliverable import delivered
from tests.exchange.test_undeliverable import failed as failed_at_tax
from tests.exchange.wire import Wire, running, wired
from vn.errors import Refused

CODE = "H37.15-250812-0007"


@pytest.fixture
async def wire(kafka: KafkaSettings, space: Space) -> AsyncIterator[Wire]:
    async with wired(kafka, space) as made:
        yield made


@pytest.fixture
async def archive(kafka: KafkaSettings, space: Space) -> AsyncIterator[Archive]:
    async with Archive.open(Settings(bootstrap=kafka.bootstrap, space=space.name)) as made:
        yield made


async def said(wire: Wire, *command: str) -> Said:
    """A command against the wire's space; it has a loop of its own."""
    where = {"LGSP_KAFKA_BOOTSTRAP": wire.kafka.bootstrap, "LGSP_SPACE": wire.space.name}
    return await asyncio.to_thread(lgsp, *command, state=Path("nowhere"), variables=where)


def outcomes(case: Case) -> list[tuple[str, str | None, str | None]]:
    return [(leg.entry["messageId"], leg.entry["recipient"], leg.entry["faultCode"]) for leg in case.legs if leg.entry["source"] == ILIS]


async def test_a_refused_message_that_was_replayed_is_shown_with_both_attempts_and_is_no_longer_refused(
    wire: Wire, archive: Archive, tmp_path: Path
) -> None:
    message = slip_cancelled(recipient=TCT)
    async with running(wire, members=with_status(tmp_path, "tct", "suspended")):
        await wire.say(message)
        await wire.dead_letters(1)
        await wire.journal(2)
        before = await case_of(archive, CODE)
    assert [each["faultCode"] for each in before.stuck] == ["client.unknown_recipient"]
    async with running(wire):
        (letter,) = await archive.dead_letters()
        await archive.replay(letter.name)
        await wire.journal(3)
        after = await case_of(archive, CODE)
    assert outcomes(after) == [(message.id, None, "client.unknown_recipient"), (message.id, TCT, None)]
    assert after.stuck == []
    assert len((await archive.message(message.id)).entries) == 2


async def test_what_could_not_be_applied_is_stuck_until_its_dead_letter_lies_in_the_inbox_again(wire: Wire, archive: Archive) -> None:
    message = slip_cancelled()
    async with running(wire):
        await wire.say(failed_at_tax(await delivered(wire, message), message))
        await wire.journal(4)
        before = await case_of(archive, CODE)
        (letter,) = await archive.dead_letters()
        await archive.replay(letter.name)
        after = await case_of(archive, CODE)
        (told,) = (await said(wire, "dead-letters", "show", letter.name, "--json")).objects
    assert (told["name"], told["code"], told["headers"]["ce_id"]) == (letter.name, "agency.rejected", message.id)
    assert (told["faults"], told["value"]) == ([{"pointer": "/slip", "reason": "does not exist"}], message.payload.decode())
    assert outcomes(before) == [(message.id, TCT, None), (message.id, TCT, "agency.rejected")]
    assert [each["faultCode"] for each in before.stuck] == ["agency.rejected"]
    assert (outcomes(after), after.stuck) == (outcomes(before), [])


async def test_the_timeline_names_the_status_that_a_message_says(wire: Wire, archive: Archive) -> None:
    payload = example("dossier.status-changed", "good-accepted")
    async with running(wire):
        await wire.say(slip_cancelled(type="vn.gov.dossier.status-changed.v1", payload=orjson.dumps(payload)), slip_cancelled())
        await wire.journal(2)
        case = await case_of(archive, CODE)
    assert {leg.row()[3] for leg in case.legs} == {f"dossier.status-changed {payload['status']}", "land.slip-cancelled"}
    assert [leg.as_json().get("status") for leg in case.legs if leg.entry["recipient"] == DVC] == [payload["status"]]


async def test_who_has_not_read_its_inbox_is_named_unless_somebody_reads_it(wire: Wire, archive: Archive, space: Space) -> None:
    async with running(wire):
        await wire.say(slip_cancelled(), slip_cancelled(), slip_cancelled(subject="H37.15-250812-0008"))
        await wire.journal(3)
        assert (await case_of(archive, CODE)).unread == {TCT: 2}
        async with Consumer(wire.kafka, [space.inbox(TCT)], group=space.group(TCT)) as consumer:
            assert (await case_of(archive, CODE)).unread == {}
            taken = await consumer.take(10, within=10)
            while not taken:
                taken = await consumer.take(10, within=10)
            await consumer.commit({place: records[-1].offset + 1 for place, records in taken.items()})
        await wire.say(slip_cancelled())
        await wire.journal(4)
        assert (await case_of(archive, CODE)).unread == {TCT: 1}


def test_what_could_not_be_applied_is_stuck_until_it_is_brought_again() -> None:
    message = slip_cancelled()
    first = about(message, kept(message), "s", recipient=TCT, out=1)
    not_applied = failed(about(message, kept(message, "s.inbox.x"), "s", recipient=TCT), Refused("agency.answered_no", "no"))
    again = about(message, replace(kept(message), offset=30), "s", recipient=TCT, out=3)
    assert stuck([first, not_applied]) == [not_applied]
    assert stuck([first, not_applied, again]) == []


def test_the_timeline_stays_readable_at_160_columns(capsys: pytest.CaptureFixture[str]) -> None:
    message = slip_cancelled(id="8f14e45f-ceea-467f-a0e6-2f4b1c9d3e7a", type="vn.gov.dossier.withdrawal-requested.v1")
    entry: dict[str, Any] = failed(about(message, kept(message), "s", recipient="VN/GOV/G12.18/payplat"), Refused("client.x", ""))
    longest = entry | {"faultCode": "client.malformed_envelope", "requestOutTs": entry["requestInTs"] + 86_400_000}
    table(COLUMNS, [Leg(longest, 86_400_000).row()])
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["at", "from", "to", "contract", "outcome", "waited", "crossed", "message", "id"]
    assert message.id in row
    assert len(row.rstrip()) <= 160


@pytest.mark.parametrize("name", ["dvc", "land", "tax", "payment"])
def test_whoever_reads_that_an_officer_is_waited_for_is_told_how_to_decide(name: str, tmp_path: Path) -> None:
    agency = import_module(f"services.{name}").create_app(AgencySettings(name, f"sqlite:///{tmp_path}/{name}.db")).state.agency
    assert {decision for at, decision in HOW if at == name} == set(agency.profession.decisions)
