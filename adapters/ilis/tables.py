"""The land dossier's fields in the contracts' names and in iLIS names, as tables read in both directions."""

from adapters.ilis.mapping import Code, Day, Either, Instant, Many, Row, Table

PROCEDURES = Code(words={"transfer": "CHUYEN_NHUONG", "gift": "TANG_CHO", "change-purpose": "CHUYEN_MUC_DICH"})
RELATIONS = Code(
    words={
        "spouse": "VO_CHONG",
        "parent-child": "CHA_ME_CON",
        "adoptive-parent-child": "CHA_ME_CON_NUOI",
        "parent-in-law": "CHA_ME_DAU_RE",
        "grandparent-grandchild": "ONG_BA_CHAU",
        "sibling": "ANH_CHI_EM",
    }
)
DUTIES = Code(words={"registration-fee": "LPTB", "personal-income-tax": "TNCN", "land-use-fee": "TSDD", "late-interest": "CHAM_NOP"})

ADDRESS = Table(
    ("detail", "DiaChiChiTiet"),
    ("communeCode", "XaId"),
    ("communeName", "TenXa"),
    ("districtCode", "HuyenId"),
    ("districtName", "TenHuyen"),
    ("provinceCode", "TinhId"),
    ("provinceName", "TenTinh"),
)
REACHED: tuple[Row, ...] = (("name", "HoTen"), ("address", "DiaChi", ADDRESS), ("phone", "SoDienThoai"), ("email", "Email"))
PERSON = Table(
    ("personalId", "SoDinhDanh"),
    *REACHED,
    ("birthDate", "NgaySinh", Day()),
    ("sex", "GioiTinh", Code(words={"male": "Nam", "female": "Nữ"})),
    ("taxCode", "MaSoThue"),
)
ORGANISATION = Table(("taxCode", "SoDinhDanh"), *REACHED, ("representative", "NguoiDaiDien"))
PARTY = Either(("kind", "LoaiDoiTuong"), {"individual": 1, "organisation": 2}, {"individual": PERSON, "organisation": ORGANISATION})
HOLDER = Table(("party", "ChuSuDung", PARTY), ("share", "TyLe"))

KEY: tuple[Row, ...] = (
    ("parcel/communeCode", "XaId"),
    ("parcel/mapSheet", "SoHieuBanDo"),
    ("parcel/parcelNumber", "SoThuTuThua"),
)
PAPER = Table(
    ("name", "TenGiayTo"),
    ("kind", "LoaiGiayTo"),
    ("originals", "SoBanChinh"),
    ("copies", "SoBanSao"),
    ("mediaType", "DinhDang"),
    ("size", "KichThuoc"),
    ("sha256", "MaBam"),
)
CONTRACT = Table(("number", "SoHopDong"), ("signedOn", "NgayKy", Day()), ("notary", "NoiCongChung"))
CLAIM = Table(("transferor", "BenChuyen"), ("transferee", "BenNhan"), ("relation", "QuanHe", RELATIONS), ("paper", "GiayToChungMinh"))
CHANGE = Table(
    ("decisionNumber", "SoQuyetDinh"),
    ("decidedOn", "NgayQuyetDinh", Day()),
    ("issuer", "CoQuanQuyetDinh"),
    ("fromUse", "MucDichTruoc"),
    ("toUse", "MucDichSau"),
    ("area", "DienTichChuyen"),
    ("household", "ChuHo"),
)
DECLARATIONS = Table(
    ("contract", "HopDong", CONTRACT),
    ("values", "GiaTriThuaDat", Many(Table(*KEY, ("value", "GiaTri")))),
    ("relations", "QuanHeDuocMien", Many(CLAIM)),
    ("onlyHome", "NhaDatDuyNhat"),
    ("purposeChange", "ChuyenMucDich", CHANGE),
)
DEFERRAL = Table(("landUseFee", "TienSuDungDat"), ("registrationFee", "LePhiTruocBa"))
DOSSIER_PARCEL = Table(*KEY, ("area", "DienTich"), ("certificate", "SoPhatHanhGCN"))

CONTENT: tuple[Row, ...] = (
    ("dossier", "SoBienNhan"),
    ("transferors", "BenChuyen", Many(HOLDER)),
    ("transferees", "BenNhan", Many(HOLDER)),
    ("parcels", "ThongTinThuaDat", Many(DOSSIER_PARCEL)),
    ("declarations", "ToKhai", DECLARATIONS),
    ("deferral", "GhiNo", DEFERRAL),
    ("papers", "DanhSachGiayToDinhKem", Many(PAPER)),
)
DOSSIER = Table(
    *CONTENT,
    ("procedure", "LoaiThuTuc", PROCEDURES),
    ("procedureCode", "MaQuyTrinh"),
    ("channel", "KenhThucHien"),
    ("submittedAt", "NgayTiepNhan", Instant()),
    ("applicant", "ThongTinNguoiNopDon", PARTY),
)
SUPPLEMENT = Table(*CONTENT, ("supplementedAt", "NgayBoSung", Instant()))
WITHDRAWAL = Table(("dossier", "SoBienNhan"), ("requestedAt", "NgayYeuCau", Instant()), ("reason", "LyDo"))

SLIP_REF: tuple[Row, ...] = (("dossier", "SoBienNhan"), ("slip/number", "SoPhieu"), ("slip/revision", "LanLap"))
FAULT = Table(("pointer", "Truong"), ("reason", "LyDo"))
SLIP_RETURNED = Table(*SLIP_REF, ("faults", "DanhSachLoi", Many(FAULT)), ("returnedAt", "NgayChuyenTra", Instant()))
SLIP_CANCELLED = Table(*SLIP_REF, ("reason", "LyDo"), ("cancelledAt", "NgayHuy", Instant()))
NOTICE_CANCELLED = Table(("dossier", "SoBienNhan"), ("notice", "SoThongBaoThue"), ("reason", "LyDo"), ("cancelledAt", "NgayHuy", Instant()))
NO_OBLIGATION = Table(
    *SLIP_REF,
    ("duties", "DanhSachMien", Many(Table(("kind", "LoaiThue", DUTIES), ("taxpayer", "MaSoThue"), ("ground", "CanCuPhapLy")))),
    ("confirmedAt", "NgayXacNhan", Instant()),
)
SETTLED = Table(("notice", "SoThongBaoThue"), ("amount", "SoTien"), ("settledAt", "NgayHoanThanh", Instant()))
COMPLETED = Table(
    *SLIP_REF,
    ("notices", "DanhSachThongBaoThue", Many(SETTLED)),
    ("total", "TongTien"),
    ("completedAt", "NgayHoanThanh", Instant()),
)

CERTIFICATE = Table(("serial", "SoPhatHanh"), ("bookNumber", "SoVaoSo"), ("issuedOn", "NgayCap", Day()), ("replaces", "ThayThe"))
UPDATED_PARCEL = Table(
    *KEY, ("area", "DienTich"), ("use", "MucDich"), ("holders", "NguoiSuDung", Many(HOLDER)), ("certificate", "GiayChungNhan", CERTIFICATE)
)
RESTS_ON = Table(
    ("basis", "Loai", Code(words={"obligation-completed": "HOAN_THANH", "no-obligation": "KHONG_PHAT_SINH"})),
    ("slip/number", "SoPhieu"),
    ("slip/revision", "LanLap"),
)
REGISTER = Table(
    ("dossier", "SoBienNhan"),
    ("restsOn", "CanCu", RESTS_ON),
    ("parcels", "ThuaDat", Many(UPDATED_PARCEL)),
    ("office", "DonViCapNhat"),
    ("updatedAt", "NgayCapNhat", Instant()),
)
