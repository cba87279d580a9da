"""Rules between the fields of a dossier, looked at in raw JSON: what one field breaks must not hide what another breaks."""

import hashlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeAlias

from services.dvc.forms import fraction
from vn.fidelity import Fact
from vn.identifiers import is_personal_id

Raw: TypeAlias = Mapping[str, Any]
Found: TypeAlias = Iterator[tuple[tuple[str | int, ...], str]]

SIDES = {"BenChuyen": "bên chuyển", "BenNhan": "bên nhận"}
CHANGE = "CHUYEN_MUC_DICH"


def faults(raw: Raw, today: date) -> Found:
    """Every rule that a dossier breaks, each with where; what is not even of the right type is passed over here."""
    for rule in RULES:
        yield from rule(raw, today)


def content_of(paper: Raw) -> bytes | None:
    """The file of a paper, where it is given and can be read."""
    given = paper.get("NoiDung")
    try:
        return b64decode(given, validate=True) if isinstance(given, str) else None
    except (NotBase64, ValueError):
        return None


def sha256(content: bytes) -> str:
    """MaBam of a file."""
    return hashlib.sha256(content).hexdigest()


def party_id(party: Raw) -> str | None:
    """What identifies a party: a person's number, an organisation's tax code."""
    found = party.get("MaSoThue" if party.get("LoaiDoiTuong") == "2" else "SoDinhDanh")
    return found if isinstance(found, str) else None


def _parties(raw: Raw, today: date) -> Found:
    for side in SIDES:
        for place, party in _items(raw, side):
            if party.get("LoaiDoiTuong") == "1":
                yield from _person(party, (side, place), today)


def _person(party: Raw, at: tuple[str | int, ...], today: date) -> Found:
    born, number, sex = _day(party.get("NgaySinh")), party.get("SoDinhDanh"), party.get("GioiTinh")
    if born and (born > today or born.year < 1900):
        yield (*at, "NgaySinh"), "phải là ngày trong quá khứ, từ năm 1900"
        return
    if not isinstance(number, str) or not is_personal_id(number):
        return
    century, year = 19 + int(number[3]) // 2, int(number[4:6])
    if born and (born.year // 100, born.year % 100) != (century, year):
        yield (*at, "SoDinhDanh"), f"số định danh thuộc người sinh năm {century}{year:02d}, khác năm sinh đã khai"
    if sex in ("Nam", "Nữ") and (sex == "Nữ") != bool(int(number[3]) % 2):
        yield (*at, "SoDinhDanh"), "số định danh thuộc người có giới tính khác giới tính đã khai"


def _shares(raw: Raw, _: date) -> Found:
    for side, word in SIDES.items():
        parties = _items(raw, side)
        shares = [fraction(party.get("TyLe")) for _, party in parties]
        known = [share for share in shares if share]
        if parties and len(known) == len(shares) and (total := sum(known, Fraction(0))) != 1:
            yield (side,), f"tổng tỷ lệ của {word} là {total}, phải bằng 1"


def _twice(raw: Raw, _: date) -> Found:
    for side, word in SIDES.items():
        seen: set[str] = set()
        for place, party in _items(raw, side):
            name = party_id(party)
            if name and name in seen:
                yield (side, place), f"{word} này đã được khai ở trên"
            seen.add(name or "")
    keys = [(place, tuple(parcel.get(name) for name in ("MaXa", "SoToBanDo", "SoThua"))) for place, parcel in _items(raw, "ThuaDat")]
    times = Counter(str(key) for _, key in keys)
    for place, key in keys:
        if None not in key and times[str(key)] > 1:
            yield ("ThuaDat", place), "thửa đất được khai hai lần"


def _applicant(raw: Raw, _: date) -> Found:
    claimed = raw.get("DinhDanhCHS")
    number = claimed.get("SoDinhDanh") if isinstance(claimed, Mapping) else None
    if not isinstance(claimed, Mapping) or not isinstance(number, str):
        return
    if claimed.get("LoaiDinhDanh") in ("1", "3") and (claimed["LoaiDinhDanh"] == "1") != is_personal_id(number):
        yield ("DinhDanhCHS", "LoaiDinhDanh"), "1 là số định danh cá nhân, 3 là mã số thuế của tổ chức"
    parties = [party for side in SIDES for _, party in _items(raw, side) if party_id(party) == number]
    if not parties:
        yield ("DinhDanhCHS", "SoDinhDanh"), "chủ hồ sơ phải là một bên trong hồ sơ"
    elif raw.get("ChuHoSo") not in [party.get("HoTen") or party.get("TenToChuc") for party in parties]:
        yield ("ChuHoSo",), "khác tên của bên có cùng số định danh"


def _procedure(raw: Raw, _: date) -> Found:
    kind = raw.get("LoaiThuTuc")
    if kind == CHANGE:
        if raw.get("BenChuyen"):
            yield ("BenChuyen",), "chuyển mục đích sử dụng đất không có bên chuyển"
        if raw.get("HopDong") is not None:
            yield ("HopDong",), "chuyển mục đích sử dụng đất không có hợp đồng"
        if raw.get("ChuyenMucDich") is None:
            yield ("ChuyenMucDich",), "phải có quyết định cho phép chuyển mục đích sử dụng đất"
    elif kind in ("CHUYEN_NHUONG", "TANG_CHO"):
        if not raw.get("BenChuyen"):
            yield ("BenChuyen",), "phải có bên chuyển"
        if raw.get("HopDong") is None:
            yield ("HopDong",), "phải có hợp đồng"
        if raw.get("ChuyenMucDich") is not None:
            yield ("ChuyenMucDich",), "chỉ dùng cho thủ tục chuyển mục đích sử dụng đất"
    if kind == "CHUYEN_NHUONG":
        for place, parcel in _items(raw, "ThuaDat"):
            value = parcel.get("GiaTri")
            if value is None or (isinstance(value, int) and value <= 0):
                yield ("ThuaDat", place, "GiaTri"), "giá trị chuyển nhượng phải lớn hơn 0"


def _dates(raw: Raw, today: date) -> Found:
    for name, field in (("HopDong", "NgayKy"), ("ChuyenMucDich", "NgayQuyetDinh")):
        said = raw.get(name)
        day = _day(said.get(field)) if isinstance(said, Mapping) else None
        if day and day > today:
            yield (name, field), f"chưa đến ngày này, hôm nay là {today:%d/%m/%Y}"


def _relations(raw: Raw, _: date) -> Found:
    ids = {side: {party_id(party) for _, party in _items(raw, side)} for side in SIDES}
    for place, claim in _items(raw, "QuanHe"):
        for side, word in SIDES.items():
            if isinstance(claim.get(side), str) and claim[side] not in ids[side]:
                yield ("QuanHe", place, side), f"không phải {word} của hồ sơ"
    homes = raw.get("NhaDatDuyNhat")
    for place, owner in enumerate(homes if isinstance(homes, list | tuple) else ()):
        if owner not in ids["BenChuyen"]:
            yield ("NhaDatDuyNhat", place), "không phải bên chuyển của hồ sơ"


def _purpose(raw: Raw, _: date) -> Found:
    said = raw.get("ChuyenMucDich")
    if not isinstance(said, Mapping):
        return
    if said.get("MucDichTruoc") == said.get("MucDichSau") is not None:
        yield ("ChuyenMucDich", "MucDichSau"), "phải khác mục đích trước khi chuyển"
    areas = [area for _, parcel in _items(raw, "ThuaDat") if isinstance(area := parcel.get("DienTich"), int | float)]
    changed = said.get("DienTichChuyen")
    if areas and isinstance(changed, int | float) and changed > sum(areas):
        yield ("ChuyenMucDich", "DienTichChuyen"), "lớn hơn diện tích thửa đất"


def papers(raw: Raw, _: date) -> Found:
    """What is wrong with the papers given: their files, and how many there are of them."""
    for place, paper in _items(raw, "TaiLieuNop"):
        at = ("TaiLieuNop", place)
        if paper.get("SoBanChinh") == 0 and paper.get("SoBanSao") == 0:
            yield (*at, "SoBanSao"), "phải có ít nhất một bản chính hoặc bản sao"
        if paper.get("NoiDung") is None:
            for name in ("KichThuoc", "MaBam"):
                if paper.get(name) is None:
                    yield (*at, name), "bắt buộc phải có khi không gửi kèm nội dung"
            continue
        content = content_of(paper)
        if content is None:
            if isinstance(paper["NoiDung"], str):
                yield (*at, "NoiDung"), "phải là nội dung tệp dạng base64"
            continue
        if paper.get("KichThuoc") not in (None, len(content)):
            yield (*at, "KichThuoc"), f"nội dung tệp có {len(content)} byte"
        if paper.get("MaBam") not in (None, sha256(content)):
            yield (*at, "MaBam"), "không khớp với nội dung tệp"


RULES: tuple[Callable[[Raw, date], Found], ...] = (
    _parties,
    _shares,
    _twice,
    _applicant,
    _procedure,
    _dates,
    _relations,
    _purpose,
    papers,
)


def _items(raw: Raw, name: str) -> list[tuple[int, Raw]]:
    """The objects of a list, with their places; nothing where there is no list."""
    found = raw.get(name)
    return [(place, each) for place, each in enumerate(found) if isinstance(each, Mapping)] if isinstance(found, list | tuple) else []


def _day(value: object) -> date | None:
    try:
        return datetime.strptime(value, "%Y%m%d").date() if isinstance(value, str) and len(value) == 8 else None
    except ValueError:
        return None


FACTS = (
    Fact(
        "Century and sex in a personal id", "fourth digit: 0 man, 1 woman of 19xx; 2 man, 3 woman of 20xx", "NĐ 137/2015/NĐ-CP", "secondary"
    ),
    Fact("Who may hand a dossier in", "one of its parties; proxies are not simulated", "", "simulator"),
    Fact("Communes of addresses", "those of Lạng Sơn, under either division", "", "simulator"),
)
