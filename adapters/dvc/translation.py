"""The portal's native shapes to contracts and back, pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from adapters.dvc.form import declarations, holder, paper, parcel, party
from adapters.dvc.words import CHANNELS, DUTIES, FAILURES, OUTCOMES, PROCEDURES, pointer
from contracts import (
    DossierSubmitted,
    DossierSupplemented,
    Duty,
    Holder,
    NoObligation,
    NoticeCancelled,
    ObligationCompleted,
    PaymentFailed,
    PaymentNotice,
    PaymentReceipt,
    PaymentRequested,
    ReceiptReconciled,
    RegisterUpdated,
    StatusChanged,
    UpdatedParcel,
    WithdrawalRequested,
)
from vn.clock import VN

Native = dict[str, Any]


def submitted(native: Mapping[str, Any]) -> DossierSubmitted:
    """HO_SO_MOI as `dossier.submitted`; the applicant is the party with their number."""
    parties = [*native.get("BenChuyen", ()), *native["BenNhan"]]
    number = native["DinhDanhCHS"]["SoDinhDanh"]
    owner = next(each for each in parties if number == each.get("SoDinhDanh", each.get("MaSoThue")))
    return DossierSubmitted.model_validate(
        {
            "dossier": native["MaHoSo"],
            "procedure": PROCEDURES[native["LoaiThuTuc"]],
            "procedureCode": native["MaTTHC"],
            "channel": int(native["KenhThucHien"]),
            "submittedAt": _read(native["NgayNopHoSo"]),
            "applicant": party(owner),
            "transferors": [holder(each) for each in native.get("BenChuyen", ())],
            "transferees": [holder(each) for each in native["BenNhan"]],
            "parcels": [parcel(each) for each in native["ThuaDat"]],
            "declarations": declarations(native),
            "deferral": _deferral(native["GhiNo"]),
            "papers": [paper(each) for each in native["TaiLieuNop"]],
        }
    )


def supplemented(native: Mapping[str, Any]) -> DossierSupplemented:
    """BO_SUNG as `dossier.supplemented`; the portal tells the declarations whole where any of them was given."""
    sides = {"transferors": "BenChuyen", "transferees": "BenNhan"}
    said: Native = {name: [holder(each) for each in native[side]] for name, side in sides.items() if side in native}
    if "ThuaDat" in native:
        said |= {"parcels": [parcel(each) for each in native["ThuaDat"]], "declarations": declarations(native)}
    if "GhiNo" in native:
        said["deferral"] = _deferral(native["GhiNo"])
    papers = [paper(each) for each in native["TaiLieuNop"]]
    at = _read(native["NgayBoSung"])
    return DossierSupplemented.model_validate({"dossier": native["MaHoSo"], "supplementedAt": at, **said, "papers": papers})


def withdrawal(native: Mapping[str, Any]) -> WithdrawalRequested:
    """RUT_HO_SO as `dossier.withdrawal-requested`."""
    at = _read(native["NgayYeuCau"])
    return WithdrawalRequested.model_validate({"dossier": native["MaHoSo"], "requestedAt": at, "reason": native["LyDo"]})


def requested(native: Mapping[str, Any]) -> PaymentRequested:
    """THANH_TOAN as `payment.requested`."""
    return PaymentRequested.model_validate(
        {
            "dossier": native["MaHoSo"],
            "notice": native["SoThongBao"],
            "attempt": native["MaThamChieu"],
            "amount": native["SoTien"],
            "lines": [{"subItem": each["MaNDKT"], "text": each["NoiDung"], "amount": each["SoTien"]} for each in native["DSKhoanNop"]],
            "payer": native["SoNguoiNop"],
            "payerName": native["HoTenNguoiNop"],
            "account": {
                "account": native["TaiKhoanThuNSNN"],
                "treasury": native["SHKB"],
                "treasuryName": native["KhoBac"],
                "collector": native["MaCoQuanThu"],
            },
            "requestedAt": _read(native["ThoiGianGD"]),
        }
    )


def status(said: StatusChanged) -> Native:
    """`dossier.status-changed` as CapNhatTienDoHoSoMC; what is missing points into the citizen's form."""
    native: Native = {
        "MaHoSo": said.dossier,
        "NguoiXuLy": said.by,
        "ThoiDiemXuLy": _written(said.since),
        "TrangThai": str(said.status),
        "KetThuc": said.final,
        "DanhSachYeuCauBoSung": [{"ViTri": pointer(each.pointer), "NoiDung": each.reason} for each in said.missing],
    }
    note = {"NoiDungXuLy": said.note} if said.note else {}
    due = {"NgayKetThucTheoQuyDinh": _written(said.due_at)} if said.due_at else {}
    return {**native, **note, **due}


def notice(said: PaymentNotice) -> Native:
    """`tax.payment-notice` as ImportThongBaoThue."""
    native: Native = {
        "MA_HSO": said.dossier,
        "SO_PHIEU": said.slip.number,
        "LAN_LAP": said.slip.revision,
        "SO_QUYET_DINH": said.notice,
        "NGAY_QUYET_DINH": _day(said.issued_on),
        "LOAI_THONG_BAO": DUTIES[said.kind],
        "THU_TU": said.ordinal,
        "TONG_SO": said.of,
        "TEN_CQT": said.issuer,
        "MA_SO_THUE": said.taxpayer,
        "TEN_NNT": said.taxpayer_name,
        "LIST": [
            {
                "MA_TMUC": line.sub_item,
                "TEN_TIEUMUC": line.sub_item_name,
                "MA_CHUONG": line.chapter,
                "CAN_CU_TINH": line.base,
                "TY_LE": float(line.rate),
                "SO_TIEN": line.amount,
                "HAN_NOP": _day(line.deadline),
            }
            for line in said.lines
        ],
        "TONG_TIEN": said.total,
        "BANG_CHU": said.total_in_words,
        "LOAI_TK_NSNN": said.account.account,
        "SHKB": said.account.treasury,
        "TEN_KHO_BAC": said.account.treasury_name,
        "MA_CQUAN_THU": said.account.collector,
        "MIEN_GIAM": [_duty(each) for each in said.exempted],
    }
    return {**native, "SO_THONG_BAO_GOC": said.cites} if said.cites else native


def notice_cancelled(said: NoticeCancelled) -> Native:
    """`tax.notice-cancelled` as ImportHuyThongBao."""
    return {"MA_HSO": said.dossier, "SO_QUYET_DINH": said.notice, "LY_DO": said.reason, "THOI_GIAN": _written(said.cancelled_at)}


def no_obligation(said: NoObligation) -> Native:
    """`tax.no-obligation` as ImportKetQuaNghiaVu."""
    slip = {"MA_HSO": said.dossier, "SO_PHIEU": said.slip.number, "LAN_LAP": said.slip.revision}
    duties = [_duty(each) for each in said.duties]
    return {**slip, "KET_QUA": "KHONG_PHAT_SINH", "MIEN_GIAM": duties, "THOI_GIAN": _written(said.confirmed_at)}


def completed(said: ObligationCompleted) -> Native:
    """`tax.obligation-completed` as ImportKetQuaNghiaVu."""
    slip = {"MA_HSO": said.dossier, "SO_PHIEU": said.slip.number, "LAN_LAP": said.slip.revision}
    return {**slip, "KET_QUA": "DA_HOAN_THANH", "TONG_TIEN": said.total, "THOI_GIAN": _written(said.completed_at)}


def reconciled(said: ReceiptReconciled) -> Native:
    """`tax.receipt-reconciled` as ImportDoiSoat."""
    return {
        "MA_HSO": said.dossier,
        "SO_CHUNG_TU": said.receipt,
        "MA_THAM_CHIEU": said.attempt,
        "SO_QUYET_DINH": said.notice,
        "KET_QUA": OUTCOMES[said.outcome],
        "SO_TIEN": said.amount,
        "DA_NOP": said.paid,
        "CON_PHAI_NOP": said.remaining,
        "DUOC_HOAN": said.refundable,
        "THOI_GIAN": _written(said.reconciled_at),
    }


def receipt(said: PaymentReceipt) -> Native:
    """`payment.receipt` as ImportChungTuThue."""
    return {
        "MA_HSO": said.dossier,
        "SO_CHUNG_TU": said.receipt,
        "MA_THAM_CHIEU": said.attempt,
        "SO_QUYET_DINH": said.notice,
        "SO_TIEN": said.amount,
        "NGAY_NOP": _written(said.paid_at),
        "KENH_NOP": CHANNELS[said.channel],
        "SO_NGUOI_NOP": said.payer,
        "TEN_NGUOI_NOP": said.payer_name,
    }


def failed(said: PaymentFailed) -> Native:
    """`payment.failed` as KetQuaThanhToan."""
    return {
        "MaHoSo": said.dossier,
        "MaThamChieu": said.attempt,
        "SoThongBao": said.notice,
        "KetQua": FAILURES[said.outcome],
        "LyDo": said.reason,
        "ThoiGian": _written(said.failed_at),
    }


def register_updated(said: RegisterUpdated) -> Native:
    """`land.register-updated` as CapNhatKetQuaHoSo."""
    parcels = [_result(each) for each in said.parcels]
    return {"MaHoSo": said.dossier, "DonVi": said.office, "ThoiGian": _written(said.updated_at), "DanhSachThua": parcels}


def _result(said: UpdatedParcel) -> Native:
    native: Native = {
        "MaXa": said.parcel.commune_code,
        "SoToBanDo": said.parcel.map_sheet,
        "SoThua": said.parcel.parcel_number,
        "DienTich": float(said.area),
        "MucDich": said.use,
        "SoPhatHanhGCN": said.certificate.serial,
        "SoVaoSo": said.certificate.book_number,
        "NgayCap": _day(said.certificate.issued_on),
        "ChuSuDung": [_user(each) for each in said.holders],
    }
    replaced = said.certificate.replaces
    return {**native, "ThayTheGCN": replaced} if replaced else native


def _user(said: Holder) -> Native:
    return {"HoTen": said.party.name, "SoDinhDanh": said.party.id, "TyLe": said.share}


def _duty(said: Duty) -> Native:
    return {"LOAI": DUTIES[said.kind], "MA_SO_THUE": said.taxpayer, "CAN_CU": said.ground}


def _deferral(native: Mapping[str, bool]) -> Native:
    return {"landUseFee": native["TienSuDungDat"], "registrationFee": native["LePhiTruocBa"]}


def _day(day: date) -> str:
    return day.strftime("%d-%m-%Y")


def _written(moment: datetime) -> str:
    return moment.astimezone(VN).strftime("%Y%m%d%H%M%S")


def _read(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=VN)
