"""What the land office is told about a dossier after it came in, and the reply it gives, in iLIS and VBDLIS names."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from services.kit import Native
from services.land.acts import clock
from services.land.counter import Decision
from services.land.shapes import Amount, DayWritten, DossierCode, LongText, NotEmpty, PartyId, SlipNumber, Text, TimeWritten
from vn.errors import Fault

NoticeNumber = Annotated[str, StringConstraints(pattern=r"^LTB[0-9]{7}-TK[0-9]{7}/TB-[A-Z0-9]{2,12}$")]
LoaiThue = Literal["LPTB", "TNCN", "TSDD", "CHAM_NOP"]
Revision = Annotated[int, Field(ge=1, le=999)]


class LoiPhieu(Native):
    """One fault: the field and why."""

    Truong: Annotated[str, StringConstraints(max_length=500)]
    LyDo: LongText

    def fault(self) -> Fault:
        """As the model has it."""
        return Fault(self.Truong, self.LyDo)


class RutHoSo(Native):
    """Yêu cầu rút hồ sơ."""

    SoBienNhan: DossierCode
    NgayYeuCau: TimeWritten
    LyDo: LongText


class KhoanThue(Native):
    """One line of a notice."""

    TieuMuc: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
    TenTieuMuc: Text
    SoTien: Amount
    HanNop: DayWritten


class ThongBaoThue(Native):
    """One notice as the land office is told of it."""

    SoThongBaoThue: NoticeNumber
    LoaiThue: LoaiThue
    HoVaTen: Text
    MaSoThue: PartyId
    SoThuTu: Annotated[int, Field(ge=1, le=200)]
    TongSo: Annotated[int, Field(ge=1, le=200)]
    TongTien: Amount
    DanhSachKhoan: Annotated[tuple[KhoanThue, ...], Field(max_length=20), NotEmpty]
    ThongBaoGoc: NoticeNumber | None = None


class KetQuaThongBaoThue(Native):
    """CapNhatKetQuaThongBaoThue."""

    SoBienNhan: DossierCode
    SoPhieu: SlipNumber
    LanLap: Revision
    NguoiXuLy: Text
    NgayCoKetQuaThue: DayWritten
    GhiChu: LongText | None = None
    DanhSachThongBaoThue: Annotated[tuple[ThongBaoThue, ...], Field(max_length=200), NotEmpty]


class HuyThongBaoThue(Native):
    """A notice no longer stands."""

    SoBienNhan: DossierCode
    SoThongBaoThue: NoticeNumber
    LyDo: LongText
    NgayHuy: TimeWritten


class ChuyenTraHoSo(Native):
    """ThueChuyenTraHoSoDoSai: the slip is wrong."""

    SoBienNhan: DossierCode
    SoPhieu: SlipNumber
    LanLap: Revision
    NgayChuyenTra: TimeWritten
    GhiChu: LongText | None = None
    DanhSachLoi: Annotated[tuple[LoiPhieu, ...], Field(max_length=200), NotEmpty]


class NghiaVuDaNop(Native):
    """A notice and what was paid on it."""

    SoThongBaoThue: NoticeNumber
    SoTien: Amount
    NgayHoanThanh: TimeWritten


class HoanThanhNghiaVu(Native):
    """All notices of the slip are settled."""

    SoBienNhan: DossierCode
    SoPhieu: SlipNumber
    LanLap: Revision
    NgayHoanThanh: TimeWritten
    TongTien: Amount
    DanhSachThongBaoThue: Annotated[tuple[NghiaVuDaNop, ...], Field(max_length=400), NotEmpty]


class KhoanMien(Native):
    """A duty that is nil, with its ground."""

    LoaiThue: LoaiThue
    MaSoThue: PartyId
    CanCuPhapLy: LongText


class KhongPhatSinhNghiaVu(Native):
    """Nothing to pay at all."""

    SoBienNhan: DossierCode
    SoPhieu: SlipNumber
    LanLap: Revision
    NgayXacNhan: TimeWritten
    DanhSachMien: Annotated[tuple[KhoanMien, ...], Field(max_length=400), NotEmpty]


class QuyetDinh(Native):
    """An officer's decision."""

    HanhDong: Literal[
        "tiep-nhan",
        "tu-choi",
        "yeu-cau-bo-sung",
        "chuyen-thue",
        "sua-phieu",
        "dong-y-rut",
        "khong-dong-y-rut",
        "cap-nhat",
        "dung",
        "tiep-tuc",
    ]
    LyDo: LongText | None = None
    ThieuGi: Annotated[tuple[LoiPhieu | Text, ...], Field(max_length=100)] = ()
    Phieu: dict[str, Any] | None = Field(None, description="các trường của phiếu được sửa")
    NguoiXuLy: Text = "Cán bộ thụ lý"

    def decision(self) -> Decision:
        """As the model has it; a bare text is about the dossier as a whole."""
        missing = tuple(each.fault() if isinstance(each, LoiPhieu) else Fault("", each) for each in self.ThieuGi)
        return Decision(self.HanhDong, self.LyDo, missing, self.Phieu, self.NguoiXuLy)


class HanChe(Native):
    """A mortgage or dispute to be registered."""

    Loai: Literal["the-chap", "tranh-chap"]
    NoiDung: Text


class Status(Native):
    """Of a reply."""

    success: bool
    code: str
    type: str
    time: str
    message: str


class Reply(Native):
    """What iLIS answers: 1 for done."""

    data: Literal[0, 1]
    status: Status


def done(message: str, now: datetime) -> Reply:
    """A yes."""
    return Reply(data=1, status=Status(success=True, code="200", type="SUCCESS", time=clock(now), message=message))
