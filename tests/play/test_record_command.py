"""`lgsp record` over the topics of a province, and what a draft is made with."""

import asyncio
import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from app.play.record import draft
from app.play.record.decisions import Decision
from app.play.record.heard import Heard
from app.play.record.parties import Parties
from app.play.record.policies import policies
from app.play.record.written import flow
from scenarios.verdicts import Message
from tests.app.lgsp import Said, lgsp
from tests.e2e.town import MONDAY, Town
from tests.play.recording import scripts_in
from vn.errors import Unusable
from vn.spans import WorkingDays


async def test_the_command_writes_a_script_without_a_fault_of_a_dossier_that_the_topics_have(broker: str, tmp_path: Path) -> None:
    space, out = f"record-{uuid4().hex[:6]}", tmp_path / "draft.yaml"

    def record(*arguments: str) -> Said:
        return lgsp("record", *arguments, state=tmp_path, variables={"LGSP_KAFKA_BOOTSTRAP": broker, "LGSP_SPACE": space})

    async with Town(broker, space, tmp_path / "town") as town:
        town.within = 60.0
        dossier = await town.whole(seed=1)
    said = await asyncio.to_thread(record, dossier, "--out", str(out))
    assert (said.code, said.out, said.err) == (0, "", "")
    assert [script.scenario.scenario for script in scripts_in(out)] == ["recorded-transfer"]
    assert (await asyncio.to_thread(record, dossier)).out == out.read_text(encoding="utf-8")

    unknown = await asyncio.to_thread(record, "H37.15-260302-9999")
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err == "lgsp: H37.15-260302-9999: nothing was ever sent about it; is it right? See: lgsp journal\n"
    nowhere = await asyncio.to_thread(record, dossier, "--out", str(tmp_path / "nowhere" / "draft.yaml"))
    assert nowhere.code == 2
    assert "cannot be written" in nowhere.err


@pytest.mark.parametrize(
    ("contract", "words"),
    [("dossier.submitted", "the topics do not hold (any more) what was handed in"), (None, "nothing was ever sent about it")],
)
def test_without_its_beginning_a_dossier_makes_no_script(contract: str | None, words: str) -> None:
    message = Message(MONDAY, "id", contract or "", "dvc", "ilis", "H37.15-260302-0001", None, "", (), 1, "", taken=True)
    with pytest.raises(Unusable, match=re.escape(words)):
        draft([message] if contract else [], ["H37.15-260302-0001"], contracts=())


def decision(asked: datetime, came: datetime | None, *, usual: bool = True) -> Decision:
    """An assessment."""
    first = came and Heard(0, came, "id", "tax.payment-notice", "tct", "d", None, {}, {})
    return Decision("tax", "assess", "assess", asked, first, None if came else MONDAY + timedelta(days=1), usual)


DUE = WorkingDays(2).deadline(MONDAY)


@pytest.mark.parametrize(
    ("made", "manner"),
    [
        ([decision(MONDAY, MONDAY + timedelta(seconds=2))], None),
        ([decision(MONDAY, DUE)], "2 working-days"),
        ([decision(MONDAY, DUE), decision(MONDAY, None)], "2 working-days"),
        ([decision(MONDAY, MONDAY), decision(MONDAY, None)], "by-hand"),
        ([decision(MONDAY, DUE), decision(MONDAY, MONDAY)], "by-hand"),
        ([decision(MONDAY, MONDAY + timedelta(hours=3))], "by-hand"),
        ([decision(MONDAY, MONDAY, usual=False)], "by-hand"),
    ],
)
def test_a_policy_is_found_where_one_explains_every_decision(made: list[Decision], manner: str | None) -> None:
    assert policies(made) == ({} if manner is None else {"tax": {"assess": manner}})


SLIP = {"use": "ODT", "areas": {"parcel": 100}, "valuation": {"tablePrice": 3_000_000}}
KEY = {"communeCode": "06184", "mapSheet": 5, "parcelNumber": 7}
PERSON = {"kind": "individual", "personalId": "020123456701"}


@pytest.mark.parametrize(
    ("told", "said", "exact"),
    [
        ({}, {"area": Decimal(100), "use": "ODT", "price": 3_000_000}, True),
        ({"use": "TMD", "valuation": {"tablePrice": 2_100_000}}, {"use": "TMD", "price": 3_000_000}, True),
        ({"use": "TMD", "valuation": {"tablePrice": 2_100_500}}, {"use": "TMD"}, False),
        ({"use": "CLN", "valuation": {"tablePrice": 70_000}}, {"use": "ODT", "price": 70_000}, True),
        (
            {"useBefore": "CLN", "valuation": {"tablePrice": 3_000_000, "priceBefore": 80_000}},
            {"uses": {"CLN": Decimal(30), "ODT": Decimal(70)}, "price": 2_970_000},
            True,
        ),
    ],
    ids=["house", "business", "business of no script", "garden", "change of purpose"],
)
def test_a_parcel_is_given_the_price_at_which_the_table_says_what_it_said(
    told: dict[str, object], said: dict[str, object], exact: bool
) -> None:
    parties = Parties()
    assert parties.name(PERSON, "seller") == parties.name(PERSON, "buyer") == "seller"
    dossier = {"parcels": [{"parcel": KEY, "area": 100}], "declarations": {"purposeChange": {"area": 30}}}
    found = parties.parcel(dossier, 0, {"parcels": [{**SLIP, **told}]}, [{"party": PERSON, "share": "1/1"}])
    assert {**found.said, **said} == found.said
    assert found.told == exact
    assert parties.parcel(dossier, 0, None, []) is found


def test_what_is_written_is_quoted_where_yaml_would_take_it_for_something_else() -> None:
    said = {"a": "no", "/b": "{d}", "c": 1_950_000, "d": Decimal("120.50"), "e": ["x y", "a, b"], "f": True, "g": "exchange->ilis"}
    assert flow(said) == '{a: "no", /b: "{d}", c: 1_950_000, d: 120.5, e: [x y, "a, b"], f: true, g: exchange->ilis}'
    assert flow({"to": "2026-03-02T09:00", "code": "06184"}) == "{to: 2026-03-02T09:00, code: 06184}"


def test_decisions_of_one_kind_are_told_apart_by_who_took_them() -> None:
    other = replace(decision(MONDAY, MONDAY, usual=False), at="payment", policy="payment", action="fail")
    assert policies([decision(MONDAY, DUE), other]) == {"tax": {"assess": "2 working-days"}, "payment": {"payment": "by-hand"}}
