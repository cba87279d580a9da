"""How the land office shows what it holds: parcels with their history, dossiers, slips."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.kit import Reading
from services.land import store
from services.land.acts import clock
from services.land.model import Dossier, Slip, waiting
from services.land.register import Certificate, Holding, Parcel, Restriction
from services.land.store import CERTIFICATES, HOLDINGS, NOTICES, RESTRICTIONS, SLIPS, STEPS
from vn.status import NAMES
from vn.units import NEW_DIVISION, Commune

LAST_OLD_DAY = date(2025, 6, 30)


def parcels(tx: Reading, found: Sequence[Parcel]) -> list[dict[str, Any]]:
    """Parcels as they stand today, with the dossiers in work on them."""
    taken = store.open_dossiers(tx, [each.id for each in found])
    return [parcel(each, tx.now.date(), taken.get(each.id, [])) for each in found]


def parcel(each: Parcel, today: date, dossiers: Sequence[str]) -> dict[str, Any]:
    """One parcel under the division of today, and both divisions with their days."""
    site, division = each.land.site, [each.commune(LAST_OLD_DAY), each.commune(NEW_DIVISION)]
    now = division[today >= NEW_DIVISION]
    return {
        "XaId": now.code,
        "TenXa": now.name,
        "SoHieuBanDo": each.land.map_sheet,
        "SoThuTuThua": each.land.number,
        "DonViHanhChinh": [_commune(one) for one in division],
        "MienNui": now.mountain,
        "DiaChiChiTiet": site.place.text(max(today, LAST_OLD_DAY)),
        "DienTich": float(each.area),
        "MucDichSuDung": [{"MucDich": use.code, "DienTich": float(use.area), "GiaTheoBangGia": use.price} for use in each.land.uses],
        "GiaDatO": site.house_price,
        "HanMuc": float(site.quota),
        "NguonGoc": site.origin,
        "NguonGocChiTiet": site.origin_text,
        "ThoiDiemSuDung": _day(site.used_since),
        "ThoiHanDen": _day(site.term_ends),
        "TaiSan": [{"LoaiNha": one.kind, "DienTichSan": float(one.floor_area), "SoTang": one.floors} for one in site.buildings],
        "GiayChungNhan": _certificate(each.certificate),
        "NguoiSuDung": [_holding(one) for one in each.holdings],
        "HanChe": [_restriction(one) for one in each.restrictions],
        "DangCoHoSo": list(dossiers),
    }


def parcel_with_history(tx: Reading, each: Parcel) -> dict[str, Any]:
    """The same, with everyone who ever held it, every certificate, every restriction."""
    certificates = sorted(CERTIFICATES.find(tx, parcel=each.id), key=lambda one: (one.void_since is None, one.issued_on))
    return {
        **parcels(tx, [each])[0],
        "LichSuNguoiSuDung": [_holding(one) for one in HOLDINGS.find(tx, parcel=each.id)],
        "LichSuGiayChungNhan": [_certificate(one) for one in certificates],
        "LichSuHanChe": [_restriction(one) for one in RESTRICTIONS.find(tx, parcel=each.id)],
    }


def dossier_line(each: Dossier) -> dict[str, Any]:
    """A dossier in a list."""
    return {
        "SoBienNhan": each.code,
        "LoaiThuTuc": each.content.procedure,
        "TrangThai": int(each.status),
        "TenTrangThai": NAMES[each.status],
        "KetThuc": each.final,
        "NgayHenTra": each.due_at and clock(each.due_at),
        "LanLapPhieu": each.revision,
    }


def dossier(tx: Reading, each: Dossier) -> dict[str, Any]:
    """Everything about a dossier."""
    return {
        **dossier_line(each),
        "NgayNhan": clock(each.received_at),
        "NgayNhanDuHoSo": clock(each.complete_at),
        "NgayTiepNhan": each.accepted_at and clock(each.accepted_at),
        "ChoQuyetDinh": waiting(each, store.slip_of(tx, each)),
        "NoiDung": each.content.model_dump(mode="json", by_alias=True),
        "Phieu": [slip(one) for one in SLIPS.find(tx, dossier=each.code)],
        "ThongBaoThue": [{**one.said, "LyDoHuy": one.cancelled} for one in NOTICES.find(tx, dossier=each.code)],
        "LichSu": [
            {"ThoiDiem": clock(one.at), "TrangThai": one.status, "NguoiXuLy": one.by, "NoiDung": one.note}
            for one in STEPS.find(tx, dossier=each.code)
        ],
    }


def slip(each: Slip) -> dict[str, Any]:
    """A revision of a slip, with what became of it."""
    states = {"sent": "DA_CHUYEN", "returned": "BI_TRA_LAI", "settled": "DA_XAC_NHAN", "cancelled": "DA_HUY"}
    faults = [{"Truong": fault.pointer, "LyDo": fault.reason} for fault in each.faults]
    return {"TinhTrangPhieuChuyen": states[each.state], "DanhSachLoi": faults, "NoiDung": each.body}


def _commune(one: Commune) -> dict[str, Any]:
    return {
        "XaId": one.code,
        "TenXa": one.name,
        "HuyenId": one.district_code,
        "TenHuyen": one.district_name,
        "TuNgay": _day(one.valid_from),
        "DenNgay": _day(one.valid_to),
    }


def _holding(one: Holding) -> dict[str, Any]:
    said = one.holder.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {**said, "TuNgay": _day(one.since), "DenNgay": _day(one.until), "HoSo": one.dossier}


def _certificate(one: Certificate) -> dict[str, Any]:
    issued = {"SoPhatHanh": one.serial, "SoVaoSo": one.book_number, "NgayCap": _day(one.issued_on)}
    return {**issued, "ThayThe": one.replaces, "HetHieuLucTu": _day(one.void_since), "HoSo": one.dossier}


def _restriction(one: Restriction) -> dict[str, Any]:
    return {"Id": one.id, "Loai": one.kind, "NoiDung": one.note, "TuNgay": _day(one.since), "DenNgay": _day(one.until)}


def _day(day: date | None) -> str | None:
    return day.strftime("%d/%m/%Y") if day else None
