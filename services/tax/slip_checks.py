"""What is wrong with a slip: every fault at once, each with the path of its element in the gateway's document."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from services.tax.duties import bases_of
from services.tax.slip import Parcel, ParcelKey, Procedure, Role, Slip
from vn.errors import Fault
from vn.fidelity import Fact
from vn.money import formatted
from vn.units import NEW_DIVISION, Commune

FORM_12_FROM = date(2024, 8, 1)  # NĐ 101/2024/NĐ-CP
FORM_19_FROM = NEW_DIVISION  # NĐ 151/2025/NĐ-CP

ROOT = "/PHIEU_CHUYEN"
MOST_FAULTS = 200
LARGEST_BASE = 10**15  # what a notice has room for


@dataclass(frozen=True)
class Booked:
    """A parcel as the land-tax book (sổ thuế đất) has it; `key` under the division of the slip's date."""

    key: ParcelKey
    area: Decimal
    certificate: str


@dataclass(frozen=True)
class Known:
    """What the tax authority compares a slip with; the book by the keys that the slip gives, of either division."""

    booked: Mapping[ParcelKey, Booked]
    commune: Callable[[str, date], Commune | None]
    successor: Callable[[str], Commune | None]


def faults_of(slip: Slip, known: Known) -> list[Fault]:
    """All that is wrong, in the order of the form, up to 200 faults; empty where the slip can be assessed."""
    return list(
        dict.fromkeys(
            [
                *_form(slip),
                *_office(slip, known),
                *_taxpayers(slip),
                *(fault for place, parcel in _parcels(slip) for fault in _parcel(slip, parcel, place, known)),
                *_twice(slip),
                *_value(slip),
                *_declarations(slip),
                *_deferral(slip),
            ]
        )
    )[:MOST_FAULTS]


def form_of(issued_on: date) -> str | None:
    """The form in force on this date, None before the first."""
    if issued_on >= FORM_19_FROM:
        return "19"
    return "12/DK" if issued_on >= FORM_12_FROM else None


def _form(slip: Slip) -> Iterator[Fault]:
    right = form_of(slip.issued_on)
    if right is None:
        yield Fault(f"{ROOT}/NGAY_LAP", f"không nhận phiếu lập trước ngày {FORM_12_FROM:%d/%m/%Y}")
    elif right != slip.form:
        names = {"12/DK": "Mẫu số 12/ĐK", "19": "Mẫu số 19"}
        yield Fault(f"{ROOT}/MAU_SO", f"phiếu lập ngày {slip.issued_on:%d/%m/%Y} phải theo {names[right]}, không phải {names[slip.form]}")


def _office(slip: Slip, known: Known) -> Iterator[Fault]:
    offices = {}
    for _, parcel in _parcels(slip):
        commune = known.commune(parcel.key.commune, slip.issued_on)
        if commune:
            offices[commune.tax_office.code] = commune.tax_office.name
    if offices and set(offices) != {slip.tax_office}:
        right = ", ".join(f"{code} {name}" for code, name in sorted(offices.items()))
        yield Fault(f"{ROOT}/MA_CQ_THUE", f"cơ quan thuế {slip.tax_office} không quản lý địa bàn thửa đất; đúng là {right}")


def _taxpayers(slip: Slip) -> Iterator[Fault]:
    yield from _side(slip, "transferor", "bên chuyển")
    yield from _side(slip, "transferee", "bên nhận")
    both = {each.id for each in slip.transferors} & {each.id for each in slip.transferees}
    for place, each in enumerate(slip.taxpayers, 1):
        if each.id in both and each.role == "transferee":
            yield Fault(f"{_taxpayer(place)}/VAI_TRO", "cùng một người vừa là bên chuyển vừa là bên nhận")


def _side(slip: Slip, role: Role, word: str) -> Iterator[Fault]:
    side = [each for each in slip.taxpayers if each.role == role]
    wanted = role == "transferee" or slip.procedure is not Procedure.CHANGE_PURPOSE
    if wanted and not side:
        yield Fault(f"{ROOT}/DS_NGUOI_NOP_THUE", f"thiếu {word}")
    if side and not wanted:
        yield Fault(f"{ROOT}/DS_NGUOI_NOP_THUE", f"chuyển mục đích sử dụng đất không có {word}")
    total = sum((each.share for each in side), Fraction(0))
    if side and total != 1:
        yield Fault(f"{ROOT}/DS_NGUOI_NOP_THUE", f"tổng phần quyền của {word} là {total}, phải bằng 1")
    times = Counter(each.id for each in side)
    for place, each in enumerate(slip.taxpayers, 1):
        if each.role == role and times[each.id] > 1:
            yield Fault(_taxpayer(place), f"{word} được ghi {times[each.id]} lần")


def _parcel(slip: Slip, parcel: Parcel, place: str, known: Known) -> Iterator[Fault]:
    yield from _areas(parcel, place)
    booked = known.booked.get(parcel.key)
    if known.commune(parcel.key.commune, slip.issued_on) is None:
        yield Fault(f"{place}/MA_DBHC", _no_commune(parcel.key.commune, slip.issued_on, known))
    elif booked is None:
        yield Fault(f"{place}/SO_THUADAT", f"sổ thuế đất không có {parcel.key}")
    elif booked.key != parcel.key:
        yield Fault(f"{place}/MA_DBHC", f"ngày {slip.issued_on:%d/%m/%Y} thửa đất thuộc xã {booked.key.commune}")
    if booked and booked.area != parcel.areas.parcel:
        yield Fault(f"{place}/DIEN_TICH/DT_THUA", f"diện tích {parcel.areas.parcel} m² khác sổ thuế đất: {booked.area} m²")
    if booked and booked.certificate != parcel.certificate:
        yield Fault(f"{place}/MA_GCN", f"giấy chứng nhận {parcel.certificate} khác sổ thuế đất: {booked.certificate}")


def _no_commune(code: str, on: date, known: Known) -> str:
    if on >= NEW_DIVISION:
        now = known.successor(code)
        if now:
            return f"mã xã {code} không còn dùng từ ngày {NEW_DIVISION:%d/%m/%Y}; nay là {now.code} {now.name}"
    return f"không có mã xã {code}"


def _areas(parcel: Parcel, place: str) -> Iterator[Fault]:
    areas, at = parcel.areas, f"{place}/DIEN_TICH"
    if areas.shared + areas.private != areas.parcel:
        yield Fault(f"{at}/DT_RIENG", f"sử dụng chung {areas.shared} + riêng {areas.private} khác diện tích thửa {areas.parcel} m²")
    if areas.subject_to_fee + areas.free_of_fee != areas.parcel:
        yield Fault(
            f"{at}/DT_PHAI_NOP",
            f"phải nộp {areas.subject_to_fee} + không phải nộp {areas.free_of_fee} khác diện tích thửa {areas.parcel} m²",
        )
    if areas.within_quota + areas.beyond_quota > areas.parcel:
        yield Fault(
            f"{at}/DT_TRONG_HAN_MUC",
            f"trong hạn mức {areas.within_quota} + ngoài hạn mức {areas.beyond_quota} lớn hơn diện tích thửa {areas.parcel} m²",
        )
    if areas.changed is not None and areas.changed > areas.parcel:
        yield Fault(f"{at}/DT_CHUYEN_MDSD", f"diện tích chuyển mục đích {areas.changed} lớn hơn diện tích thửa {areas.parcel} m²")


def _value(slip: Slip) -> Iterator[Fault]:
    total = sum(bases_of(slip))
    if total > LARGEST_BASE:
        yield Fault(f"{ROOT}/DS_THUA_DAT", f"giá trị tính thuế {formatted(total)} vượt quá {formatted(LARGEST_BASE)}")


def _twice(slip: Slip) -> Iterator[Fault]:
    times = Counter(parcel.key for parcel in slip.parcels)
    for place, parcel in _parcels(slip):
        if times[parcel.key] > 1:
            yield Fault(f"{place}/SO_THUADAT", f"{parcel.key} được ghi {times[parcel.key]} lần")


def _declarations(slip: Slip) -> Iterator[Fault]:
    if slip.procedure is Procedure.CHANGE_PURPOSE:
        yield from _purpose(slip)
    else:
        if slip.declarations.contract_signed_on is None:
            yield Fault(f"{ROOT}/TO_KHAI/HOP_DONG", "thiếu hợp đồng trong tờ khai")
        if slip.declarations.purpose_change:
            yield Fault(f"{ROOT}/TO_KHAI/CHUYEN_MDSD", "quyết định chuyển mục đích chỉ kèm thủ tục chuyển mục đích sử dụng đất")
    yield from _values(slip)
    yield from _claims(slip)


def _values(slip: Slip) -> Iterator[Fault]:
    keys = dict.fromkeys(parcel.key for parcel in slip.parcels)
    times = Counter(key for key, _ in slip.declarations.values)
    for place, (key, _) in enumerate(slip.declarations.values, 1):
        at = f"{ROOT}/TO_KHAI/DS_GIA_TRI/GIA_TRI[{place}]"
        if key not in keys:
            yield Fault(at, f"giá trị khai cho {key}, không có trong phiếu")
        if times[key] > 1:
            yield Fault(at, f"giá trị của {key} được khai {times[key]} lần")
    if slip.procedure is Procedure.TRANSFER:
        for key in keys:
            if key not in times:
                yield Fault(f"{ROOT}/TO_KHAI/DS_GIA_TRI", f"thiếu giá trị chuyển nhượng của {key}")


def _claims(slip: Slip) -> Iterator[Fault]:
    transferors = {each.id: each for each in slip.transferors}
    transferees = {each.id: each for each in slip.transferees}
    times = Counter((claim.transferor, claim.transferee) for claim in slip.declarations.claims)
    for place, claim in enumerate(slip.declarations.claims, 1):
        at = f"{ROOT}/TO_KHAI/DS_QUAN_HE/QUAN_HE[{place}]"
        sides = (("SO_BEN_CHUYEN", claim.transferor, transferors, "bên chuyển"), ("SO_BEN_NHAN", claim.transferee, transferees, "bên nhận"))
        for name, party, side, word in sides:
            if party not in side:
                yield Fault(f"{at}/{name}", f"quan hệ khai cho người không phải {word} của phiếu")
            elif side[party].organisation:
                yield Fault(f"{at}/{name}", "tổ chức không có quan hệ gia đình")
        if times[claim.transferor, claim.transferee] > 1:
            yield Fault(at, "một cặp bên chuyển, bên nhận khai nhiều quan hệ")
    for place, party in enumerate(slip.declarations.only_home, 1):
        at = f"{ROOT}/TO_KHAI/DS_NHA_DUY_NHAT/SO[{place}]"
        if party not in transferors:
            yield Fault(at, "nhà, đất ở duy nhất khai cho người không phải bên chuyển của phiếu")
        elif transferors[party].organisation:
            yield Fault(at, "tổ chức không được miễn thuế nhà, đất ở duy nhất")


def _purpose(slip: Slip) -> Iterator[Fault]:
    decision = slip.declarations.purpose_change
    if decision is None:
        yield Fault(f"{ROOT}/TO_KHAI/CHUYEN_MDSD", "thiếu quyết định chuyển mục đích sử dụng đất")
        return
    changed = sum((parcel.changed for _, parcel in _parcels(slip)), Decimal(0))
    if changed != decision.area:
        yield Fault(f"{ROOT}/TO_KHAI/CHUYEN_MDSD/DT_CHUYEN", f"quyết định cho chuyển {decision.area} m², các thửa ghi {changed} m²")
    for place, parcel in _parcels(slip):
        if parcel.changed and parcel.price_before is None:
            yield Fault(f"{place}/DINH_GIA/GIA_TRUOC", "thiếu giá đất trước khi chuyển mục đích")
        if parcel.changed and parcel.quota is None:
            yield Fault(f"{place}/DINH_GIA/HAN_MUC", "thiếu hạn mức giao đất ở")


def _deferral(slip: Slip) -> Iterator[Fault]:
    if slip.deferral_asked:
        yield Fault(f"{ROOT}/GHI_NO", "không hỗ trợ ghi nợ nghĩa vụ tài chính (mục V); đề nghị lập lại phiếu không ghi nợ")


def _parcels(slip: Slip) -> Iterator[tuple[str, Parcel]]:
    for place, parcel in enumerate(slip.parcels, 1):
        yield f"{ROOT}/DS_THUA_DAT/THUA_DAT[{place}]", parcel


def _taxpayer(place: int) -> str:
    return f"{ROOT}/DS_NGUOI_NOP_THUE/NGUOI_NOP_THUE[{place}]"


FACTS = (
    Fact(
        "Form of the slip",
        f"Mẫu 12/ĐK from {FORM_12_FROM.isoformat()}, Mẫu 19 from {FORM_19_FROM.isoformat()}; earlier is refused",
        "NĐ 101/2024/NĐ-CP; NĐ 151/2025/NĐ-CP",
        "law",
    ),
    Fact("Deferral (ghi nợ)", "not simulated; a slip that asks for it is returned", "", "simulator"),
    Fact("What tax compares a slip with", "its land-tax book, kept from the same seed and updated with the register", "", "assumption"),
)
