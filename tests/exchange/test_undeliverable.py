"""A member cannot apply what it received: the exchange keeps it, tells who sent it, and lets nobody speak for another."""

from typing import Any

import orjson
import pytest

from bus import Exchange, Message, Place, Received
from bus.dead_letters import replay
from bus.measures import REFUSALS
from tests.bus.samples import DVC, ILIS, LGSP, TCT, slip_cancelled
from tests.exchange.wire import Wire
from tests.support import eventually
from vn.errors import Retry


def failed(record: Received, message: Message, by: str = TCT, **changed: Any) -> Message:
    """The report of a failed delivery."""
    payload = {
        "messageId": message.id,
        "source": message.source,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "code": "agency.rejected",
        "message": "Hồ sơ của Nguyễn Văn A không tồn tại",
        "faults": [{"pointer": "/slip", "reason": "does not exist"}],
    }
    return slip_cancelled(source=by, type="vn.gov.exchange.delivery-failed.v1", payload=orjson.dumps(payload | changed))


async def delivered(wire: Wire, message: Message) -> Received:
    """The inbox record of a message."""
    await wire.say(message)
    await wire.heard(TCT, 1)
    return (await wire.inbox(TCT))[0]


async def test_what_could_not_be_applied_becomes_a_dead_letter_and_its_sender_is_told(wire: Wire, exchange: Exchange) -> None:
    message = slip_cancelled()
    record = await delivered(wire, message)
    await wire.say(failed(record, message))

    (letter,) = await wire.dead_letters(1)
    assert (letter.topic, letter.partition, letter.offset) == (record.topic, record.partition, record.offset)
    assert (letter.code, letter.message) == ("agency.rejected", "Hồ sơ của Nguyễn Văn A không tồn tại")
    assert (letter.key, letter.value, list(letter.headers)) == (message.key, message.payload, message.to_headers())

    (receipt,) = await wire.receipts(ILIS)
    assert (receipt["outcome"], receipt["messageId"], receipt["recipient"]) == ("undeliverable", message.id, TCT)
    assert (receipt["code"], receipt["faults"]) == ("agency.rejected", [{"pointer": "/slip", "reason": "does not exist"}])

    entries = await wire.journal(4)
    (lost,) = [entry for entry in entries if not entry["succeeded"]]
    assert (lost["messageId"], lost["source"], lost["recipient"], lost["faultCode"]) == (message.id, ILIS, TCT, "agency.rejected")
    assert "Nguyễn" not in orjson.dumps(entries).decode()
    assert {entry["recipient"] for entry in entries if entry["source"] == TCT} == {LGSP}


async def test_what_is_judged_again_because_a_look_up_had_to_wait_is_counted_once(wire: Wire, exchange: Exchange) -> None:
    message = slip_cancelled()
    record, at, tries = await delivered(wire, message), exchange._reader.at, list[Place]()

    async def away_at_first(place: Place, offset: int) -> Received | None:
        tries.append(place)
        if len(tries) < 3:
            raise Retry("the broker is away")
        return await at(place, offset)

    exchange._reader.at = away_at_first  # type: ignore[method-assign]
    await wire.say(slip_cancelled(id="wrong", source=TCT, type="vn.gov.no-such.v1"), failed(record, message))
    await wire.receipts(ILIS)

    async def counted() -> bool:
        return sum(float(value) for family, _, value in exchange.figures() if family == REFUSALS) == 1  # type: ignore[arg-type]

    await eventually(counted)
    assert len(tries) == 3


async def test_a_dead_letter_of_a_failed_delivery_goes_back_to_that_one_inbox(wire: Wire, exchange: Exchange) -> None:
    message = slip_cancelled()
    await wire.say(failed(await delivered(wire, message), message))
    (letter,) = await wire.dead_letters(1)
    await wire.producer.send_all([replay(letter, wire.space)])
    assert [each.id for each in await wire.heard(TCT, 2)] == [message.id] * 2


async def test_a_dead_letter_of_a_refusal_goes_back_to_the_senders_outbox(wire: Wire, exchange: Exchange) -> None:
    message = slip_cancelled(payload=b"{}")
    await wire.say(message)
    (letter,) = await wire.dead_letters(1)
    await wire.producer.send_all([replay(letter, wire.space)])
    assert [each.offset for each in await wire.dead_letters(2)] == [0, 1]


@pytest.mark.parametrize(
    ("by", "changed", "code", "pointer"),
    [
        (DVC, {}, "client.access_denied", "/topic"),
        (TCT, {"topic": "elsewhere"}, "client.access_denied", "/topic"),
        (TCT, {"offset": 10_000}, "client.contract_violation", "/offset"),
        (TCT, {"partition": 99}, "client.contract_violation", "/offset"),
        (TCT, {"messageId": "another"}, "client.contract_violation", "/messageId"),
    ],
)
async def test_a_report_about_what_is_not_in_the_reporters_inbox_is_refused(
    by: str, changed: dict[str, Any], code: str, pointer: str, wire: Wire, exchange: Exchange
) -> None:
    message = slip_cancelled()
    await wire.say(failed(await delivered(wire, message), message, by, **changed))
    (receipt,) = await wire.receipts(by)
    assert (receipt["outcome"], receipt["code"], [fault["pointer"] for fault in receipt["faults"]]) == ("refused", code, [pointer])
    assert [each.type for each in await wire.heard(by, 1)][-1] == "vn.gov.exchange.receipt.v1"


async def test_a_receipt_that_cannot_be_applied_is_kept_but_never_answered(wire: Wire, exchange: Exchange) -> None:
    await wire.say(slip_cancelled(payload=b"{}"))
    (receipt,) = await wire.heard(ILIS, 1)
    (record,) = await wire.inbox(ILIS)
    await wire.say(failed(record, receipt, ILIS))
    assert len(await wire.dead_letters(2)) == 2
    await wire.journal(4)
    assert len(await wire.inbox(ILIS)) == 1
