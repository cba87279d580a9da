"""Each fault on a hop makes of a message what its name says; the exchange refuses that with the code of the table, or lets it through."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from bus.access import Rights
from bus.members import Members
from bus.refusals import Code
from bus.reused_ids import ReusedIds
from bus.stages import Letter, Rules, judge
from contracts import Catalogue
from scenarios.faults import ON_A_HOP, Fault
from scenarios.mangling import Carried, passed
from scenarios.scalars import Plain
from scenarios.typed import typed
from tests.bus.samples import EXAMPLES, TCT, Kept, kept, notice
from vn.units import commune, communes, predecessors

CATALOGUE = Catalogue.load()
MEMBERS = Members.read()
IDS = {each.short: each.id for each in MEMBERS}
GOOD = sorted(EXAMPLES.glob("*/good-*.json"))
NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
SAID: dict[str, dict[str, Any]] = {
    "duplicate": {"copies": "3"},
    "wrong-sender": {"sender": "payplat"},
    "wrong-version": {"version": "98"},
    "tamper": {"with": {"": Plain("null")}},
}


def fault(kind: str, **said: Any) -> Fault:
    """As a script says it, on the tax authority's way to the exchange."""
    said = said or SAID.get(kind, {})
    return Fault.model_validate({"as": "f", kind: {"hop": "tct->exchange", **{key.replace("_", "-"): each for key, each in said.items()}}})


def carried(contract: str = "tax.payment-notice", payload: bytes | None = None, at: datetime = NOON) -> Carried:
    """A message on its way."""
    message = notice(source=TCT, type=f"vn.gov.{contract}.v1", time=at, **({"payload": payload} if payload else {}))
    return Carried(message.payload, tuple(message.to_headers()))


def one(kind: str, record: Carried, **said: Any) -> Carried:
    """The one record that goes on."""
    (made,) = passed(fault(kind, **said), record, IDS) or ()
    return made


def verdict(record: Carried) -> str | None:
    """What the exchange says to a record in the tax authority's outbox."""
    example = kept(notice())
    letter = Letter(Kept(example.topic, 0, 0, 0, example.key, record.value, record.headers), TCT)
    judge([letter], Rules(MEMBERS, Rights.read(members=MEMBERS, contracts=CATALOGUE), CATALOGUE, NOON, ReusedIds()))
    return letter.fault.code if letter.fault else None


@pytest.fixture
def sent() -> Carried:
    """A payment notice that the exchange takes."""
    record = kept(notice())
    made = Carried(record.value, record.headers)
    assert verdict(made) is None
    return made


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("corrupt", Code.CONTRACT_VIOLATION),
        ("truncate", Code.CONTRACT_VIOLATION),
        ("mixed-dates", Code.CONTRACT_VIOLATION),
        ("wrong-sender", Code.SENDER_MISMATCH),
        ("wrong-version", Code.UNKNOWN_CONTRACT),
        ("tamper", Code.CONTRACT_VIOLATION),
    ],
)
def test_the_exchange_refuses_what_is_mangled_with_the_code_of_the_table(sent: Carried, kind: str, code: Code) -> None:
    assert verdict(one(kind, sent)) == code


def test_every_kind_that_changes_a_record_does_something_to_a_notice_but_there_is_no_commune_in_it(sent: Carried) -> None:
    without_effect = {kind for kind in ON_A_HOP if kind not in ("delay", "reorder") and passed(fault(kind), sent, IDS) is None}
    assert without_effect == {"old-codes"}


def test_a_duplicate_is_the_same_record_so_often_and_a_lost_one_is_none(sent: Carried) -> None:
    assert passed(fault("duplicate"), sent, IDS) == (sent, sent, sent)
    assert passed(fault("lose"), sent, IDS) == ()


@pytest.mark.parametrize("path", GOOD, ids=lambda path: f"{path.parent.name}-{path.stem}")
@pytest.mark.parametrize("kind", ["corrupt", "truncate"])
def test_a_broken_payload_is_no_json_any_more(kind: str, path: Any) -> None:
    broken = one(kind, carried(path.parent.name, path.read_bytes())).value
    assert broken
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(broken)
    assert passed(fault("mixed-dates"), Carried(broken, ()), IDS) is None


@pytest.mark.parametrize("path", [each for each in GOOD if b"communeCode" in each.read_bytes()], ids=lambda each: each.stem)
def test_old_codes_keep_to_the_contract_and_every_commune_of_today_is_a_part_of_it_before_the_reform(path: Any) -> None:
    before, contract = orjson.loads(path.read_bytes()), CATALOGUE.by_short(path.parent.name)
    sent = carried(path.parent.name, path.read_bytes())
    (made,) = passed(fault("old-codes"), sent, IDS) or (sent,)
    after = orjson.loads(made.value or b"")
    assert CATALOGUE.faults(contract, after) == CATALOGUE.faults(contract, before)
    for old, new in zip(_values(before, "communeCode"), _values(after, "communeCode"), strict=True):
        parts = {each.code for each in predecessors(old)} - {old}
        assert new in parts if commune(old, NOON.date()) and parts else new == old


def test_a_message_from_before_the_reform_has_old_codes_already() -> None:
    merged = next(each.code for each in communes(NOON.date()) if len(predecessors(each.code)) > 1)
    payload = orjson.dumps({"parcel": {"communeCode": merged}})
    assert passed(fault("old-codes"), carried(payload=payload, at=datetime(2025, 6, 30, tzinfo=UTC)), IDS) is None
    assert passed(fault("old-codes"), carried(payload=payload, at=datetime(2025, 7, 2, tzinfo=UTC)), IDS) is not None


def test_land_uses_are_those_that_were_taken_in_by_others() -> None:
    made = one("old-codes", carried(payload=orjson.dumps({"fromUse": "HNK", "toUse": "ODT", "origin": "HNK"})))
    assert orjson.loads(made.value or b"") == {"fromUse": "BHK", "toUse": "ODT", "origin": "HNK"}


def test_dates_come_in_two_formats_in_turns_and_nothing_else_changes() -> None:
    payload = {"a": "2026-03-02", "b": [{"c": "2026-03-02T08:05:09+07:00"}], "d": "2026-03-02", "e": "H37.15-260302-0001", "f": 20260302}
    made = orjson.loads(one("mixed-dates", carried(payload=orjson.dumps(payload))).value or b"")
    assert made == payload | {"a": "02/03/2026", "b": [{"c": "03-02-2026 08:05:09"}], "d": "02/03/2026"}


def test_a_wrong_sender_who_is_the_right_one_is_no_fault(sent: Carried) -> None:
    assert passed(fault("wrong-sender", sender="tct"), sent, IDS) is None


def test_only_the_header_of_the_sender_or_of_the_version_changes(sent: Carried) -> None:
    for kind, header, value in (
        ("wrong-sender", "ce_source", b"/VN/GOV/G12.18/payplat"),
        ("wrong-version", "ce_type", b"vn.gov.tax.payment-notice.v98"),
    ):
        made = one(kind, sent)
        assert dict(made.headers) == dict(sent.headers) | {header: value}
        assert made.value == sent.value


def test_a_tampered_value_has_the_type_of_the_one_that_stood_there() -> None:
    payload = {"n": 5, "t": "x", "b": True, "l": [{"m": 1}, 2], "o": {}}
    changes = {
        "/n": Plain("1_950"),
        "/t": Plain("05765"),
        "/b": Plain("false"),
        "/l/0/m": "1",
        "/l/-": Plain("true"),
        "/o/new": Plain("2.5"),
        "/o/code": Plain("007"),
        "/nowhere/at/all": Plain("1"),
        "/l/7": Plain("1"),
    }
    made = orjson.loads(one("tamper", carried(payload=orjson.dumps(payload)), **{"with": changes}).value or b"")
    assert made == {"n": 1950, "t": "05765", "b": False, "l": [{"m": "1"}, 2, True], "o": {"new": 2.5, "code": "007"}}


def test_nothing_that_changes_nothing_is_a_fault() -> None:
    same = {"with": {"/n": Plain("5"), "/none/there": "x"}}
    assert passed(fault("tamper", **same), carried(payload=b'{"n":5}'), IDS) is None


@pytest.mark.parametrize(
    ("given", "there", "meant"),
    [
        (Plain("null"), "text", None),
        ("null", "text", "null"),
        (Plain("much"), 5, "much"),
        (Plain("5"), "text", "5"),
        (Plain("true"), None, True),
        ({"a": Plain("1"), "b": [Plain("2")]}, {"a": "x"}, {"a": "1", "b": [2]}),
        (7, "captured", 7),
    ],
)
def test_words_mean_what_can_stand_in_their_place(given: Any, there: Any, meant: Any) -> None:
    assert typed(given, there) == meant


@pytest.mark.parametrize("kind", [each for each in ON_A_HOP if each not in ("delay", "reorder")])
@pytest.mark.parametrize(
    "record",
    [
        Carried(None, ()),
        Carried(b"", (("ce_time", None), ("ce_type", b"\xff"), ("ce_source", None))),
        Carried(b"[" * 1000 + b"]" * 1000, (("ce_time", b"0001-01-01T00:00:00+07:00"),)),
        Carried(b'{"communeCode":[],"use":{},"a":"2026-13-45"}', (("ce_time", b"2026-03-02T08:00:00+07:00"),)),
    ],
    ids=["nothing", "empty", "deep", "odd"],
)
def test_no_record_is_so_odd_that_a_fault_fails_at_it(kind: str, record: Carried) -> None:
    made = passed(fault(kind), record, IDS)
    assert made is None or made != (record,)


def test_true_in_the_place_of_one_is_a_change() -> None:
    made = one("tamper", carried(payload=b'{"n":null}'), **{"with": {"/n": Plain("true")}})
    assert made.value == b'{"n":true}'
    assert one("tamper", carried(payload=b"[1]"), **{"with": {"/0": True}}).value == b"[true]"


def _values(value: Any, key: str) -> list[Any]:
    if isinstance(value, list):
        return [found for each in value for found in _values(each, key)]
    if not isinstance(value, dict):
        return []
    return [each for name, inside in value.items() for each in ([inside] if name == key else _values(inside, key))]


def test_a_number_of_any_length_is_put_into_a_payload_as_it_is_written() -> None:
    assert one("tamper", carried(payload=b'{"n":5}'), **{"with": {"/n": Plain("1" + "0" * 30)}}).value == b'{"n":1' + b"0" * 30 + b"}"
