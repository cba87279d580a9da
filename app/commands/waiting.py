"""The command `wait`: until every part is healthy, or a time is over."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import httpx
import typer

from app.commands.options import State, parts_of
from app.health import health_at
from app.reading import is_http
from vn.errors import CannotConnect, Unusable

__all__ = ["wait"]

_EVERY = 0.1
_PATIENCE = 5.0  # seconds for one answer; who needs longer is not well


def wait(
    urls: Annotated[
        list[str] | None,
        typer.Argument(help="Addresses to ask instead, each http://HOST:PORT[/PATH].", metavar="[URL]...", show_default=False),
    ] = None,
    timeout: Annotated[float, typer.Option("--timeout", "-t", min=0, help="Seconds.")] = 30,
    state: State = None,
) -> int:
    """Wait until every part is healthy, or exit with 11 when the time is over, naming who is not.

    Asks the addresses given, else those of LGSP_<PART>_URL and of a running `lgsp up`.
    """
    wrong = [url for url in urls or () if not is_http(url)]
    if wrong:
        raise Unusable("; ".join(f"wait: {url!r} is not http://HOST:PORT" for url in wrong))
    asked = {url: url.rstrip("/") for url in urls or ()}
    deadline = time.monotonic() + timeout
    while sick := _sick(asked, state, within=max(deadline - time.monotonic(), _EVERY)):
        if time.monotonic() >= deadline:
            raise CannotConnect(f"not ready after {timeout:g} s: {sick}")
        time.sleep(_EVERY)
    typer.echo("ready")
    return 0


def _sick(asked: Mapping[str, str], state: Path | None, *, within: float) -> str:
    """Who is not well, and why; empty when all are."""
    try:
        # an exchange that is being started tells its addresses late, so they are read anew each time
        asked = asked or {part: url for part, url in parts_of(state).urls.items() if part != "supervisor"}
    except CannotConnect as error:
        return str(error)
    return "; ".join(f"{name} {why}" for name, why in asyncio.run(_asked(asked, within)) if why)


async def _asked(urls: Mapping[str, str], within: float) -> list[tuple[str, str]]:
    async with httpx.AsyncClient(timeout=min(within, _PATIENCE), trust_env=False) as client:
        found = await asyncio.gather(*(health_at(client, url) for url in urls.values()))
    return [(name, each.why_not) for name, each in zip(urls, found, strict=True)]
