"""The native APIs of the agencies, as those who act in a scenario call them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from app.calls import refusal
from app.play.outsiders import NOBODY, Outsiders
from vn.errors import AgencyAnsweredNo, CannotConnect

__all__ = ["Agencies"]


@dataclass(frozen=True)
class Agencies:
    """Where each agency answers; `urls` by part may change while it runs."""

    http: httpx.AsyncClient
    urls: Mapping[str, str]
    outsiders: Outsiders = NOBODY

    @property
    def ours(self) -> Mapping[str, str]:
        """The addresses of those that are not outside."""
        return {name: url for name, url in self.urls.items() if name not in self.outsiders.agencies}

    async def call(
        self, agency: str, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None, **query: Any
    ) -> httpx.Response:
        """The answer, whatever it is; a text goes out as it is, anything else as JSON. Raises CannotConnect where none comes."""
        url = self.urls.get(agency)
        if url is None:
            raise CannotConnect(f"no {agency} takes part here")
        headers = {**self.outsiders.headers(agency), **(headers or {})}
        said: dict[str, Any] = {"params": query or None, "timeout": self._patience(agency)}
        if body is not None:
            said |= {"content": body.encode()} if isinstance(body, str) else {"json": body}
        try:
            return await self.http.request(method, f"{url}{path}", headers=headers, **said)
        except httpx.InvalidURL as error:
            raise CannotConnect(f"{agency} cannot be asked for {path!r}: {error}") from None
        except httpx.HTTPError as error:
            raise CannotConnect(f"{agency} does not answer at {url} ({type(error).__name__})") from None

    async def ask(self, agency: str, path: str, **query: Any) -> Any:
        """What it answers to a question; raises AgencyAnsweredNo with every fault."""
        return parsed(agency, await self.call(agency, "GET", path, **query))

    async def tell(self, agency: str, path: str, body: Any = None, *, method: str = "POST") -> Any:
        """What it answers to an act that it must take; raises AgencyAnsweredNo with every fault."""
        return parsed(agency, await self.call(agency, method, path, body))

    def at(self, agency: str) -> httpx.AsyncClient:
        """A client of one agency alone, to be left with `async with`."""
        headers = self.outsiders.headers(agency)
        return httpx.AsyncClient(base_url=self.urls[agency], headers=headers, timeout=self._patience(agency), trust_env=False)

    def _patience(self, agency: str) -> httpx.Timeout:
        """As the bindings say, for one that is outside."""
        if agency not in self.outsiders.agencies:
            return self.http.timeout
        return httpx.Timeout(self.outsiders.agency(agency).timeout.by.total_seconds())


def parsed(agency: str, answer: httpx.Response) -> Any:
    """The JSON of a yes, text where it is none; raises AgencyAnsweredNo for a no."""
    if not answer.is_success:
        raise refusal(agency, answer)
    return content(answer)


def content(answer: httpx.Response) -> Any:
    """JSON as a value, anything else as text."""
    try:
        return answer.json() if answer.content else None
    except ValueError:
        return answer.text


def no_of(error: AgencyAnsweredNo) -> dict[str, Any]:
    """A no as a script can look into it."""
    return {
        "code": error.code,
        "message": error.message,
        "errors": [{"pointer": one.pointer, "detail": one.reason} for one in error.faults],
    }
