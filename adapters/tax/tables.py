"""The slip, the receipt and the change of the register in the gateway's elements: Mẫu 12/ĐK and Mẫu 19 field by field."""

from collections.abc import Mapping

from adapters.tax.fields import DAY, FLAG, INSTANT, NUMBER, TEXT, WHOLE, Group, Leaf, Many, Table, one_of

RELATIONS = {
    "spouse": "VO_CHONG",
    "parent-child": "CHA_ME_CON_DE",
    "adoptive-parent-child": "CHA_ME_CON_NUOI",
    "parent-in-law": "CHA_ME_CON_DAU_RE",
    "grandparent-grandchild": "ONG_BA_CHAU",
    "sibling": "ANH_CHI_EM_RUOT",
}
PROCEDURES = {"transfer": "CHUYEN_NHUONG", "gift": "TANG_CHO", "change-purpose": "CHUYEN_MUC_DICH"}
TERMS = {"long-term": "LAU_DAI", "years": "CO_THOI_HAN", "extended": "GIA_HAN"}
PRICES = {"table": "BANG_GIA", "specific": "CU_THE", "auction": "TRUNG_DAU_GIA", "before-change": "TRUOC_CHUYEN_MD"}
FORMS_OF_USE = {"private": "RIENG", "shared": "CHUNG", "mixed": "CA_HAI"}
CHANNELS = {"dvcqg": "DVCQG", "bank": "NGANHANG", "etax-mobile": "ETAX", "treasury": "KBNN"}
BASES = {"obligation-completed": "HOAN_THANH", "no-obligation": "KHONG_PHAT_SINH"}


def _key(wire: str) -> Table:
    return (
        Leaf("MA_DBHC", f"{wire}/communeCode", TEXT),
        Leaf("SO_TO_BANDO", f"{wire}/mapSheet", WHOLE),
        Leaf("SO_THUADAT", f"{wire}/parcelNumber", WHOLE),
    )


def _ref(wire: str = "") -> Table:
    return Leaf("SO_PHIEU", f"{wire}number", TEXT), Leaf("LAN_LAP", f"{wire}revision", WHOLE)


DOSSIER = Leaf("MA_HS", "dossier", TEXT)
ADDRESS: Table = (
    Leaf("MOTA_DIACHI", "detail", TEXT),
    Leaf("MA_DBHC", "communeCode", TEXT),
    Leaf("TEN_XA", "communeName", TEXT),
    Leaf("MA_DBHC_HUYEN", "districtCode", TEXT),
    Leaf("TEN_HUYEN", "districtName", TEXT),
    Leaf("MA_DBHC_TINH", "provinceCode", TEXT),
    Leaf("TEN_TINH", "provinceName", TEXT),
)
PARTY: Table = (
    Leaf("LOAI_NNT", "party/kind", one_of({"individual": "CA_NHAN", "organisation": "TO_CHUC"})),
    Leaf("SO", "party/personalId", TEXT),
    Leaf("MA_SO_THUE", "party/taxCode", TEXT),
    Leaf("TEN_NNT", "party/name", TEXT),
    Leaf("NGAY_SINH", "party/birthDate", DAY),
    Leaf("GIOI_TINH", "party/sex", one_of({"male": "NAM", "female": "NU"})),
    Group("DIA_CHI", "party/address", ADDRESS),
    Leaf("DIEN_THOAI", "party/phone", TEXT),
    Leaf("EMAIL", "party/email", TEXT),
    Leaf("NGUOI_DAI_DIEN", "party/representative", TEXT),
)
TAXPAYER: Table = (
    Leaf("VAI_TRO", "role", one_of({"transferor": "BEN_CHUYEN", "transferee": "BEN_NHAN"})),
    *PARTY,
    Leaf("PHAN_QUYEN", "share", TEXT),
    Group(
        "GIAY_TO",
        "identity",
        (
            Leaf("LOAI_GIAY_TO", "kind", TEXT),
            Leaf("SO_GIAY_TO", "number", TEXT),
            Leaf("NGAY_CAP", "issuedOn", DAY),
            Leaf("NOI_CAP", "issuedBy", TEXT),
        ),
    ),
)
AREAS: Table = (
    Leaf("DT_THUA", "parcel", NUMBER),
    Leaf("DT_CHUNG", "shared", NUMBER),
    Leaf("DT_RIENG", "private", NUMBER),
    Leaf("DT_PHAI_NOP", "subjectToLandUseFee", NUMBER),
    Leaf("DT_KHONG_PHAI_NOP", "freeOfLandUseFee", NUMBER),
    Leaf("DT_TRONG_HAN_MUC", "withinQuota", NUMBER),
    Leaf("DT_NGOAI_HAN_MUC", "beyondQuota", NUMBER),
    Leaf("DT_CHUYEN_MDSD", "changed", NUMBER),
)
TERM: Table = (
    Leaf("LOAI_THOI_HAN", "kind", one_of(TERMS)),
    Leaf("SO_NAM", "years", WHOLE),
    Leaf("TU_NGAY", "startsOn", DAY),
    Leaf("DEN_NGAY", "endsOn", DAY),
)
POSITION: Table = (
    Leaf("DUONG_DOAN", "streetSection", TEXT),
    Leaf("VI_TRI_SO", "position", WHOLE),
    Leaf("CHIEU_SAU", "depth", NUMBER),
    Leaf("CHIEU_RONG_NGO", "alleyWidth", NUMBER),
)
RIGHT_PAPER: Table = (
    Leaf("LOAI_GIAY_TO", "kind", TEXT),
    Leaf("SO_GIAY_TO", "number", TEXT),
    Leaf("NGAY_GIAY_TO", "issuedOn", DAY),
    Leaf("TRICH_YEU", "summary", TEXT),
)
VALUATION: Table = (
    Leaf("GIA_BANG_GIA", "tablePrice", WHOLE),
    Leaf("QD_BANG_GIA", "priceTable", TEXT),
    Leaf("GIA_TRUOC", "priceBefore", WHOLE),
    Leaf("HAN_MUC", "quota", NUMBER),
)
PARCEL: Table = (
    *_key("parcel"),
    Leaf("MA_GCN", "certificate", TEXT),
    Leaf("DIA_CHI_TS", "address", TEXT),
    Leaf("TEN_XA_TS", "communeName", TEXT),
    Leaf("MA_HUYEN_TS", "districtCode", TEXT),
    Leaf("TEN_HUYEN_TS", "districtName", TEXT),
    Leaf("NGUON_GOC", "origin", WHOLE),
    Leaf("NGUON_GOC_CT", "originText", TEXT),
    Leaf("MUC_DICH", "use", TEXT),
    Leaf("MUC_DICH_TRUOC", "useBefore", TEXT),
    Group("THOI_HAN", "term", TERM),
    Leaf("NGAY_BAT_DAU_SD", "usedSince", DAY),
    Group("VI_TRI", "position", POSITION),
    Leaf("GIA_DAT", "landPrice", WHOLE),
    Group("GIA", "price", (Leaf("LOAI_GIA", "basis", one_of(PRICES)), Leaf("DON_GIA", "price", WHOLE))),
    Group("DIEN_TICH", "areas", AREAS),
    Leaf("HINH_THUC_SD", "formOfUse", one_of(FORMS_OF_USE)),
    Many("DS_GIAY_TO_QSDD", "GIAY_TO_QSDD", "rightPapers", RIGHT_PAPER),
    Group("DINH_GIA", "valuation", VALUATION),
)
BUILDING: Table = (
    Leaf("LOAI_TAI_SAN", "kind", TEXT),
    Leaf("CAP_HANG", "grade", TEXT),
    Leaf("DT_XAY_DUNG", "constructionArea", NUMBER),
    Leaf("DT_SAN", "floorArea", NUMBER),
    Leaf("DT_SO_HUU_CHUNG", "sharedArea", NUMBER),
    Leaf("DT_SO_HUU_RIENG", "privateArea", NUMBER),
    Leaf("SO_TANG_NOI", "floorsAbove", WHOLE),
    Leaf("SO_TANG_HAM", "floorsBelow", WHOLE),
    Leaf("NGUON_GOC_TS", "origin", TEXT),
    Leaf("NAM_HOAN_THANH", "completedIn", WHOLE),
    Leaf("THOI_HAN_SO_HUU", "ownershipTerm", TEXT),
)
PURPOSE: Table = (
    Leaf("SO_QD", "decisionNumber", TEXT),
    Leaf("NGAY_QD", "decidedOn", DAY),
    Leaf("CQ_QD", "issuer", TEXT),
    Leaf("MUC_DICH_TRUOC", "fromUse", TEXT),
    Leaf("MUC_DICH_SAU", "toUse", TEXT),
    Leaf("DT_CHUYEN", "area", NUMBER),
    Leaf("CHU_HO", "household", TEXT),
)
RELATION: Table = (
    Leaf("SO_BEN_CHUYEN", "transferor", TEXT),
    Leaf("SO_BEN_NHAN", "transferee", TEXT),
    Leaf("LOAI_QUAN_HE", "relation", one_of(RELATIONS)),
    Leaf("GIAY_TO_CM", "paper", TEXT),
)
CONTRACT: Table = (
    Leaf("SO_HD", "number", TEXT),
    Leaf("NGAY_HD", "signedOn", DAY),
    Leaf("NOI_CONG_CHUNG", "notary", TEXT),
)
DECLARATIONS: Table = (
    Group("HOP_DONG", "contract", CONTRACT),
    Many("DS_GIA_TRI", "GIA_TRI", "values", (*_key("parcel"), Leaf("GIA_TRI_HD", "value", WHOLE))),
    Many("DS_QUAN_HE", "QUAN_HE", "relations", RELATION),
    Many("DS_NHA_DUY_NHAT", "SO", "onlyHome", TEXT),
    Group("CHUYEN_MDSD", "purposeChange", PURPOSE),
)
PAPER: Table = (
    Leaf("TEN_GIAY_TO", "name", TEXT),
    Leaf("LOAI_GIAY_TO", "kind", TEXT),
    Leaf("SO_BAN_CHINH", "originals", WHOLE),
    Leaf("SO_BAN_SAO", "copies", WHOLE),
    Leaf("DINH_DANG", "mediaType", TEXT),
    Leaf("KICH_THUOC", "size", WHOLE),
    Leaf("SHA256", "sha256", TEXT),
)
LEASE: Table = (
    Leaf("DIEN_TICH_DAT", "landArea", NUMBER),
    Leaf("DIEN_TICH_MAT_NUOC", "waterArea", NUMBER),
    Leaf("GIA_DAT_THUE", "price", WHOLE),
)
SLIP: Table = (
    Leaf("MAU_SO", "form", TEXT),
    *_ref(),
    Leaf("NGAY_LAP", "issuedOn", DAY),
    Leaf("DON_VI_CHUYEN", "sender", TEXT),
    Leaf("MA_CQ_THUE", "taxOffice", TEXT),
    Leaf("TEN_CQ_THUE", "taxOfficeName", TEXT),
    DOSSIER,
    Leaf("NGAY_NHAN_DU_HS", "completeAt", INSTANT),
    Leaf("LOAI_THU_TUC", "procedure", one_of(PROCEDURES)),
    Many("DS_NGUOI_NOP_THUE", "NGUOI_NOP_THUE", "taxpayers", TAXPAYER),
    Many("DS_THUA_DAT", "THUA_DAT", "parcels", PARCEL),
    Many("DS_TAI_SAN", "TAI_SAN", "buildings", BUILDING),
    Group("DAT_THUE", "lease", LEASE),
    Group("TO_KHAI", "declarations", DECLARATIONS),
    Group("GHI_NO", "deferral", (Leaf("TIEN_SU_DUNG_DAT", "landUseFee", FLAG), Leaf("LE_PHI_TRUOC_BA", "registrationFee", FLAG))),
    Many("DS_GIAY_TO_KEM", "GIAY_TO_KEM", "attachments", PAPER),
)
CANCELLATION: Table = (DOSSIER, *_ref("slip/"), Leaf("LY_DO", "reason", TEXT), Leaf("NGAY_HUY", "cancelledAt", INSTANT))
RECEIPT: Table = (
    DOSSIER,
    Leaf("SO_QUYET_DINH", "notice", TEXT),
    Leaf("MA_THAM_CHIEU", "attempt", TEXT),
    Leaf("SO_CHUNG_TU", "receipt", TEXT),
    Leaf("SO_TIEN", "amount", WHOLE),
    Leaf("NGAY_NOP", "paidAt", INSTANT),
    Leaf("KENH_NOP", "channel", one_of(CHANNELS)),
    Leaf("SO", "payer", TEXT),
    Leaf("TEN_NGUOI_NOP", "payerName", TEXT),
)
UPDATED_PARCEL: Table = (
    *_key("parcel"),
    Leaf("DT_THUA", "area", NUMBER),
    Leaf("MUC_DICH", "use", TEXT),
    Leaf("MA_GCN", "certificate/serial", TEXT),
    Leaf("SO_VAO_SO", "certificate/bookNumber", TEXT),
    Leaf("NGAY_CAP_GCN", "certificate/issuedOn", DAY),
    Leaf("MA_GCN_CU", "certificate/replaces", TEXT),
    Many("DS_CHU", "CHU", "holders", (*PARTY, Leaf("PHAN_QUYEN", "share", TEXT))),
)
UPDATE: Table = (
    DOSSIER,
    Leaf("CAN_CU", "restsOn/basis", one_of(BASES)),
    *_ref("restsOn/slip/"),
    Leaf("VAN_PHONG", "office", TEXT),
    Leaf("NGAY_CAP_NHAT", "updatedAt", INSTANT),
    Many("DS_THUA_DAT", "THUA_DAT", "parcels", UPDATED_PARCEL),
)

BODIES: Mapping[str, Table] = {"PHIEU_CHUYEN": SLIP, "HUY_PHIEU": CANCELLATION, "CHUNG_TU": RECEIPT, "BIEN_DONG": UPDATE}
"""What goes to the gateway, by the name of its body."""
