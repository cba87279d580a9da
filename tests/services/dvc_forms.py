"""Forms that a citizen could hand in, and what the portal's adapter would tell it about them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from services.dvc import create_app
from services.kit import AgencySettings
from tests.postgres import chosen, new_database
from tests.services.serving import frozen, serving
from vn.people import Address, Person, Population

PEOPLE = Population()
SELLER, BUYER, OTHER, THIRD = PEOPLE.people[72:76]  # they live alone
COMPANY = PEOPLE.organisations[0]
NOTICE = "LTB2500001-TK0000001/TB-CCT"
SECOND_NOTICE = "LTB2500002-TK0000002/TB-CCT"


def address(of: Address) -> dict[str, Any]:
    return {"DiaChiChiTiet": of.detail, "MaXa": of.old_commune}


def person(one: Person, share: str = "1/1") -> dict[str, Any]:
    return {
        "LoaiDoiTuong": "1",
        "HoTen": one.name,
        "SoDinhDanh": one.personal_id,
        "NgaySinh": f"{one.born:%Y%m%d}",
        "GioiTinh": "Nam" if one.sex == "male" else "Nữ",
        "DiaChi": address(one.address),
        "TyLe": share,
        "SoDienThoai": one.phone,
    }


def company(share: str = "1/1") -> dict[str, Any]:
    return {
        "LoaiDoiTuong": "2",
        "TenToChuc": COMPANY.name,
        "MaSoThue": COMPANY.tax_code,
        "DiaChi": address(COMPANY.address),
        "TyLe": share,
        "NguoiDaiDien": COMPANY.representative.name,
    }


def paper(kind: str = "GCN", **more: Any) -> dict[str, Any]:
    digest = hashlib.sha256(kind.encode()).hexdigest()
    given = {"TenTaiLieu": kind, "LoaiGiayTo": kind, "SoBanChinh": 1, "SoBanSao": 0, "DinhDang": "application/pdf"}
    return {**given, "KichThuoc": 1000, "MaBam": digest, **more}


def transfer(**changes: Any) -> dict[str, Any]:
    form = {
        "LoaiThuTuc": "CHUYEN_NHUONG",
        "ChuHoSo": BUYER.name,
        "DinhDanhCHS": {"LoaiDinhDanh": "1", "SoDinhDanh": BUYER.personal_id},
        "SoDienThoai": BUYER.phone,
        "BenChuyen": [person(SELLER)],
        "BenNhan": [person(BUYER)],
        "ThuaDat": [
            {"MaXa": "05971", "SoToBanDo": 1, "SoThua": 3, "DienTich": 96.5, "SoPhatHanhGCN": "CM 123456", "GiaTri": 1_500_000_000}
        ],
        "HopDong": {"SoHopDong": "12/2025/HĐCN", "NgayKy": "20250601", "NoiCongChung": "Phòng công chứng số 1"},
        "TaiLieuNop": [paper("GCN"), paper("HOP_DONG")],
    }
    return {**form, **changes}


def change_purpose(**changes: Any) -> dict[str, Any]:
    decided = {
        "SoQuyetDinh": "45/QĐ-UBND",
        "NgayQuyetDinh": "20250610",
        "CoQuanQuyetDinh": "UBND",
        "MucDichTruoc": "CLN",
        "MucDichSau": "ONT",
    }
    form = {
        **transfer(LoaiThuTuc="CHUYEN_MUC_DICH", BenChuyen=[], TaiLieuNop=[paper("GCN"), paper("QUYET_DINH")]),
        "ChuyenMucDich": {**decided, "DienTichChuyen": 50, "ChuHo": BUYER.personal_id},
    }
    form.pop("HopDong")
    return {**form, **changes}


def status(code: str, new: int, **more: Any) -> dict[str, Any]:
    return {"MaHoSo": code, "NguoiXuLy": "Cán bộ địa chính", "ThoiDiemXuLy": "20251201090000", "TrangThai": str(new), **more}


def notice(code: str, *, number: str = NOTICE, total: int = 1_158_500, **more: Any) -> dict[str, Any]:
    line = {"MA_TMUC": "2801", "TEN_TIEUMUC": "Lệ phí trước bạ nhà đất", "MA_CHUONG": "757", "CAN_CU_TINH": 231_700_000, "TY_LE": 0.005}
    said = {
        "MA_HSO": code,
        "SO_PHIEU": "1/PCTT",
        "LAN_LAP": 1,
        "SO_QUYET_DINH": number,
        "NGAY_QUYET_DINH": "01-12-2025",
        "LOAI_THONG_BAO": "LPTB",
        "THU_TU": 1,
        "TONG_SO": 1,
        "TEN_CQT": "Thuế cơ sở 1 tỉnh Lạng Sơn",
        "MA_SO_THUE": BUYER.personal_id,
        "TEN_NNT": BUYER.name,
        "LIST": [{**line, "SO_TIEN": total, "HAN_NOP": "30-12-2025"}],
        "TONG_TIEN": total,
        "BANG_CHU": "Một triệu một trăm năm mươi tám nghìn năm trăm đồng",
        "LOAI_TK_NSNN": "7111",
        "SHKB": "1211",
        "TEN_KHO_BAC": "Kho bạc Nhà nước Lạng Sơn",
        "MA_CQUAN_THU": "1055620",
    }
    return {**said, **more}


def receipt(code: str, reference: str = "2" * 17, *, number: str = NOTICE, amount: int = 1_158_500, place: int = 1) -> dict[str, Any]:
    return {
        "MA_HSO": code,
        "SO_CHUNG_TU": f"C1-02/NS-251201-{place:07d}",
        "MA_THAM_CHIEU": reference,
        "SO_QUYET_DINH": number,
        "SO_TIEN": amount,
        "NGAY_NOP": "20251201100000",
        "KENH_NOP": "DVCQG",
        "SO_NGUOI_NOP": BUYER.personal_id,
        "TEN_NGUOI_NOP": BUYER.name,
    }


def reconciliation(
    code: str, outcome: str = "DU", *, paid: int = 1_158_500, remaining: int = 0, refundable: int = 0, place: int = 1
) -> dict[str, Any]:
    return {
        "MA_HSO": code,
        "SO_CHUNG_TU": f"C1-02/NS-251201-{place:07d}",
        "MA_THAM_CHIEU": "2" * 17,
        "SO_QUYET_DINH": NOTICE,
        "KET_QUA": outcome,
        "SO_TIEN": paid,
        "DA_NOP": paid,
        "CON_PHAI_NOP": remaining,
        "DUOC_HOAN": refundable,
        "THOI_GIAN": "20251201110000",
    }


def result(code: str) -> dict[str, Any]:
    holder = {"HoTen": BUYER.name, "SoDinhDanh": BUYER.personal_id, "TyLe": "1/1"}
    parcel = {
        "MaXa": "05977",
        "SoToBanDo": 1,
        "SoThua": 3,
        "DienTich": 96.5,
        "MucDich": "ODT",
        "SoPhatHanhGCN": "CN 000001",
        "SoVaoSo": "CS00001",
    }
    return {
        "MaHoSo": code,
        "DonVi": "Văn phòng Đăng ký đất đai",
        "ThoiGian": "20251202080000",
        "DanhSachThua": [{**parcel, "NgayCap": "02-12-2025", "ThayTheGCN": "CM 123456", "ChuSuDung": [holder]}],
    }


def served(folder: Path) -> Iterator[httpx.Client]:
    """One portal for a whole module: a new database in `folder`, or of the run's server."""
    server = chosen()
    url = new_database(server) if server else f"sqlite:///{folder}/dvc.db"
    with serving(create_app(AgencySettings("dvc", url))) as client:
        yield client


def anew(client: httpx.Client) -> httpx.Client:
    """The portal as it was founded, its clock standing still."""
    client.post("/_lgsp/reset").raise_for_status()
    frozen(client)
    return client
