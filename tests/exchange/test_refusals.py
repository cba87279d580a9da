"""Every refusal, over a real broker: its code, dead letter, receipt and journal, and the good message behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from bus import Exchange, Members, Message, Rights
from contracts import Catalogue
from tests.bus.samples import DVC, ILIS, LGSP, TCT, example, slip_cancelled, with_status
from tests.exchange.wire import Header, Wire, running

SLIP = example("land.slip-cancelled", "good-withdrawn")


@dataclass(frozen=True)
class Said:
    """One record of an outbox, and the places of the faults that are expected."""

    key: bytes | None
    value: bytes | None
    headers: list[Header]
    pointers: tuple[str, ...]
    outbox: str = ILIS
    id: str | None = "bad"


def of(message: Message, *pointers: str, outbox: str = ILIS) -> Said:
    return Said(message.key, message.payload, [*message.to_headers()], pointers, outbox, message.id)


def broken(*pointers: str, change: Callable[[list[Header]], list[Header]], key: bytes | None = b"H37.15-250812-0007") -> Said:
    message = slip_cancelled(id="bad")
    headers = change([*message.to_headers()])
    readable = [value for name, value in headers if name == "ce_id" and value]
    return Said(key, message.payload, headers, pointers, ILIS, readable[0].decode() if readable else None)


def bad(*pointers: str, **changed: object) -> Said:
    return of(slip_cancelled(id="bad", **changed), *pointers)


def payload(*pointers: str, raw: bytes) -> Said:
    return bad(*pointers, payload=raw)


MALFORMED = "client.malformed_envelope"
VIOLATION = "client.contract_violation"

ROWS: dict[str, tuple[str, Said]] = {
    "headers missing": (MALFORMED, broken("/headers/ce_id", change=lambda hs: [h for h in hs if h[0] != "ce_id"])),
    "no header at all": (
        MALFORMED,
        broken(
            *(f"/headers/{name}" for name in ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "content-type"]),
            change=lambda _: [],
        ),
    ),
    "specversion not 1.0": (MALFORMED, broken("/headers/ce_specversion", change=lambda hs: [("ce_specversion", b"0.3"), *hs[1:]])),
    "a known header twice": (MALFORMED, broken("/headers/ce_type", change=lambda hs: [*hs, ("ce_type", b"x")])),
    "a header not UTF-8": (MALFORMED, broken("/headers/traceparent", change=lambda hs: [*hs, ("traceparent", b"\xff")])),
    "subject other than the key": (MALFORMED, broken("/key", change=lambda hs: hs, key=b"another")),
    "no key": (MALFORMED, broken("/key", change=lambda hs: hs, key=None)),
    "null value": (MALFORMED, Said(b"H37.15-250812-0007", None, [*slip_cancelled(id="bad").to_headers()], ("/value",))),
    "too large": ("client.message_too_large", payload("/value", raw=orjson.dumps(SLIP | {"reason": "x" * 1024 * 1024}))),
    "source unknown": ("client.unknown_member", bad("/headers/ce_source", source="VN/GOV/H37.99/nobody")),
    "another's outbox": ("client.sender_mismatch", of(slip_cancelled(id="bad"), "/headers/ce_source", outbox=DVC)),
    "no such contract": ("client.unknown_contract", bad("/headers/ce_type", type="vn.gov.land.slip-canceled.v1")),
    "no such version": ("client.unknown_contract", bad("/headers/ce_type", type="vn.gov.land.slip-cancelled.v9")),
    "not UTF-8": (VIOLATION, payload("", raw=b'{"a": "\xff"}')),
    "not JSON": (VIOLATION, payload("", raw=b"<xml/>")),
    "NaN": (VIOLATION, payload("", raw=b'{"dossier": NaN}')),
    "a key twice": (VIOLATION, payload("/dossier", raw=b'{"dossier": "a", "dossier": "b"}')),
    "deeper than 64": (VIOLATION, payload("", raw=b"[" * 65 + b"]" * 65)),
    "against the schema": (VIOLATION, payload("/dossier", "/reason", raw=orjson.dumps(SLIP | {"dossier": 7, "reason": ""}))),
    "expired": ("client.expired", bad("/headers/ce_expirytime", expiry=datetime(2020, 1, 1, tzinfo=UTC))),
    "recipient unknown": ("client.unknown_recipient", bad("/headers/ce_recipient", recipient="VN/GOV/H37.99/nobody")),
    "recipient without the right": ("client.access_denied", bad("", recipient=DVC)),
    "sender without the right": (
        "client.access_denied",
        of(slip_cancelled(id="bad", source=DVC), "", outbox=DVC),
    ),
}


@pytest.mark.parametrize("row", ROWS)
async def test_a_bad_message_is_refused_with_all_its_traces_and_the_good_one_behind_it_arrives(
    row: str, wire: Wire, exchange: Exchange
) -> None:
    code, said = ROWS[row]
    at = await wire.write(said.outbox, key=said.key, value=said.value, headers=said.headers)
    good = slip_cancelled(id="good")
    await wire.say(good)

    assert [message.id for message in await wire.heard(TCT, 1)] == ["good"]

    (letter,) = await wire.dead_letters(1)
    place = (wire.space.outbox(said.outbox), at.partition, at.offset)
    assert (letter.code, letter.topic, letter.partition, letter.offset) == (code, *place)
    assert (letter.key, letter.value, list(letter.headers)) == (said.key, said.value, said.headers)
    assert tuple(fault["pointer"] for fault in letter.faults) == said.pointers

    (receipt,) = await wire.receipts(said.outbox)
    assert (receipt["outcome"], receipt["code"], receipt.get("messageId")) == ("refused", code, said.id)
    assert (receipt["topic"], receipt["partition"], receipt["offset"]) == place
    assert [fault["pointer"] for fault in receipt["faults"]] == list(said.pointers)
    (answer,) = await wire.heard(said.outbox, 1)
    assert (answer.source, answer.causation_id, answer.id) == (LGSP, said.id, "/".join(map(str, place)))

    entries = await wire.journal(3)
    (refused,) = [entry for entry in entries if not entry["succeeded"]]
    assert (refused["messageId"], refused["recipient"], refused["faultCode"]) == (said.id, None, code)
    assert (refused["topic"], refused["partition"], refused["offset"]) == place
    assert {(entry["source"], entry["recipient"]) for entry in entries if entry["succeeded"]} == {(ILIS, TCT), (LGSP, said.outbox)}


async def test_a_suspended_member_is_not_heard(wire: Wire, tmp_path: Path) -> None:
    members = with_status(tmp_path, "ilis", "suspended")
    async with running(wire, members=members):
        await wire.say(slip_cancelled(id="bad"))
        (receipt,) = await wire.receipts(ILIS)
        assert receipt["code"] == "client.unknown_member"
        assert "is suspended" in receipt["message"]


async def test_nothing_is_delivered_to_a_suspended_member(wire: Wire, tmp_path: Path) -> None:
    members = with_status(tmp_path, "tct", "suspended")
    async with running(wire, members=members):
        await wire.say(slip_cancelled(), slip_cancelled(recipient=TCT))
        receipts = await wire.receipts(ILIS, 2)
        assert {receipt["code"] for receipt in receipts} == {"client.unknown_recipient"}


async def test_what_nobody_at_all_may_receive_has_no_recipient(wire: Wire) -> None:
    members = Members.read()
    async with running(wire, members=members, rights=Rights((), members)):
        await wire.say(slip_cancelled())
        (receipt,) = await wire.receipts(ILIS)
        assert receipt["code"] == "client.unknown_recipient"


async def test_an_id_used_again_for_other_content_is_refused_and_an_equal_repeat_passes(wire: Wire, exchange: Exchange) -> None:
    said = slip_cancelled(id="once")
    other = slip_cancelled(id="once", payload=orjson.dumps(SLIP | {"reason": "Lý do khác."}))
    await wire.say(said, said, other, slip_cancelled(id="once", recipient=TCT), slip_cancelled(id="last"))
    assert [message.id for message in await wire.heard(TCT, 3)] == ["once", "once", "last"]
    assert [receipt["code"] for receipt in await wire.receipts(ILIS, 2)] == ["client.id_reused"] * 2


async def test_a_refused_message_may_be_corrected_under_the_same_id(wire: Wire, exchange: Exchange) -> None:
    await wire.say(slip_cancelled(id="again", payload=b"{}"), slip_cancelled(id="again"))
    assert [message.id for message in await wire.heard(TCT, 1)] == ["again"]


async def test_nothing_of_a_payload_appears_in_journal_or_receipt(wire: Wire, exchange: Exchange) -> None:
    secret = "Nguyễn Thị Riêng Tư"
    await wire.say(slip_cancelled(payload=orjson.dumps(SLIP | {"slip": secret, "dossier": secret})))
    receipts, entries = await wire.receipts(ILIS), await wire.journal(2)
    assert secret.encode() not in orjson.dumps(receipts) + orjson.dumps(entries)


def test_the_samples_keep_to_their_contract() -> None:
    contracts = Catalogue.load()
    assert contracts.faults(contracts.by_short("land.slip-cancelled"), SLIP) == []
