"""Which numbers and codes are taken, which are refused, and what is made."""

from datetime import date

import pytest

from vn import identifiers
from vn.chance import draw
from vn.identifiers import DossierCode, new_certificate_serial, new_personal_id, new_tax_code

GOOD = {
    "personal_id": ["020090123456", "014199000001", "001300654321"],
    "tax_code": ["0100109106", "0100686174", "0100109106-001"],
    "taxpayer_id": ["0100109106", "020090123456"],
    "certificate_serial": ["CM 892100", "BK 012345", "AA 01234567", "BĐ 123456"],
    "member_id": ["VN/GOV/H37.15/ilis", "VN/GOV/G12.20/tct", "VN-TEST/COM/4900123458/app-1"],
    "dossier_code": [
        "000.00.32.H19-210708-0032",
        "000.A0.01.H26-210212-9090",
        "H37.15-250701-0001",
        "H37.15-250701-12345",
        "H37-250701-0001",
    ],
}
BAD = {
    "personal_id": [
        "",
        "02009012345",
        "0200901234567",
        "000090123456",
        "097090123456",
        "020490123456",
        "02009012345a",
        "020090123456 ",
        "０20090123456",
    ],
    "tax_code": ["", "0100109107", "010010910", "0100109106-000", "0100109106001", "01.00.109.106", "4900000000", "010010910６"],
    "taxpayer_id": ["0100109107", "000090123456"],
    "certificate_serial": ["CM892100", "cm 892100", "CM 89210", "CM 892100123", "FW 892100"],
    "member_id": ["VN/GOV/H37.15", "/VN/GOV/H37.15/ilis", "VN/GOV/H37.15/ilis/x", "VN/GOV//ilis", "VN/GOV/H37 15/ilis", "VN/GOV/.H37/ilis"],
    "dossier_code": ["", "H37.15-251301-0001", "H37.15-250230-0001", "H37.15-250701-001", "X37.15-250701-0001", "H37.15-20250701-0001"],
}


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in GOOD.items() for value in values])
def test_is_taken_unchanged(kind, value):
    assert getattr(identifiers, kind)(value) == value
    assert getattr(identifiers, f"is_{kind}")(value)


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in BAD.items() for value in values])
def test_is_refused_with_a_reason(kind, value):
    with pytest.raises(ValueError, match=r"^(a|an) "):
        getattr(identifiers, kind)(value)
    assert not getattr(identifiers, f"is_{kind}")(value)


@pytest.mark.parametrize("text", ["000.00.32.H19-210708-0032", "H37.15-250701-12345"])
def test_a_dossier_code_is_read_and_written_the_same(text):
    assert str(DossierCode.parse(text)) == text


def test_the_parts_of_a_dossier_code():
    assert DossierCode.parse("H37.15-250701-0042") == DossierCode("H37.15", date(2025, 7, 1), 42)


@pytest.mark.parametrize(
    ("born", "sex", "beginning"),
    [
        (date(1990, 5, 1), "male", "020090"),
        (date(1990, 5, 1), "female", "020190"),
        (date(2005, 5, 1), "male", "020205"),
        (date(2005, 5, 1), "female", "020305"),
    ],
)
def test_a_made_personal_id_tells_province_sex_and_year(born, sex, beginning):
    assert new_personal_id(0.123456, born=born, sex=sex) == f"{beginning}123456"


def test_every_made_tax_code_is_of_lang_son_and_valid():
    made = {new_tax_code(draw(1, n)) for n in range(500)} | {new_tax_code(0), new_tax_code(0.999999999)}
    assert all(identifiers.is_tax_code(code) and code.startswith("49") for code in made)
    assert len(made) > 495


def test_a_made_certificate_serial_is_valid():
    assert new_certificate_serial(0.89210) == "CM 892100"
