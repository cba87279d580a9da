"""Parcels of a script: where they lie, what the register and the land-tax book are told of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Any, TypeAlias

from app.play.agencies import Agencies
from app.play.bindings import Parcel as Bound
from app.play.communes import old_commune
from app.play.concrete import merged
from app.play.people import Party
from scenarios.scenario import Parcel as Wanted
from vn.chance import draw, integer
from vn.errors import AgencyAnsweredNo, Unusable
from vn.identifiers import new_certificate_serial
from vn.parcels import usual_price
from vn.people import Address, Person
from vn.units import NEW_DIVISION, successor

__all__ = ["SHEET", "Entered", "enter"]

SHEET = 900  # no seeded parcel lies on this map sheet
SERIES = "CG"  # letters of certificates that neither the seed nor the simulator issues
BUSINESS = ("TMD", "SKC")
GARDEN_PRICE = 50_000  # đồng per m², the middle of what seeded gardens have
_TAKEN = "http.409"
Holders: TypeAlias = Mapping[str, tuple[Party, Fraction]]


@dataclass(frozen=True)
class Entered:
    """A parcel that the register has now; `path` is where the land office shows it."""

    name: str
    commune: str
    map_sheet: int
    number: int
    certificate: str
    shown: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """As the land office shows it when the scenario begins, or would, where that is outside."""

    @property
    def path(self) -> str:
        """At the land office."""
        return f"/thua-dat/{self.commune}/{self.map_sheet}/{self.number}"


async def enter(agencies: Agencies, wanted: Wanted, holders: Holders, *, seed: int, on: date, bound: Bound | None = None) -> Entered:
    """Put a parcel into the register and the land-tax book, on the first free number, or where it is bound to lie.

    An agency that is outside must know it by itself. Raises Unusable with every fault of the script.
    """
    wanted = wanted if bound is None else merged(wanted, bound)
    place = Address("-", old_commune(wanted.commune, on))

    def body(sheet: int, number: int) -> dict[str, Any]:
        made = _entry(wanted, holders, place, (sheet, number), seed=seed, on=on)
        if bound is not None:
            made["GiayChungNhan"]["SoPhatHanh"] = bound.certificate
        return made

    if "land" not in agencies.ours:
        assert bound is not None, "whoever is outside has been asked for it"
        shown = _as_shown(body(bound.sheet, bound.number), place, on)
    else:
        numbers = count(1) if bound is None else (bound.number,)
        shown = await _taken(agencies, wanted.as_, (body(bound.sheet if bound else SHEET, number) for number in numbers))
        if wanted.restriction is not None:
            await agencies.tell("land", f"{_entered(wanted.as_, shown).path}/han-che", _RESTRICTIONS[wanted.restriction])
    if "tax" in agencies.ours:
        await _book(agencies, wanted.as_, _booked(shown, place))
    return _entered(wanted.as_, shown)


async def _taken(agencies: Agencies, name: str, bodies: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What the land office shows of the first that it takes."""
    for body in bodies:
        try:
            shown: dict[str, Any] = await agencies.tell("land", "/thua-dat", body)
        except AgencyAnsweredNo as error:
            if error.code == _TAKEN:
                continue
            raise Unusable(f"given.parcel {name!r}: {error}") from None
        return shown
    raise Unusable(f"given.parcel {name!r}: the register has a parcel there already")


async def _book(agencies: Agencies, name: str, entry: Mapping[str, Any]) -> None:
    """In the land-tax book, which may have a parcel that is bound already."""
    try:
        await agencies.tell("tax", "/so-thue-dat", entry)
    except AgencyAnsweredNo as error:
        if error.code != _TAKEN:
            raise
        book = await agencies.ask("tax", "/so-thue-dat", **{"so-dong": 1000})
        same = [each for each in book if all(each[field] == entry[field] for field in ("MaXa", "SoTo", "SoThua"))]
        if any(each["SoGCN"] != entry["SoGCN"] or Decimal(each["DienTich"]) != Decimal(str(entry["DienTich"])) for each in same):
            raise Unusable(
                f"parcels.{name} in --bindings: our generated tax authority knows another parcel there; take another one, or another seed"
            ) from None


def _entered(name: str, shown: Mapping[str, Any]) -> Entered:
    number, certificate = shown["SoThuTuThua"], shown["GiayChungNhan"]["SoPhatHanh"]
    return Entered(name, shown["XaId"], shown["SoHieuBanDo"], number, certificate, shown)


def _as_shown(body: Mapping[str, Any], place: Address, on: date) -> dict[str, Any]:
    """What is entered, as a land office of ours would show it."""
    now = place.commune(NEW_DIVISION)
    return {
        **body,
        "TenXa": place.commune(on).name,
        "DonViHanhChinh": [{"XaId": place.old_commune}, {"XaId": now.code}],
        "DienTich": sum(use["DienTich"] for use in body["MucDichSuDung"]),
    }


_RESTRICTIONS = {
    "mortgage": {"Loai": "the-chap", "NoiDung": "Thế chấp tại Ngân hàng Mô phỏng, chi nhánh Lạng Sơn"},
    "dispute": {"Loai": "tranh-chap", "NoiDung": "Đang có đơn tranh chấp ranh giới thửa đất"},
}


def _entry(wanted: Wanted, holders: Holders, place: Address, at: tuple[int, int], *, seed: int, on: date) -> dict[str, Any]:
    sheet, number = at
    key = (seed, "given parcel", wanted.as_)
    issued = date(integer(2006, 2019, *key, "issued"), integer(1, 12, *key, "month"), integer(1, 28, *key, "day"))
    price = wanted.price or usual_price(place)
    uses = wanted.uses or {wanted.use: wanted.area or Decimal(integer(80, 200, *key, "area"))}
    now = place.commune(NEW_DIVISION)
    business = all(code in BUSINESS for code in uses)
    return {
        "XaId": place.old_commune if on < NEW_DIVISION else now.code,
        **({} if on < NEW_DIVISION else {"XaIdCu": place.old_commune}),
        "SoHieuBanDo": sheet,
        "SoThuTuThua": number,
        "DiaChiChiTiet": f"Thửa đất số {number}, tờ bản đồ số {sheet}",
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
