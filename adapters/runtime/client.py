"""HTTP with one agency: one pooled client, every failure of the connection as `Retry`."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx
import orjson

from adapters.runtime.answers import Answer, Nonsense, judge, problem
from vn.errors import Fault, LgspError, Retry

# h11 gives one error for a peer that went away and for a peer that talks gibberish; only the words differ.
WENT_AWAY = ("Server disconnected", "peer closed connection")
KEEP_ALIVE = 3.0  # below the 5 s after which uvicorn closes an idle connection
ALWAYS = {"Accept": "*/*", "User-Agent": "lgsp-adapter"}


class AgencyClient:
    """Async context; `call_timeout` bounds a whole call, answer included. Who calls bounds how many calls run at one time."""

    def __init__(self, url: str, *, call_timeout: float = 10.0, read_no: Callable[[Answer], LgspError] = problem) -> None:
        self._url = url.rstrip("/")
        self._read_no = read_no
        self._timeout = call_timeout
        # Reading the certificate store takes longer than starting all the rest.
        self._tls = httpx.create_ssl_context() if url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._idle: list[httpx.AsyncHTTPTransport] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for transport in self._idle:
            await transport.aclose()

    async def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        within: float | None = None,
    ) -> Answer:
        """The agency's yes; raises `Retry`, `Unknown`, `AgencyAnsweredNo` or `Nonsense`."""
        try:
            async with asyncio.timeout(within or self._timeout):
                response = await self._exchange(method, path, {**ALWAYS, **(headers or {})}, content)
        except TimeoutError as error:
            raise Retry("the agency does not answer in time") from error
        except httpx.RemoteProtocolError as error:
            if str(error).startswith(WENT_AWAY):
                raise Retry("the agency closed the connection before it answered") from error
            raise Nonsense("the agency does not answer in HTTP") from error
        except httpx.DecodingError as error:
            raise Nonsense("the agency's answer cannot be decompressed") from error
        except httpx.LocalProtocolError:
            raise  # our own mistake, not the agency's
        except httpx.TransportError as error:
            raise Retry(f"the agency cannot be reached ({type(error).__name__})") from error
        return judge(Answer(response.status_code, dict(response.headers), response.content), self._read_no)

    async def _exchange(self, method: str, path: str, headers: Mapping[str, str], content: bytes | None) -> httpx.Response:
        request = httpx.Request(method, self._url + path, headers=headers, content=content)
        async with self._connection() as connection:
            response = await connection.handle_async_request(request)
            try:
                await response.aread()
            finally:
                await response.aclose()
        return response

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[httpx.AsyncHTTPTransport]:
        # httpx's own pool looks at every connection for every call: 64 calls at a time cost five times as much there.
        transport = self._idle.pop() if self._idle else self._new()
        try:
            yield transport
        finally:
            self._idle.append(transport)

    def _new(self) -> httpx.AsyncHTTPTransport:
        one = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEEP_ALIVE)
        return httpx.AsyncHTTPTransport(verify=self._tls, limits=one, trust_env=False)

    async def feed(self, after: int | None, *, limit: int, wait: float) -> Any:
        """What the agency has to tell after this cursor (None: after what was last acknowledged), as JSON; waits up to `wait` seconds."""
        cursor = "" if after is None else f"after={after}&"
        answer = await self.call("GET", f"/_feed?{cursor}limit={limit}&wait={wait:g}", within=wait + self._timeout)
        return answer.json()

    async def outcome(self, entry: str, *, code: str, message: str, faults: Sequence[Fault] = (), recipient: str | None = None) -> None:
        """Tell the agency what became of one feed entry."""
        body = {
            "code": code,
            "message": message,
            "faults": [{"pointer": fault.pointer, "reason": fault.reason} for fault in faults],
            "recipient": recipient,
        }
        await self.call(
            "POST", f"/_feed/{quote(entry, safe='')}/outcome", headers={"Content-Type": "application/json"}, content=orjson.dumps(body)
        )
