"""Communes, districts and tax offices on both sides of 1 July 2025."""

from datetime import date

import pytest
from vietnam_provinces import ProvinceCode, Ward

from vn.units import commune, communes, districts, predecessors, successor, tax_office

BEFORE = date(2025, 6, 30)
AFTER = date(2025, 7, 1)


def test_there_are_194_communes_in_11_districts_on_the_last_day_of_june_2025():
    assert len(communes(BEFORE)) == 194
    assert len(districts(BEFORE)) == 11
    assert {each.district_code for each in communes(BEFORE)} == {each.code for each in districts(BEFORE)}


def test_there_are_65_communes_and_no_district_a_day_later():
    assert len(communes(AFTER)) == 65
    assert districts(AFTER) == ()
    assert {(each.district_code, each.district_name) for each in communes(AFTER)} == {(None, None)}


def test_the_new_communes_are_those_of_the_library_but_for_one_code_that_it_has_wrong():
    listed = {ward.code.name[2:]: ward.name for ward in Ward.iter_by_province(ProvinceCode.P_20)}
    listed["06124"] = listed.pop("06214")  # Na Sầm: digits swapped in the library, 06124 in Decision 19/2025/QĐ-TTg
    assert {each.code: each.name for each in communes(AFTER)} == listed


@pytest.mark.parametrize(
    ("code", "on", "full_name"),
    [
        ("06184", BEFORE, "Thị trấn Đồng Đăng, huyện Cao Lộc, tỉnh Lạng Sơn"),
        ("06184", AFTER, "Xã Đồng Đăng, tỉnh Lạng Sơn"),
        ("05971", BEFORE, "Phường Hoàng Văn Thụ, thành phố Lạng Sơn, tỉnh Lạng Sơn"),
        ("06187", BEFORE, "Thị trấn Cao Lộc, huyện Cao Lộc, tỉnh Lạng Sơn"),
        ("06187", AFTER, "Phường Kỳ Lừa, tỉnh Lạng Sơn"),
    ],
)
def test_a_code_names_the_commune_of_its_day(code, on, full_name):
    found = commune(code, on)
    assert found
    assert found.full_name == full_name
    assert found.exists(on)
    assert not found.exists(AFTER if on == BEFORE else BEFORE)


@pytest.mark.parametrize(("code", "on"), [("05971", AFTER), ("00001", AFTER), ("06184", date(2019, 12, 31)), ("", BEFORE)])
def test_there_is_no_such_commune_on_that_day(code, on):
    assert commune(code, on) is None
    assert tax_office(code, on) is None


def test_there_are_no_communes_on_a_day_before_the_data():
    assert communes(date(2019, 12, 31)) == ()
    assert districts(date(2019, 12, 31)) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("06184", "Xã Đồng Đăng"),
        ("06190", "Xã Đồng Đăng"),
        ("05971", "Phường Kỳ Lừa"),
        ("06187", "Phường Kỳ Lừa"),
        ("05974", "Phường Tam Thanh"),
        ("05983", "Phường Lương Văn Tri"),
        ("05977", "Phường Đông Kinh"),
        ("06040", "Xã Thất Khê"),
        ("06034", "Xã Thất Khê"),  # Chi Lăng in Tràng Định, not the one in Chi Lăng
        ("06523", "Xã Chi Lăng"),
        ("06124", "Xã Na Sầm"),
        ("06529", "Xã Lộc Bình"),
        ("06238", "Xã Ba Sơn"),  # Mẫu Sơn in Cao Lộc
        ("06532", "Xã Mẫu Sơn"),  # Mẫu Sơn in Lộc Bình
        ("06622", "Xã Kiên Mộc"),
    ],
)
def test_an_old_commune_became_part_of(old, new):
    found = successor(old)
    assert found
    assert found.name == new


def test_only_old_communes_have_a_successor():
    assert successor("99999") is None
    assert {each.successor for each in communes(AFTER)} == {None}


def test_every_new_commune_keeps_the_code_of_one_of_those_it_was_made_of():
    for each in communes(AFTER):
        assert each.code in {old.code for old in predecessors(each.code)}
    assert sum(len(predecessors(each.code)) for each in communes(AFTER)) == 194


def test_tax_codes_are_seven_digits_of_the_district_and_name_one_commune():
    for on in (BEFORE, AFTER):
        codes = [each.tax_code for each in communes(on)]
        assert len(set(codes)) == len(codes)
        assert all(len(code) == 7 and code.isdigit() for code in codes)
    by_code = {each.code: each.tax_code for each in districts(BEFORE)}
    assert all(each.tax_code.startswith(by_code[each.district_code or ""]) for each in communes(BEFORE))


def test_the_one_tax_code_that_was_observed_is_kept():
    ward = commune("05971", BEFORE)
    assert ward
    assert ward.tax_code == "2090101"


@pytest.mark.parametrize(
    ("code", "on", "office"),
    [
        ("05971", BEFORE, ("20901", "Chi cục Thuế thành phố Lạng Sơn")),
        ("06184", BEFORE, ("20913", "Chi cục Thuế huyện Cao Lộc")),
        ("06184", AFTER, ("20901", "Thuế cơ sở 1 tỉnh Lạng Sơn")),
        ("06463", AFTER, ("20917", "Thuế cơ sở 5 tỉnh Lạng Sơn")),
    ],
)
def test_a_commune_belongs_to_the_tax_office_of_its_day(code, on, office):
    found = tax_office(code, on)
    assert found
    assert (found.code, found.name) == office


def test_all_but_the_wards_of_the_city_count_as_mountain():
    assert {each.name for each in communes(AFTER) if not each.mountain} == {
        "Phường Tam Thanh",
        "Phường Lương Văn Tri",
        "Phường Kỳ Lừa",
        "Phường Đông Kinh",
    }
    assert all(each.mountain != each.name.startswith("Phường") for each in communes(BEFORE))
