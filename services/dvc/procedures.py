"""The procedures (TTHC) and offices that the portal knows, and the names that go with a commune's code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.dvc.forms import OLD_DIVISION
from vn.fidelity import Fact
from vn.units import NEW_DIVISION, Commune, commune

FIELD = ("DD", "Đất đai")
ONE_STOP = "Bộ phận Tiếp nhận và Trả kết quả"


@dataclass(frozen=True)
class Known:
    """A procedure: its code and name."""

    code: str
    name: str


_TRANSFER = Known("9.000101", "Đăng ký biến động khi chuyển nhượng, tặng cho quyền sử dụng đất")
PROCEDURES: Mapping[str, Known] = {
    "CHUYEN_NHUONG": _TRANSFER,
    "TANG_CHO": _TRANSFER,
    "CHUYEN_MUC_DICH": Known("9.000102", "Đăng ký biến động khi chuyển mục đích sử dụng đất"),
}
_LAND_OFFICE = "Văn phòng Đăng ký đất đai tỉnh Lạng Sơn"
UNITS: Mapping[str, str] = {"H37.15": _LAND_OFFICE, "000.00.15.H37": _LAND_OFFICE}


def described(procedure: str) -> dict[str, str]:
    """A procedure in the names of DVCQG."""
    known = PROCEDURES[procedure]
    return {"MaTTHC": known.code, "TenTTHC": known.name, "MaLinhVuc": FIELD[0], "TenLinhVuc": FIELD[1]}


def full_address(address: Mapping[str, Any], on: date) -> dict[str, Any]:
    """An address with the names of its commune; a code that is no longer (or not yet) in force keeps its own division's names."""
    there = commune_of(address["MaXa"], on)
    named = {"MaXa": there.code, "TenXa": there.name, "MaTinh": there.province_code, "TenTinh": there.province_name}
    district = {"MaHuyen": there.district_code, "TenHuyen": there.district_name} if there.district_code else {}
    return {"DiaChiChiTiet": address["DiaChiChiTiet"], **named, **district}


def commune_of(code: str, on: date) -> Commune:
    """The commune of a code that was checked to exist in one division or the other."""
    found = commune(code, on) or commune(code, NEW_DIVISION) or commune(code, OLD_DIVISION)
    if found is None:
        raise ValueError(f"no commune {code}")
    return found


FACTS = (
    Fact("Codes of the procedures", ", ".join(sorted({each.code for each in PROCEDURES.values()})), "invented", "simulator"),
    Fact("Units that a dossier's code begins with", ", ".join(UNITS), "forms of QĐ 20/2020 and of QCVN 102:2016", "assumption", "province"),
    Fact("Names of a commune in an address", "filled in by the portal from the code", "", "simulator"),
)
