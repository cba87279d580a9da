"""What tax, treasury and land office have the portal import: names as the tax gateway writes them, dates dd-MM-yyyy."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from services.dvc.forms import LongText, Moment, Text
from services.dvc.model import ResultParcel
from services.dvc.money import Account, Cancellation, Exempted, Kind, Line, Notice, Outcome, Receipt, Reconciliation, Settlement
from services.dvc.sync import Code
from services.kit import Native, Written

TaxDay = Annotated[date, Written("%d-%m-%Y")]
Amount = Annotated[int, Field(strict=True, ge=0, le=10**15)]
Taxpayer = Annotated[str, StringConstraints(pattern=r"^([0-9]{12}|[0-9]{10}(-[0-9]{3})?)$")]
Number = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Reference = Annotated[str, StringConstraints(pattern=r"^[0-9]{17}$")]
Count = Annotated[int, Field(strict=True, ge=1, le=999)]


class KhoanPhaiNop(Native):
    """One line of a notice: a budget sub-item, or a tranche of it."""

    MA_TMUC: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
    TEN_TIEUMUC: Text
    MA_CHUONG: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]
    CAN_CU_TINH: Amount
    TY_LE: Annotated[float, Field(ge=0, le=1)]
    SO_TIEN: Amount
    HAN_NOP: TaxDay

    def line(self) -> Line:
        """As the model knows it."""
        return Line(self.MA_TMUC, self.TEN_TIEUMUC, self.MA_CHUONG, self.CAN_CU_TINH, self.TY_LE, self.SO_TIEN, self.HAN_NOP)


class MienGiam(Native):
    """A duty that is nil, and the ground."""

    LOAI: Kind
    MA_SO_THUE: Taxpayer
    CAN_CU: LongText

    def exempted(self) -> Exempted:
        """As the model knows it."""
        return Exempted(self.LOAI, self.MA_SO_THUE, self.CAN_CU)


class ThongBaoThue(Native):
    """ImportThongBaoThue: one payment notice."""

    MA_HSO: Code
    SO_PHIEU: Number
    LAN_LAP: Count
    SO_QUYET_DINH: Number
    NGAY_QUYET_DINH: TaxDay
    LOAI_THONG_BAO: Kind
    THU_TU: Count
    TONG_SO: Count
    TEN_CQT: Text
    MA_SO_THUE: Taxpayer
    TEN_NNT: Text
    LIST: Annotated[tuple[KhoanPhaiNop, ...], Field(min_length=1, max_length=20)]
    TONG_TIEN: Amount
    BANG_CHU: Text
    LOAI_TK_NSNN: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
    SHKB: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
    TEN_KHO_BAC: Text
    MA_CQUAN_THU: Annotated[str, StringConstraints(pattern=r"^[0-9]{7}$")]
    MIEN_GIAM: Annotated[tuple[MienGiam, ...], Field(max_length=400)] = ()
    SO_THONG_BAO_GOC: Number | None = None

    def notice(self) -> Notice:
        """As the model knows it."""
        return Notice(
            number=self.SO_QUYET_DINH,
            dossier=self.MA_HSO,
            slip=self.SO_PHIEU,
            revision=self.LAN_LAP,
            kind=self.LOAI_THONG_BAO,
            ordinal=self.THU_TU,
            of=self.TONG_SO,
            issued_on=self.NGAY_QUYET_DINH,
            issuer=self.TEN_CQT,
            taxpayer=self.MA_SO_THUE,
            taxpayer_name=self.TEN_NNT,
            total=self.TONG_TIEN,
            total_in_words=self.BANG_CHU,
            cites=self.SO_THONG_BAO_GOC,
            lines=tuple(each.line() for each in self.LIST),
            account=Account(self.LOAI_TK_NSNN, self.SHKB, self.TEN_KHO_BAC, self.MA_CQUAN_THU),
            exempted=tuple(each.exempted() for each in self.MIEN_GIAM),
        )


class HuyThongBao(Native):
    """ImportHuyThongBao: a notice no longer stands."""

    MA_HSO: Code
    SO_QUYET_DINH: Number
    LY_DO: LongText
    THOI_GIAN: Moment

    def cancellation(self) -> Cancellation:
        """As the model knows it."""
        return Cancellation(self.SO_QUYET_DINH, self.MA_HSO, self.LY_DO, self.THOI_GIAN)


class KetQuaNghiaVu(Native):
    """ImportKetQuaNghiaVu: all is settled, or nothing is due."""

    MA_HSO: Code
    SO_PHIEU: Number
    LAN_LAP: Count
    KET_QUA: Literal["DA_HOAN_THANH", "KHONG_PHAT_SINH"]
    TONG_TIEN: Amount = 0
    MIEN_GIAM: Annotated[tuple[MienGiam, ...], Field(max_length=400)] = ()
    THOI_GIAN: Moment

    def settlement(self) -> Settlement:
        """As the model knows it."""
        duties = tuple(each.exempted() for each in self.MIEN_GIAM)
        return Settlement(self.MA_HSO, self.SO_PHIEU, self.LAN_LAP, self.KET_QUA, self.TONG_TIEN, duties, self.THOI_GIAN)


class ChungTuThue(Native):
    """ImportChungTuThue: money that reached the treasury."""

    MA_HSO: Code
    SO_CHUNG_TU: Number
    MA_THAM_CHIEU: Reference
    SO_QUYET_DINH: Number
    SO_TIEN: Amount
    NGAY_NOP: Moment
    KENH_NOP: Literal["DVCQG", "NGANHANG", "ETAX", "KBNN"]
    SO_NGUOI_NOP: Taxpayer
    TEN_NGUOI_NOP: Text

    def receipt(self) -> Receipt:
        """As the model knows it."""
        return Receipt(
            number=self.SO_CHUNG_TU,
            dossier=self.MA_HSO,
            reference=self.MA_THAM_CHIEU,
            notice=self.SO_QUYET_DINH,
            amount=self.SO_TIEN,
            paid_at=self.NGAY_NOP,
            channel=self.KENH_NOP,
            payer=self.SO_NGUOI_NOP,
            payer_name=self.TEN_NGUOI_NOP,
        )


class DoiSoatChungTu(Native):
    """ImportDoiSoat: what tax made of a receipt."""

    MA_HSO: Code
    SO_CHUNG_TU: Number
    MA_THAM_CHIEU: Reference
    SO_QUYET_DINH: Number
    KET_QUA: Outcome
    SO_TIEN: Amount
    DA_NOP: Amount
    CON_PHAI_NOP: Amount
    DUOC_HOAN: Amount
    THOI_GIAN: Moment

    def reconciliation(self, place: int) -> Reconciliation:
        """As the model knows it."""
        return Reconciliation(
            receipt=self.SO_CHUNG_TU,
            place=place,
            dossier=self.MA_HSO,
            notice=self.SO_QUYET_DINH,
            reference=self.MA_THAM_CHIEU,
            outcome=self.KET_QUA,
            amount=self.SO_TIEN,
            paid=self.DA_NOP,
            remaining=self.CON_PHAI_NOP,
            refundable=self.DUOC_HOAN,
            said_at=self.THOI_GIAN,
        )


class ThanhToanThatBai(Native):
    """KetQuaThanhToan: an attempt that came to nothing."""

    MaHoSo: Code
    MaThamChieu: Reference
    SoThongBao: Number
    KetQua: Literal["THAT_BAI", "HET_HAN"]
    LyDo: LongText
    ThoiGian: Moment


class NguoiSuDung(Native):
    """Who holds a parcel now."""

    HoTen: Text
    SoDinhDanh: Taxpayer
    TyLe: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}/[1-9][0-9]{0,5}$")]


class ThuaKetQua(Native):
    """A parcel as the register holds it now, with its new certificate."""

    MaXa: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
    SoToBanDo: Annotated[int, Field(strict=True, ge=1)]
    SoThua: Annotated[int, Field(strict=True, ge=1)]
    DienTich: Annotated[float, Field(gt=0)]
    MucDich: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    SoPhatHanhGCN: Number
    SoVaoSo: Number
    NgayCap: TaxDay
    ThayTheGCN: Number | None = None
    ChuSuDung: Annotated[tuple[NguoiSuDung, ...], Field(min_length=1, max_length=50)]


class KetQuaHoSo(Native):
    """CapNhatKetQuaHoSo: what changed in the register."""

    MaHoSo: Code
    DonVi: Text
    ThoiGian: Moment
    DanhSachThua: Annotated[tuple[ThuaKetQua, ...], Field(min_length=1, max_length=50)]

    def parcels(self) -> list[ResultParcel]:
        """As the model knows them."""
        return [
            ResultParcel(
                dossier=self.MaHoSo,
                place=place,
                commune=each.MaXa,
                map_sheet=each.SoToBanDo,
                parcel_number=each.SoThua,
                area=each.DienTich,
                use=each.MucDich,
                certificate=each.SoPhatHanhGCN,
                book_number=each.SoVaoSo,
                issued_on=each.NgayCap,
                replaces=each.ThayTheGCN,
                holders=_plain(each),
                office=self.DonVi,
                updated_at=self.ThoiGian,
            )
            for place, each in enumerate(self.DanhSachThua, start=1)
        ]


def _plain(parcel: ThuaKetQua) -> tuple[dict[str, Any], ...]:
    return tuple(each.model_dump() for each in parcel.ChuSuDung)
