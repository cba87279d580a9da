"""HTTP with one agency: one pooled client, every failure of the connection as `Retry`."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
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


class AgencyClient:
    """Async context; `call_timeout` bounds a whole call, answer included."""

    def __init__(
        self,
        url: str,
        *,
        call_timeout: float = 10.0,
        connections: int = 66,
        read_no: Callable[[Answer], LgspError] = problem,
    ) -> None:
        self._read_no = read_no
        self._timeout = call_timeout
        self._http = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            timeout=None,  # every call has its own deadline
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=KEEP_ALIVE),
            trust_env=False,
            verify=url.startswith("https:"),  # reading the certificate store takes longer than starting the rest
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._http.aclose()

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
                response = await self._http.request(method, path, headers=headers, content=content)
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
        return judge(
            Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, response.content), self._read_no
        )

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
