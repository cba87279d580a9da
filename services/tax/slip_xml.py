"""Bodies that come in through the gateway, as values: slips, cancellations, receipts, changes of the register, queries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar, get_args

from services.tax.gateway_xml import NOT_VALID, Element, native_path, read_instant
from services.tax.slip import (
    Address,
    Areas,
    Claim,
    Declarations,
    FormOfSlip,
    Parcel,
    ParcelKey,
    Procedure,
    PurposeChange,
    Relation,
    Slip,
    SlipRef,
    Taxpayer,
)
from vn.errors import AgencyAnsweredNo, Fault

T = TypeVar("T")
FORMS: dict[str, FormOfSlip] = {form: form for form in get_args(FormOfSlip)}


@dataclass(frozen=True)
class Cancellation:
    """HUY_PHIEU: the slip no longer stands."""

    dossier: str
    slip: SlipRef
    reason: str


@dataclass(frozen=True)
class Voucher:
    """CHUNG_TU: money that reached the treasury (C1-02/NS)."""

    dossier: str
    notice: str
    attempt: str
    number: str
    amount: int
    paid_at: datetime
    channel: str
    payer: str
    payer_name: str


@dataclass(frozen=True)
class NewEntry:
    """One parcel of BIEN_DONG, as the land-tax book takes it over."""

    key: ParcelKey
    area: Decimal
    use: str
    certificate: str


@dataclass(frozen=True)
class Query:
    """TRUY_VAN, TYPE 00110: what one party of a dossier still has to pay."""

    dossier: str
    party: str


def slip(body: Element) -> Slip:
    """PHIEU_CHUYEN; raises AgencyAnsweredNo where a date does not exist."""
    return Slip(
        form=FORMS[_text(body, "MAU_SO")],
        ref=_ref(body),
        dossier=_text(body, "MA_HS"),
        issued_on=_day(body, "NGAY_LAP"),
        complete_on=_day(body, "NGAY_NHAN_DU_HS"),
        procedure=Procedure(_text(body, "LOAI_THU_TUC")),
        tax_office=_text(body, "MA_CQ_THUE"),
        tax_office_name=_text(body, "TEN_CQ_THUE"),
        taxpayers=tuple(map(_taxpayer, body.iterfind("DS_NGUOI_NOP_THUE/NGUOI_NOP_THUE"))),
        parcels=tuple(map(_parcel, body.iterfind("DS_THUA_DAT/THUA_DAT"))),
        declarations=_declarations(body.find("TO_KHAI")),
        deferral_asked="1" in (_text(body, "GHI_NO/TIEN_SU_DUNG_DAT"), _text(body, "GHI_NO/LE_PHI_TRUOC_BA")),
    )


def cancellation(body: Element) -> Cancellation:
    """HUY_PHIEU."""
    return Cancellation(_text(body, "MA_HS"), _ref(body), _text(body, "LY_DO"))


def voucher(body: Element) -> Voucher:
    """CHUNG_TU."""
    return Voucher(
        dossier=_text(body, "MA_HS"),
        notice=_text(body, "SO_QUYET_DINH"),
        attempt=_text(body, "MA_THAM_CHIEU"),
        number=_text(body, "SO_CHUNG_TU"),
        amount=int(_text(body, "SO_TIEN")),
        paid_at=_instant(body, "NGAY_NOP"),
        channel=_text(body, "KENH_NOP"),
        payer=_text(body, "SO"),
        payer_name=_text(body, "TEN_NGUOI_NOP"),
    )


def changes(body: Element) -> tuple[NewEntry, ...]:
    """BIEN_DONG."""
    return tuple(
        NewEntry(_key(each), Decimal(_text(each, "DT_THUA")), _text(each, "MUC_DICH"), _text(each, "MA_GCN"))
        for each in body.iterfind("DS_THUA_DAT/THUA_DAT")
    )


def query(body: Element) -> Query:
    """TRUY_VAN."""
    return Query(_text(body, "MA_HS"), _text(body, "SO"))


def _taxpayer(each: Element) -> Taxpayer:
    organisation = _text(each, "LOAI_NNT") == "TO_CHUC"
    return Taxpayer(
        role="transferor" if _text(each, "VAI_TRO") == "BEN_CHUYEN" else "transferee",
        id=_text(each, "MA_SO_THUE" if organisation else "SO"),
        name=_text(each, "TEN_NNT"),
        organisation=organisation,
        share=Fraction(_text(each, "PHAN_QUYEN")),
        address=Address(
            detail=_text(each, "DIA_CHI/MOTA_DIACHI"),
            commune_code=_text(each, "DIA_CHI/MA_DBHC"),
            commune_name=_text(each, "DIA_CHI/TEN_XA"),
            district_code=each.findtext("DIA_CHI/MA_DBHC_HUYEN"),
            district_name=each.findtext("DIA_CHI/TEN_HUYEN"),
            province_code=_text(each, "DIA_CHI/MA_DBHC_TINH"),
            province_name=_text(each, "DIA_CHI/TEN_TINH"),
        ),
    )


def _parcel(each: Element) -> Parcel:
    return Parcel(
        key=_key(each),
        certificate=_text(each, "MA_GCN"),
        address=_text(each, "DIA_CHI_TS"),
        use=_text(each, "MUC_DICH"),
        used_since=_day(each, "NGAY_BAT_DAU_SD"),
        areas=_areas(each.find("DIEN_TICH")),
        table_price=int(_text(each, "DINH_GIA/GIA_BANG_GIA")),
        use_before=each.findtext("MUC_DICH_TRUOC"),
        price_before=_maybe(each, "DINH_GIA/GIA_TRUOC", int),
        quota=_maybe(each, "DINH_GIA/HAN_MUC", Decimal),
    )


def _areas(each: Element) -> Areas:
    return Areas(
        parcel=Decimal(_text(each, "DT_THUA")),
        shared=Decimal(_text(each, "DT_CHUNG")),
        private=Decimal(_text(each, "DT_RIENG")),
        subject_to_fee=Decimal(_text(each, "DT_PHAI_NOP")),
        free_of_fee=Decimal(_text(each, "DT_KHONG_PHAI_NOP")),
        within_quota=Decimal(_text(each, "DT_TRONG_HAN_MUC")),
        beyond_quota=Decimal(_text(each, "DT_NGOAI_HAN_MUC")),
        changed=_maybe(each, "DT_CHUYEN_MDSD", Decimal),
    )


def _declarations(each: Element) -> Declarations:
    contract, change = each.find("HOP_DONG"), each.find("CHUYEN_MDSD")
    return Declarations(
        contract_signed_on=None if contract is None else _day(contract, "NGAY_HD"),
        values=tuple((_key(value), int(_text(value, "GIA_TRI_HD"))) for value in each.iterfind("DS_GIA_TRI/GIA_TRI")),
        claims=tuple(
            Claim(_text(claim, "SO_BEN_CHUYEN"), _text(claim, "SO_BEN_NHAN"), Relation(_text(claim, "LOAI_QUAN_HE")))
            for claim in each.iterfind("DS_QUAN_HE/QUAN_HE")
        ),
        only_home=tuple(party.text for party in each.iterfind("DS_NHA_DUY_NHAT/SO")),
        purpose_change=None if change is None else _change(change),
    )


def _change(each: Element) -> PurposeChange:
    return PurposeChange(
        decision=_text(each, "SO_QD"),
        decided_on=_day(each, "NGAY_QD"),
        from_use=_text(each, "MUC_DICH_TRUOC"),
        to_use=_text(each, "MUC_DICH_SAU"),
        area=Decimal(_text(each, "DT_CHUYEN")),
        household=_text(each, "CHU_HO"),
    )


def _ref(each: Element) -> SlipRef:
    return SlipRef(_text(each, "SO_PHIEU"), int(_text(each, "LAN_LAP")))


def _key(each: Element) -> ParcelKey:
    return ParcelKey(_text(each, "MA_DBHC"), int(_text(each, "SO_TO_BANDO")), int(_text(each, "SO_THUADAT")))


def _text(each: Element, path: str) -> str:
    """What the schema asks for may still be absent where it depends on another element (SO of a person)."""
    found = each.findtext(path)
    if found is None:
        raise _wrong(each, path, "bắt buộc phải có")
    return str(found)


def _maybe(each: Element, path: str, read: Callable[[str], T]) -> T | None:
    found = each.findtext(path)
    return None if found is None else read(found)


def _day(each: Element, path: str) -> date:
    return _instant(each, path).date()


def _instant(each: Element, path: str) -> datetime:
    try:
        return read_instant(_text(each, path))
    except ValueError:
        raise _wrong(each, path, "ngày không có thật") from None


def _wrong(each: Element, path: str, reason: str) -> AgencyAnsweredNo:
    at = native_path(each.getroottree().getpath(each))
    return AgencyAnsweredNo(NOT_VALID, "bản tin không đúng mẫu", [Fault(f"{at}/{path}", reason)])
