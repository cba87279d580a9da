"""Plain HTTP with the parts of a run: JSON over one kept connection each.

A round of questions to nine parts on the same machine takes 1.5 ms so, the answering included, and 9 ms with httpx; the clock asks
thousands. It speaks to our own parts alone, which answer with a length, and in clear.
"""

import asyncio
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import orjson

from vn.errors import LgspError, Retry

__all__ = ["Lines"]

WITHIN = 10.0  # seconds for one answer; a part that is busy with a large batch may take a while
AWAY = (OSError, EOFError, TimeoutError)
_Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Lines:
    """`async with` it. Everywhere: raises Retry where a part does not answer, LgspError where it answers no."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for url in list(self._lines):
            self._hang_up(url)

    async def get(self, url: str, path: str) -> Any:
        """The JSON that stands there."""
        return await self._asked(url, "GET", path, b"")

    async def put(self, url: str, path: str, body: object) -> Any:
        """The JSON that is answered."""
        return await self._asked(url, "PUT", path, orjson.dumps(body))

    async def _asked(self, url: str, verb: str, path: str, body: bytes) -> Any:
        async with self._turns.setdefault(url, asyncio.Lock()):
            status, found = await self._surely(url, verb, path, body)
        if status >= 300:
            raise LgspError(f"{url}{path} answers {status}")
        return orjson.loads(found) if found else None

    async def _surely(self, url: str, verb: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Once more on a new connection where the kept one has been closed meanwhile: both verbs may be said twice."""
        kept = url in self._lines
        try:
            async with asyncio.timeout(WITHIN):
                return await self._said(url, verb, path, body)
        except AWAY as error:
            self._hang_up(url)
            if kept and not isinstance(error, TimeoutError):
                return await self._surely(url, verb, path, body)
            raise Retry(f"{url} does not answer") from error
        except BaseException:  # a cancellation leaves half an answer behind
            self._hang_up(url)
            raise

    async def _said(self, url: str, verb: str, path: str, body: bytes) -> tuple[int, bytes]:
        where = urlsplit(url)
        line = self._lines.get(url)
        if line is None:
            line = self._lines[url] = await asyncio.open_connection(where.hostname, where.port)
        reader, writer = line
        said = f"{verb} {path} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(said.encode() + body)
        head = await reader.readuntil(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").lower().split("\r\n")
        fields = dict(each.split(": ", 1) for each in rest if each)
        found = await reader.readexactly(int(fields.get("content-length", 0)))
        if fields.get("connection") == "close":
            self._hang_up(url)
        return int(first.split()[1]), found

    def _hang_up(self, url: str) -> None:
        line = self._lines.pop(url, None)
        if line is not None:
            line[1].close()
