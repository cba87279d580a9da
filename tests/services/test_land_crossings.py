"""What may cross on the land office's side, what officers decide, and calls that come twice or are wrong."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from services.kit import AgencySettings
from tests.services.land_office import DOSSIER, SEED, Office, alone, in_city, land_office, paper, parcel, said, transfer
from tests.services.serving import at_rest

HOME = parcel(lambda each: alone(each) and in_city(each))
SELLER = transfer(HOME)["BenChuyen"][0]["ChuSuDung"]["SoDinhDanh"]


@pytest.fixture
def office(settings: Callable[..., AgencySettings]) -> Iterator[Office]:
    with land_office(settings("land", seed=SEED)) as running:
        yield running


def test_a_granted_withdrawal_takes_the_slip_back_and_ends_the_dossier(office: Office) -> None:
    office.take_in(transfer(HOME))
    office.withdraw()
    assert office.told("HUY_PHIEU")[0]["SoPhieu"] == office.slip()["SoPhieu"]
    assert (office.statuses(), office.told()[-1]["KetThuc"]) == ([2, 4, 6, 8], True)


def test_a_withdrawal_before_any_slip_cancels_none(office: Office) -> None:
    office.manual("slip")
    office.take_in(transfer(HOME))
    office.withdraw()
    assert (office.status(), office.told("HUY_PHIEU")) == (8, [])


def test_a_notice_that_crosses_a_granted_withdrawal_is_noted_and_changes_nothing(office: Office) -> None:
    office.take_in(transfer(HOME))
    office.withdraw()
    assert office.notice().json()["data"] == 1
    assert (office.status(), len(office.dossier()["ThongBaoThue"])) == (8, 1)


@pytest.mark.parametrize("word", ["complete", "nothing_due"])
def test_the_register_does_not_change_when_completion_crosses_a_granted_withdrawal(office: Office, word: str) -> None:
    office.take_in(transfer(HOME))
    office.withdraw()
    assert getattr(office, word)().status_code == 200
    assert (office.status(), office.holders(HOME), office.told("BIEN_DONG")) == (8, [SELLER], [])


def test_a_returned_slip_that_crosses_its_cancellation_stays_cancelled(office: Office) -> None:
    office.take_in(transfer(HOME))
    office.withdraw()
    office.send_back()
    assert (office.status(), len(office.told("PHIEU_CHUYEN"))) == (8, 1)


def test_completion_of_an_old_revision_does_not_change_the_register(office: Office) -> None:
    office.take_in(transfer(HOME, ThongTinThuaDat=[{**said(HOME), "DienTich": 5}]))
    office.send_back()
    office.complete(LanLap=1)
    assert (office.status(), office.told("BIEN_DONG")) == (6, [])
    office.complete()
    assert office.status() == 9


def test_completion_of_a_slip_that_was_never_sent_is_refused(office: Office) -> None:
    office.take_in(transfer(HOME))
    for wrong in ({"SoPhieu": "99/PCTT"}, {"LanLap": 2}):
        assert office.complete(**wrong).status_code == 409


def test_what_tax_says_while_a_withdrawal_is_weighed_takes_effect_when_it_is_denied(office: Office) -> None:
    office.manual("withdrawal")
    office.take_in(transfer(HOME))
    office.withdraw()
    office.complete()
    assert (office.status(), office.holders(HOME)) == (7, [SELLER])
    office.decide("khong-dong-y-rut", LyDo="đã nộp đủ")
    assert office.statuses() == [2, 4, 6, 6, 4, 9]


def test_a_slip_returned_while_a_withdrawal_is_weighed_is_corrected_when_it_is_denied(office: Office) -> None:
    office.manual("withdrawal")
    office.take_in(transfer(HOME, ThongTinThuaDat=[{**said(HOME), "DienTich": 5}]))
    office.withdraw()
    office.send_back()
    office.decide("khong-dong-y-rut", LyDo="không có lý do")
    assert (office.status(), office.slip()["LanLap"]) == (6, 2)


def test_a_withdrawal_that_comes_after_the_register_changed_is_answered_with_the_status(office: Office) -> None:
    office.take_in(transfer(HOME))
    office.complete()
    office.withdraw()
    assert (office.statuses()[-1], "không thể rút" in office.told()[-1]["NoiDungXuLy"]) == (9, True)


def test_a_supplement_after_the_refusal_by_deadline_is_answered_with_the_status(office: Office) -> None:
    office.client.put("/_lgsp/policy", json={"supplement-deadline": {"workingDays": 3}})
    office.take_in(transfer(HOME, DanhSachGiayToDinhKem=[]))
    office.at("2025-08-11T09:00:00+07:00")
    at_rest(office.client)
    office.supplement(DanhSachGiayToDinhKem=[paper("certificate"), paper("contract")])
    assert office.statuses() == [5, 8, 8]
    assert office.told()[-1]["KetThuc"] is True


def test_a_supplement_before_the_deadline_stops_it(office: Office) -> None:
    office.client.put("/_lgsp/policy", json={"supplement-deadline": {"workingDays": 3}})
    office.take_in(transfer(HOME, DanhSachGiayToDinhKem=[]))
    office.supplement(DanhSachGiayToDinhKem=[paper("certificate"), paper("contract")])
    office.at("2025-08-11T09:00:00+07:00")
    at_rest(office.client)
    assert office.status() == 6


def test_a_notice_is_kept_with_the_reason_when_tax_cancels_it(office: Office) -> None:
    number = "LTB0000001-TK0000001/TB-CCT"
    office.take_in(transfer(HOME))
    office.notice(number)
    office.post("/HuyThongBaoThue", {"SoBienNhan": DOSSIER, "SoThongBaoThue": number, "LyDo": "sai", "NgayHuy": "05/08/2025 09:00:00"})
    (notice,) = office.dossier()["ThongBaoThue"]
    assert (notice["SoThongBaoThue"], notice["LyDoHuy"]) == (number, "sai")


@pytest.mark.parametrize("word", ["notice", "withdraw", "supplement"])
def test_a_dossier_that_is_not_here_yet_is_answered_404(office: Office, word: str) -> None:
    assert getattr(office, word)().status_code == 404


def test_a_call_repeated_has_one_effect_and_the_same_answer(office: Office) -> None:
    first = office.post("/TiepNhanHoSo", transfer(HOME), id="m1")
    again = office.post("/TiepNhanHoSo", transfer(HOME), id="m1")
    assert (first.content, again.headers["Idempotency-Replayed"]) == (again.content, "true")
    assert office.statuses() == [2, 4, 6]
    other = office.post("/TiepNhanHoSo", transfer(HOME), id="m2")
    assert (other.status_code, "đã tồn tại" in other.json()["detail"]) == (409, True)


BY_HAND = ("check", "slip", "correct", "withdrawal", "update")


def test_an_officer_can_do_by_hand_what_the_policy_would_do(office: Office) -> None:
    office.manual(*BY_HAND)
    office.take_in(transfer(HOME))
    assert office.decide("tiep-nhan").json()["TrangThai"] == 4
    assert office.decide("chuyen-thue").json()["TrangThai"] == 6
    office.send_back()
    assert office.decide("sua-phieu", Phieu={"ThuaDat": [{"DienTich": {"Thua": 77.5}}]}).json()["TrangThai"] == 6
    assert (office.slip()["LanLap"], office.slip()["ThuaDat"][0]["DienTich"]["Thua"]) == (2, 77.5)
    office.complete()
    assert office.decide("cap-nhat").json()["TrangThai"] == 9


def test_an_officer_may_pause_and_go_on_and_the_slip_is_still_with_tax(office: Office) -> None:
    office.take_in(transfer(HOME))
    office.decide("dung", LyDo="chờ xác minh")
    office.complete()
    assert office.status() == 8
    office.decide("tiep-tuc")
    assert office.status() == 9


def test_time_with_tax_moves_the_due_date_that_is_told(office: Office) -> None:
    office.take_in(transfer(HOME))
    assert office.told("TRANG_THAI")[-1]["NgayHenTra"] == "14/08/2025 17:00:00"
    office.manual("update")
    office.at("2025-08-06T09:00:00+07:00")
    office.complete()
    assert office.told("TRANG_THAI")[-1]["NgayHenTra"] == "18/08/2025 17:00:00"


def test_an_officer_may_refuse_after_acceptance_and_takes_the_slip_back(office: Office) -> None:
    office.take_in(transfer(HOME))
    office.decide("tu-choi", LyDo="có tranh chấp")
    assert (office.statuses()[-1], len(office.told("HUY_PHIEU"))) == (8, 1)


@pytest.mark.parametrize(
    ("action", "states"),
    [
        ("tiep-nhan", ("6", "2")),
        ("yeu-cau-bo-sung", ("6", "5")),
        ("chuyen-thue", ("6", "6")),
        ("sua-phieu", ("6", "6")),
        ("dong-y-rut", ("6", "8")),
        ("khong-dong-y-rut", ("6", "4")),
        ("cap-nhat", ("6", "9")),
        ("tiep-tuc", ("6", "4")),
    ],
)
def test_a_decision_out_of_place_is_a_conflict_that_names_both_states(office: Office, action: str, states: tuple[str, str]) -> None:
    office.take_in(transfer(HOME))
    answer = office.decide(action, LyDo="thử", ThieuGi=["đơn"])
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert f"từ trạng thái {states[0]} (" in answer.json()["detail"]
    assert f"sang trạng thái {states[1]} (" in answer.json()["detail"]


def test_a_decision_on_what_is_final_says_so(office: Office) -> None:
    office.take_in(transfer(HOME))
    office.withdraw()
    answer = office.decide("tiep-tuc")
    assert (answer.status_code, "đã kết thúc" in answer.json()["detail"]) == (409, True)


def test_a_refusal_without_a_reason_and_a_request_for_nothing_are_invalid(office: Office) -> None:
    office.manual("check")
    office.take_in(transfer(HOME))
    assert office.decide("tu-choi").json()["errors"][0]["pointer"] == "/LyDo"
    assert office.decide("yeu-cau-bo-sung").json()["errors"][0]["pointer"] == "/ThieuGi"
    assert office.status() == 1


def test_an_edit_that_breaks_the_form_is_refused_with_the_place(office: Office) -> None:
    office.manual("slip")
    office.take_in(transfer(HOME))
    answer = office.decide("chuyen-thue", Phieu={"ThuaDat": [{"DienTich": {"Thua": -1}, "La": 1}]})
    assert answer.status_code == 422
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/Phieu/ThuaDat/0/DienTich/Thua", "/Phieu/ThuaDat/0/La"}
    assert office.status() == 4


def test_acceptance_by_hand_of_a_dossier_with_faults_is_refused_with_all_of_them(office: Office) -> None:
    office.manual("check")
    office.take_in(transfer(HOME, DanhSachGiayToDinhKem=[], BenNhan=transfer(HOME)["BenChuyen"]))
    answer = office.decide("tiep-nhan")
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 3)


def wrong() -> dict[str, Any]:
    """A dossier with twenty faults."""
    body = transfer(HOME)
    body |= {"SoBienNhan": "x", "LoaiThuTuc": "MUA", "MaQuyTrinh": "1", "KenhThucHien": 4, "NgayTiepNhan": "2025-08-04", "La": 1}
    body["ThongTinNguoiNopDon"] = body["ThongTinNguoiNopDon"] | {"SoDinhDanh": "1", "SoDienThoai": "84", "Email": "x", "GioiTinh": "?"}
    body["BenNhan"] = []
    body["ThongTinThuaDat"] = [{"XaId": "1", "SoHieuBanDo": 0, "SoThuTuThua": "a", "DienTich": 0, "SoPhatHanhGCN": "x"}]
    body["DanhSachGiayToDinhKem"] = [paper("certificate") | {"MaBam": "x", "KichThuoc": -1}]
    body["ToKhai"] = {"HopDong": {"SoHopDong": "", "NgayKy": "31/02/2025"}}
    del body["BenChuyen"]
    return body


def test_twenty_faults_in_a_dossier_are_told_at_once_in_vietnamese_and_nothing_is_kept(office: Office) -> None:
    answer = office.post("/TiepNhanHoSo", wrong())
    problem = answer.json()
    pointers = [each["pointer"] for each in problem["errors"]]
    assert (answer.status_code, len(pointers), len(set(pointers))) == (422, 20, 20)
    assert {"/ThongTinThuaDat/0/XaId", "/ToKhai/HopDong/NgayKy", "/La", "/DanhSachGiayToDinhKem/0/MaBam"} <= set(pointers)
    assert not any(word in str(problem) for word in ("should", "must", "Input", "field required"))
    assert office.client.get("/ho-so").json() == []


def test_searches_by_every_condition_answer_only_what_fits(office: Office) -> None:
    def total(**query: Any) -> int:
        return int(office.client.get("/thua-dat", params=query).raise_for_status().json()["TongSo"])

    everything = total()
    assert total(**{"co-han-che": True}) + total(**{"co-han-che": False}) == everything
    assert total(**{"loai-chu": "to-chuc"}) == 10
    assert total(chu=SELLER, **{"so-chu": 1}) >= 1
    assert total(**{"muc-dich": ["ODT", "CLN"]}) < total(**{"muc-dich": "ODT"})
    assert total(xa=HOME.place.old_commune) > 0
    office.take_in(transfer(HOME))
    assert total(**{"dang-co-ho-so": True}) == 1
    assert office.client.get("/thua-dat", params={"so-chu": 0, "la": 1}).status_code == 422
    assert office.client.get("/thua-dat/00001/1/1").status_code == 404


def test_a_release_keeps_the_mortgage_in_the_history(office: Office) -> None:
    number = office.mortgage(HOME)
    path = f"/thua-dat/{said(HOME)['XaId']}/{HOME.map_sheet}/{HOME.number}/han-che/{number}"
    shown = office.client.delete(path).json()
    assert (shown["HanChe"], shown["LichSuHanChe"][0]["DenNgay"]) == ([], "04/08/2025")
    assert office.client.delete(path).status_code == 404


def test_two_runs_of_the_same_dossiers_in_another_order_have_the_same_canonical_form(settings: Callable[..., AgencySettings]) -> None:
    other = parcel(lambda each: alone(each) and in_city(each) and each is not HOME)
    first, second = transfer(HOME), transfer(other, code="H37.10-250804-0002")
    forms = []
    for name, order, day in (("one", (first, second), "04"), ("two", (second, first), "04")):
        with land_office(settings("land", name=name, seed=SEED), at=f"2025-08-{day}T08:00:00+07:00") as office:
            for body in order:
                office.take_in(body)
                office.complete()
            forms.append({**office.client.get("/_lgsp/canonical").json(), "part": "land"})  # on a server each has a schema of its own
    assert forms[0] == forms[1]
