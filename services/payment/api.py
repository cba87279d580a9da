"""The platform's HTTP API: PayPlat's INIT for partners, the payer's page, receipts and their reconciliation."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request, Response

from services.kit import Call, Here, Reading, Transaction
from services.payment import desk, model
from services.payment.model import Receipt
from services.payment.shapes import (
    BanTinInit,
    BaoThatBai,
    ChungTu,
    ChungTuDaDoiSoat,
    DoiSoat,
    GiaoDich,
    KetQuaDoiSoat,
    Reference,
    ThanhToan,
    TraLoiInit,
)
from services.payment.store import ATTEMPTS, RECEIPTS

router = APIRouter(tags=["Nền tảng thanh toán"])


async def _secrets(request: Request) -> Mapping[str, str]:
    secrets: Mapping[str, str] = request.app.state.secrets
    return secrets


Secrets = Annotated[Mapping[str, str], Depends(_secrets)]
Dossier = Annotated[str | None, Query(alias="MaHoSo", max_length=40)]
Limit = Annotated[int, Query(alias="SoDong", ge=1, le=1000)]


@router.post("/payplat/init", summary="Khởi tạo giao dịch (INIT)", response_model=TraLoiInit)
async def init(message: BanTinInit, call: Call, secrets: Secrets) -> Response:
    """The same reference never pays twice: repeated with the same content it gets the first answer, with other content an error."""
    order = message.order()
    model.check(order, signed=message.signed(), code=message.MaXacThuc, secrets=secrets)
    return call.apply_once(lambda tx: TraLoiInit.of(desk.start(tx, order)))


@router.post("/giao-dich/{reference}/thanh-toan", summary="Người nộp thanh toán", response_model=ChungTu)
async def pay(reference: Reference, call: Call, said: Annotated[ThanhToan, Body()] = ThanhToan()) -> Response:
    """The receipt; a second click gets the same one."""
    return call.apply_once(lambda tx: _shown(tx, desk.pay(tx, reference, said.MaKenhThanhToan)))


@router.post("/giao-dich/{reference}/that-bai", summary="Giao dịch thất bại", response_model=GiaoDich)
async def fail(reference: Reference, said: BaoThatBai, call: Call) -> Response:
    """The payer or the bank breaks it off; the partner may try again with a new reference."""
    return call.apply_once(lambda tx: GiaoDich.of(desk.fail(tx, reference, said.LyDo)))


@router.post("/doi-soat", summary="Kết quả đối soát của cơ quan thuế", response_model=KetQuaDoiSoat)
async def reconcile(said: DoiSoat, call: Call) -> Response:
    """What tax made of a receipt; 404 while the receipt is not known."""

    def effect(tx: Transaction) -> KetQuaDoiSoat:
        kept = desk.reconcile(
            tx,
            said.SoChungTu,
            said.KetQua,
            reference=said.MaThamChieu,
            remaining=said.SoTienConPhaiNop,
            refundable=said.SoTienDuocHoan,
            said_at=said.ThoiGian,
        )
        return KetQuaDoiSoat.of(kept)

    return call.apply_once(effect)


@router.get("/giao-dich", summary="Danh sách giao dịch")
async def attempts(here: Here, dossier: Dossier = None, limit: Limit = 100) -> list[GiaoDich]:
    """In the order of their references."""
    with here.read() as tx:
        return [GiaoDich.of(attempt) for attempt in ATTEMPTS.find(tx, limit=limit, **_of(dossier))]


@router.get("/giao-dich/{reference}", summary="Một giao dịch")
async def attempt(reference: Reference, here: Here) -> GiaoDich:
    """One attempt, by the partner's reference."""
    with here.read() as tx:
        return GiaoDich.of(ATTEMPTS.get(tx, reference))


@router.get("/chung-tu", summary="Danh sách chứng từ, kèm kết quả đối soát")
async def receipts(here: Here, dossier: Dossier = None, limit: Limit = 100) -> list[ChungTuDaDoiSoat]:
    """What can be refunded is what the last reconciliation says."""
    with here.read() as tx:
        return [_reconciled(tx, receipt) for receipt in RECEIPTS.find(tx, limit=limit, **_of(dossier))]


def _of(dossier: str | None) -> dict[str, str]:
    return {} if dossier is None else {"dossier": dossier}


def _shown(tx: Reading, receipt: Receipt) -> ChungTu:
    return ChungTu.of(receipt, ATTEMPTS.get(tx, receipt.reference).order)


def _reconciled(tx: Reading, receipt: Receipt) -> ChungTuDaDoiSoat:
    said = tuple(KetQuaDoiSoat.of(one) for one in desk.reconciliations(tx, receipt))
    refundable = said[-1].SoTienDuocHoan if said else 0
    return ChungTuDaDoiSoat(**dict(_shown(tx, receipt)), DoiSoat=said, SoTienDuocHoan=refundable)
