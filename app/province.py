"""Everything but the broker in one process: the exchange, the agencies, the adapters, each on its own socket."""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self

from app import parts
from app.settings import ADAPTERS, AGENCIES, SERVICE_OF, Settings

if TYPE_CHECKING:
    from app.joins import Maker, Patience

__all__ = ["Province"]

NONE: Mapping[str, str] = MappingProxyType({})


class Province:
    """`async with` starts all parts but the agencies that run elsewhere (`urls`); single ones can be stopped and started again.

    `inner` is the exchange's space where it is not the members', because a relay stands between.
    """

    def __init__(
        self,
        settings: Settings,
        bootstrap: str,
        *,
        urls: Mapping[str, str] = NONE,
        patience: "Patience | None" = None,
        inner: str | None = None,
    ) -> None:
        self.settings = settings
        self.bootstrap = bootstrap
        self.urls: dict[str, str] = dict(urls)
        self.fronts: dict[str, str] = {}  # what stands before an agency: its adapter calls there
        self.makers: dict[str, Maker] = {}  # who makes an adapter in the place of ours, by part
        self._patience = patience
        self.inner = inner or settings.space
        self._running: dict[str, AsyncExitStack] = {}

    async def __aenter__(self) -> Self:
        try:
            for part in ("exchange", *AGENCIES, *(f"{name}-adapter" for name in ADAPTERS)):
                if part not in self.urls:
                    await self.start(part)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    @property
    def running(self) -> tuple[str, ...]:
        """The parts that run now."""
        return tuple(self._running)

    async def start(self, part: str) -> None:
        """Start one part; it gets its earlier address if it had one."""
        stack = AsyncExitStack()
        block = self._block(part)
        self.urls[part] = await stack.enter_async_context(block)
        self._running[part] = stack
        port = int(self.urls[part].rpartition(":")[2])
        self.settings = self.settings.at(part, port)

    async def stop(self, part: str) -> None:
        """End one part as SIGTERM would."""
        stack = self._running.pop(part, None)
        if stack is not None:
            await stack.aclose()

    async def close(self) -> None:
        """The adapters, then the agencies, then the exchange; those of a kind together."""
        adapters = [part for part in self._running if part.endswith("-adapter")]
        for together in (adapters, AGENCIES, ("exchange",)):
            await asyncio.gather(*(self.stop(part) for part in together))

    def _block(self, part: str) -> AbstractAsyncContextManager[str]:
        if part == "exchange":
            return parts.exchange(replace(self.settings, space=self.inner), self.bootstrap)
        if part in AGENCIES:
            return parts.agency(self.settings, part)
        name = part.removesuffix("-adapter")
        agency = SERVICE_OF[name]
        url = self.fronts.get(agency) or self.urls[agency]
        return parts.adapter(self.settings, name, bootstrap=self.bootstrap, url=url, patience=self._patience, maker=self.makers.get(part))
