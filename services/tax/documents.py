"""What the tax authority says, as bodies of the gateway: notices as SOTHUE rows, returned slips, reconciliations, completion."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from services.tax.duties import Nil
from services.tax.gateway_xml import Element, element, fault_list, instant
from services.tax.model import Case, Receipt, remaining
from services.tax.notices import FORMS, Account, Notice, account
from services.tax.settlement import Outcome, Reconciled
from services.tax.slip import Slip, SlipRef, Taxpayer
from vn.errors import Fault
from vn.units import TaxOffice, commune

OUTCOMES: Mapping[Outcome, str] = {
    "part": "MOT_PHAN",
    "settled": "DU",
    "over": "THUA",
    "repeated": "TRUNG",
    "notice-cancelled": "TB_HUY",
}
PROVINCE_TAX_CODE = "209"  # Lạng Sơn in the tax authority's codes [B]


def slip_returned(case: Case, faults: Iterable[Fault], now: datetime) -> Element:
    """TRA_PHIEU: every fault with its element."""
    return element("TRA_PHIEU", {"MA_HS": case.dossier, **_ref(case.ref), "NGAY_TRA": instant(now)}, fault_list(faults))


def notice_issued(notice: Notice, case: Case, office: TaxOffice) -> Element:
    """THONG_BAO: what the notice says, and its lines as SOTHUE rows."""
    facts = {
        **_ref(notice.slip),
        "LOAI_TBAO": notice.kind,
        "MAU_TBAO": FORMS[notice.kind],
        "THU_TU": notice.ordinal,
        "TONG_SO": notice.of,
        "CQ_THONG_BAO": office.name,
        "SO_TIEN": notice.total,
        "BANG_CHU": notice.words,
        "TEN_KHO_BAC": account(office.code, office.name).treasury_name,
        "SO_QD_GOC": notice.cites,
    }
    nil = () if notice.cites else case.nil
    sothue = _tax_book([notice], case.slip, office, owed=[[line.amount for line in notice.lines]])
    return element("THONG_BAO", facts, _nil("DS_MIEN_GIAM", nil), sothue)


def notice_cancelled(notice: Notice, reason: str, now: datetime) -> Element:
    """HUY_THONG_BAO."""
    return element("HUY_THONG_BAO", {"MA_HS": notice.dossier, "SO_QUYET_DINH": notice.number, "LY_DO": reason, "NGAY_HUY": instant(now)})


def nothing_due(case: Case, nil: Sequence[Nil], now: datetime) -> Element:
    """KHONG_PHAT_SINH: each duty with its legal ground."""
    return element("KHONG_PHAT_SINH", {"MA_HS": case.dossier, **_ref(case.ref), "NGAY_XAC_NHAN": instant(now)}, _nil("DS_MIEN_GIAM", nil))


def reconciled(receipt: Receipt, result: Reconciled, now: datetime) -> Element:
    """DOI_SOAT: what became of a receipt."""
    return element(
        "DOI_SOAT",
        {
            "MA_HS": receipt.dossier,
            "SO_QUYET_DINH": receipt.notice,
            "SO_CHUNG_TU": receipt.number,
            "MA_THAM_CHIEU": receipt.attempt,
            "KET_QUA_DS": OUTCOMES[result.outcome],
            "SO_TIEN": receipt.amount,
            "DA_NOP": result.paid,
            "CON_PHAI_NOP": result.remaining,
            "DUOC_HOAN": result.refundable,
            "NGAY_DOI_SOAT": instant(now),
        },
    )


def completed(case: Case, notices: Sequence[Notice], now: datetime) -> Element:
    """HOAN_THANH: all notices of the slip are settled."""
    settled = (
        element(
            "THONG_BAO_NOP",
            {"SO_QUYET_DINH": each.number, "SO_TIEN": each.total, "NGAY_HOAN_THANH": instant(each.settled_at or now)},
        )
        for each in notices
    )
    facts = {"MA_HS": case.dossier, **_ref(case.ref), "TONG_TIEN": sum(each.total for each in notices), "NGAY_HOAN_THANH": instant(now)}
    return element("HOAN_THANH", facts, element("DS_THONG_BAO", {}, *settled))


def accepted(dossier: str) -> Element:
    """KET_QUA: taken in."""
    return element("KET_QUA", {"MA_HS": dossier})


def answer_to_query(notices: Sequence[Notice], slip: Slip, office: TaxOffice) -> Element:
    """SOTHUE, TYPE 00110: what is still to pay of these notices."""
    return _tax_book(notices, slip, office, owed=[remaining(notice) for notice in notices])


def nothing_to_pay() -> Element:
    """SOTHUE without rows."""
    return element("SOTHUE", {"TRANGTHAI": "02", "MOTA_TRANGTHAI": "Không có khoản phải nộp"})


def _tax_book(notices: Sequence[Notice], slip: Slip, office: TaxOffice, *, owed: Sequence[Sequence[int]]) -> Element:
    payers = {each.id: each for each in reversed(slip.taxpayers)}
    of_payer: dict[str, list[Element]] = {}
    for notice, sums in zip(notices, owed, strict=True):
        of_payer.setdefault(notice.taxpayer, []).extend(_rows(notice, slip, payers[notice.taxpayer], office, sums=sums))
    totals = [element("TONG_TIEN", {"MA_SO_THUE": payer, "TT_NNT": "00"}, *rows) for payer, rows in of_payer.items()]
    return element("SOTHUE", {"TRANGTHAI": "01", "MOTA_TRANGTHAI": "Thành công"}, *totals)


def _rows(notice: Notice, slip: Slip, payer: Taxpayer, office: TaxOffice, *, sums: Sequence[int]) -> list[Element]:
    place, goes_to = _place(slip), account(office.code, office.name)
    return [
        element(
            "ROW_SOTHUE",
            {
                "MA_HS": notice.dossier,
                **place,
                **_payer(payer),
                "SO_QUYET_DINH": notice.number,
                "NGAY_QUYET_DINH": instant(notice.issued_on),
                "MA_CHUONG": line.chapter,
                "MA_TMUC": line.sub_item,
                "TEN_TMUC": line.sub_item_name,
                **_account(goes_to),
                "CAN_CU_TINH": line.base,
                "TY_LE": line.rate,
                "SO_CON_PHAI_NOP": owed,
                "HAN_NOP": instant(line.deadline),
                "SHKB": goes_to.treasury,
            },
        )
        for line, owed in zip(notice.lines, sums, strict=True)
    ]


def _place(slip: Slip) -> dict[str, str | int | None]:
    # a row has room for one parcel: the first of the slip (a)
    parcel = slip.parcels[0]
    found = commune(parcel.key.commune, slip.issued_on)
    district = found.tax_code[:5] if found and found.district_code else None
    return {
        "MA_GCN": parcel.certificate,
        "SO_THUADAT": parcel.key.parcel_number,
        "SO_TO_BANDO": parcel.key.map_sheet,
        "DIA_CHI_TS": parcel.address,
        "MA_TINH_TS": PROVINCE_TAX_CODE,
        "TEN_TINH_TS": found.province_name if found else None,
        "MA_HUYEN_TS": district,
        "TEN_HUYEN_TS": found.district_name if found else None,
        "MA_XA_TS": found.tax_code if found else None,
        "TEN_XA_TS": found.name if found else None,
        "MA_DBHC": parcel.key.commune,
    }


def _payer(payer: Taxpayer) -> dict[str, str | None]:
    return {
        "MA_SO_THUE": payer.id,
        "TEN_NNT": payer.name,
        "SO": payer.id,
        "MOTA_DIACHI": payer.address.detail,
        "TEN_TINH": payer.address.province_name,
        "TEN_HUYEN": payer.address.district_name,
        "TEN_XA": payer.address.commune_name,
    }


def _account(goes_to: Account) -> dict[str, str]:
    return {"LOAI_TK_NSNN": goes_to.account, "MA_CQUAN_THU": goes_to.collector}


def _nil(tag: str, nil: Iterable[Nil]) -> Element:
    return element(tag, {}, *(element("MIEN_GIAM", {"LOAI": each.kind, "SO": each.taxpayer, "CAN_CU": each.ground}) for each in nil))


def _ref(ref: SlipRef) -> dict[str, str | int]:
    return {"SO_PHIEU": ref.number, "LAN_LAP": ref.revision}
