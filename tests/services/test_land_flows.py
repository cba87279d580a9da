"""A dossier's way through the land office, over HTTP: straight, returned, supplemented, withdrawn, crossed."""

from collections.abc import Callable, Iterator

import pytest

from services.kit import AgencySettings
from tests.services.land_office import (
    DOSSIER,
    SEED,
    Office,
    alone,
    buyer,
    change_of_purpose,
    garden,
    in_city,
    land,
    land_office,
    paper,
    parcel,
    said,
    transfer,
)
from vn.parcels import Parcel
from vn.people import Organisation

HOME = parcel(lambda each: alone(each) and in_city(each))
SHARED = [each for each in land() if each.holders[0].share.denominator == 3]
SHARED = [each for each in SHARED if each.holders == SHARED[0].holders]


@pytest.fixture
def office(settings: Callable[..., AgencySettings]) -> Iterator[Office]:
    with land_office(settings("land", seed=SEED)) as running:
        yield running


def test_a_transfer_goes_from_one_to_nine_and_the_register_names_the_buyer(office: Office) -> None:
    office.take_in(transfer(HOME))
    assert office.statuses() == [2, 4, 6]
    assert office.complete().json()["status"]["success"] is True
    assert office.statuses() == [2, 4, 6, 4, 9]
    assert office.holders(HOME) == [buyer(HOME).personal_id]


def test_the_change_is_told_with_holders_certificate_and_what_it_rests_on(office: Office) -> None:
    office.take_in(transfer(HOME))
    office.complete()
    (change,) = office.told("BIEN_DONG")
    assert change["CanCu"] == {"Loai": "HOAN_THANH", "SoPhieu": "1/PCTT", "LanLap": 1}
    (changed,) = change["ThuaDat"]
    assert changed["NguoiSuDung"] == transfer(HOME)["BenNhan"]
    assert changed["GiayChungNhan"] == {
        "SoPhatHanh": changed["GiayChungNhan"]["SoPhatHanh"],
        "SoVaoSo": "CS01001",
        "NgayCap": "04/08/2025",
        "ThayThe": HOME.certificate,
    }


def test_the_history_keeps_who_held_the_parcel_and_the_certificate_that_no_longer_stands(office: Office) -> None:
    office.take_in(transfer(HOME))
    office.complete()
    shown = office.parcel(HOME)
    assert [(each["ChuSuDung"]["SoDinhDanh"], each["DenNgay"]) for each in shown["LichSuNguoiSuDung"]] == [
        (HOME.holders[0].party.personal_id, "04/08/2025"),  # type: ignore[union-attr]
        (buyer(HOME).personal_id, None),
    ]
    assert [(each["SoPhatHanh"] == HOME.certificate, each["HetHieuLucTu"]) for each in shown["LichSuGiayChungNhan"]] == [
        (True, "04/08/2025"),
        (False, None),
    ]


def test_two_sellers_hand_over_two_parcels_in_one_dossier(office: Office) -> None:
    office.take_in(transfer(*SHARED))
    office.complete()
    assert office.status() == 9
    assert {tuple(office.holders(each)) for each in SHARED} == {(buyer(*SHARED).personal_id,)}


def test_no_obligation_lets_the_register_change_as_completion_does(office: Office) -> None:
    office.take_in(transfer(HOME, LoaiThuTuc="TANG_CHO"))
    office.nothing_due()
    assert office.status() == 9
    assert office.told("BIEN_DONG")[0]["CanCu"]["Loai"] == "KHONG_PHAT_SINH"


def test_a_change_of_purpose_moves_area_from_garden_to_house_land_and_keeps_the_certificate(office: Office) -> None:
    plot = parcel(garden)
    office.take_in(change_of_purpose(plot, 30))
    office.complete()
    uses = {each["MucDich"]: each["DienTich"] for each in office.parcel(plot)["MucDichSuDung"]}
    assert uses == {plot.uses[0].code: float(plot.uses[0].area + 30), "CLN": float(plot.uses[1].area - 30)}
    assert office.told("BIEN_DONG")[0]["ThuaDat"][0]["GiayChungNhan"]["SoPhatHanh"] == plot.certificate


@pytest.mark.parametrize(
    ("plot", "reason"),
    [
        (parcel(lambda each: bool(each.mortgage)), "thế chấp"),
        (parcel(lambda each: bool(each.dispute)), "tranh chấp"),
    ],
)
def test_a_restricted_parcel_is_refused_before_acceptance(office: Office, plot: Parcel, reason: str) -> None:
    office.take_in(transfer(plot))
    (told,) = office.told()
    assert (told["TrangThai"], told["KetThuc"]) == (3, True)
    assert any(reason in each["LyDo"] for each in told["DanhSachLoi"])


def test_an_organisation_may_sell_its_land(office: Office) -> None:
    office.take_in(transfer(parcel(lambda each: isinstance(each.holders[0].party, Organisation))))
    assert office.status() == 6


def test_missing_papers_are_asked_for_and_a_supplement_leads_to_acceptance(office: Office) -> None:
    office.take_in(transfer(HOME, DanhSachGiayToDinhKem=[]))
    assert [each["LyDo"] for each in office.told()[0]["DanhSachLoi"]] == ["thiếu giấy chứng nhận (GCN)", "thiếu hợp đồng chuyển nhượng"]
    office.supplement(DanhSachGiayToDinhKem=[paper("certificate"), paper("contract")])
    assert office.statuses() == [5, 2, 4, 6]


def test_a_supplement_that_does_not_help_is_asked_for_again(office: Office) -> None:
    office.take_in(transfer(HOME, DanhSachGiayToDinhKem=[]))
    office.supplement(DanhSachGiayToDinhKem=[paper("certificate")])
    assert office.statuses() == [5, 5]
    assert len(office.told()[1]["DanhSachLoi"]) == 1


def test_the_first_slip_says_what_the_dossier_typed_and_the_next_what_the_register_holds(office: Office) -> None:
    wrong = {**said(HOME), "DienTich": 1.5, "XaId": HOME.place.old_commune}
    values = [{"XaId": HOME.place.old_commune, "SoHieuBanDo": HOME.map_sheet, "SoThuTuThua": HOME.number, "GiaTri": 5}]
    body = transfer(HOME, ThongTinThuaDat=[wrong])
    body["ToKhai"]["GiaTriThuaDat"] = values
    office.take_in(body)
    first = office.slip()
    assert (first["ThuaDat"][0]["XaId"], first["ThuaDat"][0]["DienTich"]["Thua"]) == (HOME.place.old_commune, 1.5)
    office.send_back()
    second = office.slip()
    assert (second["SoPhieu"], second["LanLap"]) == (first["SoPhieu"], 2)
    assert (second["ThuaDat"][0]["XaId"], second["ThuaDat"][0]["DienTich"]["Thua"]) == (said(HOME)["XaId"], float(HOME.area))
    assert second["ToKhai"]["GiaTriThuaDat"][0]["XaId"] == said(HOME)["XaId"]
    assert office.statuses() == [2, 4, 6, 4, 6]


def test_what_the_register_cannot_mend_is_asked_of_the_citizen_and_then_sent_again(office: Office) -> None:
    office.take_in(transfer(HOME, GhiNo={"LePhiTruocBa": True}))
    office.send_back(("/GhiNo/LePhiTruocBa", "ghi nợ không được mô phỏng"))
    assert office.statuses() == [2, 4, 6, 4, 5]
    assert office.told()[-1]["DanhSachLoi"] == [{"Truong": "/GhiNo/LePhiTruocBa", "LyDo": "ghi nợ không được mô phỏng"}]
    office.supplement(GhiNo={"LePhiTruocBa": False})
    assert office.statuses() == [2, 4, 6, 4, 5, 4, 6]
    assert (office.slip()["LanLap"], office.slip()["GhiNo"]["LePhiTruocBa"]) == (2, False)


def test_a_mortgage_set_down_after_acceptance_ends_the_dossier_and_nothing_goes_to_tax(office: Office) -> None:
    office.manual("slip")
    office.take_in(transfer(HOME))
    office.mortgage(HOME)
    office.decide("chuyen-thue")
    assert (office.status(), office.dossier()["KetThuc"]) == (8, True)
    assert office.told("PHIEU_CHUYEN") == []


def test_a_mortgage_set_down_while_tax_assesses_pauses_before_the_register_changes(office: Office) -> None:
    office.take_in(transfer(HOME))
    mortgage = office.mortgage(HOME)
    office.complete()
    assert (office.status(), office.dossier()["KetThuc"]) == (8, False)
    path = f"/thua-dat/{said(HOME)['XaId']}/{HOME.map_sheet}/{HOME.number}/han-che/{mortgage}"
    assert office.client.delete(path).status_code == 200
    office.decide("tiep-tuc")
    assert office.status() == 9


def test_a_parcel_in_work_is_shown_as_taken_and_refused_to_a_second_dossier(office: Office) -> None:
    other = "H37.10-250804-0002"
    office.take_in(transfer(HOME))
    assert office.parcel(HOME)["DangCoHoSo"] == [DOSSIER]
    office.take_in(transfer(HOME, code=other))
    assert (office.status(other), office.status()) == (3, 6)
    office.complete()
    assert office.parcel(HOME)["DangCoHoSo"] == []
