"""The outgoing feed: what the agency has to tell, read by its adapter after a cursor (protocol: `GET /_feed`)."""

import time
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select, update
from starlette.concurrency import run_in_threadpool

from services.kit.agency import Agency, Here
from services.kit.bell import wait_async
from services.kit.settings import read_setting, write_setting
from services.kit.tables import FEED
from services.kit.transaction import Reading
from vn.errors import Unknown

router = APIRouter(prefix="/_feed", tags=["Hàng đợi gửi đi"])
CURSOR = "cursor"


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
    wait: Annotated[float, Query(ge=0, le=60)] = 0,
) -> Page:
    """`after=N` acknowledges everything up to N; without it, from what was last acknowledged."""
    end = time.monotonic() + wait
    while True:
        ear = here.told.hear()
        try:
            page = await run_in_threadpool(_page, here, after, limit)
            left = end - time.monotonic()
            if page.items or left <= 0 or here.hung_up or not await wait_async(ear, left):
                return page
        finally:
            here.told.forget(ear)


def _page(here: Agency, after: int | None, limit: int) -> Page:
    with here.read() as tx:
        last, acknowledged = position(tx)
        # a cursor from before a reset or from another database says nothing about this feed
        start = acknowledged if after is None or after > last else after
        rows = tx.execute(select(FEED).where(FEED.c.seq > start).order_by(FEED.c.seq).limit(limit))
        items = [_wire(row._mapping) for row in rows]
    if start > acknowledged:
        with here.write() as change:
            if position(change)[0] >= start:
                write_setting(change, CURSOR, start)
    return Page(items=items, next=items[-1]["seq"] if items else start)


def position(tx: Reading) -> tuple[int, int]:
    """The last number written and the last acknowledged."""
    last = tx.scalar(select(func.max(FEED.c.seq))) or 0
    return last, min(read_setting(tx, CURSOR, 0), last)


@router.get("/entries", summary="Các mục đã ghi, kèm kết quả gửi")
def entries(
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
def outcome(id: str, said: Outcome, here: Here) -> None:
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
