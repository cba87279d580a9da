"""The transfer slip in the contract's names and in those of iLIS, both forms in one table."""

from adapters.ilis.mapping import Code, Day, Instant, Many, Table
from adapters.ilis.tables import DECLARATIONS, DEFERRAL, KEY, PAPER, PARTY, PROCEDURES

IDENTITY = Table(("kind", "LoaiGiayTo"), ("number", "SoGiayTo"), ("issuedOn", "NgayCap", Day()), ("issuedBy", "NoiCap"))
TAXPAYER = Table(
    ("role", "VaiTro", Code(words={"transferor": "BEN_CHUYEN", "transferee": "BEN_NHAN"})),
    ("party", "ChuSuDung", PARTY),
    ("share", "TyLe"),
    ("identity", "GiayTo", IDENTITY),
)
POSITION = Table(("streetSection", "DuongDoanKhuVuc"), ("position", "SoViTri"), ("depth", "ChieuSau"), ("alleyWidth", "ChieuRongNgo"))
BASES = Code(words={"table": "BANG_GIA", "specific": "CU_THE", "auction": "TRUNG_DAU_GIA", "before-change": "TRUOC_CHUYEN_MUC_DICH"})
AREAS = Table(
    ("parcel", "Thua"),
    ("shared", "Chung"),
    ("private", "Rieng"),
    ("subjectToLandUseFee", "PhaiNopTSDD"),
    ("freeOfLandUseFee", "KhongPhaiNopTSDD"),
    ("withinQuota", "TrongHanMuc"),
    ("beyondQuota", "NgoaiHanMuc"),
    ("changed", "ChuyenMucDich"),
)
TERM = Table(
    ("kind", "Loai", Code(words={"long-term": "LAU_DAI", "years": "CO_THOI_HAN", "extended": "GIA_HAN"})),
    ("years", "SoNam"),
    ("startsOn", "TuNgay", Day()),
    ("endsOn", "DenNgay", Day()),
)
RIGHT_PAPER = Table(("kind", "LoaiGiayTo"), ("number", "SoGiayTo"), ("issuedOn", "Ngay", Day()), ("summary", "TrichYeu"))
VALUATION = Table(("tablePrice", "GiaTheoBangGia"), ("priceTable", "TenBangGia"), ("priceBefore", "GiaTruocChuyen"), ("quota", "HanMuc"))
PARCEL = Table(
    *KEY,
    ("communeName", "TenXa"),
    ("districtCode", "HuyenId"),
    ("districtName", "TenHuyen"),
    ("certificate", "SoPhatHanhGCN"),
    ("address", "DiaChiChiTiet"),
    ("position", "ViTri", POSITION),
    ("price", "Gia", Table(("basis", "CanCu", BASES), ("price", "DonGia"))),
    ("areas", "DienTich", AREAS),
    ("origin", "NguonGoc"),
    ("originText", "NguonGocChiTiet"),
    ("use", "MucDich"),
    ("useBefore", "MucDichTruoc"),
    ("term", "ThoiHan", TERM),
    ("usedSince", "ThoiDiemSuDung", Day()),
    ("formOfUse", "HinhThucSuDung", Code(words={"private": "RIENG", "shared": "CHUNG", "mixed": "CA_HAI"})),
    ("landPrice", "GiaDat"),
    ("rightPapers", "GiayToQSDD", Many(RIGHT_PAPER)),
    ("valuation", "BangGia", VALUATION),
)
BUILDING = Table(
    ("kind", "LoaiNha"),
    ("grade", "CapHang"),
    ("constructionArea", "DienTichXayDung"),
    ("floorArea", "DienTichSan"),
    ("sharedArea", "SoHuuChung"),
    ("privateArea", "SoHuuRieng"),
    ("floorsAbove", "SoTangNoi"),
    ("floorsBelow", "SoTangHam"),
    ("origin", "NguonGoc"),
    ("completedIn", "NamHoanThanh"),
    ("ownershipTerm", "ThoiHanSoHuu"),
)
SLIP = Table(
    ("form", "MauPhieu"),
    ("number", "SoPhieu"),
    ("revision", "LanLap"),
    ("issuedOn", "NgayLap", Day()),
    ("sender", "DonViChuyen"),
    ("taxOffice", "MaCoQuanThue"),
    ("taxOfficeName", "TenCoQuanThue"),
    ("dossier", "SoBienNhan"),
    ("completeAt", "NgayNhanDuHoSo", Instant()),
    ("procedure", "LoaiThuTuc", PROCEDURES),
    ("taxpayers", "NguoiSuDungDat", Many(TAXPAYER)),
    ("parcels", "ThuaDat", Many(PARCEL)),
    ("buildings", "TaiSan", Many(BUILDING)),
    ("lease", "ThueDat", Table(("landArea", "DienTichDat"), ("waterArea", "DienTichMatNuoc"), ("price", "GiaDat"))),
    ("declarations", "ToKhai", DECLARATIONS),
    ("deferral", "GhiNo", DEFERRAL),
    ("attachments", "GiayToKemTheo", Many(PAPER)),
)
