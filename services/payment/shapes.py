"""The platform's own shapes: INIT of PayPlat 1.0.6 coming in, chứng từ and giao dịch going out (domain: observed messages)."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from services.kit import Native, Written
from services.payment.model import Attempt, Channel, Line, Order, Outcome, Receipt, Reconciliation

Moment = Annotated[datetime, Written("%Y%m%d%H%M%S")]
DayOf = Annotated[date, Written("%d/%m/%Y")]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Code = Annotated[str, Field(min_length=1, max_length=60)]
Reference = Annotated[str, Field(pattern=r"^[0-9]{17}$")]
Money = Annotated[int, Field(strict=True, gt=0, le=10**15)]
Rest = Annotated[int, Field(strict=True, ge=0, le=10**15)]
Payer = Annotated[str, Field(pattern=r"^([0-9]{9}|[0-9]{12}|[0-9]{10}(-[0-9]{3})?)$")]

SIGNED = (
    *("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan", "MaKenhThanhToan"),
    *("MaThietBi", "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich", "ThoiGianGD", "Ip"),
)
"""The fields of INIT that MaXacThuc covers, in this order; an absent one counts as empty."""


class KhoanNop(Native):
    """One sum to pay; MaNDKT is the budget sub-item (tiểu mục)."""

    NoiDung: Text
    SoTien: Money
    MaNDKT: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None = None


class ThongTinBienLai(Native):
    """What the money is for, who pays, and where it goes."""

    MaHoSo: Annotated[str, Field(min_length=1, max_length=40)]
    SoQD: Code
    NgayQD: DayOf | None = None
    MaCoQuanQD: Code
    KhoBac: Text
    TKThuHuong: Code
    MaNHThuHuong: Code | None = None
    TaiKhoanThuNSNN: Code
    HoTenNguoiNop: Text
    SoCMNDNguoiNop: Payer
    DiaChi: Text | None = None
    MaDichVu: Code | None = None
    MaDVC: Code | None = None
    MaTTHC: Code | None = None
    MaDonVi: Code | None = None
    PhiLePhi: Annotated[tuple[KhoanNop, ...], Field(max_length=20)] = ()
    DSKhoanNop: Annotated[tuple[KhoanNop, ...], Field(max_length=20)] = ()


class BanTinInit(Native):
    """A partner asks to have a sum paid (bản tin INIT)."""

    LoaiBanTin: Literal["INIT"]
    PhienBan: Literal["1.0.6"]
    MaDoiTac: Code
    MaThamChieu: Reference
    SoTien: Money
    LoaiHinhThanhToan: Code
    MaKenhThanhToan: Channel
    MaThietBi: Code | None = None
    NgonNgu: Literal["vi", "en"] = "vi"
    MaTienTe: Literal["VND"]
    MaNganHang: Code | None = None
    ThongTinGiaoDich: Text
    ThoiGianGD: Moment
    Ip: Annotated[str, Field(max_length=45)] | None = None
    MaXacThuc: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    ThongTinBienLai: ThongTinBienLai

    def signed(self) -> str:
        """What MaXacThuc covers."""
        fields = self.model_dump(mode="json")
        return "|".join("" if fields[name] is None else str(fields[name]) for name in SIGNED)

    def order(self) -> Order:
        """What is to be paid; two INIT that differ only in time, device or code ask for the same."""
        slip = self.ThongTinBienLai
        return Order(
            reference=self.MaThamChieu,
            partner=self.MaDoiTac,
            dossier=slip.MaHoSo,
            notice=slip.SoQD,
            notice_date=slip.NgayQD,
            collector=slip.MaCoQuanQD,
            treasury=slip.KhoBac,
            beneficiary=slip.TKThuHuong,
            budget_account=slip.TaiKhoanThuNSNN,
            payer=slip.SoCMNDNguoiNop,
            payer_name=slip.HoTenNguoiNop,
            payer_address=slip.DiaChi,
            amount=self.SoTien,
            channel=self.MaKenhThanhToan,
            text=self.ThongTinGiaoDich,
            lines=tuple(Line(line.NoiDung, line.SoTien, line.MaNDKT) for line in (*slip.DSKhoanNop, *slip.PhiLePhi)),
        )


class TraLoiInit(Native):
    """The platform's answer to INIT: where the payer goes, until when."""

    MaLoi: Literal["00"] = "00"
    MoTaLoi: str = "Thành công"
    MaThamChieu: str
    UrlThanhToan: str
    HanThanhToan: Moment

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """The same for every repeat, whatever has become of the attempt."""
        url = f"/giao-dich/{attempt.reference}/thanh-toan"
        return cls(MaThamChieu=attempt.reference, UrlThanhToan=url, HanThanhToan=attempt.expires_at)


class ThanhToan(Native):
    """The payer pays, perhaps by another channel than the one first chosen."""

    MaKenhThanhToan: Channel | None = None


class BaoThatBai(Native):
    """The payer or the bank breaks it off."""

    LyDo: Text


class GiaoDich(Native):
    """An attempt as the platform shows it."""

    MaThamChieu: str
    MaHoSo: str
    SoQD: str
    SoTien: int
    TrangThai: Literal["KHOI_TAO", "DA_THANH_TOAN", "THAT_BAI", "HET_HAN"]
    HoTenNguoiNop: str
    ThoiGianKhoiTao: Moment
    HanThanhToan: Moment
    ThoiGianKetThuc: Moment | None
    LyDo: str
    DSKhoanNop: tuple[KhoanNop, ...]

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """From the model."""
        return cls(
            MaThamChieu=attempt.reference,
            MaHoSo=attempt.dossier,
            SoQD=attempt.notice,
            SoTien=attempt.amount,
            TrangThai=NATIVE_STATE[attempt.state],
            HoTenNguoiNop=attempt.order.payer_name,
            ThoiGianKhoiTao=attempt.started_at,
            HanThanhToan=attempt.expires_at,
            ThoiGianKetThuc=attempt.ended_at,
            LyDo=attempt.reason,
            DSKhoanNop=_lines(attempt.order),
        )


class ChungTu(Native):
    """A receipt, form C1-02/NS; what the feed says as CHUNG_TU."""

    MauChungTu: Literal["C1-02/NS"] = "C1-02/NS"
    SoChungTu: str
    MaThamChieu: str
    MaHoSo: str
    SoQD: str
    NgayQD: DayOf | None
    MaCoQuanQD: str
    KhoBac: str
    TKThuHuong: str
    TaiKhoanThuNSNN: str
    HoTenNguoiNop: str
    SoCMNDNguoiNop: str
    DiaChi: str | None
    SoTien: int
    NoiDungThanhToan: str
    ThoiGianThanhToan: Moment
    MaKenhThanhToan: Channel
    TrangThaiThanhToan: Literal["1"] = "1"
    DSKhoanNop: tuple[KhoanNop, ...]

    @classmethod
    def of(cls, receipt: Receipt, order: Order) -> Self:
        """From the model."""
        return cls(
            SoChungTu=receipt.number,
            MaThamChieu=receipt.reference,
            MaHoSo=receipt.dossier,
            SoQD=receipt.notice,
            NgayQD=order.notice_date,
            MaCoQuanQD=order.collector,
            KhoBac=order.treasury,
            TKThuHuong=order.beneficiary,
            TaiKhoanThuNSNN=order.budget_account,
            HoTenNguoiNop=order.payer_name,
            SoCMNDNguoiNop=order.payer,
            DiaChi=order.payer_address,
            SoTien=receipt.amount,
            NoiDungThanhToan=order.text,
            ThoiGianThanhToan=receipt.paid_at,
            MaKenhThanhToan=receipt.channel,
            DSKhoanNop=_lines(order),
        )


class ThatBai(Native):
    """An attempt that came to nothing; what the feed says as THAT_BAI."""

    MaThamChieu: str
    MaHoSo: str
    SoQD: str
    SoTien: int
    TrangThaiThanhToan: Literal["0"] = "0"
    MaLoi: Literal["THAT_BAI", "HET_HAN"]
    LyDo: str
    ThoiGian: Moment

    @classmethod
    def of(cls, attempt: Attempt, now: datetime) -> Self:
        """From the model."""
        code: Literal["THAT_BAI", "HET_HAN"] = "HET_HAN" if attempt.state == "expired" else "THAT_BAI"
        known = {"MaThamChieu": attempt.reference, "MaHoSo": attempt.dossier, "SoQD": attempt.notice}
        return cls(**known, SoTien=attempt.amount, MaLoi=code, LyDo=attempt.reason, ThoiGian=now)


class DoiSoat(Native):
    """What the tax authority made of a receipt."""

    SoChungTu: Code
    MaThamChieu: Reference
    KetQua: Outcome
    SoTienConPhaiNop: Rest
    SoTienDuocHoan: Rest
    ThoiGian: Moment


class KetQuaDoiSoat(Native):
    """A reconciliation as the platform shows it."""

    KetQua: Outcome
    SoTienConPhaiNop: int
    SoTienDuocHoan: int
    ThoiGian: Moment

    @classmethod
    def of(cls, said: Reconciliation) -> Self:
        """From the model."""
        return cls(KetQua=said.outcome, SoTienConPhaiNop=said.remaining, SoTienDuocHoan=said.refundable, ThoiGian=said.said_at)


class ChungTuDaDoiSoat(ChungTu):
    """A receipt with what tax said about it, the last word last."""

    DoiSoat: tuple[KetQuaDoiSoat, ...] = ()
    SoTienDuocHoan: int = 0


NATIVE_STATE: dict[str, Literal["KHOI_TAO", "DA_THANH_TOAN", "THAT_BAI", "HET_HAN"]] = {
    "started": "KHOI_TAO",
    "paid": "DA_THANH_TOAN",
    "failed": "THAT_BAI",
    "expired": "HET_HAN",
}


def _lines(order: Order) -> tuple[KhoanNop, ...]:
    return tuple(KhoanNop(NoiDung=line.text, SoTien=line.amount, MaNDKT=line.sub_item) for line in order.lines)
