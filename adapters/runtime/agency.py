"""The agency as a handler sees it: calls that carry the message's id as their key."""

from collections.abc import Mapping
from typing import Any, Protocol

import orjson
from pydantic import BaseModel

from adapters.runtime.answers import Answer
from adapters.runtime.carried import headers_of
from bus import Message

JSON = "application/json"


class Caller(Protocol):
    """Who carries a call to the agency."""

    async def call(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None) -> Answer:
        """The agency's yes; raises what `Agency.post` raises."""


class Agency:
    """One agency, called on behalf of one message."""

    def __init__(self, client: Caller, message: Message) -> None:
        self._client = client
        self._headers = headers_of(message)
        self._written: list[str] = []

    @property
    def last_written(self) -> str | None:
        """The last operation that told the agency something: `POST /path`."""
        return self._written[-1] if self._written else None

    async def post(self, path: str, body: object = None, *, content_type: str = JSON) -> Answer:
        """Tell the agency. `body`: bytes or text as they are, a pydantic model by its aliases, anything else as JSON.
        `path` is percent-encoded already.

        Raises `Retry`, `Unknown` (404), `AgencyAnsweredNo` (4xx), `Nonsense`.
        """
        return await self._write("POST", path, body, content_type)

    async def put(self, path: str, body: object = None, *, content_type: str = JSON) -> Answer:
        """As `post`, where the native interface says PUT."""
        return await self._write("PUT", path, body, content_type)

    async def get(self, path: str) -> Answer:
        """Look something up before telling; as often as needed."""
        return await self._client.call("GET", path, headers=self._headers)

    async def _write(self, method: str, path: str, body: object, content_type: str) -> Answer:
        operation = f"{method} {path.partition('?')[0]}"
        if operation in self._written:
            raise RuntimeError(f"{operation} a second time for one message: it would get the first one's answer")
        self._written.append(operation)
        headers = self._headers if body is None else {**self._headers, "Content-Type": content_type}
        return await self._client.call(method, path, headers=headers, content=_bytes(body))


def _bytes(body: Any) -> bytes | None:
    match body:
        case None | bytes():
            return body
        case str():
            return body.encode()
        case BaseModel():
            return body.model_dump_json(by_alias=True).encode()
        case _:
            return orjson.dumps(body)
