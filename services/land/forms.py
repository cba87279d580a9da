"""The transfer slip as a form: every field of Mẫu số 12/ĐK (NĐ 101/2024) and Mẫu số 19 (NĐ 151/2025), in the office's names."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from services.kit import Native, invalid
from services.land.shapes import (
    Amount,
    Area,
    AreaOrNone,
    CommuneCode,
    DayWritten,
    Declarations,
    Deferral,
    DossierCode,
    MapSheet,
    NotEmpty,
    Paper,
    ParcelNumber,
    Party,
    Procedure,
    Serial,
    Share,
    SlipNumber,
    Text,
    TimeWritten,
    UseCode,
)

Form = Literal["12/DK", "19"]


class IdentityPaper(Native):
    """2.5; NgayCap and NoiCap only on 12/ĐK."""

    LoaiGiayTo: Text
    SoGiayTo: Text
    NgayCap: DayWritten | None = None
    NoiCap: Text | None = None


class Taxpayer(Native):
    """II, and table 1 of 19a."""

    VaiTro: Literal["BEN_CHUYEN", "BEN_NHAN"]
    ChuSuDung: Party
    TyLe: Share
    GiayTo: IdentityPaper


class Position(Native):
    """3.1.3 of 12/ĐK."""

    DuongDoanKhuVuc: Text
    SoViTri: Annotated[int, Field(ge=1, le=9)]
    ChieuSau: AreaOrNone
    ChieuRongNgo: AreaOrNone


class Price(Native):
    """3.1.3 of 19."""

    CanCu: Literal["BANG_GIA", "CU_THE", "TRUNG_DAU_GIA", "TRUOC_CHUYEN_MUC_DICH"]
    DonGia: Amount


class Areas(Native):
    """3.1.4, m²; ChuyenMucDich only on 19."""

    Thua: Area
    Chung: AreaOrNone
    Rieng: AreaOrNone
    PhaiNopTSDD: AreaOrNone
    KhongPhaiNopTSDD: AreaOrNone
    TrongHanMuc: AreaOrNone
    NgoaiHanMuc: AreaOrNone
    ChuyenMucDich: AreaOrNone | None = None


class Term(Native):
    """3.1.7."""

    Loai: Literal["LAU_DAI", "CO_THOI_HAN", "GIA_HAN"]
    SoNam: Annotated[int, Field(ge=1, le=99)] | None = None
    TuNgay: DayWritten | None = None
    DenNgay: DayWritten | None = None


class RightPaper(Native):
    """3.1.10 of 19."""

    LoaiGiayTo: Text
    SoGiayTo: Text
    Ngay: DayWritten
    TrichYeu: Text | None = None


class Valuation(Native):
    """What the office took from the price table and the quota."""

    GiaTheoBangGia: Amount
    TenBangGia: Text
    GiaTruocChuyen: Amount | None = None
    HanMuc: AreaOrNone | None = None


class SlipParcel(Native):
    """3.1 Thửa đất."""

    XaId: CommuneCode
    TenXa: Text
    HuyenId: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")] | None = None
    TenHuyen: Text | None = None
    SoHieuBanDo: MapSheet
    SoThuTuThua: ParcelNumber
    SoPhatHanhGCN: Serial
    DiaChiChiTiet: Text
    ViTri: Position | None = None
    Gia: Price | None = None
    DienTich: Areas
    NguonGoc: Annotated[int, Field(ge=1, le=16)]
    NguonGocChiTiet: Text
    MucDich: UseCode
    MucDichTruoc: UseCode | None = None
    ThoiHan: Term
    ThoiDiemSuDung: DayWritten
    HinhThucSuDung: Literal["RIENG", "CHUNG", "CA_HAI"] | None = None
    GiaDat: Amount | None = None
    GiayToQSDD: Annotated[tuple[RightPaper, ...], Field(max_length=20)] = ()
    BangGia: Valuation


class SlipBuilding(Native):
    """3.2 Tài sản gắn liền với đất; the last two only on 19."""

    LoaiNha: Text
    CapHang: Text | None = None
    DienTichXayDung: AreaOrNone
    DienTichSan: AreaOrNone
    SoHuuChung: AreaOrNone
    SoHuuRieng: AreaOrNone
    SoTangNoi: Annotated[int, Field(ge=0, le=200)]
    SoTangHam: Annotated[int, Field(ge=0, le=20)]
    NguonGoc: Text
    NamHoanThanh: Annotated[int, Field(ge=1900, le=2100)] | None = None
    ThoiHanSoHuu: Text | None = None


class Lease(Native):
    """IV of 19: land for underground works, water surface."""

    DienTichDat: AreaOrNone
    DienTichMatNuoc: AreaOrNone
    GiaDat: Amount


class TaxOffice(Native):
    """The tax office that it goes to."""

    MaCoQuanThue: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
    TenCoQuanThue: Text


ONLY_12 = ("HuyenId", "TenHuyen", "ViTri", "GiaDat")
ONLY_19 = ("Gia", "HinhThucSuDung")


class TransferSlip(Native):
    """Phiếu chuyển thông tin."""

    MauPhieu: Form
    SoPhieu: SlipNumber
    LanLap: Annotated[int, Field(ge=1, le=999)]
    NgayLap: DayWritten
    DonViChuyen: Text
    KinhGui: TaxOffice
    SoBienNhan: DossierCode
    NgayNhanDuHoSo: TimeWritten
    LoaiThuTuc: Procedure
    NguoiSuDungDat: Annotated[tuple[Taxpayer, ...], Field(max_length=100), NotEmpty]
    ThuaDat: Annotated[tuple[SlipParcel, ...], Field(max_length=50), NotEmpty]
    TaiSan: Annotated[tuple[SlipBuilding, ...], Field(max_length=50)] = ()
    ThueDat: Lease | None = None
    ToKhai: Declarations
    GhiNo: Deferral
    GiayToKemTheo: Annotated[tuple[Paper, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def one_form(self) -> Self:
        """Each form has its own fields of a parcel, and not the other's."""
        needed, alien = (ONLY_12, ONLY_19) if self.MauPhieu == "12/DK" else (ONLY_19, ONLY_12)
        for parcel in self.ThuaDat:
            wrong = [name for name in needed if getattr(parcel, name) is None] + [
                name for name in alien if getattr(parcel, name) is not None
            ]
            if wrong or (parcel.DienTich.ChuyenMucDich is None) == (self.MauPhieu == "19"):
                fields = ", ".join(wrong) or "DienTich/ChuyenMucDich"
                raise invalid(f"thửa đất không đúng mẫu {self.MauPhieu}: {fields}")
        return self
