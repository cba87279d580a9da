"""The portal's HTTP API for people: handing in, looking up, supplementing, withdrawing, paying, taking the result."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response
from pydantic import Field

from services.dvc import cashdesk, desk, reading, shown
from services.dvc.forms import BoSung, HoSoNop, LongText, form_schema
from services.dvc.store import DOSSIERS, FILES
from services.kit import Call, Here, Native
from vn.calendar import arrival_day, working_days_between
from vn.errors import NotAllowed

router = APIRouter(prefix="/ho-so", tags=["Cổng dịch vụ công"])

Form = Annotated[dict[str, Any], Body()]
Status = Annotated[int | None, Query(alias="TrangThaiHoSo", ge=1, le=10)]
Applicant = Annotated[str | None, Query(alias="SoDinhDanh", max_length=20)]
Limit = Annotated[int, Query(alias="SoDong", ge=1, le=1000)]


class RutHoSo(Native):
    """The citizen wants out."""

    LyDo: LongText


class ThanhToan(Native):
    """The citizen pays a notice, or part of it."""

    SoThongBao: Annotated[str, Field(min_length=1, max_length=60)]
    SoTien: Annotated[int, Field(strict=True, gt=0, le=10**15)] | None = None


def _described(shape: type[Native]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": form_schema(shape)}}}}


@router.post("", summary="Nộp hồ sơ", status_code=201, openapi_extra=_described(HoSoNop))
async def submit(form: Form, call: Call) -> Response:
    """The dossier with its code; a form with faults gets all of them at once."""
    return call.apply_once(lambda tx: shown.line(desk.submit(tx, reading.dossier(form, tx.now.date()))), status=201)


@router.get("", summary="Tra cứu danh sách hồ sơ")
async def dossiers(here: Here, status: Status = None, applicant: Applicant = None, limit: Limit = 100) -> list[dict[str, Any]]:
    """In the order of their codes."""
    asked = {"status": status, "applicant": applicant}
    where = {name: value for name, value in asked.items() if value is not None}
    with here.read() as tx:
        return [shown.line(dossier) for dossier in DOSSIERS.find(tx, limit=limit, **where)]


@router.get("/{code}", summary="Tra cứu một hồ sơ")
async def dossier(code: str, here: Here) -> dict[str, Any]:
    """Everything that the portal knows of it."""
    with here.read() as tx:
        return shown.whole(desk.known_of(tx, code))


@router.get("/{code}/giay-tiep-nhan", summary="Giấy tiếp nhận hồ sơ và hẹn trả kết quả")
async def acceptance_slip(code: str, here: Here) -> dict[str, Any]:
    """Mẫu số 01; there is none before the dossier is accepted."""
    with here.read() as tx:
        found = DOSSIERS.get(tx, code)
    if found.accepted_at is None:
        raise NotAllowed("hồ sơ chưa được tiếp nhận, chưa có giấy tiếp nhận")
    due = found.promised_for or found.accepted_at
    return shown.acceptance_slip(found, working_days_between(arrival_day(found.accepted_at), due.date()))


@router.get("/{code}/tai-lieu/{digest}", summary="Nội dung một tài liệu")
async def paper(code: str, digest: str, here: Here) -> Response:
    """A file that was handed in, by its SHA-256; 404 where only its hash is known."""
    with here.read() as tx:
        found = FILES.get(tx, code, digest)
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return Response(found.content, media_type=found.media_type, headers=headers)


@router.post("/{code}/bo-sung", summary="Bổ sung hồ sơ", openapi_extra=_described(BoSung))
async def supplement(code: str, form: Form, call: Call) -> Response:
    """Only while the land office asks for something (status 5)."""
    return call.apply_once(lambda tx: shown.line(desk.supplement(tx, code, form)))


@router.post("/{code}/rut", summary="Yêu cầu rút hồ sơ")
async def withdraw(code: str, said: RutHoSo, call: Call) -> Response:
    """Refused once a receipt is known here, and where the dossier has ended."""
    return call.apply_once(lambda tx: shown.line(desk.withdraw(tx, code, said.LyDo)))


@router.post("/{code}/thanh-toan", summary="Thanh toán một thông báo nộp tiền", status_code=201)
async def pay(code: str, said: ThanhToan, call: Call) -> Response:
    """The attempt with its 17-digit reference; nothing is paid yet."""
    return call.apply_once(lambda tx: shown.attempt_started(cashdesk.pay(tx, code, said.SoThongBao, said.SoTien)), status=201)


@router.post("/{code}/tra-ket-qua", summary="Trả kết quả cho người nộp hồ sơ")
async def return_result(code: str, call: Call) -> Response:
    """An officer hands it over, where policy does not."""
    return call.apply_once(lambda tx: shown.line(desk.return_result(tx, code)))
