"""HTTP calls of commands to the parts of a running exchange; a no is shown with every fault, never as a traceback."""

from collections.abc import Mapping
from typing import Any

import httpx

from app.settings import Settings
from app.state import running
from vn.errors import AgencyAnsweredNo, CannotConnect, Fault

__all__ = ["Parts", "refusal"]


class Parts:
    """The parts that a command can reach: those of `lgsp up` in the state folder, or those named by LGSP_<AGENCY>_URL."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = httpx.Client(timeout=30, trust_env=False)

    @property
    def urls(self) -> Mapping[str, str]:
        """Every known HTTP address by part."""
        try:
            return {**running(self._settings.state).urls, **self._settings.urls}
        except CannotConnect:  # nothing runs from the state folder
            if self._settings.urls:
                return self._settings.urls
            raise

    def url(self, part: str) -> str:
        """The address of one part."""
        try:
            return self.urls[part]
        except KeyError:
            raise CannotConnect(f"no {part} runs here; set LGSP_{part.upper().replace('-', '_')}_URL to where it is") from None

    def get(self, part: str, path: str, **parameters: Any) -> Any:
        """What the part answers to a question."""
        return self._call("GET", part, path, params={k: v for k, v in parameters.items() if v is not None})

    def post(self, part: str, path: str, body: Any = None) -> Any:
        """Ask the part to do something."""
        return self._call("POST", part, path, json=body)

    def put(self, part: str, path: str, body: Any) -> Any:
        """Set something of the part."""
        return self._call("PUT", part, path, json=body)

    def patch(self, part: str, path: str, body: Any) -> Any:
        """Add to something of the part."""
        return self._call("PATCH", part, path, json=body)

    def delete(self, part: str, path: str) -> None:
        """Remove something of the part."""
        self._call("DELETE", part, path)

    def _call(self, method: str, part: str, path: str, **how: Any) -> Any:
        url = self.url(part)
        try:
            answer = self._client.request(method, f"{url}{path}", **how)
        except httpx.HTTPError as error:
            raise CannotConnect(f"{part} does not answer at {url} ({type(error).__name__}); is it running? Try: lgsp wait") from None
        if answer.is_success:
            return answer.json() if answer.content else None
        raise refusal(part, answer)


def refusal(part: str, answer: httpx.Response) -> AgencyAnsweredNo:
    """The part's no, with its own words and every fault."""
    try:
        told = answer.json()
        faults = [Fault(each.get("pointer", ""), each.get("detail", "")) for each in told.get("errors", [])]
        message = str(told.get("detail") or told.get("title") or told)
    except (ValueError, AttributeError):
        faults, message = [], answer.text[:200] or answer.reason_phrase
    lines = "".join(f"\n  {fault}" for fault in faults)
    return AgencyAnsweredNo(f"http.{answer.status_code}", f"{part} says no ({answer.status_code}): {message}{lines}", faults)
