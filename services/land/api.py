"""The land office's HTTP API for dossiers: what the one-stop and tax tell it, the officers' desk."""

from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from services.kit import Call, Here, Transaction
from services.land import counter, desk, notices, views
from services.land.acts import load
from services.land.shapes import Received, Supplement
from services.land.store import DOSSIERS, SLIPS
from services.land.tidings import (
    ChuyenTraHoSo,
    HoanThanhNghiaVu,
    HuyThongBaoThue,
    KetQuaThongBaoThue,
    KhongPhatSinhNghiaVu,
    QuyetDinh,
    Reply,
    RutHoSo,
    done,
)

router = APIRouter()
ONE_STOP: list[str | Enum] = ["Một cửa"]
TAX: list[str | Enum] = ["Cơ quan thuế"]
OFFICE: list[str | Enum] = ["Cán bộ"]

DossierPath = Annotated[str, Path(alias="ma", max_length=40)]


@router.post("/TiepNhanHoSo", summary="Tiếp nhận hồ sơ", tags=ONE_STOP, response_model=Reply)
async def receive(said: Received, call: Call) -> Response:
    """A dossier is taken in once; a second one of the same number is refused."""
    return call.apply_once(lambda tx: done(desk.receive(tx, said), tx.now))


@router.post("/BoSungHoSo", summary="Bổ sung hồ sơ", tags=ONE_STOP, response_model=Reply)
async def supplement(said: Supplement, call: Call) -> Response:
    """Only what is given replaces what stood."""
    return call.apply_once(lambda tx: done(desk.supplement(tx, said), tx.now))


@router.post("/RutHoSo", summary="Công dân yêu cầu rút hồ sơ", tags=ONE_STOP, response_model=Reply)
async def withdraw(said: RutHoSo, call: Call) -> Response:
    """Weighed by the office; the answer is a status."""
    return call.apply_once(lambda tx: done(desk.ask_withdrawal(tx, said.SoBienNhan, said.LyDo), tx.now))


@router.post("/CapNhatKetQuaThongBaoThue", summary="Có thông báo thuế", tags=TAX, response_model=Reply)
async def notice(said: KetQuaThongBaoThue, call: Call) -> Response:
    """Noted whatever the dossier's state."""
    return call.apply_once(lambda tx: done(notices.note(tx, said), tx.now))


@router.post("/HuyThongBaoThue", summary="Thuế hủy thông báo", tags=TAX, response_model=Reply)
async def cancel_notice(said: HuyThongBaoThue, call: Call) -> Response:
    """The notice stays in the list, with the reason."""
    return call.apply_once(lambda tx: done(notices.cancel(tx, said), tx.now))


@router.post("/ThueChuyenTraHoSoDoSai", summary="Thuế chuyển trả phiếu sai", tags=TAX, response_model=Reply)
async def returned(said: ChuyenTraHoSo, call: Call) -> Response:
    """Counts for the current revision only."""
    faults = [each.fault() for each in said.DanhSachLoi]
    code, number, revision = said.SoBienNhan, said.SoPhieu, said.LanLap
    return call.apply_once(lambda tx: done(desk.slip_returned(tx, code, number, revision, faults=faults), tx.now))


@router.post("/HoanThanhNghiaVu", summary="Đã hoàn thành nghĩa vụ tài chính", tags=TAX, response_model=Reply)
async def completed(said: HoanThanhNghiaVu, call: Call) -> Response:
    """The register may change now."""
    code, number, revision = said.SoBienNhan, said.SoPhieu, said.LanLap
    return call.apply_once(lambda tx: done(desk.settled(tx, code, number, revision, basis="HOAN_THANH"), tx.now))


@router.post("/KhongPhatSinhNghiaVu", summary="Không phát sinh nghĩa vụ tài chính", tags=TAX, response_model=Reply)
async def nothing_due(said: KhongPhatSinhNghiaVu, call: Call) -> Response:
    """The register may change now."""
    code, number, revision = said.SoBienNhan, said.SoPhieu, said.LanLap
    return call.apply_once(lambda tx: done(desk.settled(tx, code, number, revision, basis="KHONG_PHAT_SINH"), tx.now))


@router.get("/ho-so", summary="Danh sách hồ sơ", tags=OFFICE)
async def dossiers(
    here: Here,
    status: Annotated[int | None, Query(alias="trang-thai", ge=1, le=10)] = None,
    limit: Annotated[int, Query(alias="gioi-han", ge=1, le=1000)] = 100,
) -> list[dict[str, Any]]:
    """In the order of their codes."""
    with here.read() as tx:
        where = {} if status is None else {"status": status}
        return [views.dossier_line(each) for each in DOSSIERS.find(tx, limit=limit, **where)]


@router.get("/ho-so/{ma}", summary="Một hồ sơ", tags=OFFICE)
async def dossier(code: DossierPath, here: Here) -> dict[str, Any]:
    """With its slips, notices and history."""
    with here.read() as tx:
        return views.dossier(tx, load(tx, code))


@router.post("/ho-so/{ma}/quyet-dinh", summary="Cán bộ quyết định", tags=OFFICE)
async def decide(code: DossierPath, said: QuyetDinh, call: Call) -> Response:
    """409 and both states where the dossier is not where the decision belongs."""

    def effect(tx: Transaction) -> dict[str, Any]:
        try:
            return views.dossier_line(counter.decide(tx, code, said.decision()))
        except ValidationError as error:
            faults = [{**each, "loc": ("body", "Phieu", *each["loc"])} for each in error.errors()]
            raise RequestValidationError(faults, body=said.model_dump()) from error

    return call.apply_once(effect)


@router.get("/phieu", summary="Các lần lập phiếu chuyển thông tin của hồ sơ", tags=OFFICE)
async def slips(code: Annotated[str, Query(alias="ma-ho-so", max_length=40)], here: Here) -> list[dict[str, Any]]:
    """Every revision, the first one first."""
    with here.read() as tx:
        return [views.slip(each) for each in SLIPS.find(tx, dossier=load(tx, code).code)]
