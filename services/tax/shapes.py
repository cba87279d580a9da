"""What an officer sees and says, as JSON: slips, notices, receipts, decisions."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.kit import Native, Written, invalid
from services.tax.documents import OUTCOMES
from services.tax.model import STATES, BookEntry, Case, Receipt, remaining
from services.tax.notices import Line, Notice
from vn.units import successor

Moment = Annotated[datetime, Written("%d/%m/%Y %H:%M:%S")]
DayOf = Annotated[date, Written("%d/%m/%Y")]
CommuneCode = Annotated[str, Field(pattern=r"^[0-9]{5}$")]

NOTICE_STATES = {"open": "chưa nộp đủ", "settled": "đã nộp đủ", "cancelled": "đã hủy"}


class QuyetDinh(Native):
    """An officer's decision; a slip is returned with a reason."""

    HanhDong: Literal["xac-dinh", "doi-soat", "tra-phieu"]
    LyDo: Annotated[str, Field(min_length=1, max_length=4000)] | None = None


class DongThongBao(Native):
    """One line of a notice."""

    MaTieuMuc: str
    TenTieuMuc: str
    Chuong: str
    CanCuTinh: int
    TyLe: str
    SoTien: int
    ConPhaiNop: int
    HanNop: DayOf

    @classmethod
    def of(cls, line: Line, owed: int) -> Self:
        """From the model."""
        return cls(
            MaTieuMuc=line.sub_item,
            TenTieuMuc=line.sub_item_name,
            Chuong=line.chapter,
            CanCuTinh=line.base,
            TyLe=str(line.rate),
            SoTien=line.amount,
            ConPhaiNop=owed,
            HanNop=line.deadline,
        )


class ThongBao(Native):
    """A notice as it stands."""

    SoThongBao: str
    MaHoSo: str
    SoPhieu: str
    LanLap: int
    Loai: str
    ThuTu: int
    TongSo: int
    NgayThongBao: DayOf
    NguoiNopThue: str
    DongThongBao: tuple[DongThongBao, ...]
    TongTien: int
    BangChu: str
    DaNop: int
    TrangThai: str
    SoThongBaoGoc: str | None

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """From the model."""
        return cls(
            SoThongBao=notice.number,
            MaHoSo=notice.dossier,
            SoPhieu=notice.slip_number,
            LanLap=notice.slip_revision,
            Loai=notice.kind,
            ThuTu=notice.ordinal,
            TongSo=notice.of,
            NgayThongBao=notice.issued_on,
            NguoiNopThue=notice.taxpayer,
            DongThongBao=tuple(map(DongThongBao.of, notice.lines, remaining(notice))),
            TongTien=notice.total,
            BangChu=notice.words,
            DaNop=notice.paid,
            TrangThai=NOTICE_STATES[notice.state],
            SoThongBaoGoc=notice.cites,
        )


class ChungTu(Native):
    """A receipt, and what became of it; KetQua is empty until it is reconciled."""

    SoChungTu: str
    MaThamChieu: str
    SoThongBao: str
    SoTien: int
    NgayNop: Moment
    KetQua: str | None
    DuocTinh: int
    DuocHoan: int

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        """From the model."""
        return cls(
            SoChungTu=receipt.number,
            MaThamChieu=receipt.attempt,
            SoThongBao=receipt.notice,
            SoTien=receipt.amount,
            NgayNop=receipt.paid_at,
            KetQua=OUTCOMES[receipt.outcome] if receipt.outcome else None,
            DuocTinh=receipt.counted,
            DuocHoan=receipt.refundable,
        )


class MienGiam(Native):
    """A duty that is nil, and why."""

    Loai: str
    NguoiNopThue: str
    CanCu: str


class Phieu(Native):
    """One revision of a slip."""

    SoPhieu: str
    LanLap: int
    MauSo: str
    NgayLap: DayOf
    LoaiThuTuc: str
    TrangThai: str
    MienGiam: tuple[MienGiam, ...]

    @classmethod
    def of(cls, case: Case) -> Self:
        """From the model."""
        return cls(
            SoPhieu=case.number,
            LanLap=case.revision,
            MauSo=case.slip.form,
            NgayLap=case.slip.issued_on,
            LoaiThuTuc=case.slip.procedure,
            TrangThai=STATES[case.state],
            MienGiam=tuple(MienGiam(Loai=nil.kind, NguoiNopThue=nil.taxpayer, CanCu=nil.ground) for nil in case.nil),
        )


class HoSo(Native):
    """All that is known of a dossier."""

    MaHoSo: str
    TrangThai: str
    Phieu: tuple[Phieu, ...]
    ThongBao: tuple[ThongBao, ...]
    ChungTu: tuple[ChungTu, ...]

    @classmethod
    def of(cls, cases: list[Case], current: Case | None, notices: Iterable[Notice], receipts: Iterable[Receipt]) -> Self:
        """From the model; the state is that of the revision that counts."""
        return cls(
            MaHoSo=cases[0].dossier,
            TrangThai=STATES[(current or cases[-1]).state],
            Phieu=tuple(map(Phieu.of, cases)),
            ThongBao=tuple(map(ThongBao.of, notices)),
            ChungTu=tuple(map(ChungTu.of, receipts)),
        )


class ThuaDat(Native):
    """A parcel in the land-tax book."""

    MaXa: str
    MaXaCu: str
    SoTo: int
    SoThua: int
    DienTich: str
    MucDich: str
    SoGCN: str

    @classmethod
    def of(cls, entry: BookEntry) -> Self:
        """From the model."""
        return cls(
            MaXa=entry.commune,
            MaXaCu=entry.commune_before,
            SoTo=entry.map_sheet,
            SoThua=entry.parcel_number,
            DienTich=entry.area,
            MucDich=entry.use,
            SoGCN=entry.certificate,
        )


class ThuaDatMoi(Native):
    """A parcel that an officer enters into the land-tax book; MaXaCu is its commune's code until 30 June 2025."""

    MaXa: CommuneCode
    MaXaCu: CommuneCode
    SoTo: Annotated[int, Field(strict=True, ge=1, le=9999)]
    SoThua: Annotated[int, Field(strict=True, ge=1, le=99999)]
    DienTich: Annotated[Decimal, Field(gt=0, max_digits=9, decimal_places=2)]
    MucDich: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    SoGCN: Annotated[str, Field(pattern=r"^[A-ZĐ]{2} [0-9]{6,8}$")]

    @model_validator(mode="after")
    def one_place(self) -> Self:
        """Both codes name the same land."""
        now = successor(self.MaXaCu)
        if now is None or now.code != self.MaXa:
            raise invalid(f"xã {self.MaXaCu} trước 01/07/2025 không thuộc xã {self.MaXa}")
        return self

    def entry(self) -> BookEntry:
        """As the book keeps it."""
        area = f"{self.DienTich:f}"  # also where it was written 1E+2
        return BookEntry(self.MaXa, self.SoTo, self.SoThua, self.MaXaCu, area, self.MucDich, self.SoGCN)
