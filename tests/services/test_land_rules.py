"""The land office's rules as tables: statuses, due dates, checks, areas, all worked by hand."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from services.land import deadlines, model, register, slips
from services.land.checks import Findings, check
from services.land.deadlines import due, extended, term
from services.land.model import Dossier, Slip
from services.land.seed import registered
from services.land.shapes import Procedure, Received
from tests.services.land_office import DOSSIER, alone, change_of_purpose, garden, in_city, land, parcel, transfer
from vn.clock import VN
from vn.errors import NotAllowed
from vn.status import FOLLOWS, Status

HOME = parcel(lambda each: alone(each) and in_city(each))
GARDEN = parcel(lambda each: garden(each) and in_city(each))
DAY = date(2025, 8, 4)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VN)


def dossier(body: dict[str, Any] | None = None, **changes: Any) -> Dossier:
    made = model.received(Received.model_validate(body or transfer(HOME)), at("2025-08-04T08:00"))
    return replace(made, **changes)


def findings(body: dict[str, Any], *seeded: Any, others: dict[str, str] | None = None, on: date = DAY) -> Findings:
    return check(Received.model_validate(body).content(), [each and registered(each) for each in seeded], others or {}, on)


@pytest.mark.parametrize(
    ("procedure", "received", "mountain", "days"),
    [
        (Procedure.TRANSFER, date(2025, 6, 30), False, 10),  # NĐ 101/2024, art. 22
        (Procedure.TRANSFER, date(2025, 7, 1), False, 8),  # NĐ 151/2025
        (Procedure.GIFT, date(2025, 7, 1), True, 18),
        (Procedure.CHANGE_PURPOSE, date(2025, 6, 30), True, 20),
        (Procedure.CHANGE_PURPOSE, date(2025, 7, 1), False, 7),
    ],
)
def test_the_term_goes_by_procedure_day_and_mountain_commune(procedure: Procedure, received: date, mountain: bool, days: int) -> None:
    assert term(procedure, received, mountain=mountain) == days


@pytest.mark.parametrize(
    ("received", "mountain", "day"),
    [
        ("2025-08-04T16:59", False, date(2025, 8, 14)),  # Monday; Tue 5 is day 1, Thu 14 is day 8
        ("2025-08-04T17:01", False, date(2025, 8, 15)),  # counts as Tuesday
        ("2025-08-02T09:00", False, date(2025, 8, 14)),  # Saturday counts as Monday
        ("2025-08-22T09:00", False, date(2025, 9, 5)),  # 1 and 2 September are off; day 5 is Fri 29, 6 is Wed 3, 8 is Fri 5
        ("2025-08-04T09:00", True, date(2025, 8, 28)),  # day 18
    ],
)
def test_the_due_date_is_counted_in_working_days_and_ends_at_five(received: str, mountain: bool, day: date) -> None:
    assert due(Procedure.TRANSFER, at(received), mountain=mountain) == datetime(day.year, day.month, day.day, 17, tzinfo=VN)


@pytest.mark.parametrize(
    ("paused", "resumed", "day"),
    [
        ("2025-08-05T09:00", "2025-08-05T16:00", date(2025, 8, 14)),
        ("2025-08-05T09:00", "2025-08-07T09:00", date(2025, 8, 18)),  # two working days more: Fri 15, Mon 18
        ("2025-08-08T09:00", "2025-08-10T09:00", date(2025, 8, 14)),  # a weekend adds nothing
    ],
)
def test_a_pause_moves_the_due_date_by_the_working_days_in_it(paused: str, resumed: str, day: date) -> None:
    assert extended(at("2025-08-14T17:00"), at(paused), at(resumed)).date() == day


ALLOWED = {
    *[(1, 2), (1, 3), (1, 5), (1, 7), (5, 2), (5, 4), (5, 7), (5, 8), (2, 4), (2, 7), (4, 5), (4, 6), (4, 7), (4, 8), (4, 9)],
    *[(6, 4), (6, 7), (6, 8), (7, 8), (8, 4), (9, 10)],
}


def test_the_steps_between_statuses_are_those_of_the_protocol() -> None:
    assert {(int(old), int(new)) for old, following in FOLLOWS.items() for new in following} == ALLOWED


@pytest.mark.parametrize(
    ("old", "new"), [(old, new) for old in Status for new in Status if (old, new) not in ALLOWED and old is not Status.WITHDRAWAL]
)
def test_every_other_step_is_an_error_that_names_both_states(old: Status, new: Status) -> None:
    with pytest.raises(NotAllowed, match=rf"từ trạng thái {int(old)} .* sang trạng thái {int(new)} "):
        model.move(dossier(status=old), new, at("2025-08-04T09:00"))


def test_after_a_withdrawal_only_the_end_or_the_way_back_is_open() -> None:
    asked = model.move(dossier(status=Status.IN_WORK), Status.WITHDRAWAL, at("2025-08-04T09:00"))
    assert model.move(asked, Status.IN_WORK, at("2025-08-04T10:00")).status is Status.IN_WORK
    assert model.move(asked, Status.STOPPED, at("2025-08-04T10:00"), final=True).final
    with pytest.raises(NotAllowed):
        model.move(asked, Status.OBLIGATION, at("2025-08-04T10:00"))


def test_nothing_follows_what_is_final_though_a_pause_goes_on() -> None:
    stopped = dossier(status=Status.STOPPED)
    assert model.move(stopped, Status.IN_WORK, at("2025-08-04T10:00")).status is Status.IN_WORK
    with pytest.raises(NotAllowed, match="đã kết thúc"):
        model.move(replace(stopped, final=True), Status.IN_WORK, at("2025-08-04T10:00"))


@pytest.mark.parametrize(
    ("accepted", "right", "wrong"), [(False, Status.ACCEPTED, Status.IN_WORK), (True, Status.IN_WORK, Status.ACCEPTED)]
)
def test_a_supplement_leads_to_two_before_acceptance_and_to_four_after(accepted: bool, right: Status, wrong: Status) -> None:
    asked = dossier(status=Status.SUPPLEMENT, accepted_at=at("2025-08-04T08:00") if accepted else None)
    assert model.move(asked, right, at("2025-08-04T09:00")).status is right
    with pytest.raises(NotAllowed):
        model.move(asked, wrong, at("2025-08-04T09:00"))


@pytest.mark.parametrize(
    ("status", "accepted", "days"),
    [(Status.OBLIGATION, True, 2), (Status.STOPPED, True, 2), (Status.SUPPLEMENT, True, 2), (Status.SUPPLEMENT, False, None)],
)
def test_time_in_six_and_eight_and_in_five_after_acceptance_is_added(status: Status, accepted: bool, days: int | None) -> None:
    start = dossier(
        status=Status.IN_WORK if accepted else Status.NEW,
        accepted_at=at("2025-08-04T08:00") if accepted else None,
        due_at=at("2025-08-14T17:00") if accepted else None,
    )
    paused = model.move(start, status, at("2025-08-05T09:00"))
    resumed = model.move(paused, Status.IN_WORK if accepted else Status.WITHDRAWAL, at("2025-08-07T09:00"))
    assert resumed.due_at == (at("2025-08-18T17:00") if days else None)


@pytest.mark.parametrize(
    ("status", "supplemented", "slip", "waits"),
    [
        (Status.NEW, False, None, "check"),
        (Status.SUPPLEMENT, False, None, "supplement-deadline"),
        (Status.SUPPLEMENT, True, None, "check"),
        (Status.IN_WORK, False, None, "slip"),
        (Status.IN_WORK, False, "returned", "correct"),
        (Status.IN_WORK, False, "settled", "update"),
        (Status.IN_WORK, False, "sent", None),
        (Status.OBLIGATION, False, "sent", None),
        (Status.WITHDRAWAL, False, "settled", "withdrawal"),
        (Status.STOPPED, False, "settled", None),
    ],
)
def test_each_state_waits_for_one_decision_or_for_others(status: Status, supplemented: bool, slip: Any, waits: str | None) -> None:
    sent = Slip(DOSSIER, 1, "1/PCTT", {}, at("2025-08-04T09:00"), slip) if slip else None
    assert model.waiting(dossier(status=status, supplemented=supplemented), sent) == waits


def test_a_sound_dossier_has_no_faults() -> None:
    assert findings(transfer(HOME), HOME) == Findings()
    assert findings(change_of_purpose(GARDEN, 30), GARDEN) == Findings()


SELLER = transfer(HOME)["BenChuyen"][0]
STRANGER = transfer(HOME)["BenNhan"][0]


@pytest.mark.parametrize(
    ("changes", "pointer", "reason"),
    [
        ({"BenChuyen": [STRANGER], "BenNhan": [SELLER]}, "/BenChuyen/0", "không phải người sử dụng"),
        ({"BenChuyen": []}, "/BenChuyen", "phải có bên chuyển"),
        ({"BenChuyen": [{**SELLER, "TyLe": "1/2"}]}, "/BenChuyen/0/TyLe", "1/1"),
        ({"BenNhan": [SELLER]}, "/BenNhan/0", "cũng là bên chuyển"),
        ({"BenNhan": [{**STRANGER, "TyLe": "1/3"}]}, "/BenNhan", "1/3"),
        ({"BenNhan": [{**STRANGER, "TyLe": "1/2"}] * 2}, "/BenNhan", "2 lần"),
        (
            {"ThongTinThuaDat": [{**transfer(HOME)["ThongTinThuaDat"][0], "SoPhatHanhGCN": "ZZ 000000"}]},
            "/ThongTinThuaDat/0/SoPhatHanhGCN",
            "",
        ),
    ],
)
def test_what_the_register_contradicts_is_wrong(changes: dict[str, Any], pointer: str, reason: str) -> None:
    wrong = findings({**transfer(HOME), **changes}, HOME).wrong
    assert any(fault.pointer == pointer and reason in fault.reason for fault in wrong)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"DanhSachGiayToDinhKem": []}, "/DanhSachGiayToDinhKem"),
        ({"ToKhai": {}}, "/ToKhai/HopDong"),
        ({"ToKhai": {**transfer(HOME)["ToKhai"], "GiaTriThuaDat": []}}, "/ToKhai/GiaTriThuaDat"),
        ({"ToKhai": {**transfer(HOME)["ToKhai"], "HopDong": {"SoHopDong": "1", "NgayKy": "05/08/2025"}}}, "/ToKhai/HopDong/NgayKy"),
    ],
)
def test_what_the_citizen_can_mend_is_missing_and_not_wrong(changes: dict[str, Any], pointer: str) -> None:
    found = findings({**transfer(HOME), **changes}, HOME)
    assert (found.wrong, pointer in {fault.pointer for fault in found.missing}) == ((), True)


def test_all_faults_are_found_at_once() -> None:
    body = transfer(HOME, BenNhan=[{**SELLER, "TyLe": "1/2"}], ToKhai={}, DanhSachGiayToDinhKem=[])
    found = findings(body, None, others={}, on=date(2024, 7, 31))
    assert [fault.pointer for fault in found.wrong] == ["/ThongTinThuaDat/0", "/BenNhan", "/BenNhan/0", ""]
    assert [fault.pointer for fault in found.missing] == [*["/DanhSachGiayToDinhKem"] * 2, "/ToKhai/HopDong", "/ToKhai/GiaTriThuaDat"]


def test_a_couple_must_sell_together() -> None:
    couple = parcel(lambda each: {one.share for one in each.holders} == {Fraction(1, 2)})
    body = transfer(couple)
    assert findings(body, couple) == Findings()
    left_out = findings({**body, "BenChuyen": [{**body["BenChuyen"][0], "TyLe": "1/1"}]}, couple).wrong
    assert any("thiếu một người cùng sử dụng" in fault.reason for fault in left_out)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"MucDichTruoc": "LUC"}, "MucDichTruoc"), ({"DienTichChuyen": 9000}, "DienTichChuyen"), ({"MucDichSau": "TMD"}, "MucDichSau")],
)
def test_a_change_of_purpose_must_fit_the_parcel(changes: dict[str, Any], field: str) -> None:
    body = change_of_purpose(GARDEN, 30)
    body["ToKhai"]["ChuyenMucDich"] |= changes
    assert f"/ToKhai/ChuyenMucDich/{field}" in {fault.pointer for fault in findings(body, GARDEN).wrong}


def test_a_parcel_in_another_dossier_is_refused_by_its_code() -> None:
    found = findings(transfer(HOME), HOME, others={registered(HOME).id: "H37.10-250801-0009"})
    assert "H37.10-250801-0009" in found.wrong[0].reason


@pytest.mark.parametrize(
    ("day", "form"), [(date(2024, 8, 1), "12/DK"), (date(2025, 6, 30), "12/DK"), (date(2025, 7, 1), "19"), (date(2026, 1, 1), "19")]
)
def test_the_form_of_the_slip_goes_by_its_day(day: date, form: str) -> None:
    assert slips.form_of(day) == form


def test_a_slip_before_the_first_form_is_refused_with_the_reason() -> None:
    with pytest.raises(NotAllowed, match=r"31/07/2024.*không được mô phỏng"):
        slips.form_of(date(2024, 7, 31))


def slip(body: dict[str, Any], seeded: Any, day: date = DAY, **more: Any) -> dict[str, Any]:
    return slips.make(dossier(body), [registered(seeded)], day, **{"number": "7/PCTT", "revision": 1, **more})


@pytest.mark.parametrize(
    ("kind", "changed", "within", "beyond"),
    [(45, 30, 30, 0), (180, 180, 120, 60), (180, 120, 120, 0)],  # ward: the quota is 120 m²
)
def test_the_changed_area_is_split_at_the_quota(kind: int, changed: int, within: int, beyond: int) -> None:
    plot = parcel(lambda each: garden(each) and each.quota == 120 and each.uses[1].area == kind)
    (said,) = slip(change_of_purpose(plot, changed), plot)["ThuaDat"]
    areas = said["DienTich"]
    assert (areas["ChuyenMucDich"], areas["PhaiNopTSDD"], areas["TrongHanMuc"], areas["NgoaiHanMuc"]) == (changed, changed, within, beyond)
    assert (said["MucDichTruoc"], said["MucDich"]) == ("CLN", "ODT")
    assert said["BangGia"]["GiaTheoBangGia"] == plot.house_price
    assert said["BangGia"]["GiaTruocChuyen"] == plot.uses[1].price


def test_the_form_of_2024_has_district_position_and_price_and_the_new_one_has_not() -> None:
    (old,), (new,) = slip(transfer(HOME), HOME, date(2025, 6, 30))["ThuaDat"], slip(transfer(HOME), HOME)["ThuaDat"]
    only_old, only_new = {"HuyenId", "TenHuyen", "ViTri", "GiaDat"}, {"Gia", "HinhThucSuDung", "GiayToQSDD"}
    assert (old.keys() - new.keys(), new.keys() - old.keys()) == (only_old, only_new)
    assert (old["HuyenId"], old["TenXa"]) == ("178", HOME.commune(date(2025, 6, 30)).name)


def test_the_taxpayers_of_a_slip_are_both_sides_with_their_shares() -> None:
    shared = next(each for each in land() if each.holders[0].share == Fraction(2, 3))
    said = slip(transfer(shared), shared)["NguoiSuDungDat"]
    assert [(each["VaiTro"], each["TyLe"]) for each in said] == [("BEN_CHUYEN", "2/3"), ("BEN_CHUYEN", "1/3"), ("BEN_NHAN", "1/1")]


def test_the_land_users_of_a_change_of_purpose_are_its_only_taxpayers() -> None:
    assert [each["VaiTro"] for each in slip(change_of_purpose(GARDEN, 30), GARDEN)["NguoiSuDungDat"]] == ["BEN_NHAN"]


def test_the_table_price_of_several_uses_is_their_mean_by_area() -> None:
    uses = (register.Use("ODT", Decimal(100), 1_000_000), register.Use("CLN", Decimal(300), 50_000))
    one = registered(GARDEN)
    assert replace(one, land=replace(one.land, uses=uses)).table_price == 287_500  # (100 x 1,000,000 + 300 x 50,000) / 400


def test_a_garden_that_is_changed_whole_leaves_house_land_only() -> None:
    one = registered(GARDEN)
    house, plants = one.land.uses
    changed = register.changed_use(one, "CLN", "ODT", plants.area)
    assert [(each.code, each.area) for each in changed.land.uses] == [("ODT", house.area + plants.area)]


def test_two_revisions_are_compared_without_number_revision_and_day() -> None:
    first = slip(transfer(HOME), HOME)
    assert slips.says_the_same(first, slip(transfer(HOME), HOME, revision=2))
    assert not slips.says_the_same(first, slips.edited(first, {"ThuaDat": [{"DienTich": {"Thua": 1}}]}))


def test_every_term_has_its_fact() -> None:
    assert any("8 working days" in fact.value for fact in deadlines.FACTS)
