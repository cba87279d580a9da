"""Digests of the agencies' databases in canonical form."""

import asyncio
from collections.abc import Mapping
from hashlib import sha256

import httpx

from vn.errors import CannotConnect

__all__ = ["canonical_digests"]

WITHIN = 300.0  # seconds; it is a whole database


async def canonical_digests(urls: Mapping[str, str]) -> dict[str, str]:
    """Per agency the SHA-256 of its canonical form; it is read in pieces and never held whole."""
    async with httpx.AsyncClient(timeout=WITHIN) as client:
        found = await asyncio.gather(*(_digest(client, url) for url in urls.values()))
    return dict(zip(urls, found, strict=True))


async def _digest(client: httpx.AsyncClient, url: str) -> str:
    found = sha256()
    try:
        async with client.stream("GET", f"{url}/_lgsp/canonical") as answer:
            answer.raise_for_status()
            async for piece in answer.aiter_bytes():
                found.update(piece)
    except httpx.HTTPError as error:
        raise CannotConnect(f"{url} does not tell its canonical form: {type(error).__name__}") from error
    return found.hexdigest()
