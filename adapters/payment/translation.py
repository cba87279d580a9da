"""PayPlat's native shapes to contracts and back, pure."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts import PaymentFailed, PaymentReceipt, PaymentRequested, ReceiptReconciled
from vn.clock import VN

PARTNER = "H37.10"  # the portal, in whose name INIT is signed
SECRET = "lgsp-sim: khóa dùng chung của cổng dịch vụ công"  # shared with the simulated platform only
SIGNED = (
    *("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan", "MaKenhThanhToan"),
    *("MaThietBi", "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich", "ThoiGianGD", "Ip"),
)
CHANNELS = {"DVCQG": "dvcqg", "NGANHANG": "bank", "ETAX": "etax-mobile", "KBNN": "treasury"}
RECONCILED = {"part": "MOT_PHAN", "settled": "DU", "over": "THUA", "repeated": "TRUNG", "notice-cancelled": "TB_HUY"}
OUTCOMES = {"THAT_BAI": "failed", "HET_HAN": "expired"}


def init(asked: PaymentRequested) -> dict[str, Any]:
    """`payment.requested` as INIT, signed (MaXacThuc: HMAC-SHA256 of the pipe-joined fields, an assumption)."""
    message: dict[str, Any] = {
        "LoaiBanTin": "INIT",
        "PhienBan": "1.0.6",
        "MaDoiTac": PARTNER,
        "MaThamChieu": asked.attempt,
        "SoTien": asked.amount,
        "LoaiHinhThanhToan": "THUE_PHI",
        "MaKenhThanhToan": "DVCQG",
        "NgonNgu": "vi",
        "MaTienTe": "VND",
        "ThongTinGiaoDich": f"Nộp theo thông báo {asked.notice}",
        "ThoiGianGD": _written(asked.requested_at),
    }
    message["MaXacThuc"] = signature(message)
    message["ThongTinBienLai"] = {
        "MaHoSo": asked.dossier,
        "SoQD": asked.notice,
        "MaCoQuanQD": asked.account.collector,
        "KhoBac": asked.account.treasury_name,
        "TKThuHuong": asked.account.treasury,
        "TaiKhoanThuNSNN": asked.account.account,
        "HoTenNguoiNop": asked.payer_name,
        "SoCMNDNguoiNop": asked.payer,
        "DSKhoanNop": [{"NoiDung": line.text, "SoTien": line.amount, "MaNDKT": line.sub_item} for line in asked.lines if line.amount],
    }
    return message


def signature(message: Mapping[str, Any], secret: str = SECRET) -> str:
    """MaXacThuc, as the platform checks it; an absent field counts as empty."""
    signed = "|".join(str(message.get(name, "")) for name in SIGNED)
    return hmac.new(secret.encode(), signed.encode(), "sha256").hexdigest()


def reconciliation(said: ReceiptReconciled) -> dict[str, Any]:
    """`tax.receipt-reconciled` for the platform."""
    return {
        "SoChungTu": said.receipt,
        "MaThamChieu": said.attempt,
        "KetQua": RECONCILED[said.outcome],
        "SoTienConPhaiNop": said.remaining,
        "SoTienDuocHoan": said.refundable,
        "ThoiGian": _written(said.reconciled_at),
    }


def receipt(native: Mapping[str, Any]) -> PaymentReceipt:
    """CHUNG_TU as `payment.receipt`."""
    return PaymentReceipt.model_validate(
        {
            "dossier": native["MaHoSo"],
            "notice": native["SoQD"],
            "attempt": native["MaThamChieu"],
            "receipt": native["SoChungTu"],
            "amount": native["SoTien"],
            "paidAt": _read(native["ThoiGianThanhToan"]),
            "channel": CHANNELS[native["MaKenhThanhToan"]],
            "payer": native["SoCMNDNguoiNop"],
            "payerName": native["HoTenNguoiNop"],
        }
    )


def failed(native: Mapping[str, Any]) -> PaymentFailed:
    """THAT_BAI as `payment.failed`."""
    return PaymentFailed.model_validate(
        {
            "dossier": native["MaHoSo"],
            "notice": native["SoQD"],
            "attempt": native["MaThamChieu"],
            "outcome": OUTCOMES[native["MaLoi"]],
            "reason": native["LyDo"],
            "failedAt": _read(native["ThoiGian"]),
        }
    )


def _written(moment: datetime) -> str:
    return moment.astimezone(VN).strftime("%Y%m%d%H%M%S")


def _read(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=VN)
