"""Parcels of a script: where they lie, what the register and the land-tax book are told of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Any

from app.play.agencies import Agencies
from app.play.people import Party
from scenarios.scenario import Parcel as Wanted
from vn.chance import draw, integer
from vn.errors import AgencyAnsweredNo, Unusable
from vn.identifiers import new_certificate_serial
from vn.near import suggestion
from vn.parcels import usual_price
from vn.people import Address, Person
from vn.units import NEW_DIVISION, Commune, commune, communes, successor

__all__ = ["SHEET", "Entered", "enter", "old_commune"]

SHEET = 900  # no seeded parcel lies on this map sheet
SERIES = "CG"  # letters of certificates that neither the seed nor the simulator issues
LAST_OLD_DAY = date(2025, 6, 30)
BUSINESS = ("TMD", "SKC")
GARDEN_PRICE = 50_000  # đồng per m², the middle of what seeded gardens have
_KINDS = ("xã ", "phường ", "thị trấn ")
_TAKEN = "http.409"


@dataclass(frozen=True)
class Entered:
    """A parcel that the register has now; `path` is where the land office shows it."""

    name: str
    commune: str
    map_sheet: int
    number: int
    certificate: str

    @property
    def path(self) -> str:
        """At the land office."""
        return f"/thua-dat/{self.commune}/{self.map_sheet}/{self.number}"


async def enter(agencies: Agencies, wanted: Wanted, holders: Mapping[str, tuple[Party, Fraction]], *, seed: int, on: date) -> Entered:
    """Put a parcel into the register and the land-tax book, on the first free number; raises Unusable with every fault of the script."""
    place = Address("-", old_commune(wanted.commune, on))
    for number in count(1):
        body = _entry(wanted, holders, place, number, seed=seed, on=on)
        try:
            shown = await agencies.tell("land", "/thua-dat", body)
        except AgencyAnsweredNo as error:
            if error.code == _TAKEN:
                continue
            raise Unusable(f"given.parcel {wanted.as_!r}: {error}") from None
        if "tax" in agencies.urls:  # one that is not ours must know the parcel by itself
            await agencies.tell("tax", "/so-thue-dat", _booked(shown, place))
        made = Entered(wanted.as_, shown["XaId"], SHEET, number, shown["GiayChungNhan"]["SoPhatHanh"])
        if wanted.restriction is not None:
            await agencies.tell("land", f"{made.path}/han-che", _RESTRICTIONS[wanted.restriction])
        return made
    raise AssertionError("numbers have no end")


_RESTRICTIONS = {
    "mortgage": {"Loai": "the-chap", "NoiDung": "Thế chấp tại Ngân hàng Mô phỏng, chi nhánh Lạng Sơn"},
    "dispute": {"Loai": "tranh-chap", "NoiDung": "Đang có đơn tranh chấp ranh giới thửa đất"},
}


def old_commune(text: str, on: date) -> str:
    """The code until 30 June 2025 of the commune that a script names, by name or code; the division of the day is looked at first."""
    divisions = [LAST_OLD_DAY, NEW_DIVISION] if on < NEW_DIVISION else [NEW_DIVISION, LAST_OLD_DAY]
    if text.isdecimal() and commune(text, LAST_OLD_DAY) is not None:
        return text
    for day in divisions:
        found = [each for each in communes(day) if _folded(text) in (each.name.casefold(), _plain(each))]
        if len(found) > 1:
            which = ", ".join(f"{each.code} ({each.full_name})" for each in found)
            raise Unusable(f"there are {len(found)} communes {text!r}: give the code, {which}")
        if found:
            return found[0].code  # a commune of today has the code of one that it was made of
    names = [name for day in divisions for each in communes(day) for name in (_short(each), each.name)]
    raise Unusable(f"Lạng Sơn has no commune {text!r}{suggestion(text, names)}")


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _plain(one: Commune) -> str:
    return _short(one).casefold()


def _short(one: Commune) -> str:
    kind = next((kind for kind in _KINDS if one.name.casefold().startswith(kind)), "")
    return one.name[len(kind) :]


def _entry(
    wanted: Wanted, holders: Mapping[str, tuple[Party, Fraction]], place: Address, number: int, *, seed: int, on: date
) -> dict[str, Any]:
    key = (seed, "given parcel", wanted.as_)
    issued = date(integer(2006, 2019, *key, "issued"), integer(1, 12, *key, "month"), integer(1, 28, *key, "day"))
    price = wanted.price or usual_price(place)
    uses = wanted.uses or {wanted.use: wanted.area or Decimal(integer(80, 200, *key, "area"))}
    now = place.commune(NEW_DIVISION)
    business = all(code in BUSINESS for code in uses)
    return {
        "XaId": place.old_commune if on < NEW_DIVISION else now.code,
        **({} if on < NEW_DIVISION else {"XaIdCu": place.old_commune}),
        "SoHieuBanDo": SHEET,
        "SoThuTuThua": number,
        "DiaChiChiTiet": f"Thửa đất số {number}, tờ bản đồ số {SHEET}",
        "MucDichSuDung": [
            {"MucDich": code, "DienTich": float(area), "GiaTheoBangGia": _table_price(code, price)} for code, area in uses.items()
        ],
        "GiaDatO": price,
        "ThoiDiemSuDung": f"01/01/{issued.year}",
        **({"ThoiHanDen": f"{issued:%d/%m}/{issued.year + 50}"} if business else {}),
        "GiayChungNhan": {
            "SoPhatHanh": new_certificate_serial(draw(*key, "serial", number), SERIES),
            "SoVaoSo": f"CS{90_000 + number}",
            "NgayCap": f"{issued:%d/%m/%Y}",
        },
        "NguoiSuDung": [
            {"ChuSuDung": _registered(party), "TyLe": f"{share.numerator}/{share.denominator}"} for party, share in holders.values()
        ],
    }


def _table_price(code: str, house: int) -> int:
    if code in ("ODT", "ONT"):
        return house
    return max(1000, house * 7 // 10_000 * 1000) if code in BUSINESS else GARDEN_PRICE


def _registered(one: Party) -> dict[str, Any]:
    commune_ = one.address.commune(NEW_DIVISION)
    address = {
        "DiaChiChiTiet": one.address.detail,
        "XaId": commune_.code,
        "TenXa": commune_.name,
        "TinhId": commune_.province_code,
        "TenTinh": commune_.province_name,
    }
    both = {"HoTen": one.name, "DiaChi": address, "SoDienThoai": one.phone, "Email": one.email}
    if not isinstance(one, Person):
        return {"LoaiDoiTuong": 2, "SoDinhDanh": one.tax_code, "NguoiDaiDien": one.representative.name, **both}
    sex = "Nam" if one.sex == "male" else "Nữ"
    return {"LoaiDoiTuong": 1, "SoDinhDanh": one.personal_id, "NgaySinh": f"{one.born:%d/%m/%Y}", "GioiTinh": sex, **both}


def _booked(shown: Mapping[str, Any], place: Address) -> dict[str, Any]:
    now = successor(place.old_commune)
    return {
        "MaXa": now.code if now else shown["XaId"],
        "MaXaCu": place.old_commune,
        "SoTo": shown["SoHieuBanDo"],
        "SoThua": shown["SoThuTuThua"],
        "DienTich": shown["DienTich"],
        "MucDich": shown["MucDichSuDung"][0]["MucDich"],
        "SoGCN": shown["GiayChungNhan"]["SoPhatHanh"],
    }
