"""What the tax authority finds wrong with a slip: each fault at its element, all of them at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.tax.slip import FormOfSlip, ParcelKey, Procedure, Slip
from services.tax.slip_checks import Booked, Known, faults_of, form_of
from tests.services.tax_slips import buyers, change, claim, known, parcel, person, sellers, slip
from vn.units import commune, successor

LAND = parcel()
GOOD = slip(LAND, values=[1_000_000_000])
OTHER = ParcelKey("06187", 9, 9)


def at(wrong: Slip) -> dict[str, str]:
    """Faults by element; the book holds the one parcel that is right."""
    return {fault.pointer.removeprefix("/PHIEU_CHUYEN"): fault.reason for fault in faults_of(wrong, known(LAND))}


def with_land(**changes: object) -> Slip:
    return replace(GOOD, parcels=(replace(LAND, **changes),))


def with_areas(**changes: object) -> Slip:
    return with_land(areas=replace(LAND.areas, **changes))


def declaring(**changes: object) -> Slip:
    return replace(GOOD, declarations=replace(GOOD.declarations, **changes))


LARGER = with_areas(parcel=Decimal(101), private=Decimal(101), free_of_fee=Decimal(101))


def test_a_right_slip_has_no_fault() -> None:
    assert at(GOOD) == {}


@pytest.mark.parametrize(
    ("wrong", "place", "reason"),
    [
        (replace(GOOD, form="12/DK"), "/MAU_SO", "Mẫu số 19, không phải Mẫu số 12/ĐK"),
        (replace(GOOD, issued_on=date(2024, 7, 31)), "/NGAY_LAP", "trước ngày 01/08/2024"),
        (replace(GOOD, tax_office="20905"), "/MA_CQ_THUE", "20901 Thuế cơ sở 1"),
        (replace(GOOD, deferral_asked=True), "/GHI_NO", "ghi nợ"),
        (replace(GOOD, taxpayers=(*sellers("1/2"), *buyers("1/1"))), "/DS_NGUOI_NOP_THUE", "tổng phần quyền của bên chuyển là 1/2"),
        (replace(GOOD, taxpayers=(*sellers("1/1"), *buyers("2/3", "2/3"))), "/DS_NGUOI_NOP_THUE", "bên nhận là 4/3"),
        (replace(GOOD, taxpayers=sellers("1/1")), "/DS_NGUOI_NOP_THUE", "thiếu bên nhận"),
        (replace(GOOD, taxpayers=buyers("1/1")), "/DS_NGUOI_NOP_THUE", "thiếu bên chuyển"),
        (
            replace(GOOD, taxpayers=(*sellers("1/1"), person("transferee", "S1", "1/1"))),
            "/DS_NGUOI_NOP_THUE/NGUOI_NOP_THUE[2]/VAI_TRO",
            "vừa là bên chuyển vừa là bên nhận",
        ),
        (
            replace(GOOD, taxpayers=(*sellers("1/1"), person("transferee", "B1", "1/2"), person("transferee", "B1", "1/2"))),
            "/DS_NGUOI_NOP_THUE/NGUOI_NOP_THUE[3]",
            "được ghi 2 lần",
        ),
        (
            with_areas(parcel=Decimal(101), private=Decimal(101), free_of_fee=Decimal(101)),
            "/DS_THUA_DAT/THUA_DAT[1]/DIEN_TICH/DT_THUA",
            "100 m²",
        ),
        (with_areas(private=Decimal(99)), "/DS_THUA_DAT/THUA_DAT[1]/DIEN_TICH/DT_RIENG", "khác diện tích thửa"),
        (with_areas(subject_to_fee=Decimal(1)), "/DS_THUA_DAT/THUA_DAT[1]/DIEN_TICH/DT_PHAI_NOP", "khác diện tích thửa"),
        (with_areas(beyond_quota=Decimal(1)), "/DS_THUA_DAT/THUA_DAT[1]/DIEN_TICH/DT_TRONG_HAN_MUC", "lớn hơn"),
        (with_areas(changed=Decimal(101)), "/DS_THUA_DAT/THUA_DAT[1]/DIEN_TICH/DT_CHUYEN_MDSD", "lớn hơn"),
        (with_land(certificate="BK 999999"), "/DS_THUA_DAT/THUA_DAT[1]/MA_GCN", "CM 000001"),
        (with_land(key=ParcelKey("05971", 1, 1)), "/DS_THUA_DAT/THUA_DAT[1]/MA_DBHC", "không còn dùng từ ngày 01/07/2025; nay là"),
        (with_land(key=ParcelKey("99999", 1, 1)), "/DS_THUA_DAT/THUA_DAT[1]/MA_DBHC", "không có mã xã 99999"),
        (with_land(key=OTHER), "/DS_THUA_DAT/THUA_DAT[1]/SO_THUADAT", "sổ thuế đất không có"),
        (replace(GOOD, parcels=(LAND, LAND)), "/DS_THUA_DAT/THUA_DAT[2]/SO_THUADAT", "được ghi 2 lần"),
        (with_land(table_price=10**15), "/DS_THUA_DAT", "vượt quá 1.000.000.000.000.000 đ"),
        (declaring(contract_signed_on=None), "/TO_KHAI/HOP_DONG", "thiếu hợp đồng"),
        (declaring(purpose_change=change("60", 2, 1).declarations.purpose_change), "/TO_KHAI/CHUYEN_MDSD", "chỉ kèm thủ tục"),
        (declaring(values=()), "/TO_KHAI/DS_GIA_TRI", "thiếu giá trị"),
        (declaring(values=((LAND.key, 1), (OTHER, 1))), "/TO_KHAI/DS_GIA_TRI/GIA_TRI[2]", "không có trong phiếu"),
        (declaring(values=((LAND.key, 1), (LAND.key, 2))), "/TO_KHAI/DS_GIA_TRI/GIA_TRI[1]", "được khai 2 lần"),
        (declaring(claims=(claim("X", "B1"),)), "/TO_KHAI/DS_QUAN_HE/QUAN_HE[1]/SO_BEN_CHUYEN", "không phải bên chuyển"),
        (declaring(claims=(claim("S1", "B1"), claim("S1", "S1"))), "/TO_KHAI/DS_QUAN_HE/QUAN_HE[2]/SO_BEN_NHAN", "không phải bên nhận"),
        (declaring(claims=(claim("S1", "B1"), claim("S1", "B1"))), "/TO_KHAI/DS_QUAN_HE/QUAN_HE[1]", "nhiều quan hệ"),
        (declaring(only_home=("B1",)), "/TO_KHAI/DS_NHA_DUY_NHAT/SO[1]", "không phải bên chuyển"),
    ],
)
def test_each_fault_stands_at_its_element(wrong: Slip, place: str, reason: str) -> None:
    found = at(wrong)
    assert place in found
    assert reason in found[place]


def test_a_company_has_neither_family_nor_an_only_home() -> None:
    company = person("transferor", "S1", "1/1", organisation=True)
    wrong = replace(declaring(claims=(claim("S1", "B1"),), only_home=("S1",)), taxpayers=(company, *buyers("1/1")))
    assert set(at(wrong)) == {"/TO_KHAI/DS_QUAN_HE/QUAN_HE[1]/SO_BEN_CHUYEN", "/TO_KHAI/DS_NHA_DUY_NHAT/SO[1]"}


@pytest.mark.parametrize(
    ("issued_on", "form", "written", "right"),
    [
        (date(2025, 6, 30), "12/DK", "06187", "06190"),  # the new commune's code, one day too early
        (date(2025, 7, 1), "19", "06190", "06187"),  # the old one's, one day too late
    ],
)
def test_a_commune_code_of_the_other_division_is_a_fault(issued_on: date, form: FormOfSlip, written: str, right: str) -> None:
    key = ParcelKey(written, 1, 1)
    wrong = replace(GOOD, form=form, issued_on=issued_on, parcels=(replace(LAND, key=key),))
    booked = {key: Booked(ParcelKey(right, 1, 1), Decimal(99), LAND.certificate)}
    found = {fault.pointer: fault.reason for fault in faults_of(wrong, Known(booked, commune, successor))}
    place = "/PHIEU_CHUYEN/DS_THUA_DAT/THUA_DAT[1]"
    assert f"{place}/DIEN_TICH/DT_THUA" in found
    assert right in found[f"{place}/MA_DBHC"] or "không còn dùng" in found[f"{place}/MA_DBHC"]


def test_a_gift_needs_no_values_and_a_transfer_needs_one_for_each_parcel() -> None:
    assert at(replace(declaring(values=()), procedure=Procedure.GIFT)) == {}
    assert "/TO_KHAI/DS_GIA_TRI" in at(declaring(values=()))


CHANGE = change("60.5", 12_530_000, 36_000)
WITHOUT_PRICE = replace(CHANGE, parcels=(replace(CHANGE.parcels[0], price_before=None, quota=None),))


@pytest.mark.parametrize(
    ("wrong", "places"),
    [
        (CHANGE, set()),
        (replace(CHANGE, taxpayers=(*sellers("1/1"), *buyers("1/1"))), {"/DS_NGUOI_NOP_THUE"}),
        (replace(CHANGE, declarations=replace(CHANGE.declarations, purpose_change=None)), {"/TO_KHAI/CHUYEN_MDSD"}),
        (WITHOUT_PRICE, {"/DS_THUA_DAT/THUA_DAT[1]/DINH_GIA/GIA_TRUOC", "/DS_THUA_DAT/THUA_DAT[1]/DINH_GIA/HAN_MUC"}),
        (
            replace(CHANGE, parcels=(replace(CHANGE.parcels[0], areas=replace(CHANGE.parcels[0].areas, changed=Decimal(60))),)),
            {"/TO_KHAI/CHUYEN_MDSD/DT_CHUYEN"},
        ),
    ],
)
def test_a_change_of_purpose_needs_its_decision_prices_quota_and_no_transferors(wrong: Slip, places: set[str]) -> None:
    found = faults_of(wrong, known(CHANGE.parcels[0]))
    assert {fault.pointer.removeprefix("/PHIEU_CHUYEN") for fault in found} == places


def test_all_faults_are_found_at_once_in_the_order_of_the_form() -> None:
    wrong: Callable[..., Slip] = replace
    bad = wrong(
        GOOD,
        form="12/DK",
        deferral_asked=True,
        taxpayers=(*sellers("1/2"), *buyers("1/1")),
        parcels=(replace(LAND, certificate="BK 999999"),),
        declarations=replace(GOOD.declarations, contract_signed_on=None),
    )
    assert list(at(bad)) == ["/MAU_SO", "/DS_NGUOI_NOP_THUE", "/DS_THUA_DAT/THUA_DAT[1]/MA_GCN", "/TO_KHAI/HOP_DONG", "/GHI_NO"]


def test_a_slip_comes_back_with_at_most_as_many_faults_as_the_contract_carries() -> None:
    strangers = tuple(claim(f"X{n}", f"Y{n}") for n in range(150))
    assert len(faults_of(declaring(claims=strangers), known(LAND))) == 200


@pytest.mark.parametrize(
    ("day", "form"),
    [(date(2024, 7, 31), None), (date(2024, 8, 1), "12/DK"), (date(2025, 6, 30), "12/DK"), (date(2025, 7, 1), "19")],
)
def test_the_form_is_that_of_its_date(day: date, form: str | None) -> None:
    assert form_of(day) == form
