"""Acts of citizens and officers on a province that runs: what each brings about, what it captures, how a no is told."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from app.play import acts
from app.play.acts import Done
from app.play.agencies import Agencies
from app.play.given import Cast
from app.play.people import population
from app.play.policies import set_policies
from scenarios.acts import Call, Decide, Pay, Submit, Withdraw
from scenarios.scalars import Plain
from scenarios.scenario import Given
from tests.e2e.town import Town
from vn.errors import AgencyAnsweredNo, AgencyAnsweredYes, CannotConnect, Unusable

SEED = 7
BY_HAND = {
    "dvc": {"return-result": "by-hand"},
    "land": {"decides": "by-hand", "slip": "by-hand", "update": "by-hand", "withdrawal": "by-hand"},
    "tax": {"notice-after": "by-hand", "reconcile": "by-hand"},
    "payment": {"payment": "by-hand"},
}


@pytest.fixture(scope="module")
async def town(broker: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with Town(broker, f"acts-{uuid4().hex[:6]}", tmp_path_factory.mktemp("acts"), seed=SEED) as running:
        running.within = 60.0
        yield running


@pytest.fixture
async def agencies(town: Town) -> AsyncIterator[Agencies]:
    """Every decision is left to the test; afterwards none waits for it."""
    known = Agencies(town.http, town.province.urls)
    await set_policies(known, Given.model_validate({"policies": BY_HAND}).policies)
    yield known
    again = {agency: dict.fromkeys(policy, "instant") for agency, policy in BY_HAND.items()}
    await set_policies(known, Given.model_validate({"policies": again}).policies)
    await town.at_rest()


async def handed_in(town: Town, agencies: Agencies, **script: Any) -> str:
    """A dossier at the land office, not looked at yet."""
    cast = Cast(SEED, agencies, population(SEED))
    form = await cast.form(Submit.model_validate({"sample": "transfer", **script}), on=town.at.date())
    done = await acts.submit(agencies, form)
    assert (done.answer["MaHoSo"], done.form) == (done.dossier, form)
    await town.at_rest()
    return str(done.dossier)


async def decided(town: Town, agencies: Agencies, dossier: str, action: str, at: str = "land", **more: Any) -> Done:
    asked = Decide.model_validate({"at": at, "dossier": "d", "action": action, **more})
    done = await acts.decide(agencies, dossier, asked)
    await town.at_rest()
    return done


async def paid(town: Town, agencies: Agencies, dossier: str, **more: Any) -> Done:
    done = await acts.pay(agencies, dossier, Pay.model_validate({"dossier": "d", **more}))
    await town.at_rest()
    return done


async def noticed(town: Town, agencies: Agencies) -> str:
    """A dossier whose notices are open."""
    dossier = await handed_in(town, agencies)
    await decided(town, agencies, dossier, "accept")
    await decided(town, agencies, dossier, "send-slip")
    await decided(town, agencies, dossier, "assess", "tax")
    return dossier


async def test_a_dossier_goes_from_hand_to_hand_to_its_result(town: Town, agencies: Agencies) -> None:
    dossier = await noticed(town, agencies)
    fee = await paid(town, agencies, dossier, notice="registration-fee", tranche="1")
    tax = await paid(town, agencies, dossier, all="true")
    assert (len(fee.attempts), len(tax.attempts)) == (1, 2)  # the fee is open until it is paid
    for reference in (*fee.attempts, *tax.attempts[1:]):
        asked = Decide.model_validate({"at": "payment", "dossier": "d", "action": "pay", "attempt": "x"})
        assert (await acts.decide(agencies, dossier, asked, attempts=[reference])).answer["MaThamChieu"] == reference
    await town.at_rest()
    failed = await decided(town, agencies, dossier, "fail", "payment", reason="Hết tiền")
    assert (failed.attempts, failed.answer["TrangThai"]) == (tax.attempts[:1], "THAT_BAI")
    await decided(town, agencies, dossier, "reconcile", "tax")
    await decided(town, agencies, dossier, "update-register")
    await decided(town, agencies, dossier, "return-result", "dvc")
    await town.status(dossier, 10)


async def test_a_notice_is_paid_in_part_by_number_and_the_rest_by_all(town: Town, agencies: Agencies) -> None:
    dossier = await noticed(town, agencies)
    numbers = [each["SoThongBao"] for each in (await town.case(dossier))["ThongBaoThue"]]
    part = await paid(town, agencies, dossier, notice=numbers[0], amount="1_000_000")
    assert [each["SoTien"] for each in part.answer] == [1_000_000]
    await decided(town, agencies, dossier, "pay", "payment")
    await decided(town, agencies, dossier, "reconcile", "tax")
    rest = await paid(town, agencies, dossier, all="true")
    first = next(each for each in (await town.case(dossier))["ThongBaoThue"] if each["SoThongBao"] == numbers[0])
    assert [each["SoTien"] for each in rest.answer if each["SoThongBao"] == numbers[0]] == [first["TongTien"] - 1_000_000]


async def test_what_cannot_be_paid_is_told_with_the_notices_there_are(town: Town, agencies: Agencies) -> None:
    dossier = await handed_in(town, agencies)
    with pytest.raises(Unusable, match="nothing is open to be paid; no notice has come"):
        await paid(town, agencies, dossier, all="true")
    dossier = await noticed(town, agencies)
    with pytest.raises(Unusable, match=r"no 'registration-fe'; did you mean 'registration-fee'\?; the notices are LTB"):
        await paid(town, agencies, dossier, notice="registration-fe")
    with pytest.raises(Unusable, match=r"tranche: .* has 1 line"):
        await paid(town, agencies, dossier, notice="registration-fee", tranche="2")
    with pytest.raises(AgencyAnsweredNo, match=r"dvc says no \(422\): số tiền lớn hơn"):
        await paid(town, agencies, dossier, notice="registration-fee", amount="999_000_000_000")


async def test_an_act_that_must_be_refused_captures_the_no_and_a_yes_is_told_clearly(town: Town, agencies: Agencies) -> None:
    dossier = await handed_in(town, agencies)
    no = await decided(town, agencies, dossier, "send-slip", refused="true")
    assert no.answer["code"] == "http.409"
    assert "không có phiếu nào chờ lập lần đầu" in no.answer["message"]
    form = await Cast(SEED, agencies, population(SEED)).form(
        Submit.model_validate({"sample": "transfer", "wrong": "price"}), on=town.at.date()
    )
    refused = await acts.submit(agencies, form, refused=True)
    assert (refused.dossier, [each["pointer"] for each in refused.answer["errors"]]) == (None, ["/ThuaDat/0/GiaTri"])
    with pytest.raises(AgencyAnsweredYes, match=r"land took POST .*, which it had to refuse"):
        await decided(town, agencies, dossier, "accept", refused="true")


async def test_a_no_that_was_not_asked_for_has_the_agencys_words_and_every_fault(town: Town, agencies: Agencies) -> None:
    form = await Cast(SEED, agencies, population(SEED)).form(Submit.model_validate({"sample": "transfer"}), on=town.at.date())
    with pytest.raises(AgencyAnsweredNo) as told:
        await acts.submit(agencies, {**form, "ChuHoSo": "Ai đó", "KenhThucHien": "7"})
    assert [fault.pointer for fault in told.value.faults] == ["/KenhThucHien", "/ChuHoSo"]
    assert "/ChuHoSo: khác tên của bên" in str(told.value)
    with pytest.raises(AgencyAnsweredNo, match="tax says no"):
        await decided(town, agencies, "H37.15-260302-9999", "assess", "tax")
    with pytest.raises(Unusable, match="0 attempts could be meant"):
        await decided(town, agencies, "H37.15-260302-9999", "pay", "payment")
    with pytest.raises(CannotConnect, match="no land takes part"):
        await acts.call(Agencies(town.http, {}), Call.model_validate({"at": "land", "path": "/"}))


async def test_a_withdrawal_is_weighed_by_the_land_office_and_asking_for_papers_needs_a_reason(town: Town, agencies: Agencies) -> None:
    dossier = await handed_in(town, agencies)
    await decided(town, agencies, dossier, "ask-supplement", reason="Thiếu bản chính hợp đồng")
    assert [each["NoiDung"] for each in (await town.case(dossier))["YeuCauBoSung"]] == ["Thiếu bản chính hợp đồng"]
    await acts.withdraw(agencies, dossier, Withdraw.model_validate({"dossier": "d", "reason": "Đổi ý"}))
    await town.status(dossier, 7)
    await town.at_rest()
    await decided(town, agencies, dossier, "grant-withdrawal")
    assert (await town.case(dossier))["KetThuc"]


async def test_a_call_is_typed_by_its_literals_and_wants_a_success_or_the_status_named(town: Town, agencies: Agencies) -> None:
    body = {"slip": {"workingDays": Plain("3")}}
    set_ = {"at": "land", "method": "PUT", "path": "/_lgsp/policy", "body": body}
    assert (await acts.call(agencies, Call.model_validate(set_))).answer["slip"] == {"workingDays": 3}
    gone = Call.model_validate({"at": "land", "path": "/ho-so/H37.15-260302-9999", "status": "404"})
    assert (await acts.call(agencies, gone)).answer["title"] == "Không tìm thấy"
    with pytest.raises(AgencyAnsweredYes, match="land answers 200 to GET /thua-dat, not 404"):
        await acts.call(agencies, Call.model_validate({"at": "land", "path": "/thua-dat", "status": "404"}))
    with pytest.raises(AgencyAnsweredNo, match=r"tax says no \(400\)"):
        await acts.call(agencies, Call.model_validate({"at": "tax", "method": "POST", "path": "/gip", "body": "<DATA"}))
