"""Messages written past agency and adapter: right by default, wrong wherever a script wants it."""

from datetime import datetime
from typing import Any

import orjson
import pytest

from adapters.runtime import correlation_of
from app.play.sending import Letter, Outbox, examples
from bus import Members, Space, decode
from contracts import Catalogue
from scenarios.acts import Send
from scenarios.scalars import Plain
from scenarios.verdicts import Message
from vn.clock import VN
from vn.errors import Refused, Unusable

OUTBOX = Outbox(Catalogue.load(), Members.read(), Space("here"))
AT = datetime(2026, 2, 9, 8, 0, tzinfo=VN)
DOSSIER = "H37.15-260209-0007"


def letter(contract: str, from_: str = "tct", *, dossier: str | None = None, like: Message | None = None, **more: Any) -> Letter:
    send = Send.model_validate({"from": from_, "contract": contract, **more})
    return OUTBOX.letter(send, id_="fresh-1", at=AT, dossier=dossier, like=like)


def faults(made: Letter) -> list[str]:
    contract = OUTBOX.catalogue.get(made.headers["ce_type"])
    assert contract is not None
    return [fault.pointer for fault in OUTBOX.catalogue.faults(contract, made.payload)]


@pytest.mark.parametrize("contract", [each.name for each in OUTBOX.catalogue])
def test_the_first_good_example_of_every_contract_is_a_message_that_the_exchange_reads(contract: str) -> None:
    made = letter(contract, dossier=DOSSIER)
    read = decode(made.record.key, made.record.value, made.record.headers)
    assert (read.id, read.time, read.source, read.subject, read.correlation_id) == (
        "fresh-1",
        AT,
        "VN/GOV/G12.20/tct",
        DOSSIER,
        correlation_of(DOSSIER),
    )
    assert made.record.topic == "here.outbox.VN.GOV.G12.20.tct"
    assert (orjson.loads(read.payload), faults(made)) == (made.payload, [])


@pytest.mark.parametrize("contract", [each.name for each in OUTBOX.catalogue if not each.name.startswith("exchange.")])
def test_a_message_about_a_dossier_has_its_code_wherever_the_contract_has_one(contract: str) -> None:
    assert letter(contract, dossier=DOSSIER).payload["dossier"] == DOSSIER


def test_bad_examples_stay_bad_in_their_one_way() -> None:
    made = letter("payment.receipt", "payplat", example="bad/amount-negative", dossier=DOSSIER)
    assert faults(made) == ["/amount"]
    assert faults(letter("dossier.submitted", "dvc", example="bad-dossier-code-with-slashes", dossier=DOSSIER)) == ["/dossier"]


def test_payload_and_headers_are_changed_removed_and_made_wrong_as_the_script_says() -> None:
    made = letter(
        "tax.payment-notice",
        dossier=DOSSIER,
        **{
            "to": "ilis",
            "with": {"/total": Plain("-5"), "/lines/0/deadline": Plain("30/02/2026"), "/account": Plain("")},
            "headers": {"ce_source": Plain("/VN/GOV/X/nobody"), "ce_id": Plain(""), "x-more": Plain("7"), "ce_subject": ""},
        },
    )
    headers = dict(made.record.headers)
    assert faults(made) == ["/account", "/lines/0/deadline", "/total"]
    assert (headers["ce_source"], headers["ce_recipient"], headers["x-more"]) == (b"/VN/GOV/X/nobody", b"VN/GOV/H37.15/ilis", b"7")
    assert ("ce_id" in headers, headers["ce_subject"], made.record.key) == (False, b"", DOSSIER.encode())
    with pytest.raises(Refused):
        decode(made.record.key, made.record.value, made.record.headers)


def test_a_message_like_another_has_its_payload_and_headers_but_its_own_id_time_and_sender() -> None:
    headers = {"ce_id": "old", "ce_time": "2020-01-01T00:00:00+07:00", "ce_recipient": "VN/GOV/H37.10/dvc", "ce_causationid": "why"}
    captured = Message(
        AT, "old", "x", "VN/GOV/H37.15/ilis", None, DOSSIER, None, "", (), 1, "", taken=True, headers=headers, payload={"a": 1}
    )
    made = letter("land.transfer-slip", like=captured)
    assert (made.payload, made.record.key) == ({"a": 1}, DOSSIER.encode())
    assert (made.headers["ce_id"], made.headers["ce_time"], made.headers["ce_source"]) == ("fresh-1", AT.isoformat(), "/VN/GOV/G12.20/tct")
    assert (made.headers["ce_recipient"], made.headers["ce_causationid"]) == ("VN/GOV/H37.10/dvc", "why")


def test_a_text_goes_out_as_it_is_whatever_the_contract() -> None:
    made = letter("nobody.knows", body="not { JSON", dossier=DOSSIER)
    assert (made.record.value, made.headers["ce_type"]) == (b"not { JSON", "vn.gov.nobody.knows.v1")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"contract": "tax.payment-notise"}, "did you mean 'tax.payment-notice'"),
        ({"contract": "tax.payment-notice", "example": "good/income-taks"}, "did you mean 'good-income-tax'"),
        ({"contract": "tax.payment-notice", "with": {"/linse/0": Plain("1")}}, "did you mean 'lines'"),
    ],
)
def test_what_is_not_there_is_told_with_what_may_be_meant(more: dict[str, Any], words: str) -> None:
    with pytest.raises(Unusable, match=words):
        letter(**more)


def test_examples_are_listed_good_ones_first() -> None:
    names = examples("payment.receipt")
    assert names[0].startswith("good-")
    assert names[-1].startswith("bad-")


def test_a_number_of_any_length_goes_out_as_it_is_written() -> None:
    made = letter("tax.payment-notice", **{"with": {"/total": Plain("1" + "0" * 30)}})
    assert b'"total":1' + b"0" * 30 in made.record.value
