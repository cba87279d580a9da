"""The outgoing feed: what the agency has to tell, read by its adapter after a cursor (protocol: `GET /_feed`)."""

import asyncio
import time
from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Integer, bindparam, func, select, update

from services.kit.agency import Agency, Here
from services.kit.bell import wait
from services.kit.prepared import Prepared
from services.kit.tables import FEED
from services.kit.transaction import Reading
from vn.errors import Unknown

QUIET = 0.05  # seconds in which nothing is told

router = APIRouter(prefix="/_feed", tags=["Hàng đợi gửi đi"])

_AFTER = Prepared(select(FEED).where(FEED.c.seq > bindparam("start")).order_by(FEED.c.seq).limit(bindparam("most", type_=Integer)))
_LAST = Prepared(select(func.max(FEED.c.seq).label("last")))


class FaultShape(BaseModel):
    """One fault the exchange found."""

    pointer: str = ""
    reason: str = ""


class Outcome(BaseModel):
    """What became of an entry that did not arrive; `recipient` is the one it could not be delivered to."""

    model_config = ConfigDict(extra="ignore")

    code: str
    message: str = ""
    faults: list[FaultShape] = []
    recipient: str | None = None


class Page(BaseModel):
    """Entries after the cursor, and the cursor to ask with next time."""

    items: list[dict[str, Any]]
    next: int


@router.get("", summary="Đọc các mục sau con trỏ, chờ nếu chưa có", response_model=Page)
async def read_feed(
    here: Here,
    after: Annotated[int | None, Query(ge=0)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    seconds: Annotated[float, Query(alias="wait", ge=0, le=60)] = 0,
) -> Response:
    """`after=N` acknowledges everything up to N; without it, from what was last acknowledged."""
    here.feed_read = time.monotonic()
    end = here.feed_read + seconds
    while True:
        ear = here.told.hear()
        items, start = _page(here, after, limit)
        left = end - time.monotonic()
        if items or left <= 0 or here.hung_up or not await _rung(here, ear, left):
            here.feed_read = time.monotonic()
            page = {"items": items, "next": items[-1]["seq"] if items else start}
            return Response(orjson.dumps(page), media_type="application/json")


async def _rung(here: Agency, ear: asyncio.Event, seconds: float) -> bool:
    """Whether something is told within so many seconds; the cursor is kept in the first quiet moment."""
    moment = min(seconds, QUIET)
    if await wait(ear, moment):
        return True
    here.keep_cursor()
    return seconds > moment and await wait(ear, seconds - moment)


def _page(here: Agency, after: int | None, limit: int) -> tuple[list[dict[str, Any]], int]:
    """The entries, and after which one they begin."""
    start = here.acknowledged if after is None else after
    with here.read() as tx:
        rows = tx.rows(_AFTER, {"start": start, "most": limit})
        if not rows and start > last_written(tx):
            # a cursor from before a reset or from another database says nothing about this feed
            start = here.acknowledged
            rows = tx.rows(_AFTER, {"start": start, "most": limit})
    here.acknowledge(start)
    return [_wire(row) for row in rows], start


def last_written(tx: Reading) -> int:
    """The number of the newest entry, 0 where there is none."""
    return tx.value(_LAST) or 0


@router.get("/entries", summary="Các mục đã ghi, kèm kết quả gửi")
async def entries(
    here: Here,
    subject: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, list[dict[str, Any]]]:
    """The newest entries, oldest first; `outcomes` is empty unless the exchange refused one or could not deliver it."""
    query = select(FEED).order_by(FEED.c.seq.desc()).limit(limit)
    with here.read() as tx:
        rows = tx.execute(query if subject is None else query.where(FEED.c.subject == subject)).all()
    return {"items": [_wire(row._mapping) | {"outcomes": row.outcomes} for row in reversed(rows)]}


@router.post("/{id}/outcome", summary="Ghi nhận mục bị từ chối hoặc không gửi được", status_code=204)
async def outcome(id: str, said: Outcome, here: Here) -> None:
    """The same outcome said twice is kept once."""
    with here.write() as tx:
        row = tx.execute(select(FEED.c.outcomes, FEED.c.subject).where(FEED.c.id == id)).first()
        if row is None:
            raise Unknown("không có mục này trong hàng đợi gửi đi")
        new = said.model_dump(mode="json")
        if new not in row.outcomes:
            tx.execute(update(FEED).where(FEED.c.id == id).values(outcomes=[*row.outcomes, new]))


def _wire(row: Mapping[Any, Any]) -> dict[str, Any]:
    names = ("seq", "id", "kind", "subject", "cause", "correlation", "traceparent", "body")
    return {name: row[name] for name in names} | {"at": row["at"].isoformat()}
