"""A parcel that is entered into the register (AddThuaDat of VBDLIS and MPLIS): its shape, and everything that can be wrong with it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import Field, StringConstraints

from services.kit import Native
from services.land.register import Certificate, Holding, Land, Parcel, Site
from services.land.shapes import Area, CommuneCode, DayWritten, Holder, NotEmpty, ParcelKey, Serial, Text, UseCode, written
from vn import parcels as seeded
from vn import units
from vn.errors import Fault, NotAllowed
from vn.fidelity import Fact
from vn.people import Address
from vn.units import NEW_DIVISION

PRICE = Annotated[int, Field(ge=1, le=10**10)]


class MucDich(Native):
    """One use with its area, m², and table price, đồng per m²."""

    MucDich: UseCode
    DienTich: Area
    GiaTheoBangGia: PRICE


class GiayChungNhanMoi(Native):
    """The certificate that was issued for the parcel."""

    SoPhatHanh: Serial
    SoVaoSo: Annotated[str, StringConstraints(pattern=r"^(CH|CS|CT)[0-9]{5}$")]
    NgayCap: DayWritten


class ThuaDatMoi(ParcelKey):
    """A parcel in the names in which GET shows it; XaId is of today's division, XaIdCu of that before 1 July 2025."""

    old_commune: CommuneCode | None = Field(None, alias="XaIdCu", description="xã trước 01/07/2025; không nêu: xã cũ cùng mã")
    detail: Text = Field(alias="DiaChiChiTiet", description="số nhà, đường hoặc thôn; không kèm xã")
    uses: Annotated[tuple[MucDich, ...], Field(max_length=10), NotEmpty] = Field(
        alias="MucDichSuDung", description="mục đích chính đứng đầu"
    )
    house_price: PRICE = Field(alias="GiaDatO", description="giá đất ở theo bảng giá, đồng/m²")
    quota: Area | None = Field(None, alias="HanMuc", description="m²; không nêu: hạn mức của loại xã")
    origin: Annotated[int, Field(ge=1, le=16)] = Field(1, alias="NguonGoc")
    origin_text: Text | None = Field(None, alias="NguonGocChiTiet")
    used_since: DayWritten = Field(alias="ThoiDiemSuDung")
    term_ends: DayWritten | None = Field(None, alias="ThoiHanDen", description="không nêu: lâu dài")
    certificate: GiayChungNhanMoi = Field(alias="GiayChungNhan")
    holders: Annotated[tuple[Holder, ...], Field(max_length=50), NotEmpty] = Field(alias="NguoiSuDung")


def parcel(said: ThuaDatMoi, today: date, *, serial_taken: bool) -> Parcel:
    """The parcel as the register holds it; raises NotAllowed with every fault."""
    faults = [*_place(said, today), *_land(said), *_certificate(said, today, taken=serial_taken), *_holders(said)]
    if faults:
        raise NotAllowed(f"{len(faults)} lỗi trong thửa đất được đăng ký", faults)
    place = Address(said.detail, old_commune(said, today) or "")
    commune = place.commune(NEW_DIVISION).code
    name = f"{commune}/{said.map_sheet}/{said.parcel_number}"
    held = said.certificate
    return Parcel(
        land=Land(
            id=name,
            commune=commune,
            commune_before=place.old_commune,
            map_sheet=said.map_sheet,
            number=said.parcel_number,
            uses=tuple(seeded.Use(use.MucDich, use.DienTich, use.GiaTheoBangGia) for use in said.uses),
            site=_site(said, place),
        ),
        holdings=tuple(
            Holding(name, 1, order, each.party.id, each, since=held.NgayCap) for order, each in enumerate(said.holders, start=1)
        ),
        certificate=Certificate(held.SoPhatHanh, name, held.SoVaoSo, held.NgayCap),
    )


def old_commune(said: ThuaDatMoi, today: date) -> str | None:
    """The commune's code until 30 June 2025; None where what was said names none."""
    if today < NEW_DIVISION:
        return said.commune_code if units.commune(said.commune_code, today) else None
    meant = said.old_commune or said.commune_code  # a commune of today has the code of one that it was made of
    return meant if meant in [each.code for each in units.predecessors(said.commune_code)] else None


def _site(said: ThuaDatMoi, place: Address) -> Site:
    return Site(
        place=place,
        origin=said.origin,
        origin_text=said.origin_text or seeded.ORIGINS[said.origin],
        house_price=said.house_price,
        quota=said.quota or seeded.QUOTAS[seeded.settlement(place)],
        used_since=said.used_since,
        term_ends=said.term_ends,
        position=1,
        depth=Decimal(0),
        alley_width=Decimal(0),
        buildings=(),
    )


def _place(said: ThuaDatMoi, today: date) -> Iterator[Fault]:
    if units.commune(said.commune_code, today) is None:
        now = units.successor(said.commune_code) if today >= NEW_DIVISION else None
        hint = f"; nay là {now.code} {now.name}" if now else ""
        yield Fault("/XaId", f"không có xã này ngày {today:%d/%m/%Y}{hint}")
    elif old_commune(said, today) is None:
        before = ", ".join(f"{each.code} {each.name}" for each in units.predecessors(said.commune_code))
        yield Fault("/XaIdCu", f"phải là một trong các xã trước 01/07/2025: {before}")
    if today < NEW_DIVISION and said.old_commune is not None:
        yield Fault("/XaIdCu", "chỉ nêu từ ngày 01/07/2025")


def _land(said: ThuaDatMoi) -> Iterator[Fault]:
    times = Counter(use.MucDich for use in said.uses)
    for order, use in enumerate(said.uses):
        if use.MucDich not in seeded.LAND_USES:
            yield Fault(f"/MucDichSuDung/{order}/MucDich", "không có mã mục đích sử dụng đất này")
        elif times[use.MucDich] > 1:
            yield Fault(f"/MucDichSuDung/{order}/MucDich", f"mục đích được nêu {times[use.MucDich]} lần")
    if said.origin_text is None and said.origin not in seeded.ORIGINS:
        yield Fault("/NguonGocChiTiet", "bắt buộc với nguồn gốc này")
    if said.term_ends is not None and said.term_ends <= said.used_since:
        yield Fault("/ThoiHanDen", "phải sau ThoiDiemSuDung")


def _certificate(said: ThuaDatMoi, today: date, *, taken: bool) -> Iterator[Fault]:
    if taken:
        yield Fault("/GiayChungNhan/SoPhatHanh", "số phát hành đã có trong sổ")
    if said.certificate.NgayCap > today:
        yield Fault("/GiayChungNhan/NgayCap", "chưa đến ngày này")
    if said.used_since > said.certificate.NgayCap:
        yield Fault("/ThoiDiemSuDung", "không được sau ngày cấp giấy chứng nhận")


def _holders(said: ThuaDatMoi) -> Iterator[Fault]:
    for party, times in Counter(each.party.id for each in said.holders).items():
        if times > 1:
            yield Fault("/NguoiSuDung", f"{party} được nêu {times} lần")
    total = sum((each.share for each in said.holders), Fraction(0))
    if total != 1:
        yield Fault("/NguoiSuDung", f"tổng các phần quyền là {written(total)}, phải là 1/1")


FACTS = (
    Fact(
        "Entering a parcel by hand",
        "POST /thua-dat: what AddThuaDat of VBDLIS and MPLIS takes, in the names of GET; position 1, no buildings",
        "AddThuaDat seen in running clients; the path and names are ours",
        "simulator",
    ),
    Fact(
        "A parcel entered by hand and the land-tax book",
        "the tax authority enters it by itself; until then it returns slips about it",
        "",
        "assumption",
    ),
)
