"""An application that may be found below a prefix: links of its own begin with it."""

import re
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["PREFIX", "Prefixed"]

PREFIX: Final = b"x-forwarded-prefix"  # as Traefik, Spring and ASP.NET say it
_PLAIN = re.compile(rb"(/[A-Za-z0-9_-]+)+")  # it becomes part of pages and of addresses


class Prefixed:
    """What stands before an application says where that is found; what is no plain path is not believed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it: the prefix is `root_path`, and `path` begins with it."""
        if scope["type"] == "http":
            said = next((value for name, value in scope["headers"] if name == PREFIX), b"")
            if _PLAIN.fullmatch(said):
                prefix = said.decode("ascii")
                scope = {**scope, "root_path": prefix, "path": f"{prefix}{scope['path']}"}
        await self._app(scope, receive, send)
