"""Entering a parcel into the cadastral register, and into the land-tax book."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from services.kit import AgencySettings
from tests.services.land_office import SEED, Office, buyer, holder, land_office, parcel, transfer
from tests.services.tax_messages import tax_office
from vn.parcels import Parcel
from vn.units import successor

HOME: Parcel = parcel(lambda each: len(each.holders) == 1)
NEW = {
    "XaId": "06184",
    "SoHieuBanDo": 900,
    "SoThuTuThua": 7,
    "DiaChiChiTiet": "Số 12 đường Trần Phú",
    "MucDichSuDung": [{"MucDich": "ODT", "DienTich": 120.5, "GiaTheoBangGia": 4_500_000}],
    "GiaDatO": 4_500_000,
    "ThoiDiemSuDung": "01/01/2010",
    "GiayChungNhan": {"SoPhatHanh": "CG 123456", "SoVaoSo": "CS90001", "NgayCap": "02/03/2015"},
    "NguoiSuDung": [holder(buyer(HOME))],
}
BOOKED = {"MaXa": "06184", "MaXaCu": "06184", "SoTo": 900, "SoThua": 7, "DienTich": 120.5, "MucDich": "ODT", "SoGCN": "CG 123456"}


@pytest.fixture
def office(settings: Callable[..., AgencySettings]) -> Iterator[Office]:
    with land_office(settings("land", seed=SEED)) as running:
        yield running


def faults(office: Office, **changes: Any) -> list[str]:
    answer = office.post("/thua-dat", NEW | changes)
    assert answer.status_code == 422, answer.text
    return [each["pointer"] for each in answer.json()["errors"]]


def test_a_parcel_that_was_entered_is_found_under_either_division_with_what_the_commune_adds(office: Office) -> None:
    answer = office.post("/thua-dat", NEW)
    assert answer.status_code == 201, answer.text
    shown = office.client.get("/thua-dat/06184/900/7").json()
    assert shown == answer.json()
    assert (shown["DienTich"], shown["HanMuc"], shown["NguonGoc"], shown["ThoiHanDen"]) == (120.5, 200, 1, None)
    assert [each["TenXa"] for each in shown["DonViHanhChinh"]] == ["Thị trấn Đồng Đăng", "Xã Đồng Đăng"]
    assert [each["ChuSuDung"]["SoDinhDanh"] for each in shown["LichSuNguoiSuDung"]] == [buyer(HOME).personal_id]
    listed = office.client.get("/thua-dat", params={"xa": "06184", "chu": buyer(HOME).personal_id}).json()["DanhSach"]
    assert 900 in [each["SoHieuBanDo"] for each in listed]


def test_a_parcel_that_is_there_is_refused_with_409_and_a_repeated_call_gets_its_first_answer(office: Office) -> None:
    first = office.post("/thua-dat", NEW, id="the-same")
    again = office.post("/thua-dat", NEW, id="the-same")
    assert (again.status_code, again.json()) == (201, first.json())
    assert office.post("/thua-dat", NEW).status_code == 409
    code, sheet, number = HOME.key(date(2025, 6, 2))
    office.at("2025-06-02T08:00:00+07:00")
    there = office.post("/thua-dat", NEW | {"XaId": code, "SoHieuBanDo": sheet, "SoThuTuThua": number})
    assert there.status_code == 409, there.text


def test_every_fault_of_a_parcel_is_told_at_once(office: Office) -> None:
    use = NEW["MucDichSuDung"][0]  # type: ignore[index]
    assert faults(
        office,
        XaId="99999",
        MucDichSuDung=[use, use, {**use, "MucDich": "OTD"}],
        NguonGoc=16,
        ThoiHanDen="01/01/2010",
        ThoiDiemSuDung="01/01/2016",
        GiayChungNhan={"SoPhatHanh": HOME.certificate, "SoVaoSo": "CS90001", "NgayCap": "02/03/2015"},
        NguoiSuDung=[NEW["NguoiSuDung"][0], {**NEW["NguoiSuDung"][0], "TyLe": "1/3"}],  # type: ignore[index]
    ) == [
        "/XaId",
        "/MucDichSuDung/0/MucDich",
        "/MucDichSuDung/1/MucDich",
        "/MucDichSuDung/2/MucDich",
        "/NguonGocChiTiet",
        "/ThoiHanDen",
        "/GiayChungNhan/SoPhatHanh",
        "/ThoiDiemSuDung",
        "/NguoiSuDung",
        "/NguoiSuDung",
    ]
    assert faults(office, SoHieuBanDo=0, GiaDatO="năm", MucDichSuDung=[]) == ["/SoHieuBanDo", "/MucDichSuDung", "/GiaDatO"]


def test_a_commune_is_one_of_the_day_and_the_old_one_may_be_told_where_it_was_several(office: Office) -> None:
    """05980 is one of those that became 05977."""
    gone = office.post("/thua-dat", NEW | {"XaId": "05980"}).json()["errors"]
    now = successor("05980")
    assert now is not None
    assert [each["detail"].partition("; ")[2] for each in gone] == [f"nay là {now.code} {now.name}"]
    assert faults(office, XaIdCu="05980") == ["/XaIdCu"]
    divisions = office.post("/thua-dat", NEW | {"XaId": "05977", "XaIdCu": "05980"}).json()["DonViHanhChinh"]
    assert [each["XaId"] for each in divisions] == ["05980", "05977"]


def test_before_july_2025_the_commune_is_told_by_its_code_of_then(office: Office) -> None:
    office.at("2025-06-02T08:00:00+07:00")
    assert faults(office, XaIdCu="06184") == ["/XaIdCu"]
    divisions = office.post("/thua-dat", NEW | {"XaId": "05980"}).json()["DonViHanhChinh"]
    assert [each["XaId"] for each in divisions] == ["05980", "05977"]


def test_a_dossier_about_it_is_accepted_and_its_slip_is_complete(office: Office) -> None:
    entered = office.post("/thua-dat", NEW).json()
    key = {name: entered[name] for name in ("XaId", "SoHieuBanDo", "SoThuTuThua")}
    body = transfer(HOME, to=HOME.holders[0].party) | {  # type: ignore[arg-type]
        "BenChuyen": NEW["NguoiSuDung"],
        "ThongTinThuaDat": [{**key, "DienTich": 120.5, "SoPhatHanhGCN": "CG 123456"}],
    }
    body["ToKhai"] = {**body["ToKhai"], "GiaTriThuaDat": [{**key, "GiaTri": 900_000_000}]}
    office.take_in(body)
    assert office.status() == 6
    assert office.slip()["ThuaDat"][0]["NguonGocChiTiet"] == "Công nhận quyền sử dụng đất"


def test_the_land_tax_book_takes_a_parcel_once_and_only_with_codes_that_fit(settings: Callable[..., AgencySettings]) -> None:
    with tax_office(settings) as tax:
        answer = tax.client.post("/so-thue-dat", json=BOOKED)
        assert (answer.status_code, answer.json()) == (201, BOOKED | {"DienTich": "120.5"})
        assert tax.client.post("/so-thue-dat", json=BOOKED).status_code == 409
        assert tax.client.post("/so-thue-dat", json=BOOKED | {"SoThua": 9, "DienTich": "1E+2"}).json()["DienTich"] == "100"
        assert tax.client.post("/so-thue-dat", json=BOOKED | {"SoThua": 8, "MaXa": "05977"}).status_code == 422
        wrong = tax.client.post("/so-thue-dat", json=BOOKED | {"SoTo": 0, "MucDich": "x", "DienTich": -1})
        assert [each["pointer"] for each in wrong.json()["errors"]] == ["/SoTo", "/DienTich", "/MucDich"]


def test_two_registers_into_which_the_same_was_entered_have_equal_canonical_forms(settings: Callable[..., AgencySettings]) -> None:
    forms = []
    for name in ("one", "two"):
        with land_office(settings("land", name=name, seed=SEED)) as office:
            office.post("/thua-dat", NEW)
            forms.append(office.client.get("/_lgsp/canonical").json())
    assert forms[0] == forms[1]
    assert "06184/900/7" in str(forms[0])
