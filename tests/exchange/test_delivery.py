"""What is accepted arrives: untouched, in order, at everyone with the right, and the journal says so."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from bus import Exchange, Members
from bus.journal import FIELDS, attempts, key_of, latest
from tests.bus.samples import DVC, ILIS, TCT, notice, slip_cancelled
from tests.exchange.wire import Wire, running
from tests.support import eventually


async def test_a_message_arrives_with_key_value_and_headers_untouched(wire: Wire, exchange: Exchange) -> None:
    message = slip_cancelled(extra=(("signature", b"a..b"), ("x-binary", b"\xff\x00"), ("x-empty", b"")))
    await wire.say(message)
    await wire.heard(TCT, 1)
    (record,) = await wire.inbox(TCT)
    assert (record.key, record.value, list(record.headers)) == (message.key, message.payload, message.to_headers())


async def test_a_message_to_all_with_the_right_arrives_once_at_each_of_them(wire: Wire, exchange: Exchange) -> None:
    await wire.say(notice(id="to-all"), notice(id="to-one", recipient=DVC))
    assert [each.id for each in await wire.heard(ILIS, 1)] == ["to-all"]
    assert [each.id for each in await wire.heard(DVC, 2)] == ["to-all", "to-one"]
    entries = await wire.journal(3)
    assert {(entry["messageId"], entry["recipient"]) for entry in entries} == {("to-all", ILIS), ("to-all", DVC), ("to-one", DVC)}


async def test_the_messages_of_one_dossier_keep_their_order(wire: Wire, exchange: Exchange) -> None:
    said = [slip_cancelled(subject=f"H37.15-250812-{number % 7:04d}") for number in range(700)]
    await wire.say(*said)
    heard = await wire.heard(TCT, 700)
    for dossier in {message.subject for message in said}:
        wanted = [message.id for message in said if message.subject == dossier]
        assert [message.id for message in heard if message.subject == dossier] == wanted


async def test_the_journal_has_every_field_and_nothing_else(wire: Wire, exchange: Exchange) -> None:
    message = slip_cancelled(causation_id="cause", traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    (ack,) = await wire.say(message)
    await wire.heard(TCT, 1)
    (record,) = await wire.inbox(TCT)
    (entry,) = await wire.journal(1)
    assert tuple(entry) == FIELDS
    assert ack.timestamp >= entry["requestInTs"] > 0
    assert entry["requestOutTs"] >= record.timestamp
    assert datetime.fromisoformat(entry["ceTime"]) == message.time
    assert {name: entry[name] for name in FIELDS if name not in ("requestInTs", "requestOutTs", "ceTime")} == {
        "messageId": message.id,
        "type": message.type,
        "source": ILIS,
        "recipient": TCT,
        "subject": message.subject,
        "correlationId": "case-7",
        "causationId": "cause",
        "requestSize": len(message.payload),
        "succeeded": True,
        "faultCode": None,
        "faultString": None,
        "payloadDigest": "sha256:" + hashlib.sha256(message.payload).hexdigest(),
        "topic": wire.space.outbox(ILIS),
        "partition": ack.partition,
        "offset": ack.offset,
        "traceparent": message.traceparent,
        "space": wire.space.name,
    }


async def test_an_equal_repeat_is_delivered_again_as_another_attempt_of_one_message(wire: Wire, exchange: Exchange) -> None:
    message = slip_cancelled()
    acks = await wire.say(message, message)
    assert [each.id for each in await wire.heard(TCT, 2)] == [message.id] * 2
    await wire.journal(2)
    entries = await attempts(wire.records(wire.space.journal))
    assert [each["offset"] for each in entries] == [ack.offset for ack in acks]
    assert [key_of(each) for each in latest(entries)] == [(ILIS, message.id, TCT)]


async def test_a_member_that_wants_all_receipts_is_told_what_was_accepted(wire: Wire, tmp_path: Path) -> None:
    path = tmp_path / "members.yaml"
    path.write_text(
        "\n".join(["members:", *(f"  - {{id: {m.id}, short: {m.short}, name: {{vi: a, en: b}}, receipts: all}}" for m in Members.read())]),
        encoding="utf-8",
    )
    async with running(wire, members=Members.read(path)):
        message = slip_cancelled()
        (ack,) = await wire.say(message)
        (receipt,) = await wire.receipts(ILIS)
    assert datetime.fromisoformat(receipt.pop("at")).tzinfo is not None
    assert receipt == {
        "outcome": "accepted",
        "messageId": message.id,
        "contract": message.type,
        "faults": [],
        "topic": wire.space.outbox(ILIS),
        "partition": ack.partition,
        "offset": ack.offset,
    }


async def test_a_message_that_is_still_wanted_is_delivered(wire: Wire, exchange: Exchange) -> None:
    await wire.say(slip_cancelled(expiry=datetime(2999, 1, 1, tzinfo=UTC)))
    assert len(await wire.heard(TCT, 1)) == 1


async def test_a_payload_of_exactly_one_mebibyte_is_weighed_and_found_small_enough(wire: Wire, exchange: Exchange) -> None:
    raw = slip_cancelled().payload
    await wire.say(slip_cancelled(payload=raw + b" " * (1024 * 1024 - len(raw))))
    assert len((await wire.heard(TCT, 1))[0].payload) == 1024 * 1024


async def test_health_is_ok_while_kafka_answers_and_counts_what_was_done(wire: Wire, exchange: Exchange) -> None:
    await wire.say(notice(), slip_cancelled(payload=b"{}"))
    await wire.heard(DVC, 1)

    async def counted() -> bool:
        return exchange.info()["counts"] == {"accepted": 1, "delivered": 2, "client.contract_violation": 1}

    await eventually(counted)
    health = exchange.health()
    assert (health["status"], health["detail"], health["lag"], health["batchesInFlight"]) == ("ok", None, 0, 0)
    assert health["lastFetchAgeSeconds"] < 5
