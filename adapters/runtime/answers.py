"""What an agency's answer means: yes, no, not known yet, not now, or nonsense."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from bus import Failure
from vn.errors import AgencyAnsweredNo, Fault, LgspError, Retry, Unknown

NOT_NOW = frozenset({408, 425, 429})
LONGEST_REASON = 500


class Nonsense(AgencyAnsweredNo):
    """The agency answered, but not in a way its interface allows."""

    def __init__(self, message: str) -> None:
        super().__init__(Failure.NONSENSE, message)


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """Without parameters, in lower case; "" where the agency names none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as UTF-8; raises `Nonsense`."""
        try:
            return self.body.decode()
        except UnicodeDecodeError as error:
            raise Nonsense(f"the agency answered {self.status} with a body that is not UTF-8") from error

    def json(self) -> Any:
        """The body as JSON; raises `Nonsense`."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise Nonsense(f"the agency answered {self.status} with a body that is not JSON") from error


def judge(answer: Answer, read_no: Callable[[Answer], LgspError]) -> Answer:
    """The answer where it is a yes; raises `Retry`, `Unknown`, `AgencyAnsweredNo` or `Nonsense`."""
    if 200 <= answer.status < 300:
        return _sensible(answer)
    if answer.status >= 500 or answer.status in NOT_NOW:
        raise Retry(f"the agency answered {answer.status}")
    if answer.status == 404:
        raise Unknown("the agency answered 404: it does not know this dossier")
    if answer.status >= 400:
        raise read_no(answer)
    raise Nonsense(f"the agency answered {answer.status}")


def problem(answer: Answer) -> AgencyAnsweredNo:
    """A no as RFC 9457 says it, with every fault of `errors`; anything else is a no without faults."""
    try:
        body = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        body = None
    said = body if isinstance(body, dict) else {}
    message = said.get("detail") or said.get("title") or f"the agency answered {answer.status}"
    errors = said.get("errors")
    faults = tuple(_fault(each) for each in errors if isinstance(each, dict)) if isinstance(errors, list) else ()
    return AgencyAnsweredNo(Failure.ANSWERED_NO, str(message)[:LONGEST_REASON], faults)


def _fault(error: Mapping[str, Any]) -> Fault:
    reason = error.get("detail") or error.get("reason") or error.get("title") or "no reason given"
    return Fault(str(error.get("pointer") or ""), str(reason)[:LONGEST_REASON])


def _sensible(answer: Answer) -> Answer:
    # A proxy's greeting page is a 200 too, and the agency behind it has seen nothing.
    if not answer.body:
        return answer
    if re.fullmatch(r"application/(.+\+)?json", answer.media_type):
        answer.json()
    elif re.fullmatch(r"(text|application)/(.+\+)?xml", answer.media_type):
        if not answer.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            raise Nonsense(f"the agency answered {answer.status} with a body that is not XML")
    elif answer.media_type not in ("text/plain", ""):
        raise Nonsense(f"the agency answered {answer.status} with {answer.media_type}")
    return answer
