"""The portal's HTTP API for systems: DongBoHoSoMC and CapNhatTienDoHoSoMC, and what tax, treasury and land office have it import."""

from collections.abc import Callable
from typing import Any

import orjson
from fastapi import APIRouter, Response

from services.dvc import cashdesk, desk
from services.dvc.sync import CapNhatTienDo, DongBo, TraLoi
from services.dvc.taxwords import ChungTuThue, DoiSoatChungTu, HuyThongBao, KetQuaHoSo, KetQuaNghiaVu, ThanhToanThatBai, ThongBaoThue
from services.kit import Call, Caller, Transaction
from vn.errors import NotAllowed, Unknown

router = APIRouter(tags=["Liên thông"])


def applied(call: Caller, effect: Callable[[Transaction], Any]) -> Response:
    """Yes as `error_code` 0; no as -1, with 404 where the dossier is not known (yet) and 409 where it may not be."""

    def done(tx: Transaction) -> TraLoi:
        said = effect(tx)
        return said if isinstance(said, TraLoi) else TraLoi()

    try:
        return call.apply_once(done)
    except (NotAllowed, Unknown) as error:
        message = error.reason if isinstance(error, NotAllowed) else str(error)
        body = orjson.dumps(TraLoi(error_code="-1", message=message).model_dump())
        return Response(body, 409 if isinstance(error, NotAllowed) else 404, media_type="application/json")


@router.post("/DongBoHoSoMC", summary="Đồng bộ hồ sơ một cửa", response_model=TraLoi)
async def sync(said: DongBo, call: Call) -> Response:
    """Dossiers of a one-stop, shown here for tracking; one that is there already needs isUpdating True."""
    return applied(call, lambda tx: desk.sync(tx, said))


@router.post("/CapNhatTienDoHoSoMC", summary="Cập nhật tiến độ hồ sơ", response_model=TraLoi)
async def progress(said: CapNhatTienDo, call: Call) -> Response:
    """A new status; a step that may not be taken is a no that names both states."""
    return applied(call, lambda tx: desk.progress(tx, said))


@router.post("/ImportThongBaoThue", summary="Thông báo nộp tiền", response_model=TraLoi)
async def notice(said: ThongBaoThue, call: Call) -> Response:
    """Shown to the citizen whenever it comes."""
    return applied(call, lambda tx: cashdesk.notice(tx, said))


@router.post("/ImportHuyThongBao", summary="Hủy thông báo nộp tiền", response_model=TraLoi)
async def cancellation(said: HuyThongBao, call: Call) -> Response:
    """What was paid on it is refundable."""
    return applied(call, lambda tx: cashdesk.cancellation(tx, said))


@router.post("/ImportChungTuThue", summary="Chứng từ nộp tiền", response_model=TraLoi)
async def receipt(said: ChungTuThue, call: Call) -> Response:
    """Money that reached the treasury; kept even before its notice."""
    return applied(call, lambda tx: cashdesk.receipt(tx, said))


@router.post("/ImportDoiSoat", summary="Đối soát chứng từ", response_model=TraLoi)
async def reconciliation(said: DoiSoatChungTu, call: Call) -> Response:
    """What tax made of a receipt; kept even before receipt and notice."""
    return applied(call, lambda tx: cashdesk.reconciliation(tx, said))


@router.post("/ImportKetQuaNghiaVu", summary="Hoàn thành hoặc không phát sinh nghĩa vụ", response_model=TraLoi)
async def settlement(said: KetQuaNghiaVu, call: Call) -> Response:
    """The tax authority's last word on a slip."""
    return applied(call, lambda tx: cashdesk.settlement(tx, said))


@router.post("/KetQuaThanhToan", summary="Thanh toán không thành công", response_model=TraLoi)
async def failure(said: ThanhToanThatBai, call: Call) -> Response:
    """This attempt came to nothing; another may follow."""
    return applied(call, lambda tx: cashdesk.failure(tx, said))


@router.post("/CapNhatKetQuaHoSo", summary="Kết quả chỉnh lý biến động", response_model=TraLoi)
async def result(said: KetQuaHoSo, call: Call) -> Response:
    """The new certificate; it may come before status 9."""
    return applied(call, lambda tx: desk.result(tx, said))
