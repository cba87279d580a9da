"""The land office's native shapes to contracts and back, pure; the names stand in tables."""

from collections.abc import Mapping
from typing import Any

from adapters.ilis.mapping import Day, Instant, Table
from adapters.ilis.slip import SLIP
from adapters.ilis.tables import (
    COMPLETED,
    DOSSIER,
    DUTIES,
    NO_OBLIGATION,
    NOTICE_CANCELLED,
    REGISTER,
    SLIP_CANCELLED,
    SLIP_RETURNED,
    SUPPLEMENT,
    WITHDRAWAL,
)
from contracts import (
    DossierSubmitted,
    DossierSupplemented,
    NoObligation,
    NoticeCancelled,
    ObligationCompleted,
    Payload,
    PaymentNotice,
    RegisterUpdated,
    SlipCancelled,
    SlipReturned,
    StatusChanged,
    TransferSlip12,
    TransferSlip19,
    WithdrawalRequested,
)

FORMS: dict[str, type[TransferSlip12] | type[TransferSlip19]] = {"12/DK": TransferSlip12, "19": TransferSlip19}


def dossier(said: DossierSubmitted) -> dict[str, Any]:
    """`dossier.submitted` as TiepNhanHoSo."""
    return _native(DOSSIER, said)


def supplement(said: DossierSupplemented) -> dict[str, Any]:
    """`dossier.supplemented` as BoSungHoSo."""
    return _native(SUPPLEMENT, said)


def withdrawal(said: WithdrawalRequested) -> dict[str, Any]:
    """`dossier.withdrawal-requested` as RutHoSo."""
    return _native(WITHDRAWAL, said)


def slip_returned(said: SlipReturned) -> dict[str, Any]:
    """`tax.slip-returned` as ThueChuyenTraHoSoDoSai, each fault pointing into the office's own form."""
    native = _native(SLIP_RETURNED, said)
    native["DanhSachLoi"] = [{**fault, "Truong": SLIP.pointer_to_native(fault["Truong"])} for fault in native["DanhSachLoi"]]
    return native


def notice(said: PaymentNotice) -> dict[str, Any]:
    """`tax.payment-notice` as CapNhatKetQuaThongBaoThue with one notice."""
    shown: dict[str, Any] = {
        "SoThongBaoThue": said.notice,
        "LoaiThue": DUTIES.to_native(said.kind.value),
        "HoVaTen": said.taxpayer_name,
        "MaSoThue": said.taxpayer,
        "SoThuTu": said.ordinal,
        "TongSo": said.of,
        "TongTien": said.total,
        "DanhSachKhoan": [
            {
                "TieuMuc": line.sub_item,
                "TenTieuMuc": line.sub_item_name,
                "SoTien": line.amount,
                "HanNop": Day().to_native(line.deadline.isoformat()),
            }
            for line in said.lines
        ],
    }
    return {
        "SoBienNhan": said.dossier,
        "SoPhieu": said.slip.number,
        "LanLap": said.slip.revision,
        "NguoiXuLy": said.issuer,
        "NgayCoKetQuaThue": Day().to_native(said.issued_on.isoformat()),
        "DanhSachThongBaoThue": [shown | ({"ThongBaoGoc": said.cites} if said.cites else {})],
    }


def notice_cancelled(said: NoticeCancelled) -> dict[str, Any]:
    """`tax.notice-cancelled` as HuyThongBaoThue."""
    return _native(NOTICE_CANCELLED, said)


def no_obligation(said: NoObligation) -> dict[str, Any]:
    """`tax.no-obligation` as KhongPhatSinhNghiaVu."""
    return _native(NO_OBLIGATION, said)


def completed(said: ObligationCompleted) -> dict[str, Any]:
    """`tax.obligation-completed` as HoanThanhNghiaVu."""
    return _native(COMPLETED, said)


def slip(native: Mapping[str, Any]) -> TransferSlip12 | TransferSlip19:
    """PHIEU_CHUYEN as `land.transfer-slip`."""
    flat = {name: value for name, value in native.items() if name != "KinhGui"} | native["KinhGui"]
    return FORMS[native["MauPhieu"]].model_validate(SLIP.from_native(flat))


def slip_cancelled(native: Mapping[str, Any]) -> SlipCancelled:
    """HUY_PHIEU as `land.slip-cancelled`."""
    return SlipCancelled.model_validate(SLIP_CANCELLED.from_native(native))


def status(native: Mapping[str, Any]) -> StatusChanged:
    """TRANG_THAI as `dossier.status-changed`; what is missing points into the dossier, or into the slip that tax sent back."""
    due = native.get("NgayHenTra")
    return StatusChanged.model_validate(
        {
            "dossier": native["SoBienNhan"],
            "status": native["TrangThai"],
            "since": Instant().from_native(native["ThoiDiemXuLy"]),
            "by": native["NguoiXuLy"],
            "note": native["NoiDungXuLy"],
            "final": native["KetThuc"],
            "missing": [{"pointer": _pointer(each["Truong"]), "reason": each["LyDo"]} for each in native["DanhSachLoi"]],
            "dueAt": Instant().from_native(due) if due else None,
        }
    )


def register_updated(native: Mapping[str, Any]) -> RegisterUpdated:
    """BIEN_DONG as `land.register-updated`."""
    return RegisterUpdated.model_validate(REGISTER.from_native(native))


def _native(table: Table, said: Payload) -> dict[str, Any]:
    return table.to_native(said.model_dump(mode="json"))


def _pointer(native: str) -> str:
    table = DOSSIER if DOSSIER.knows(native) else SLIP
    return table.pointer_from_native(native)
