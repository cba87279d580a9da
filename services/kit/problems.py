"""Every refusal as RFC 9457 `application/problem+json`, in Vietnamese, with all faults at once."""

import traceback
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit.vietnamese import reason
from vn.errors import Fault, NotAllowed, Unknown, Unusable
from vn.paths import own_path
from vn.pointer import pointer
from vn.problem import PROBLEM, problem_of

log = structlog.get_logger("agency")

TITLES = {
    400: "Yêu cầu không đọc được",
    404: "Không tìm thấy",
    405: "Không hỗ trợ phương thức này",
    409: "Không được phép ở trạng thái hiện tại",
    413: "Nội dung quá lớn",
    415: "Không hỗ trợ kiểu nội dung này",
    422: "Dữ liệu không hợp lệ",
    500: "Lỗi hệ thống",
    503: "Tạm thời không phục vụ được",
}


def problem(status: int, detail: str, faults: Iterable[Fault] = ()) -> Response:
    """One answer that says no."""
    content = problem_of(status, TITLES.get(status, "Lỗi"), detail, faults)
    return Response(orjson.dumps(content), status, media_type=PROBLEM)


def install(app: FastAPI) -> None:
    """Answer every error of the house and of the framework this way."""

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        faults = faults_in(error.errors(), error.body)
        return problem(422, f"{len(faults)} lỗi trong dữ liệu gửi đến", faults)

    @app.exception_handler(NotAllowed)
    async def forbidden(_: Request, error: NotAllowed) -> Response:
        return problem(422 if error.faults else 409, error.reason, error.faults)

    @app.exception_handler(Unknown)
    async def unknown(_: Request, error: Unknown) -> Response:
        return problem(404, str(error))

    @app.exception_handler(HTTPException)
    async def framework(_: Request, error: HTTPException) -> Response:
        answer = problem(error.status_code, TITLES.get(error.status_code, "Lỗi"))
        answer.headers.update(error.headers or {})
        return answer


def faults_in(errors: Sequence[Mapping[str, Any]], body: Any) -> list[Fault]:
    """Pydantic's errors as faults, each once, in the order of the form."""
    return list(dict.fromkeys(_fault(error, body) for error in errors))


def _fault(error: Mapping[str, Any], body: Any) -> Fault:
    kind, where, why = error["type"], error["loc"], reason(error["type"], error.get("ctx"), error["msg"])
    place = where[0] if where else "body"
    if place != "body":
        return Fault("", f"tham số {where[-1]}: {why}")
    if kind == "json_invalid":
        return Fault("", why)
    return Fault(_pointer(where[1:], body, last_is_absent=kind == "missing"), why)


def _pointer(path: Sequence[str | int], value: Any, *, last_is_absent: bool = False) -> str:
    """RFC 6901, of what is really in the body: the names of union branches that pydantic puts into a path are left out."""
    steps: list[str | int] = []
    for position, step in enumerate(path):
        if isinstance(value, Mapping) and step in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        elif not (last_is_absent and position == len(path) - 1):
            continue
        steps.append(step)
    return pointer(steps)


class Unexpected:
    """Answer 503 where the database is away, 500 for a mistake of ours; log its kind and place, not its text: it may be personal."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http" or begun:
                raise
            if isinstance(error, Unusable):  # the database is away
                log.error("database away", method=scope["method"], path=own_path(scope), reason=str(error))
                answer = problem(503, "Cơ sở dữ liệu không trả lời, xin thử lại sau")
            else:
                log.error("unexpected", method=scope["method"], path=own_path(scope), **kind_and_place(error))
                answer = problem(500, "Có lỗi bên trong hệ thống, xin thử lại sau")
            await answer(scope, receive, send)


def kind_and_place(error: Exception) -> dict[str, str]:
    """What a log may say about an exception: its type, and the last lines it passed, innermost first."""
    passed = reversed(traceback.extract_tb(error.__traceback__)[-4:])
    return {"error": type(error).__name__, "where": " < ".join(f"{place.filename}:{place.lineno}" for place in passed)}


def in_a_word(error: Exception) -> str:
    """What health may say about an exception: of the user's environment all, of any other its type."""
    return str(error) if isinstance(error, Unusable) else type(error).__name__


class BodyLimit:
    """Refuse a request whose body is larger than `limit` bytes, whatever it says about its length."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if said.isdigit() and int(said) > self._limit:
            await problem(413, f"Nội dung tối đa {self._limit} byte")(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)
