"""The portal's words for what contracts call otherwise: procedures, relations, papers, duties, and the way to a field."""

from collections.abc import Mapping

from contracts import NoticeKind

PROCEDURES = {"CHUYEN_NHUONG": "transfer", "TANG_CHO": "gift", "CHUYEN_MUC_DICH": "change-purpose"}
RELATIONS = {
    "VO_CHONG": "spouse",
    "CHA_ME_CON": "parent-child",
    "CHA_ME_CON_NUOI": "adoptive-parent-child",
    "CHA_ME_DAU_RE": "parent-in-law",
    "ONG_BA_CHAU": "grandparent-grandchild",
    "ANH_CHI_EM": "sibling",
}
PAPERS = {
    "DON_DANG_KY": "application",
    "GCN": "certificate",
    "HOP_DONG": "contract",
    "CCCD": "identity",
    "GCN_DKDN": "business-registration",
    "TO_KHAI_TNCN": "income-tax-declaration",
    "TO_KHAI_LPTB": "registration-fee-declaration",
    "QUAN_HE": "relation",
    "QUYET_DINH": "decision",
    "UY_QUYEN": "authorisation",
    "KHAC": "other",
}
SEXES = {"Nam": "male", "Nữ": "female"}
DUTIES: Mapping[NoticeKind, str] = {
    NoticeKind.REGISTRATION_FEE: "LPTB",
    NoticeKind.INCOME_TAX: "TNCN",
    NoticeKind.LAND_USE_FEE: "TSDD",
    NoticeKind.LATE_INTEREST: "CHAM_NOP",
}
CHANNELS = {"dvcqg": "DVCQG", "bank": "NGANHANG", "etax-mobile": "ETAX", "treasury": "KBNN"}
OUTCOMES = {"part": "MOT_PHAN", "settled": "DU", "over": "THUA", "repeated": "TRUNG", "notice-cancelled": "TB_HUY"}
FAILURES = {"failed": "THAT_BAI", "expired": "HET_HAN"}

FIELDS: Mapping[str, str | None] = {
    "applicant": "DinhDanhCHS",
    "transferors": "BenChuyen",
    "transferees": "BenNhan",
    "party": None,
    "personalId": "SoDinhDanh",
    "taxCode": "MaSoThue",
    "name": "HoTen",
    "birthDate": "NgaySinh",
    "sex": "GioiTinh",
    "address": "DiaChi",
    "detail": "DiaChiChiTiet",
    "communeCode": "MaXa",
    "phone": "SoDienThoai",
    "email": "Email",
    "share": "TyLe",
    "parcels": "ThuaDat",
    "parcel": None,
    "mapSheet": "SoToBanDo",
    "parcelNumber": "SoThua",
    "area": "DienTich",
    "certificate": "SoPhatHanhGCN",
    "declarations": None,
    "values": "ThuaDat",
    "value": "GiaTri",
    "contract": "HopDong",
    "number": "SoHopDong",
    "signedOn": "NgayKy",
    "notary": "NoiCongChung",
    "relations": "QuanHe",
    "transferor": "BenChuyen",
    "transferee": "BenNhan",
    "relation": "QuanHe",
    "paper": "GiayToChungMinh",
    "onlyHome": "NhaDatDuyNhat",
    "purposeChange": "ChuyenMucDich",
    "decisionNumber": "SoQuyetDinh",
    "decidedOn": "NgayQuyetDinh",
    "issuer": "CoQuanQuyetDinh",
    "fromUse": "MucDichTruoc",
    "toUse": "MucDichSau",
    "household": "ChuHo",
    "deferral": "GhiNo",
    "landUseFee": "TienSuDungDat",
    "registrationFee": "LePhiTruocBa",
    "papers": "TaiLieuNop",
}
"""A field of `dossier.submitted` and where it stands in the citizen's form; None: what lies in it stands one level higher."""


def pointer(into_contract: str) -> str:
    """A JSON Pointer into the contract's dossier as one into the citizen's form; what has no place there stays as it is."""
    steps = [FIELDS.get(step, step) for step in into_contract.split("/")[1:]]
    if "purposeChange" in into_contract:
        steps = ["DienTichChuyen" if step == "DienTich" else step for step in steps]
    return "".join(f"/{step}" for step in steps if step is not None)
