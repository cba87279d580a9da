"""What a citizen hands in: the portal's own form of a dossier and of a supplement, field by field."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints, WithJsonSchema

from services.kit import Native, Written, invalid
from vn.identifiers import is_certificate_serial, is_personal_id, is_tax_code
from vn.units import NEW_DIVISION, commune

OLD_DIVISION = date(2025, 6, 30)

Procedure = Literal["CHUYEN_NHUONG", "TANG_CHO", "CHUYEN_MUC_DICH"]
Relation = Literal["VO_CHONG", "CHA_ME_CON", "CHA_ME_CON_NUOI", "CHA_ME_DAU_RE", "ONG_BA_CHAU", "ANH_CHI_EM"]
PaperKind = Literal[
    "DON_DANG_KY", "GCN", "HOP_DONG", "CCCD", "GCN_DKDN", "TO_KHAI_TNCN", "TO_KHAI_LPTB", "QUAN_HE", "QUYET_DINH", "UY_QUYEN", "KHAC"
]

Text = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
Day = Annotated[date, Written("%Y%m%d")]
Moment = Annotated[datetime, Written("%Y%m%d%H%M%S")]
Phone = Annotated[str, StringConstraints(pattern=r"^0[0-9]{9}$")]
Mail = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
UseCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


def must(check: Callable[[str], bool], reason: str) -> AfterValidator:
    """A text that passes a check, or the reason why not."""

    def checked(value: str) -> str:
        if not check(value):
            raise invalid(reason)
        return value

    return AfterValidator(checked)


def commune_exists(code: str) -> bool:
    """Whether the code names a commune of the province in either division; whether it still does, others find out."""
    return commune(code, OLD_DIVISION) is not None or commune(code, NEW_DIVISION) is not None


def fraction(value: object) -> Fraction | None:
    """A share as it is written, `1/3`; None for anything else."""
    above, slash, below = value.partition("/") if isinstance(value, str) else ("", "", "")
    digits = slash and all(part.isascii() and part.isdecimal() and len(part) <= 6 for part in (above, below))
    return Fraction(int(above), int(below)) if digits and 0 < int(above) <= int(below) else None


def _share(value: str) -> str:
    share = fraction(value)
    if share is None:
        raise invalid("phải là phân số lớn hơn 0, không quá 1, ví dụ 1/2")
    return f"{share.numerator}/{share.denominator}"


def _decimal(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


PersonalId = Annotated[str, must(is_personal_id, "phải là số định danh 12 chữ số: mã tỉnh, giới tính và thế kỷ, năm sinh, 6 số")]
TaxCode = Annotated[str, must(is_tax_code, "phải là mã số thuế 10 chữ số đúng số kiểm tra, thêm -NNN nếu là chi nhánh")]
PartyId = Annotated[str, must(lambda value: is_personal_id(value) or is_tax_code(value), "phải là số định danh hoặc mã số thuế")]
CommuneCode = Annotated[str, must(commune_exists, "không có mã xã này trong danh mục, cả trước và sau ngày 01/07/2025")]
Serial = Annotated[str, must(is_certificate_serial, "phải là số phát hành: hai chữ cái, dấu cách, 6 đến 8 chữ số")]
Share = Annotated[str, AfterValidator(_share)]
Area = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    Field(gt=0, max_digits=9, decimal_places=2),
    PlainSerializer(_number),
    WithJsonSchema({"type": "number", "description": "m²"}),
]
Value = Annotated[int, Field(strict=True, ge=0, le=10**15)]


class DiaChiKhai(Native):
    """An address; the portal adds the names that go with the commune's code."""

    DiaChiChiTiet: Text
    MaXa: CommuneCode


class CaNhan(Native):
    """A person with a share of the right."""

    LoaiDoiTuong: Literal["1"]
    HoTen: Text
    SoDinhDanh: PersonalId
    NgaySinh: Day
    GioiTinh: Literal["Nam", "Nữ"]
    DiaChi: DiaChiKhai
    TyLe: Share
    SoDienThoai: Phone | None = None
    Email: Mail | None = None
    MaSoThue: TaxCode | None = None


class ToChuc(Native):
    """An organisation with a share of the right."""

    LoaiDoiTuong: Literal["2"]
    TenToChuc: Text
    MaSoThue: TaxCode
    DiaChi: DiaChiKhai
    TyLe: Share
    SoDienThoai: Phone | None = None
    Email: Mail | None = None
    NguoiDaiDien: Text | None = None


Ben = Annotated[CaNhan | ToChuc, Field(discriminator="LoaiDoiTuong")]
Side = Annotated[tuple[Ben, ...], Field(max_length=50)]


class DinhDanh(Native):
    """Who hands the dossier in: CCCD (1) or, for an organisation, its tax code (3)."""

    LoaiDinhDanh: Literal["1", "3"]
    SoDinhDanh: PartyId


class ThuaKhai(Native):
    """A parcel as the certificate names it, and what the declarations say it is worth, in đồng."""

    MaXa: CommuneCode
    SoToBanDo: Annotated[int, Field(strict=True, ge=1, le=9999)]
    SoThua: Annotated[int, Field(strict=True, ge=1, le=99999)]
    DienTich: Area
    SoPhatHanhGCN: Serial
    GiaTri: Value | None = None


class HopDongKhai(Native):
    """The contract of transfer or gift."""

    SoHopDong: Text
    NgayKy: Day
    NoiCongChung: Text | None = None


class QuanHeKhai(Native):
    """A relation that frees from tax, with its paper."""

    BenChuyen: PersonalId
    BenNhan: PersonalId
    QuanHe: Relation
    GiayToChungMinh: Text


class ChuyenMucDichKhai(Native):
    """A change of use that was decided."""

    SoQuyetDinh: Text
    NgayQuyetDinh: Day
    CoQuanQuyetDinh: Text
    MucDichTruoc: UseCode
    MucDichSau: UseCode
    DienTichChuyen: Area
    ChuHo: PersonalId


class GhiNoKhai(Native):
    """The wish to owe instead of paying now."""

    TienSuDungDat: bool = False
    LePhiTruocBa: bool = False


class TaiLieu(Native):
    """A paper: its file is either here (NoiDung, base64) or known by size and SHA-256."""

    TenTaiLieu: Text
    LoaiGiayTo: PaperKind
    SoBanChinh: Annotated[int, Field(strict=True, ge=0, le=99)]
    SoBanSao: Annotated[int, Field(strict=True, ge=0, le=99)]
    DinhDang: Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]+$", max_length=100)]
    KichThuoc: Annotated[int, Field(strict=True, ge=0, le=50 * 1024 * 1024)] | None = None
    MaBam: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    NoiDung: str | None = None


Papers = Annotated[tuple[TaiLieu, ...], Field(max_length=100)]
Parcels = Annotated[tuple[ThuaKhai, ...], Field(min_length=1, max_length=50)]
Relations = Annotated[tuple[QuanHeKhai, ...], Field(max_length=200)]
OnlyHomes = Annotated[tuple[PersonalId, ...], Field(max_length=50)]


class HoSoNop(Native):
    """A dossier as the citizen hands it in."""

    LoaiThuTuc: Procedure
    DonViXuLy: Literal["H37.15", "000.00.15.H37"] = "H37.15"
    KenhThucHien: Literal["1", "2", "3"] = "2"
    ChuHoSo: Text
    DinhDanhCHS: DinhDanh
    SoDienThoai: Phone | None = None
    Email: Mail | None = None
    TrichYeuHoSo: Text | None = None
    BenChuyen: Side = ()
    BenNhan: Annotated[Side, Field(min_length=1)]
    ThuaDat: Parcels
    HopDong: HopDongKhai | None = None
    QuanHe: Relations = ()
    NhaDatDuyNhat: OnlyHomes = ()
    ChuyenMucDich: ChuyenMucDichKhai | None = None
    GhiNo: GhiNoKhai = GhiNoKhai()
    TaiLieuNop: Annotated[Papers, Field(min_length=1)]


class BoSung(Native):
    """What is given after a request: a field replaces what stood, a paper replaces those of its kind."""

    BenChuyen: Side | None = None
    BenNhan: Annotated[Side, Field(min_length=1)] | None = None
    ThuaDat: Parcels | None = None
    HopDong: HopDongKhai | None = None
    QuanHe: Relations | None = None
    NhaDatDuyNhat: OnlyHomes | None = None
    ChuyenMucDich: ChuyenMucDichKhai | None = None
    GhiNo: GhiNoKhai | None = None
    TaiLieuNop: Papers = ()


DECLARED = ("ThuaDat", "HopDong", "QuanHe", "NhaDatDuyNhat", "ChuyenMucDich")
"""What the tax declarations are made of; they are always told whole."""


def form_schema(shape: type[Native]) -> dict[str, Any]:
    """The JSON Schema of a form with every reference written out, for the API's documentation."""
    schema = shape.model_json_schema()
    known = schema.pop("$defs", {})

    def written_out(value: Any) -> Any:
        if isinstance(value, list):
            return [written_out(each) for each in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return written_out(known[value["$ref"].rpartition("/")[2]])
        return {name: written_out(each) for name, each in value.items() if name != "discriminator"}

    made: dict[str, Any] = written_out(schema)
    return made
