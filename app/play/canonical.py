"""The digest of a run's canonical history: what was said about every dossier, and what every agency's database holds at the end."""

import asyncio
from collections.abc import Mapping
from hashlib import sha256

import httpx

from vn.errors import CannotConnect

__all__ = ["digest_of"]


async def digest_of(histories: Mapping[str, bytes], urls: Mapping[str, str], http: httpx.AsyncClient) -> str:
    """The SHA-256 of the dossiers' histories, by their codes, and of the agencies' canonical forms; a form is never held whole."""
    forms = await asyncio.gather(*(_form(http, url) for url in urls.values()))
    found = sha256()
    for name, each in [*sorted(histories.items()), *zip(urls, forms, strict=True)]:
        found.update(name.encode() + each)
    return found.hexdigest()


async def _form(http: httpx.AsyncClient, url: str) -> bytes:
    found = sha256()
    try:
        async with http.stream("GET", f"{url}/_lgsp/canonical") as answer:
            answer.raise_for_status()
            async for piece in answer.aiter_bytes():
                found.update(piece)
    except httpx.HTTPError as error:
        raise CannotConnect(f"{url} does not tell its canonical form: {type(error).__name__}") from error
    return found.digest()
