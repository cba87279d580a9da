"""The processes behind the demo: a broker and the agencies, started before anything heavy is imported here."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from app.child import Child, child
from app.security import OURS_IS_PLAIN, VARIABLES
from app.settings import AGENCIES, Settings
from app.state import prepare
from vn.errors import Unusable

__all__ = ["Stage"]


@dataclass(frozen=True)
class Stage:
    """Both are on their way; `bootstrap()` and `urls()` wait for their addresses."""

    folder: Path
    _broker: Child | str
    _agencies: Child

    @classmethod
    @asynccontextmanager
    async def of(cls, settings: Settings, keep: Path | None, environ: Mapping[str, str]) -> AsyncIterator["Stage"]:
        """For the length of the block; what is not kept is gone with it."""
        if settings.bootstrap is None and not settings.security.plain:
            raise Unusable(OURS_IS_PLAIN)
        async with AsyncExitStack() as stack:
            scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="lgsp-demo-", ignore_cleanup_errors=True))
            folder = prepare(keep or Path(scratch), fresh=keep is not None)
            theirs = {"LGSP_STATE": str(folder), "LGSP_LOG": "json", "LGSP_LOG_LEVEL": "warning"}
            environ = {**environ, **dict.fromkeys(VARIABLES, ""), **theirs}
            enter = stack.enter_async_context
            broker: Child | str | None = settings.bootstrap
            if broker is None:
                options = ("--listen", "127.0.0.1:0", "--memory", "--attached")
                broker = await enter(child("bus.embedded", *options, environ=environ, shown=True))
            yield cls(folder, broker, await enter(child("app", "serve", *AGENCIES, environ=environ, shown=True)))

    async def bootstrap(self) -> str:
        """The broker's address."""
        return self._broker if isinstance(self._broker, str) else (await self._broker.ready())["broker"]

    async def urls(self) -> dict[str, str]:
        """The agencies' addresses."""
        return await self._agencies.ready(len(AGENCIES))
