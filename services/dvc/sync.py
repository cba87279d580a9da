"""DongBoHoSoMC and CapNhatTienDoHoSoMC: how a one-stop and the land office tell the portal about dossiers (names of DVCQG)."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from services.dvc.forms import LongText, Mail, Moment, Phone, Text, must
from services.dvc.model import ENDS, Dossier, Missing, Progress
from services.kit import Native
from vn.identifiers import DossierCode, is_dossier_code
from vn.status import Status

Code = Annotated[str, must(is_dossier_code, "phải là mã hồ sơ: mã đơn vị-yyMMdd-số thứ tự")]
StatusCode = Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]
Anything = Annotated[tuple[dict[str, Any], ...], Field(max_length=200)]


class TraLoi(Native):
    """How DVCQG answers: 0 is yes, -1 is no."""

    error_code: Literal["0", "-1"] = "0"
    message: str = "Thành công"


class YeuCauBoSung(Native):
    """One thing that is asked for; ViTri points into the citizen's form."""

    ViTri: Annotated[str, StringConstraints(max_length=500)] = ""
    NoiDung: LongText


class CapNhatTienDo(Native):
    """CapNhatTienDoHoSoMC: a dossier has a new status, or keeps its status for the reason given."""

    MaHoSo: Code
    NguoiXuLy: Text
    ChucDanh: Text | None = None
    ThoiDiemXuLy: Moment
    PhongBanXuLy: Text | None = None
    NoiDungXuLy: LongText | None = None
    TrangThai: StatusCode
    NgayBatDau: Moment | None = None
    NgayKetThucTheoQuyDinh: Moment | None = None
    KetThuc: bool = False
    DanhSachYeuCauBoSung: Annotated[tuple[YeuCauBoSung, ...], Field(max_length=100)] = ()

    def progress(self) -> Progress:
        """As the model knows it."""
        return Progress(
            status=Status(int(self.TrangThai)),
            since=self.ThoiDiemXuLy,
            by=self.NguoiXuLy,
            note=self.NoiDungXuLy,
            final=self.KetThuc,
            missing=tuple(Missing(each.ViTri, each.NoiDung) for each in self.DanhSachYeuCauBoSung),
            due_at=self.NgayKetThucTheoQuyDinh,
        )


class DinhDanhDongBo(Native):
    """Whoever the dossier belongs to; old papers (2 CMND) still occur in synced dossiers."""

    LoaiDinhDanh: Literal["1", "2", "3"]
    SoDinhDanh: Annotated[str, StringConstraints(pattern=r"^([0-9]{9}|[0-9]{12}|[0-9]{10}(-[0-9]{3})?)$")]


class HoSoDongBo(Native):
    """One dossier of DongBoHoSoMC, with the fields that running clients send."""

    MaHoSo: Code
    MaTTHC: Text
    TenTTHC: Text
    MaLinhVuc: Text
    TenLinhVuc: Text
    KenhThucHien: Literal["1", "2", "3"]
    ChuHoSo: Text
    LoaiDoiTuong: Literal["1", "2"]
    MaDoiTuong: Text | None = None
    ThongTinKhac: LongText | None = None
    Email: Mail | None = None
    Fax: Text | None = None
    SoDienThoai: Phone | None = None
    TrichYeuHoSo: LongText
    NgayTiepNhan: Moment
    NgayHenTra: Moment | None = None
    TrangThaiHoSo: StatusCode
    NgayTra: Moment | None = None
    HinhThuc: Literal["0", "1"] | None = None
    NgayKetThucXuLy: Moment | None = None
    DonViXuLy: Text
    GhiChu: LongText | None = None
    TaiLieuNop: Anything = ()
    DanhSachLePhi: Anything = ()
    DanhSachTepDinhKemKhac: Anything = ()
    DanhSachHoSoBoSung: Anything = ()
    DanhSachGiayToKetQua: Anything = ()
    DinhDanhCHS: DinhDanhDongBo
    DSKetNoiCSDL: Anything = ()
    NgayNopHoSo: Moment | None = None
    DuocThanhToanTrucTuyen: Literal["0", "1"] | None = None

    def dossier(self) -> Dossier:
        """As it is first seen here, in whatever status."""
        status = Status(int(self.TrangThaiHoSo))
        return Dossier(
            code=self.MaHoSo,
            unit=DossierCode.parse(self.MaHoSo).unit,
            procedure=self.MaTTHC,
            applicant=self.DinhDanhCHS.SoDinhDanh,
            status=status,
            final=status in ENDS,
            synced=True,
            content=self.content(),
            submitted_at=self.NgayNopHoSo or self.NgayTiepNhan,
            accepted_at=self.NgayTiepNhan,
            promised_for=self.NgayHenTra,
            due_at=self.NgayHenTra,
            ended_at=self.NgayKetThucXuLy,
        )

    def content(self) -> dict[str, Any]:
        """What is kept of it beside status and dates."""
        dates = {"TrangThaiHoSo", "NgayTiepNhan", "NgayHenTra", "NgayTra", "NgayKetThucXuLy", "NgayNopHoSo"}
        return self.model_dump(mode="json", exclude={"MaHoSo", *dates}, exclude_none=True)


class DongBo(Native):
    """DongBoHoSoMC: dossiers of a one-stop, new (False) or known (True)."""

    isUpdating: Literal["True", "False"]  # noqa: N815 - the name on the wire
    data: Annotated[tuple[HoSoDongBo, ...], Field(min_length=1, max_length=100)]
