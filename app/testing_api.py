"""What tests in any language ask of a running exchange over HTTP: a dossier to hand in, and the messages that crossed it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from app.entries import Entry
from app.house import House
from app.joins import catalogue_of
from app.messages import Archive, Shown
from app.samples import FAULTS, KINDS
from app.samples import sample as made
from app.wanted import Wanted
from vn.errors import CannotConnect, Unusable
from vn.near import suggestion

__all__ = ["testing"]

LONGEST = 600.0  # seconds
MOST = 1000  # messages in one answer


def testing(house: House) -> APIRouter:
    """Endpoints below `/_lgsp` of the one address."""
    router = APIRouter(prefix="/_lgsp")

    @router.get("/samples", summary="The kinds of dossiers, and the ways in which one can be wrong")
    def samples() -> dict[str, Any]:
        return {"kinds": KINDS, "faults": FAULTS}

    @router.get("/samples/{kind}", summary="A dossier that is valid for the running land register, or wrong in the named way")
    async def sample(kind: str, fault: str | None = None, seed: int = 1) -> dict[str, Any]:
        wrong = [f"no sample is called {kind!r}{suggestion(kind, KINDS)}"] if kind not in KINDS else []
        wrong += [f"no fault is called {fault!r}{suggestion(fault, FAULTS)}"] if fault is not None and fault not in FAULTS else []
        if wrong:
            raise Unusable("; ".join(wrong))
        async with httpx.AsyncClient(base_url=house.address("land"), timeout=30, trust_env=False) as land:
            clock = await land.get("/_lgsp/clock")
            today = datetime.fromisoformat(clock.raise_for_status().json()["now"]).date()
            return dict(await made(kind, fault=fault, seed=seed, land=land, on=today))

    @router.get("/messages", summary="What crossed the exchange, as it was sent and as it was judged; waits for the first that fits")
    async def messages(
        contract: Annotated[str | None, Query(description="Only this contract, e.g. tax.payment-notice")] = None,
        about: Annotated[str | None, Query(description="Only this dossier")] = None,
        outcome: Annotated[str | None, Query(description="Only these: delivered, refused, or a code")] = None,
        wait: Annotated[float, Query(ge=0, le=LONGEST, description="Seconds for the first to come")] = 0.0,
    ) -> dict[str, Any]:
        wanted = Wanted(contract and catalogue_of(house.settings).by_short(contract).type, outcome, about)
        async with Archive.open(house.settings) as archive:
            found = [each for each in await archive.journal() if wanted.fits(each)]
            if not found and wait:
                found = [each async for each in _first(archive, wanted, wait)]
            return {"messages": [_said(await archive.shown(each)) for each in found[:MOST]], "total": len(found)}

    return router


async def _first(archive: Archive, wanted: Wanted, wait: float) -> AsyncIterator[Entry]:
    try:
        async with asyncio.timeout(wait):
            async for entry in archive.follow(since_start=True):
                if wanted.fits(entry):
                    yield entry
                    return
    except TimeoutError:
        return


def _said(shown: Shown) -> dict[str, Any]:
    said = asdict(shown)
    (verdict,) = said.pop("entries")
    return {**said, "verdict": verdict}


async def problem(_: object, error: Exception) -> JSONResponse:
    """A no, as all parts say it."""
    status = 503 if isinstance(error, CannotConnect) else 422
    content = {"type": "about:blank", "title": "Not valid" if status == 422 else "Unavailable", "status": status, "detail": str(error)}
    return JSONResponse(content, status, media_type="application/problem+json")
