"""What the gateway says in its feed, as payloads: notices out of SOTHUE rows, returned slips, reconciliations, completion."""

from decimal import Decimal
from typing import Any

from adapters.tax.documents import body_of, faults
from adapters.tax.fields import DAY, INSTANT, TEXT, WHOLE, Element, Leaf, Many, Object, Table, one_of, read
from adapters.tax.tables import DOSSIER
from contracts import (
    NoObligation,
    NoticeCancelled,
    ObligationCompleted,
    PaymentNotice,
    ReceiptReconciled,
    SlipReturned,
)

KIND = one_of(
    {
        "registration-fee": "LPTB",
        "personal-income-tax": "TNCN",
        "land-use-fee": "TSDD",
        "late-interest": "CHAM_NOP",
    }
)
OUTCOME = one_of({"part": "MOT_PHAN", "settled": "DU", "over": "THUA", "repeated": "TRUNG", "notice-cancelled": "TB_HUY"})

REF: Table = (Leaf("SO_PHIEU", "slip/number", TEXT), Leaf("LAN_LAP", "slip/revision", WHOLE))
NIL: Table = (Leaf("LOAI", "kind", KIND), Leaf("SO", "taxpayer", TEXT), Leaf("CAN_CU", "ground", TEXT))
NOTICE: Table = (
    *REF,
    Leaf("LOAI_TBAO", "kind", KIND),
    Leaf("THU_TU", "ordinal", WHOLE),
    Leaf("TONG_SO", "of", WHOLE),
    Leaf("CQ_THONG_BAO", "issuer", TEXT),
    Leaf("SO_TIEN", "total", WHOLE),
    Leaf("BANG_CHU", "totalInWords", TEXT),
    Leaf("TEN_KHO_BAC", "account/treasuryName", TEXT),
    Leaf("SO_QD_GOC", "cites", TEXT),
    Many("DS_MIEN_GIAM", "MIEN_GIAM", "exempted", NIL),
)
ROW: Table = (
    DOSSIER,
    Leaf("SO_QUYET_DINH", "notice", TEXT),
    Leaf("NGAY_QUYET_DINH", "issuedOn", DAY),
    Leaf("SO", "taxpayer", TEXT),
    Leaf("TEN_NNT", "taxpayerName", TEXT),
    Leaf("LOAI_TK_NSNN", "account/account", TEXT),
    Leaf("SHKB", "account/treasury", TEXT),
    Leaf("MA_CQUAN_THU", "account/collector", TEXT),
)
LINE: Table = (
    Leaf("MA_TMUC", "subItem", TEXT),
    Leaf("TEN_TMUC", "subItemName", TEXT),
    Leaf("MA_CHUONG", "chapter", TEXT),
    Leaf("CAN_CU_TINH", "base", WHOLE),
    Leaf("SO_CON_PHAI_NOP", "amount", WHOLE),
    Leaf("HAN_NOP", "deadline", DAY),
)
RETURNED: Table = (DOSSIER, *REF, Leaf("NGAY_TRA", "returnedAt", INSTANT))
CANCELLED: Table = (
    DOSSIER,
    Leaf("SO_QUYET_DINH", "notice", TEXT),
    Leaf("LY_DO", "reason", TEXT),
    Leaf("NGAY_HUY", "cancelledAt", INSTANT),
)
NOTHING_DUE: Table = (
    DOSSIER,
    *REF,
    Leaf("NGAY_XAC_NHAN", "confirmedAt", INSTANT),
    Many("DS_MIEN_GIAM", "MIEN_GIAM", "duties", NIL),
)
RECONCILED: Table = (
    DOSSIER,
    Leaf("SO_QUYET_DINH", "notice", TEXT),
    Leaf("SO_CHUNG_TU", "receipt", TEXT),
    Leaf("MA_THAM_CHIEU", "attempt", TEXT),
    Leaf("KET_QUA_DS", "outcome", OUTCOME),
    Leaf("SO_TIEN", "amount", WHOLE),
    Leaf("DA_NOP", "paid", WHOLE),
    Leaf("CON_PHAI_NOP", "remaining", WHOLE),
    Leaf("DUOC_HOAN", "refundable", WHOLE),
    Leaf("NGAY_DOI_SOAT", "reconciledAt", INSTANT),
)
SETTLED: Table = (
    Leaf("SO_QUYET_DINH", "notice", TEXT),
    Leaf("SO_TIEN", "amount", WHOLE),
    Leaf("NGAY_HOAN_THANH", "settledAt", INSTANT),
)
COMPLETED: Table = (
    DOSSIER,
    *REF,
    Leaf("TONG_TIEN", "total", WHOLE),
    Leaf("NGAY_HOAN_THANH", "completedAt", INSTANT),
    Many("DS_THONG_BAO", "THONG_BAO_NOP", "notices", SETTLED),
)


def payment_notice(text: str) -> PaymentNotice:
    """THONG_BAO: the notice, its lines from the SOTHUE rows; number, payer and account stand in every row."""
    body = body_of(text, "THONG_BAO")
    rows = list(body.iterfind("SOTHUE/TONG_TIEN/ROW_SOTHUE"))
    said, first = read(body, NOTICE), read(rows[0], ROW) if rows else {}
    account = {**said.pop("account", {}), **first.pop("account", {})}
    return PaymentNotice.model_validate({**said, **first, "account": account, "lines": [_line(row) for row in rows]})


def _line(row: Element) -> Object:
    return {**read(row, LINE), "rate": Decimal(row.findtext("TY_LE") or "0")}


def slip_returned(text: str) -> SlipReturned:
    """TRA_PHIEU: every fault, its element as a pointer into the slip."""
    body = body_of(text, "TRA_PHIEU")
    wrong: list[dict[str, Any]] = [{"pointer": fault.pointer, "reason": fault.reason} for fault in faults(body)]
    return SlipReturned.model_validate({**read(body, RETURNED), "faults": wrong})


def notice_cancelled(text: str) -> NoticeCancelled:
    """HUY_THONG_BAO."""
    return NoticeCancelled.model_validate(read(body_of(text, "HUY_THONG_BAO"), CANCELLED))


def no_obligation(text: str) -> NoObligation:
    """KHONG_PHAT_SINH."""
    return NoObligation.model_validate(read(body_of(text, "KHONG_PHAT_SINH"), NOTHING_DUE))


def receipt_reconciled(text: str) -> ReceiptReconciled:
    """DOI_SOAT."""
    return ReceiptReconciled.model_validate(read(body_of(text, "DOI_SOAT"), RECONCILED))


def obligation_completed(text: str) -> ObligationCompleted:
    """HOAN_THANH."""
    return ObligationCompleted.model_validate(read(body_of(text, "HOAN_THANH"), COMPLETED))
