"""The tax authority's API: one XML gateway for machines, JSON for officers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.kit import Call, Here, Reading, Transaction
from services.tax import desk, documents, model, slip_xml
from services.tax.gateway_xml import (
    LIMIT,
    NOT_ALLOWED,
    NOT_KNOWN,
    NOT_NOW,
    STATUS,
    Asked,
    Element,
    Stamp,
    error_document,
    read,
    write,
)
from services.tax.shapes import HoSo, QuyetDinh, ThongBao, ThuaDat, ThuaDatMoi
from services.tax.store import BOOK, NOTICES, RECEIPTS
from vn.errors import AgencyAnsweredNo, Fault, NotAllowed, Unknown

router = APIRouter(tags=["Cơ quan thuế"])
XML = "application/xml"

Dossier = Annotated[str, Query(alias="ma-ho-so", max_length=40)]


async def _document(request: Request) -> bytes:
    """At most one byte more than the limit: enough to know that it is too large."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk[: LIMIT + 1 - len(raw)]
    return bytes(raw)


Document = Annotated[bytes, Depends(_document)]


@router.post("/gip", summary="Cổng XML: phiếu chuyển, hủy phiếu, chứng từ, biến động, truy vấn sổ thuế", response_class=Response)
async def gateway(raw: Document, call: Call) -> Response:
    """What the document is about says its body (TRAN_CODE and TYPE must agree); the answer is a document with ERROR_CODE."""
    now = call.agency.clock.now()
    try:
        asked = read(raw)
        act = ACTS[asked.body.tag](asked.body)
        return call.apply_once(lambda tx: _answer(tx, asked, act), media_type=XML)
    except Unknown as error:
        return _no(AgencyAnsweredNo(NOT_KNOWN, str(error)), now)
    except NotAllowed as error:
        return _no(AgencyAnsweredNo(NOT_ALLOWED if error.faults else NOT_NOW, error.reason, error.faults), now)
    except AgencyAnsweredNo as error:
        return _no(error, now)


Act = Callable[[Transaction], Element]


def _slip(body: Element) -> Act:
    slip = slip_xml.slip(body)
    return lambda tx: documents.accepted(desk.take_slip(tx, slip).dossier)


def _cancellation(body: Element) -> Act:
    said = slip_xml.cancellation(body)
    return lambda tx: documents.accepted(desk.cancel_slip(tx, said).dossier)


def _voucher(body: Element) -> Act:
    said = slip_xml.voucher(body)
    return lambda tx: documents.accepted(desk.take_receipt(tx, said).dossier)


def _changes(body: Element) -> Act:
    changes, dossier = slip_xml.changes(body), body.findtext("MA_HS")

    def act(tx: Transaction) -> Element:
        desk.keep_book(tx, changes)
        return documents.accepted(dossier)

    return act


def _query(body: Element) -> Act:
    asked = slip_xml.query(body)
    return lambda tx: desk.answer(tx, asked)


ACTS: Mapping[str, Callable[[Element], Act]] = {
    "PHIEU_CHUYEN": _slip,
    "HUY_PHIEU": _cancellation,
    "CHUNG_TU": _voucher,
    "BIEN_DONG": _changes,
    "TRUY_VAN": _query,
}


def _answer(tx: Transaction, asked: Asked, act: Act) -> str:
    return write(act(tx), Stamp(tx.number("messages"), tx.now, asked.msg_id))


def _no(error: AgencyAnsweredNo, now: datetime) -> Response:
    # nothing is written for a refusal, so its document has no number of the series
    document = error_document(error.code, error.message, error.faults, Stamp(0, now))
    return Response(document, STATUS[error.code], media_type=XML)


@router.get("/ho-so/{dossier}", summary="Hồ sơ: phiếu, thông báo, chứng từ")
async def shown(dossier: str, here: Here) -> HoSo:
    """All that is known of it."""
    with here.read() as tx:
        return _shown(tx, dossier)


@router.get("/thong-bao", summary="Thông báo nộp tiền của hồ sơ")
async def notices(dossier: Dossier, here: Here) -> list[ThongBao]:
    """In the order of their numbers, also those that are cancelled."""
    with here.read() as tx:
        return [ThongBao.of(notice) for notice in NOTICES.find(tx, dossier=dossier)]


@router.post("/ho-so/{dossier}/quyet-dinh", summary="Quyết định của cán bộ thuế", response_model=HoSo)
async def decide(dossier: str, said: QuyetDinh, call: Call) -> Response:
    """xac-dinh assesses the waiting slip, tra-phieu returns it with LyDo, doi-soat reconciles the waiting receipts."""

    def act(tx: Transaction) -> HoSo:
        if said.HanhDong == "xac-dinh":
            desk.assess(tx, desk.decide(tx, dossier))
        elif said.HanhDong == "doi-soat":
            desk.reconcile_all(tx, dossier)
        elif said.LyDo is None:
            raise NotAllowed("Phải nêu lý do chuyển trả phiếu", [Fault("/LyDo", "bắt buộc phải có")])
        else:
            desk.return_slip(tx, desk.decide(tx, dossier), [Fault("", said.LyDo)])
        return _shown(tx, dossier)

    return call.apply_once(act)


@router.get("/so-thue-dat", summary="Sổ thuế đất")
async def book(here: Here, limit: Annotated[int, Query(alias="so-dong", ge=1, le=1000)] = 100) -> list[ThuaDat]:
    """Parcels as the tax authority has them."""
    with here.read() as tx:
        return [ThuaDat.of(entry) for entry in BOOK.find(tx, limit=limit)]


@router.post("/so-thue-dat", summary="Ghi thửa đất vào sổ thuế đất", status_code=201, response_model=ThuaDat)
async def book_entry(said: ThuaDatMoi, call: Call) -> Response:
    """What no BIEN_DONG told, an officer enters by hand; 409 where the book has the parcel."""
    return call.apply_once(lambda tx: ThuaDat.of(desk.enter(tx, said.entry())), status=201)


def _shown(tx: Reading, dossier: str) -> HoSo:
    cases = desk.cases_of(tx, dossier)
    if not cases:
        raise Unknown("không có hồ sơ này")
    notices = NOTICES.find(tx, dossier=dossier)
    return HoSo.of(cases, model.current(cases), notices, RECEIPTS.find(tx, dossier=dossier))
