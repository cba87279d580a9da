"""What stands under `/_lgsp` of every agency: health, information, reset, clock, policy, canonical form, waiting work."""

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel

from services.kit.agency import Agency, Here
from services.kit.canonical import canonical
from services.kit.feed import last_written
from services.kit.measures import next_due, waiting_feed, waiting_work
from services.kit.policy import MANNER, faults_of
from services.kit.problems import in_a_word, problem
from vn.clock_shapes import ClockShape, Jump
from vn.errors import Fault, NotAllowed


def _version() -> str:
    try:
        return version("lgsp-sim")
    except PackageNotFoundError:  # run from a folder that was not installed
        return "0"


router = APIRouter(prefix="/_lgsp", tags=["Quản trị mô phỏng"])
VERSION = _version()


@router.get("/health", summary="Tình trạng hoạt động")
@router.head("/health", include_in_schema=False)
async def health(here: Here) -> Response:
    """200 when all is well, 503 and why when not; what waits in the feed is the adapter's to fetch, and no fault of this part."""
    detail, feed, work = here.worker.complaint, None, None
    try:
        with here.read() as tx:
            feed, work = waiting_feed(tx, here), waiting_work(tx, here)
    except Exception as error:  # noqa: BLE001 - whatever it is, the database does not answer
        detail = f"database does not answer: {in_a_word(error)}"
    body = HealthShape(
        status="failing" if detail else "ok",
        part=here.settings.part,
        detail=detail,
        feed=feed,
        work=work,
        retrying=[trouble.as_json() for trouble in here.vitals.troubles],
    )
    return Response(body.model_dump_json(), 503 if detail else 200, media_type="application/json")


class HealthShape(BaseModel):
    """Whether the part works, what waits, what is tried again and since when."""

    status: Literal["ok", "failing"]
    part: str
    detail: str
    feed: dict[str, Any] | None
    work: dict[str, int] | None
    retrying: list[dict[str, Any]]


@router.get("/info", summary="Thông tin về hệ thống này")
async def info(here: Here) -> dict[str, Any]:
    """The agency is at rest when no work is due and its feed has been read to the end; `next` is when the next work is due."""
    with here.read() as tx:
        last = last_written(tx)
        waiting = waiting_work(tx, here)
        due = next_due(tx, here)
    return {
        "part": here.settings.part,
        "title": here.profession.title,
        "version": VERSION,
        "database": here.database.dialect,
        "seed": here.settings.seed,
        "people": here.settings.people,
        "clock": ClockShape.of(here.clock).model_dump(mode="json"),
        "policy": _policy(here),
        "decisions": here.profession.decisions,
        "outcomes": here.profession.outcomes,
        "feed": {"last": last, "acknowledged": min(here.acknowledged, last)},
        "work": {**waiting, "next": due and due.isoformat()},
    }


@router.post("/reset", summary="Đưa về trạng thái ban đầu", status_code=204)
async def reset(here: Here) -> None:
    """Empties everything; clock and policy as configured."""
    here.reset()


@router.get("/canonical", summary="Dạng chuẩn của cơ sở dữ liệu")
async def canonical_form(here: Here) -> Response:
    """Equal for equal databases: no real-time instants, no surrogate keys, document numbers by dossier and order."""
    return Response(orjson.dumps(canonical(here)), media_type="application/json")


@router.get("/clock", summary="Đồng hồ")
async def clock(here: Here) -> ClockShape:
    """How the clock runs."""
    return ClockShape.of(here.clock)


@router.put("/clock", summary="Đặt đồng hồ")
async def set_clock(said: ClockShape, here: Here) -> ClockShape:
    """What has become due is done at once."""
    here.set_clock(lambda: here.clock.set(said.setting()))
    return ClockShape.of(here.clock)


@router.post("/clock/jump", summary="Chuyển đồng hồ đi một khoảng")
async def jump_clock(said: Jump, here: Here) -> ClockShape:
    """What has become due is done at once, dated when it was due."""
    try:
        here.set_clock(lambda: here.clock.jump(said.by))
    except OverflowError:
        raise NotAllowed("ngoài khoảng thời gian hỗ trợ", [Fault("/seconds", "ngoài khoảng thời gian hỗ trợ")]) from None
    return ClockShape.of(here.clock)


@router.get("/policy", summary="Cách ra quyết định")
async def policy(here: Here) -> dict[str, Any]:
    """Per decision: `instant`, `manual`, or after working days, fixed or by chance; what may come of it by chance."""
    return _policy(here)


@router.put("/policy", summary="Đổi cách ra quyết định")
async def set_policy(here: Here, said: Annotated[dict[str, Any], Body()]) -> Any:
    """Only the decisions named are changed."""
    faults = list(faults_of(said, here.profession.decisions, here.profession.outcomes))
    if faults:
        return problem(422, "Dữ liệu không hợp lệ", faults)
    here.set_policy({name: MANNER.validate_python(value) for name, value in said.items()})
    return _policy(here)


@router.get("/work", summary="Việc đang chờ")
async def work(here: Here, subject: Annotated[str | None, Query(max_length=100)] = None) -> dict[str, Any]:
    """In the order in which it is due; what waits for an officer comes last."""
    with here.read() as tx:
        found = tx.work(subject=subject)
    items = [
        {"kind": one.kind, "subject": one.subject, "key": one.key, "due": one.due and one.due.isoformat(), "asked": one.asked.isoformat()}
        for one in found
    ]
    return {"items": items}


def _policy(here: Agency) -> dict[str, Any]:
    return {name: MANNER.dump_python(manner, mode="json") for name, manner in here.policy.items()}
