"""What tests in any language ask of a running exchange over HTTP: a dossier to hand in, and the messages that crossed it."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Query

from app.entries import Entry
from app.house import House
from app.joins import catalogue_of
from app.messages import Archive, Shown
from app.samples import FAULTS, KINDS, sample_today
from app.wanted import Wanted

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
        async with httpx.AsyncClient(base_url=house.address("land"), timeout=30, trust_env=False) as land:
            return dict(await sample_today(kind, fault=fault, seed=seed, land=land))

    @router.get("/messages", summary="What crossed the exchange, as it was sent and as it was judged; waits for the first that fits")
    async def messages(
        contract: Annotated[str | None, Query(description="Only this contract, e.g. tax.payment-notice")] = None,
        about: Annotated[str | None, Query(description="Only this dossier")] = None,
        outcome: Annotated[str | None, Query(description="Only these: delivered, refused, or a code")] = None,
        wait: Annotated[float, Query(ge=0, le=LONGEST, description="Seconds for the first to come")] = 0.0,
    ) -> dict[str, Any]:
        """The first 1,000, and how many there are in `total`."""
        type_ = catalogue_of(house.settings).by_short(contract).type if contract else None
        wanted = Wanted(type_, outcome or None, about or None)
        async with Archive.open(house.settings) as archive:
            found = [each for each in await archive.journal() if wanted.fits(each)]
            if not found and wait and (first := await _first(archive, wanted, wait)) is not None:
                found = [first]
            return {"messages": [_said(await archive.shown(each)) for each in found[:MOST]], "total": len(found)}

    return router


async def _first(archive: Archive, wanted: Wanted, wait: float) -> Entry | None:
    try:
        async with asyncio.timeout(wait):
            async for entry in archive.follow(since_start=True):
                if wanted.fits(entry):
                    return entry
    except TimeoutError:
        pass
    return None


def _said(shown: Shown) -> dict[str, Any]:
    said = asdict(shown)
    (verdict,) = said.pop("entries")
    return {**said, "verdict": verdict}
