"""HTTP with one agency: one pooled client, every failure of the connection as `Retry`."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import aiohttp
import orjson
from yarl import URL

from adapters.runtime.answers import Answer, Nonsense, judge, problem
from vn.errors import Fault, LgspError, Retry

KEEP_ALIVE = 3.0  # below the 5 s after which uvicorn closes an idle connection
ALWAYS = {"Accept": "*/*", "User-Agent": "lgsp-adapter"}
CANNOT_DECODE = "Can not decode content-encoding"


class AgencyClient:
    """Async context; `call_timeout` bounds a whole call, answer included. Who calls bounds how many calls run at one time."""

    def __init__(
        self, url: str, *, call_timeout: float = 10.0, feed_grace: float = 5.0, read_no: Callable[[Answer], LgspError] = problem
    ) -> None:
        self._url = url.rstrip("/")
        self._read_no = read_no
        self._timeout = call_timeout
        self._feed_grace = feed_grace
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE),
            timeout=aiohttp.ClientTimeout(),  # `call` has its own, for all of it
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=ALWAYS,
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._http is not None:
            await self._http.close()

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
                answer = await self._exchange(method, path, headers, content)
        except TimeoutError as error:
            raise Retry("the agency does not answer in time") from error
        except aiohttp.ClientPayloadError as error:
            if CANNOT_DECODE in str(error):
                raise Nonsense("the agency's answer cannot be decompressed") from error
            raise Retry("the agency closed the connection before it answered") from error
        except aiohttp.ClientResponseError as error:
            raise Nonsense("the agency does not answer in HTTP") from error
        except (aiohttp.ClientError, RuntimeError) as error:  # RuntimeError: where a connection, or the session itself, has just closed
            raise Retry(f"the agency cannot be reached ({type(error).__name__})") from error
        return judge(answer, self._read_no)

    async def _exchange(self, method: str, path: str, headers: Mapping[str, str] | None, content: bytes | None) -> Answer:
        assert self._http is not None, "enter the client first"
        where = URL(self._url + path, encoded=True)
        async with self._http.request(method, where, headers=headers, data=content, allow_redirects=False) as response:
            body = await response.read()
        return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, body)

    async def feed(self, after: int | None, *, limit: int, wait: float) -> Any:
        """What the agency has to tell after this cursor (None: after what was last acknowledged), as JSON; waits up to `wait` seconds."""
        cursor = "" if after is None else f"after={after}&"
        answer = await self.call("GET", f"/_feed?{cursor}limit={limit}&wait={wait:g}", within=wait + self._feed_grace)
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
