"""The embedded broker of a run, as a process of its own, with the address where it is told to lie."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from app.child import child

__all__ = ["Broker"]


@dataclass(frozen=True)
class Broker:
    """What clients are told, where it listens, where it is told to do wrong."""

    bootstrap: str
    inner: str
    control: str
    pid: int

    @classmethod
    @asynccontextmanager
    async def of(
        cls, environ: Mapping[str, str], *, listen: str = "127.0.0.1:0", advertised: str | None = None, state: Path | None = None
    ) -> AsyncIterator[Self]:
        """One for the length of the block, in memory where it has no `state`; `advertised`: what it tells its clients."""
        options = ["--listen", listen, "--control", "127.0.0.1:0", "--attached", *(["--state", str(state)] if state else ["--memory"])]
        options += ["--advertise", advertised] if advertised else []
        async with child("bus.embedded", *options, environ=environ) as process:
            said = await process.ready(2)
            yield cls(advertised or said["broker"], said["broker"], said["broker control"], process.pid)
