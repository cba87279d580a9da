"""Numbers and codes of people, companies, dossiers, certificates and members: how they are checked and made."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from stdnum.vn import mst

from vn.fidelity import Fact

__all__ = [
    "FACTS",
    "DossierCode",
    "Sex",
    "certificate_serial",
    "dossier_code",
    "is_certificate_serial",
    "is_dossier_code",
    "is_member_id",
    "is_personal_id",
    "is_tax_code",
    "is_taxpayer_id",
    "member_id",
    "new_certificate_serial",
    "new_personal_id",
    "new_tax_code",
    "personal_id",
    "tax_code",
    "taxpayer_id",
]

Sex = Literal["male", "female"]

LANG_SON_PERSONS = "020"
LANG_SON_TAXPAYERS = "49"
SERIAL_LETTERS = "ABCDĐEGHIKLMNOPQRSTUVXY"

_PERSONAL_ID = re.compile(r"0\d{2}[0-3]\d{8}", re.ASCII)
_TAX_CODE = re.compile(r"\d{10}(-\d{3})?", re.ASCII)
_OLD_UNIT = r"\d{3}\.[0-9A-Z]{2}\.[0-9A-Z]{2}\.[GH]\d{2}"
_NEW_UNIT = r"[GH]\d{2}(?:\.\d{1,3}){0,3}"
_DOSSIER_CODE = re.compile(rf"({_OLD_UNIT}|{_NEW_UNIT})-(\d{{6}})-(\d{{4,5}})", re.ASCII)
_SERIAL = re.compile(rf"[{SERIAL_LETTERS}]{{2}} \d{{6,8}}", re.ASCII)
_MEMBER_PART = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_MEMBER_ID = re.compile(rf"{_MEMBER_PART}(?:/{_MEMBER_PART}){{3}}")


def personal_id(value: str) -> str:
    """A personal identification number (số định danh cá nhân, CCCD): 12 digits, with a province, sex and birth year.

    Decree 137/2015/NĐ-CP, article 13 [M]; the form is observed [B]. It has no public check digit.
    """
    if not _PERSONAL_ID.fullmatch(value) or not 1 <= int(value[:3]) <= 96:
        raise ValueError("a personal id is 12 digits: province 001-096, century and sex 0-3, year of birth, six digits")
    return value


def tax_code(value: str) -> str:
    """The tax code (mã số thuế) of an organisation: 10 digits with a check digit, or these, a hyphen and 3 for a branch [B]."""
    if not _TAX_CODE.fullmatch(value) or not mst.is_valid(value):
        raise ValueError("a tax code is 10 digits, the last of them a check digit, with -NNN for a branch")
    return value


def taxpayer_id(value: str) -> str:
    """What stands for a taxpayer: a tax code or, for people, from 1 July 2025 the personal id [M]."""
    if not is_tax_code(value) and not is_personal_id(value):
        raise ValueError("a taxpayer is named by a tax code of 10 digits (check digit) or a personal id of 12")
    return value


def certificate_serial(value: str) -> str:
    """The serial (số phát hành) of a land use right certificate: two letters, a space, 6 to 8 digits [C]."""
    if not _SERIAL.fullmatch(value):
        raise ValueError("a certificate serial is two capital letters, a space and 6 to 8 digits, e.g. 'CM 892100'")
    return value


def member_id(value: str) -> str:
    """A member of the exchange: instance, class, member and subsystem, e.g. `VN/GOV/H37.15/ilis`."""
    if not _MEMBER_ID.fullmatch(value):
        raise ValueError("a member id is INSTANCE/CLASS/MEMBER/SUBSYSTEM of letters, digits, dots and hyphens, e.g. 'VN/GOV/H37.15/ilis'")
    return value


def dossier_code(value: str) -> str:
    """A dossier's code (mã hồ sơ): unit, day and number on that day, e.g. `H37.15-250701-0001`; see `DossierCode`."""
    DossierCode.parse(value)
    return value


@dataclass(frozen=True)
class DossierCode:
    """The parts of a dossier's code; the unit is written as of QCVN 102 (`000.00.32.H19`) or QĐ 20/2020 (`H37.15`) [B].

    The number has 4 digits and begins at 1 each day in each unit; 5 are taken where a code would clash [B].
    """

    unit: str
    day: date
    number: int

    @classmethod
    def parse(cls, value: str) -> "DossierCode":
        """From its text, or `ValueError`."""
        match = _DOSSIER_CODE.fullmatch(value)
        try:
            if match:
                return cls(match[1], datetime.strptime(match[2], "%y%m%d").date(), int(match[3]))
        except ValueError:
            pass  # thirteenth months end below, with the same reason
        raise ValueError("a dossier code is UNIT-yyMMdd-NNNN with a real day, e.g. 'H37.15-250701-0001'")

    def __str__(self) -> str:
        return f"{self.unit}-{self.day:%y%m%d}-{self.number:04d}"


def _is(check: Callable[[str], str], value: str) -> bool:
    try:
        check(value)
    except ValueError:
        return False
    return True


def is_personal_id(value: str) -> bool:
    """Whether `personal_id` takes it."""
    return _is(personal_id, value)


def is_tax_code(value: str) -> bool:
    """Whether `tax_code` takes it."""
    return _is(tax_code, value)


def is_taxpayer_id(value: str) -> bool:
    """Whether `taxpayer_id` takes it."""
    return _is(taxpayer_id, value)


def is_certificate_serial(value: str) -> bool:
    """Whether `certificate_serial` takes it."""
    return _is(certificate_serial, value)


def is_member_id(value: str) -> bool:
    """Whether `member_id` takes it."""
    return _is(member_id, value)


def is_dossier_code(value: str) -> bool:
    """Whether `dossier_code` takes it."""
    return _is(dossier_code, value)


def new_personal_id(draw: float, *, born: date, sex: Sex, province: str = LANG_SON_PERSONS) -> str:
    """A personal id whose last six digits come from `draw` in [0, 1)."""
    century_and_sex = 2 * (born.year // 100 - 19) + (sex == "female")
    return personal_id(f"{province}{century_and_sex}{born:%y}{int(draw * 1_000_000):06d}")


def new_tax_code(draw: float, *, province: str = LANG_SON_TAXPAYERS) -> str:
    """A tax code whose seven free digits come from `draw` in [0, 1)."""
    number = 1 + int(draw * 9_999_000)
    # a check sum of 10 is taken as 0 by some programs and refused by others: such numbers are passed over
    while len(check := mst.calc_check_digit(body := f"{province}{number:07d}")) != 1:
        number += 1
    return tax_code(body + check)


def new_certificate_serial(draw: float, letters: str = "CM") -> str:
    """A certificate serial with six digits from `draw` in [0, 1)."""
    return certificate_serial(f"{letters} {int(draw * 1_000_000):06d}")


FACTS = (
    Fact("Province in a personal id of Lạng Sơn", LANG_SON_PERSONS, "0 and the General Statistics Office's code", "observed", "province"),
    Fact("First digits of a tax code of Lạng Sơn", LANG_SON_TAXPAYERS, "", "assumption", "province"),
    Fact(
        "Form of a certificate's serial",
        _SERIAL.pattern,
        "accounts of printed certificates",
        "secondary",
        "period: 6 digits, then 8",
    ),
    Fact("Form of a dossier's code", _DOSSIER_CODE.pattern, "codes seen on the national portal", "observed"),
)
