"""What a dossier says to the land office: iLIS names on the wire, the field's English in the code, one class for both."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints, WithJsonSchema, model_validator

from services.kit import Native, Written, invalid

Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
DayWritten = Annotated[date, Written("%d/%m/%Y")]
TimeWritten = Annotated[datetime, Written("%d/%m/%Y %H:%M:%S")]
DossierCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,6}(\.[0-9A-Z]{1,6}){1,4}-[0-9]{6}-[0-9]{4,5}$")]
PartyId = Annotated[str, StringConstraints(pattern=r"^([0-9]{12}|[0-9]{10}(-[0-9]{3})?)$")]
CommuneCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
UseCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Serial = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2} [0-9]{6,8}$")]
SlipNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}/PCTT$")]
Amount = Annotated[int, Field(ge=0, le=10**15)]
MapSheet = Annotated[int, Field(ge=1, le=9999)]
ParcelNumber = Annotated[int, Field(ge=1, le=99999)]


def _not_empty(value: tuple[Any, ...]) -> tuple[Any, ...]:
    if not value:
        raise invalid("phải có ít nhất 1 mục")
    return value


NotEmpty = AfterValidator(_not_empty)  # with min_length, pydantic calls a list of one faulty item empty as well
FIRST_YEAR, LAST_YEAR = 2020, 2049


def _decimal(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


Area = Annotated[Decimal, BeforeValidator(_decimal), Field(gt=0, max_digits=9, decimal_places=2), PlainSerializer(_number)]
AreaOrNone = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, max_digits=9, decimal_places=2), PlainSerializer(_number)]


def _fraction(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    above, slash, below = str(value).partition("/") if isinstance(value, str) else ("", "", "")
    if not (slash and above.isdecimal() and below.isdecimal() and 0 < int(above) <= int(below) < 10**6):
        raise invalid("phải là phân số lớn hơn 0, không quá 1, ví dụ 1/2")
    return Fraction(int(above), int(below))


def written(share: Fraction) -> str:
    """A share as it stands on a form: 1/3; the whole is 1/1."""
    return f"{share.numerator}/{share.denominator}"


Share = Annotated[Fraction, BeforeValidator(_fraction), PlainSerializer(written), WithJsonSchema({"type": "string", "examples": ["1/2"]})]


class Procedure(StrEnum):
    """What the dossier asks for (loại thủ tục)."""

    TRANSFER = "CHUYEN_NHUONG"
    GIFT = "TANG_CHO"
    CHANGE_PURPOSE = "CHUYEN_MUC_DICH"


class Address(Native):
    """Địa chỉ; no district from 1 July 2025."""

    detail: Text = Field(alias="DiaChiChiTiet")
    commune_code: CommuneCode = Field(alias="XaId")
    commune_name: Text = Field(alias="TenXa")
    district_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")] | None = Field(None, alias="HuyenId")
    district_name: Text | None = Field(None, alias="TenHuyen")
    province_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")] = Field(alias="TinhId")
    province_name: Text = Field(alias="TenTinh")


class Party(Native):
    """Người sử dụng đất: a person (1) or an organisation (2)."""

    kind: Literal[1, 2] = Field(alias="LoaiDoiTuong", description="1 cá nhân, 2 tổ chức")
    id: PartyId = Field(alias="SoDinhDanh", description="số định danh cá nhân, hoặc mã số thuế của tổ chức")
    name: Text = Field(alias="HoTen")
    birth_date: DayWritten | None = Field(None, alias="NgaySinh")
    sex: Literal["Nam", "Nữ"] | None = Field(None, alias="GioiTinh")
    address: Address = Field(alias="DiaChi", description="nơi gửi thông báo")
    phone: Annotated[str, StringConstraints(pattern=r"^0[0-9]{9}$")] | None = Field(None, alias="SoDienThoai")
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = Field(None, alias="Email")
    tax_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{10}(-[0-9]{3})?$")] | None = Field(None, alias="MaSoThue")
    representative: Text | None = Field(None, alias="NguoiDaiDien")

    @model_validator(mode="after")
    def whole(self) -> Self:
        """A person has twelve digits, a birthday and a sex; an organisation has a tax code."""
        if self.kind == 1 and (len(self.id) != 12 or self.birth_date is None or self.sex is None):
            raise invalid("cá nhân phải có số định danh 12 chữ số, NgaySinh và GioiTinh")
        if self.kind == 2 and len(self.id) == 12:
            raise invalid("tổ chức phải có mã số thuế 10 chữ số")
        return self


class Holder(Native):
    """A party with its share of the right."""

    party: Party = Field(alias="ChuSuDung")
    share: Share = Field(alias="TyLe")


class ParcelKey(Native):
    """What names a parcel, as it was typed: under the old division or the new."""

    commune_code: CommuneCode = Field(alias="XaId")
    map_sheet: MapSheet = Field(alias="SoHieuBanDo")
    parcel_number: ParcelNumber = Field(alias="SoThuTuThua")

    @property
    def place(self) -> tuple[str, int, int]:
        """Comparable, whatever the class."""
        return self.commune_code, self.map_sheet, self.parcel_number

    def __str__(self) -> str:
        return f"thửa {self.parcel_number}, tờ bản đồ {self.map_sheet}, xã {self.commune_code}"


class DossierParcel(ParcelKey):
    """Thửa đất as the dossier names it."""

    area: Area = Field(alias="DienTich")
    certificate: Serial = Field(alias="SoPhatHanhGCN")


class Paper(Native):
    """Giấy tờ đính kèm; the content stays with the portal."""

    name: Text = Field(alias="TenGiayTo")
    kind: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,60}$")] = Field(alias="LoaiGiayTo")
    originals: Annotated[int, Field(ge=0, le=99)] = Field(alias="SoBanChinh")
    copies: Annotated[int, Field(ge=0, le=99)] = Field(alias="SoBanSao")
    media_type: Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]+$")] = Field(alias="DinhDang")
    size: Annotated[int, Field(ge=0, le=50 * 1024 * 1024)] = Field(alias="KichThuoc")
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(alias="MaBam")


class TransferContract(Native):
    """Hợp đồng chuyển nhượng, tặng cho."""

    number: Text = Field(alias="SoHopDong")
    signed_on: DayWritten = Field(alias="NgayKy")
    notary: Text | None = Field(None, alias="NoiCongChung")


class ParcelValue(ParcelKey):
    """What the declarations say one parcel is worth."""

    value: Amount = Field(alias="GiaTri")


class RelationClaim(Native):
    """Quan hệ được miễn that the declarations claim."""

    transferor: PartyId = Field(alias="BenChuyen")
    transferee: PartyId = Field(alias="BenNhan")
    relation: Literal["VO_CHONG", "CHA_ME_CON", "CHA_ME_CON_NUOI", "CHA_ME_DAU_RE", "ONG_BA_CHAU", "ANH_CHI_EM"] = Field(alias="QuanHe")
    paper: Text = Field(alias="GiayToChungMinh")


class PurposeChange(Native):
    """Chuyển mục đích sử dụng đất, as it was decided."""

    decision_number: Text = Field(alias="SoQuyetDinh")
    decided_on: DayWritten = Field(alias="NgayQuyetDinh")
    issuer: Text = Field(alias="CoQuanQuyetDinh")
    from_use: UseCode = Field(alias="MucDichTruoc")
    to_use: UseCode = Field(alias="MucDichSau")
    area: Area = Field(alias="DienTichChuyen")
    household: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")] = Field(alias="ChuHo")


class Declarations(Native):
    """Tờ khai 03/BĐS-TNCN, 01/LPTB."""

    contract: TransferContract | None = Field(None, alias="HopDong")
    values: Annotated[tuple[ParcelValue, ...], Field(max_length=50)] = Field((), alias="GiaTriThuaDat")
    relations: Annotated[tuple[RelationClaim, ...], Field(max_length=200)] = Field((), alias="QuanHeDuocMien")
    only_home: Annotated[tuple[PartyId, ...], Field(max_length=50)] = Field((), alias="NhaDatDuyNhat")
    purpose_change: PurposeChange | None = Field(None, alias="ChuyenMucDich")


class Deferral(Native):
    """Nhu cầu ghi nợ."""

    land_use_fee: bool = Field(False, alias="TienSuDungDat")
    registration_fee: bool = Field(False, alias="LePhiTruocBa")


class Content(Native):
    """What the dossier says, as it stands after every supplement."""

    procedure: Procedure = Field(alias="LoaiThuTuc")
    procedure_code: Annotated[str, StringConstraints(pattern=r"^[0-9]\.[0-9]{6}$")] = Field(alias="MaQuyTrinh")
    channel: Annotated[int, Field(ge=1, le=3)] = Field(alias="KenhThucHien")
    applicant: Party = Field(alias="ThongTinNguoiNopDon")
    transferors: Annotated[tuple[Holder, ...], Field(max_length=50)] = Field((), alias="BenChuyen")
    transferees: Annotated[tuple[Holder, ...], Field(max_length=50), NotEmpty] = Field(alias="BenNhan")
    parcels: Annotated[tuple[DossierParcel, ...], Field(max_length=50), NotEmpty] = Field(alias="ThongTinThuaDat")
    declarations: Declarations = Field(alias="ToKhai")
    deferral: Deferral = Field(default_factory=Deferral, alias="GhiNo")
    papers: Annotated[tuple[Paper, ...], Field(max_length=100)] = Field(alias="DanhSachGiayToDinhKem")

    def supplemented(self, given: "Supplement") -> "Content":
        """With what was given in place of what stood; a paper replaces the one of its kind."""
        fields = ("transferors", "transferees", "parcels", "declarations", "deferral")
        changes: dict[str, Any] = {name: value for name in fields if (value := getattr(given, name)) is not None}
        return self.model_copy(update=changes | {"papers": _together(self.papers, given.papers)})


class Received(Content):
    """TiepNhanHoSo: a dossier, as the one-stop hands it over."""

    code: DossierCode = Field(alias="SoBienNhan")
    submitted_at: TimeWritten = Field(alias="NgayTiepNhan")

    @model_validator(mode="after")
    def in_time(self) -> Self:
        """The working calendar has no answer for other centuries."""
        if not FIRST_YEAR <= self.submitted_at.year <= LAST_YEAR:
            raise invalid(f"NgayTiepNhan phải trong khoảng từ năm {FIRST_YEAR} đến năm {LAST_YEAR}")
        return self

    def content(self) -> Content:
        """What it says, without its number and day."""
        return Content.model_validate(self.model_dump(by_alias=True, exclude={"code", "submitted_at"}))


class Supplement(Native):
    """BoSungHoSo: what is absent stays as it was."""

    code: DossierCode = Field(alias="SoBienNhan")
    given_at: TimeWritten = Field(alias="NgayBoSung")
    transferors: Annotated[tuple[Holder, ...], Field(max_length=50)] | None = Field(None, alias="BenChuyen")
    transferees: Annotated[tuple[Holder, ...], Field(max_length=50), NotEmpty] | None = Field(None, alias="BenNhan")
    parcels: Annotated[tuple[DossierParcel, ...], Field(max_length=50), NotEmpty] | None = Field(None, alias="ThongTinThuaDat")
    declarations: Declarations | None = Field(None, alias="ToKhai")
    deferral: Deferral | None = Field(None, alias="GhiNo")
    papers: Annotated[tuple[Paper, ...], Field(max_length=100)] = Field((), alias="DanhSachGiayToDinhKem")


def _together(old: Iterable[Paper], new: Iterable[Paper]) -> tuple[Paper, ...]:
    given = {paper.kind for paper in new}
    return (*(paper for paper in old if paper.kind not in given), *new)
