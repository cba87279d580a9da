"""The ways in which a sample can be wrong: one change each, and who will notice."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from app.samples.parts import RELATIONS, Form, Parcel, Scene, applicant, codes, party
from vn.errors import Unusable
from vn.identifiers import is_tax_code
from vn.units import NEW_DIVISION, commune

FAULTS: Mapping[str, str] = {
    "identity": "a number that does not fit the birth year; the portal refuses the form",
    "tax-code": "a company's tax code with a wrong check digit; the portal refuses the form",
    "shares": "the buyers' shares do not add up to 1; the portal refuses the form",
    "price": "a price of 0; the portal refuses the form",
    "future": "a contract or decision of tomorrow; the portal refuses the form",
    "hash": "a file that is not the one its hash names; the portal refuses the form",
    "unknown-field": "a field that the form has not; the portal refuses the form",
    "missing-paper": "no contract (or decision); the land office asks for it: status 5 until it is supplemented",
    "certificate": "not the certificate in force; the land office refuses: status 3",
    "holder": "not the holder; the land office refuses: status 3",
    "same-party": "the buyer is the seller; the land office refuses: status 3",
    "mortgage": "a mortgaged parcel; the land office refuses: status 3",
    "dispute": "a parcel in dispute; the land office refuses: status 3",
    "area": "not the certificate's area; tax returns the slip, the land office corrects it from the register: ends well",
    "commune": "a commune's code of the other division; tax returns the slip, the land office corrects it: ends well",
    "deferral": "asks to owe instead of paying (ghi nợ); tax returns the slip, the land office asks the citizen: status 5",
    "relation": "two relations claimed for one pair; tax returns the slip, the land office asks the citizen: status 5",
}


def wrong(fault: str, form: Form, scene: Scene) -> None:
    """Make a form wrong in this way; raises Unusable where that kind of dossier cannot be."""
    WRONG[fault](form, scene)


def _identity(form: Form, _: Scene) -> None:
    person = _first(form, "1")
    person["NgaySinh"] = f"{int(person['NgaySinh'][:4]) + 1}0101"


def _tax_code(form: Form, _: Scene) -> None:
    company = _first(form, "2")
    body = company["MaSoThue"][:9]
    company["MaSoThue"] = next(f"{body}{digit}" for digit in range(10) if not is_tax_code(f"{body}{digit}"))
    form |= applicant(company)


def _shares(form: Form, _: Scene) -> None:
    form["BenNhan"][-1]["TyLe"] = "1/7"


def _price(form: Form, _: Scene) -> None:
    if form["LoaiThuTuc"] != "CHUYEN_NHUONG":
        raise Unusable("only a sale has a price: try lgsp sample transfer --fault price")
    form["ThuaDat"][0]["GiaTri"] = 0


def _future(form: Form, scene: Scene) -> None:
    name, field = ("ChuyenMucDich", "NgayQuyetDinh") if "ChuyenMucDich" in form else ("HopDong", "NgayKy")
    form[name][field] = f"{scene.on + timedelta(days=1):%Y%m%d}"


def _hash(form: Form, _: Scene) -> None:
    content = "Đây không phải tệp đã băm".encode()
    form["TaiLieuNop"][0] |= {"NoiDung": b64encode(content).decode(), "KichThuoc": len(content)}


def _unknown_field(form: Form, _: Scene) -> None:
    form["GhiChuRieng"] = "mẫu không có trường này"


def _missing_paper(form: Form, _: Scene) -> None:
    form["TaiLieuNop"] = [each for each in form["TaiLieuNop"] if each["LoaiGiayTo"] not in ("HOP_DONG", "QUYET_DINH")]


def _certificate(form: Form, _: Scene) -> None:
    serial = form["ThuaDat"][0]["SoPhatHanhGCN"]
    form["ThuaDat"][0]["SoPhatHanhGCN"] = f"{serial[:-1]}{(int(serial[-1]) + 1) % 10}"


def _holder(form: Form, scene: Scene) -> None:
    side = "BenNhan" if form["LoaiThuTuc"] == "CHUYEN_MUC_DICH" else "BenChuyen"
    old = form[side][0]
    stranger = scene.stranger([_number(each) for each in (*form["BenChuyen"], *form["BenNhan"])], "not the holder")
    form[side][0] = {**party(stranger, scene.on), "TyLe": old["TyLe"]}
    if side == "BenNhan":
        form |= applicant(form[side][0])
    for claim in form.get("QuanHe", ()):
        claim["BenChuyen"] = stranger.personal_id
    if "NhaDatDuyNhat" in form:
        form["NhaDatDuyNhat"] = [stranger.personal_id]


def _same_party(form: Form, _: Scene) -> None:
    if not form["BenChuyen"]:
        raise Unusable("a change of purpose has no buyer: try lgsp sample transfer --fault same-party")
    share = form["BenNhan"][0]["TyLe"]
    form["BenNhan"][0] = {**form["BenChuyen"][0], "TyLe": share}
    form |= applicant(form["BenNhan"][0])
    form.pop("QuanHe", None)


def _area(form: Form, scene: Scene) -> None:
    form["ThuaDat"][0]["DienTich"] = round(form["ThuaDat"][0]["DienTich"] + scene.integer(5, 20, "wrong area"), 1)


def _commune(form: Form, scene: Scene) -> None:
    said = form["ThuaDat"][0]
    place = (said["SoToBanDo"], said["SoThua"])
    parcel = next(each for each in scene.register if (each["SoHieuBanDo"], each["SoThuTuThua"]) == place)
    said["MaXa"] = codes(parcel, scene.on)[1]


def _deferral(form: Form, _: Scene) -> None:
    form["GhiNo"] = {"TienSuDungDat": "ChuyenMucDich" in form, "LePhiTruocBa": "ChuyenMucDich" not in form}


def _relation(form: Form, _: Scene) -> None:
    pair = [next((each for each in form[side] if each["LoaiDoiTuong"] == "1"), None) for side in ("BenChuyen", "BenNhan")]
    if None in pair:
        raise Unusable("a relation is between people who give and people who receive: try lgsp sample gift --fault relation")
    seller, buyer = (_number(each) for each in pair if each)
    said = list(form.get("QuanHe", ()))
    claimed = {each["QuanHe"] for each in said}
    more = [(code, paper) for code, paper in RELATIONS.values() if code not in claimed][: 2 - len(said)]
    form["QuanHe"] = [*said, *({"BenChuyen": seller, "BenNhan": buyer, "QuanHe": code, "GiayToChungMinh": paper} for code, paper in more)]


def _as_it_is(_: Form, __: Scene) -> None:
    """The parcel itself is what is wrong."""


WRONG: Mapping[str, Callable[[Form, Scene], None]] = {
    "identity": _identity,
    "tax-code": _tax_code,
    "shares": _shares,
    "price": _price,
    "future": _future,
    "hash": _hash,
    "unknown-field": _unknown_field,
    "missing-paper": _missing_paper,
    "certificate": _certificate,
    "holder": _holder,
    "same-party": _same_party,
    "mortgage": _as_it_is,
    "dispute": _as_it_is,
    "area": _area,
    "commune": _commune,
    "deferral": _deferral,
    "relation": _relation,
}


def _restricted(kind: str) -> Callable[[Parcel, date], bool]:
    def fits(parcel: Parcel, _: date) -> bool:
        return not parcel["DangCoHoSo"] and {each["Loai"] for each in parcel["HanChe"]} == {kind}

    return fits


def _renamed(parcel: Parcel, on: date) -> bool:
    """The other division has another code for its commune; from July 2025 one that is no commune any more."""
    now, other = codes(parcel, on)
    free = not parcel["DangCoHoSo"] and not parcel["HanChe"]
    return free and now != other and (on < NEW_DIVISION or commune(other, on) is None)


FITTING: Mapping[str, Callable[[Parcel, date], bool]] = {
    "mortgage": _restricted("the-chap"),
    "dispute": _restricted("tranh-chap"),
    "commune": _renamed,
}
"""Which parcels a fault needs; any free one where it needs no special one."""


def _first(form: Form, kind: str) -> Form:
    found: Form | None = next((each for side in ("BenNhan", "BenChuyen") for each in form[side] if each["LoaiDoiTuong"] == kind), None)
    if found is None:
        raise Unusable("no company in this sample: try lgsp sample company --fault tax-code")
    return found


def _number(one: Mapping[str, Any]) -> str:
    number: str = one["MaSoThue"] if one["LoaiDoiTuong"] == "2" else one["SoDinhDanh"]
    return number
