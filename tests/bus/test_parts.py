"""The small parts of the exchange: remembered ids, receipts, dead letters, journal."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from bus import EXCHANGE, Received, Space, decode
from bus.dead_letters import PREFIX, dead_letter, read, replay
from bus.journal import about, about_broken, attempts, failed, key_of
from bus.receipts import original, receipt
from bus.refusals import MAX_FAULT_BYTES, Code, bounded, refusal
from bus.reused_ids import ReusedIds
from contracts import Catalogue
from tests.bus.samples import ILIS, TCT, Kept, kept, slip_cancelled
from vn.errors import Fault, Refused, Unusable

AT = datetime(2025, 7, 1, tzinfo=UTC)
PLACE = ("t", 0)


def test_an_id_is_known_again_with_its_content_for_at_least_the_window() -> None:
    ids = ReusedIds(10)
    first = slip_cancelled(id="0")
    assert ids.first_or_equal(PLACE, first)
    for number in range(1, 10):
        assert ids.first_or_equal(PLACE, slip_cancelled(id=str(number)))
    assert ids.first_or_equal(PLACE, first)
    assert not ids.first_or_equal(PLACE, slip_cancelled(id="0", recipient=TCT))
    assert not ids.first_or_equal(PLACE, slip_cancelled(id="0", payload=b"{}"))


def test_an_id_is_forgotten_after_twice_the_window_and_with_its_partition() -> None:
    ids = ReusedIds(10)
    assert ids.first_or_equal(PLACE, slip_cancelled(id="0"))
    assert ids.first_or_equal(("t", 1), slip_cancelled(id="0", payload=b"{}")), "another partition has a window of its own"
    for number in range(1, 21):
        ids.first_or_equal(PLACE, slip_cancelled(id=str(number)))
    assert ids.first_or_equal(PLACE, slip_cancelled(id="0", payload=b"{}"))
    ids.forget([("t", 1)])
    assert ids.first_or_equal(("t", 1), slip_cancelled(id="0"))


def test_every_code_says_whose_fault_it_is() -> None:
    assert {code.fault_of for code in Code if code.startswith("client.")} == {"sender"}
    assert {code.fault_of for code in Code if code.startswith("server.")} == {"exchange"}


def test_faults_without_end_are_cut_and_counted() -> None:
    many = [Fault(f"/{number}", "x" * 1000) for number in range(1000)]
    written = bounded(many)
    assert len(orjson.dumps(written)) < MAX_FAULT_BYTES + 200
    assert written[-1]["reason"] == f"{1000 - len(written) + 1} more fault(s)"


@pytest.mark.parametrize("outcome", ["accepted", "refused", "undeliverable"])
def test_a_receipt_keeps_to_its_own_contract(outcome: str) -> None:
    contracts = Catalogue.load()
    message = slip_cancelled(recipient="not a member", traceparent="00-x")
    fault = None if outcome == "accepted" else refusal(Code.EXPIRED, "too late", "/headers/ce_expirytime")
    made = receipt(outcome, original(message, kept(message)), kept(message), at=AT, fault=fault)  # type: ignore[arg-type]
    contract = contracts.get(made.type)
    assert contract is not None
    assert contracts.faults(contract, orjson.loads(made.payload)) == []
    assert made.dataschema == contract.dataschema
    assert (made.subject, made.causation_id, made.correlation_id, made.traceparent) == (message.subject, message.id, "case-7", "00-x")
    assert decode(made.key, made.payload, made.to_headers()) == made


@pytest.mark.parametrize(
    ("key", "headers", "subject"),
    [
        (b"k", (("ce_subject", b"s"), ("ce_id", b"i")), "s"),
        (b"k", (("ce_id", b"i"),), "k"),
        (b"\xff", (("ce_id", b"i"),), "i"),
        (None, (), "unknown"),
    ],
)
def test_a_receipt_for_a_broken_envelope_takes_the_subject_that_can_be_read(
    key: bytes | None, headers: tuple[tuple[str, bytes], ...], subject: str
) -> None:
    record = Kept("s.outbox.x", 0, 0, 0, key, b"{}", headers)
    assert original(None, record).subject == subject


def test_a_dead_letter_carries_the_original_and_its_reasons_as_text() -> None:
    record = kept(slip_cancelled())
    made = dead_letter(record, Refused("client.expired", "too late", [Fault("/đ", "r")]), Space("s"))
    assert (made.topic, made.key, made.value, made.headers[:-7]) == ("s.dead-letter", record.key, record.value, list(record.headers))
    assert {name.removeprefix(PREFIX): (value or b"").decode() for name, value in made.headers[-7:]} == {
        "topic": record.topic,
        "partition": "3",
        "offset": "17",
        "timestamp": "1700000000000",
        "code": "client.expired",
        "message": "too late",
        "faults": '[{"pointer":"/đ","reason":"r"}]',
    }


def test_a_dead_letter_is_read_replayed_and_dies_again_with_its_last_reasons_only() -> None:
    record = kept(slip_cancelled())
    made = dead_letter(record, Refused("client.expired", "too late"), Space("s"))
    letter = read(Kept(made.topic, 3, 0, 0, made.key, made.value, tuple(made.headers)))
    again = replay(letter, Space("s"))
    assert (again.topic, again.key, again.value, again.headers) == (record.topic, record.key, record.value, list(record.headers))
    second = dead_letter(Kept("s.inbox.y", 0, 1, 0, made.key, made.value, tuple(made.headers)), Refused("client.x", "m"), Space("s"))
    assert [name for name, _ in second.headers].count(PREFIX + "code") == 1


def test_what_is_no_dead_letter_is_not_read_as_one_and_one_of_another_space_is_not_replayed() -> None:
    record = kept(slip_cancelled())
    with pytest.raises(Unusable, match=r"is no dead letter: __lgsp\.errors\.topic is missing"):
        read(record)
    made = dead_letter(record, Refused("client.expired", "too late"), Space("s"))
    letter = read(Kept(made.topic, 3, 0, 0, made.key, made.value, tuple(made.headers)))
    with pytest.raises(Unusable, match="neither an outbox nor an inbox of space other"):
        replay(letter, Space("other"))


async def test_a_journal_reader_is_shown_each_attempt_once_however_often_the_exchange_journaled_it() -> None:
    message, receipt_ = slip_cancelled(), slip_cancelled(source=EXCHANGE)
    first, again = kept(message), replace(kept(message), offset=21)
    refused = failed(about(message, first, "s"), Refused("client.access_denied", "no"))
    delivered = about(message, again, "s", recipient=TCT, out=2)
    answers = [about(receipt_, replace(kept(receipt_, "s.inbox.x"), offset=offset), "s", recipient=ILIS) for offset in (4, 5)]

    async def journal() -> AsyncIterator[Received]:
        for entry in (refused, refused, answers[0], answers[1], delivered, {**delivered, "requestOutTs": 3}):
            yield replace(kept(message), value=orjson.dumps(entry))

    shown = await attempts(journal())
    assert [(each["messageId"], each["offset"], each["succeeded"]) for each in shown] == [
        (message.id, 17, False),
        (receipt_.id, 5, True),
        (message.id, 21, True),
    ]
    assert shown[-1]["requestOutTs"] == 3


def test_the_journal_of_a_broken_envelope_holds_what_can_be_read() -> None:
    record = Kept("s.outbox.x", 1, 2, 3, b"k", None, (("ce_source", b"/VN/GOV/H37.15/ilis"), ("ce_id", b"")))
    entry = failed(about_broken(record, "s"), Refused("client.malformed_envelope", "2 faults", [Fault("/headers/ce_id", "is empty")]))
    assert (entry["source"], entry["messageId"], entry["requestSize"], entry["succeeded"]) == (ILIS, None, 0, False)
    assert entry["faultString"] == "2 faults (/headers/ce_id)"
    assert key_of(entry) == (ILIS, "s.outbox.x/1/2", None)


def test_a_broken_and_a_whole_envelope_have_the_same_fields_in_the_journal() -> None:
    record = kept(slip_cancelled())
    assert list(about(slip_cancelled(), record, "s")) == list(about_broken(record, "s"))


def test_the_journal_does_not_repeat_the_name_of_an_unexpected_field() -> None:
    record = Kept("s.outbox.x", 1, 2, 3, b"k", None, ())
    faults = [Fault(f"/parcels/0/{name}", "is not expected") for name in ("Hà Hồng Hạnh", "0912345678", "a@example.com")]
    entry = failed(about_broken(record, "s"), Refused("client.contract_violation", "3 faults", [*faults, Fault("/Nông Thu Mai", "too")]))
    assert entry["faultString"] == "3 faults (/parcels/0)"
