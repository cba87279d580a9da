"""A dossier as the portal shows it: the names of DVCQG, amounts as people read them, and what the feed says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.dvc.model import Dossier, ResultParcel, Step, title
from services.dvc.money import Attempt, Notice, Payments, Receipt, Reconciliation, Settlement, refundable, standing
from services.dvc.procedures import UNITS, described, full_address
from vn.clock import VN
from vn.money import formatted, in_words

Shown = dict[str, Any]

KINDS = {
    "LPTB": "Lệ phí trước bạ",
    "TNCN": "Thuế thu nhập cá nhân",
    "TSDD": "Tiền sử dụng đất",
    "CHAM_NOP": "Tiền chậm nộp",
}
NOTICE_STATES = {
    "CHUA_NOP": "Chưa nộp",
    "DANG_THANH_TOAN": "Đang thanh toán",
    "CHO_DOI_SOAT": "Đã có chứng từ, chờ cơ quan thuế đối soát",
    "NOP_MOT_PHAN": "Đã nộp một phần",
    "DA_NOP_DU": "Đã nộp đủ",
    "DA_HUY": "Đã hủy",
}
OUTCOMES = {"MOT_PHAN": "Nộp một phần", "DU": "Đã nộp đủ", "THUA": "Nộp thừa", "TRUNG": "Nộp trùng", "TB_HUY": "Thông báo đã hủy"}
ATTEMPTS = {"started": "DANG_THANH_TOAN", "paid": "DA_CO_CHUNG_TU", "failed": "THAT_BAI", "expired": "HET_HAN"}


@dataclass(frozen=True)
class Known:
    """All that the portal knows of one dossier."""

    dossier: Dossier
    history: Sequence[Step]
    payments: Payments
    settlements: Sequence[Settlement]
    results: Sequence[ResultParcel]


def moment(at: datetime | None) -> str | None:
    """yyyyMMddHHmmss, in Viet Nam's time."""
    return at.astimezone(VN).strftime("%Y%m%d%H%M%S") if at else None


def whole(known: Known) -> Shown:
    """Everything, for the citizen."""
    dossier = known.dossier
    return {
        **line(dossier),
        "YeuCauBoSung": [{"ViTri": each.pointer, "NoiDung": each.reason} for each in dossier.missing],
        "LichSu": [_step(each) for each in known.history],
        "NoiDung": {name: value for name, value in dossier.content.items() if name not in line(dossier)},
        "ThongBaoThue": [_notice(each, known.payments) for each in sorted(known.payments.notices, key=_order)],
        "NghiaVu": _total(known.payments),
        "ThanhToan": [_attempt(each) for each in known.payments.attempts],
        "ChungTu": [_receipt(each, known.payments) for each in known.payments.receipts],
        "DoiSoat": [_reconciliation(each) for each in known.payments.reconciliations],
        "KetQuaNghiaVu": [_settlement(each) for each in known.settlements],
        "KetQua": _result(known.results),
    }


def line(dossier: Dossier) -> Shown:
    """A dossier in a list, with the fields of DongBoHoSoMC."""
    return {
        "MaHoSo": dossier.code,
        **_about(dossier),
        "NgayNopHoSo": moment(dossier.submitted_at),
        "NgayTiepNhan": moment(dossier.accepted_at),
        "NgayHenTra": moment(dossier.due_at),
        "NgayKetThucXuLy": moment(dossier.ended_at),
        "TrangThaiHoSo": str(dossier.status.value),
        "TenTrangThai": title(dossier.status),
        "KetThuc": dossier.final,
        "DongBo": dossier.synced,
    }


def handed_in(dossier: Dossier, on: date) -> Shown:
    """What the feed says of a new dossier."""
    return {
        "MaHoSo": dossier.code,
        **_about(dossier),
        "LoaiThuTuc": dossier.procedure,
        "NgayNopHoSo": moment(dossier.submitted_at),
        **told(dossier.content, on),
    }


def told(content: Mapping[str, Any], on: date) -> Shown:
    """The parts of a form that are told: communes named, files left out."""
    said = {name: content[name] for name in PARTS if content.get(name) is not None}
    for side in ("BenChuyen", "BenNhan"):
        if side in said:
            said[side] = [{**party, "DiaChi": full_address(party["DiaChi"], on)} for party in said[side]]
    plain: Shown = _without_none(said)
    return plain


PARTS = ("BenChuyen", "BenNhan", "ThuaDat", "HopDong", "QuanHe", "NhaDatDuyNhat", "ChuyenMucDich", "GhiNo", "TaiLieuNop")


def acceptance_slip(dossier: Dossier, working_days: int) -> Shown:
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả, mẫu số 01 of TT 01/2018/TT-VPCP."""
    owner = next((party for party in _parties(dossier) if dossier.applicant in (party.get("SoDinhDanh"), party.get("MaSoThue"))), {})
    about = _about(dossier)
    return {
        "MauSo": "01",
        "TenGiay": "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        "MaHoSo": dossier.code,
        "BoPhanTiepNhan": UNITS.get(dossier.unit, dossier.unit),
        "TiepNhanCua": about["ChuHoSo"],
        "DiaChi": full_address(owner["DiaChi"], dossier.submitted_at.date()) if owner else None,
        "SoDienThoai": about["SoDienThoai"],
        "Email": about["Email"],
        "NoiDungYeuCau": about["TrichYeuHoSo"],
        "ThanhPhanHoSo": [
            {"STT": place, "TenTaiLieu": paper["TenTaiLieu"], "SoBanChinh": paper["SoBanChinh"], "SoBanSao": paper["SoBanSao"]}
            for place, paper in enumerate(dossier.content.get("TaiLieuNop", ()), start=1)
        ],
        "SoLuongHoSo": 1,
        "ThoiGianGiaiQuyet": f"{working_days} ngày làm việc" if dossier.promised_for else None,
        "ThoiGianNhanHoSo": moment(dossier.accepted_at),
        "ThoiGianTraKetQua": moment(dossier.promised_for),
        "DangKyNhanKetQua": "Trực tuyến" if about["KenhThucHien"] == "2" else "Tại bộ phận Một cửa",
    }


def _about(dossier: Dossier) -> Shown:
    content = dossier.content
    if dossier.synced:
        names = ("MaTTHC", "TenTTHC", "MaLinhVuc", "TenLinhVuc", "LoaiDoiTuong", "TrichYeuHoSo")
        known = {name: content[name] for name in names}
    else:
        known = described(dossier.procedure)
        known["LoaiDoiTuong"] = "1" if content["DinhDanhCHS"]["LoaiDinhDanh"] == "1" else "2"
        known["TrichYeuHoSo"] = content.get("TrichYeuHoSo") or known["TenTTHC"]
    said = {name: content[name] for name in ("KenhThucHien", "ChuHoSo", "DinhDanhCHS", "DonViXuLy")}
    return {**known, **said, "SoDienThoai": content.get("SoDienThoai"), "Email": content.get("Email")}


def _parties(dossier: Dossier) -> list[Shown]:
    return [party for side in ("BenChuyen", "BenNhan") for party in dossier.content.get(side, ())]


def _step(step: Step) -> Shown:
    return {
        "TrangThai": str(step.status.value),
        "TenTrangThai": title(step.status),
        "ThoiDiemXuLy": moment(step.since),
        "NguoiXuLy": step.by,
        "NoiDungXuLy": step.note,
        "YeuCauBoSung": [{"ViTri": each.pointer, "NoiDung": each.reason} for each in step.missing],
    }


def _order(notice: Notice) -> tuple[int, int, str]:
    return notice.revision, notice.ordinal, notice.number


def _notice(notice: Notice, known: Payments) -> Shown:
    stands = standing(notice, known)
    reason = next((each.reason for each in known.cancellations if each.notice == notice.number), None)
    return {
        "SoThongBao": notice.number,
        "LoaiThongBao": notice.kind,
        "TenThongBao": KINDS[notice.kind],
        "ThuTu": f"{notice.ordinal}/{notice.of}",
        "NgayThongBao": f"{notice.issued_on:%Y%m%d}",
        "CoQuanThue": notice.issuer,
        "NguoiNopThue": {"HoTen": notice.taxpayer_name, "SoDinhDanh": notice.taxpayer},
        "KhoanNop": [
            {
                "TieuMuc": each.sub_item,
                "TenTieuMuc": each.sub_item_name,
                "Chuong": each.chapter,
                "CanCuTinh": each.base,
                "TyLe": each.rate,
                "SoTien": each.amount,
                "HienThi": formatted(each.amount),
                "HanNop": f"{each.deadline:%Y%m%d}",
            }
            for each in notice.lines
        ],
        "TongTien": notice.total,
        "HienThi": formatted(notice.total),
        "BangChu": notice.total_in_words,
        "HanNop": f"{min(each.deadline for each in notice.lines):%Y%m%d}",
        "KhoBac": f"{notice.account.treasury_name} ({notice.account.treasury})",
        "MienGiam": [{"LoaiThongBao": each.kind, "NguoiNopThue": each.taxpayer, "CanCu": each.ground} for each in notice.exempted],
        "ThongBaoGoc": notice.cites,
        "TrangThai": stands.state,
        "TenTrangThai": NOTICE_STATES[stands.state],
        "DaNop": stands.paid,
        "ConPhaiNop": stands.remaining,
        "DuocHoan": stands.refundable,
        "LyDoHuy": reason,
    }


def _total(known: Payments) -> Shown:
    stands = [(notice, standing(notice, known)) for notice in known.notices]
    due = sum(notice.total for notice, each in stands if each.state != "DA_HUY")
    remaining = sum(each.remaining for _, each in stands)
    return {
        "TongTien": due,
        "HienThi": formatted(due),
        "BangChu": in_words(due),
        "DaNop": sum(each.paid for _, each in stands),
        "ConPhaiNop": remaining,
        "ConPhaiNopHienThi": formatted(remaining),
        "DuocHoan": refundable(known),
    }


def attempt_started(attempt: Attempt) -> Shown:
    """The answer to whoever begins to pay."""
    return _attempt(attempt)


def _attempt(attempt: Attempt) -> Shown:
    return {
        "MaThamChieu": attempt.reference,
        "SoThongBao": attempt.notice,
        "SoTien": attempt.amount,
        "HienThi": formatted(attempt.amount),
        "TrangThai": ATTEMPTS[attempt.state],
        "ThoiGian": moment(attempt.started_at),
        "LyDo": attempt.reason,
    }


def _receipt(receipt: Receipt, known: Payments) -> Shown:
    said = [each for each in known.reconciliations if each.receipt == receipt.number]
    return {
        "SoChungTu": receipt.number,
        "MaThamChieu": receipt.reference,
        "SoThongBao": receipt.notice,
        "SoTien": receipt.amount,
        "HienThi": formatted(receipt.amount),
        "NgayNop": moment(receipt.paid_at),
        "KenhNop": receipt.channel,
        "NguoiNop": receipt.payer_name,
        "DoiSoat": OUTCOMES[said[-1].outcome] if said else "Chờ cơ quan thuế đối soát",
    }


def _reconciliation(said: Reconciliation) -> Shown:
    return {
        "SoChungTu": said.receipt,
        "MaThamChieu": said.reference,
        "SoThongBao": said.notice,
        "KetQua": said.outcome,
        "TenKetQua": OUTCOMES[said.outcome],
        "SoTien": said.amount,
        "DaNop": said.paid,
        "ConPhaiNop": said.remaining,
        "DuocHoan": said.refundable,
        "ThoiGian": moment(said.said_at),
    }


def _settlement(said: Settlement) -> Shown:
    return {
        "KetQua": said.basis,
        "SoPhieu": said.slip,
        "LanLap": said.revision,
        "TongTien": said.total,
        "MienGiam": [{"LoaiThongBao": each.kind, "NguoiNopThue": each.taxpayer, "CanCu": each.ground} for each in said.duties],
        "ThoiGian": moment(said.said_at),
    }


def _result(parcels: Sequence[ResultParcel]) -> Shown | None:
    if not parcels:
        return None
    return {
        "DonVi": parcels[0].office,
        "ThoiGian": moment(parcels[0].updated_at),
        "DanhSachThua": [
            {
                "MaXa": each.commune,
                "SoToBanDo": each.map_sheet,
                "SoThua": each.parcel_number,
                "DienTich": each.area,
                "MucDich": each.use,
                "SoPhatHanhGCN": each.certificate,
                "SoVaoSo": each.book_number,
                "NgayCap": f"{each.issued_on:%Y%m%d}",
                "ThayTheGCN": each.replaces,
                "ChuSuDung": list(each.holders),
            }
            for each in parcels
        ],
    }


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_none(each) for name, each in value.items() if each is not None}
    return [_without_none(each) for each in value] if isinstance(value, list) else value
