"""Every no of the one address as RFC 9457 `application/problem+json`, as all parts say it."""

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from vn.errors import BadEnvironment, CannotConnect, LgspError, Retry, Unusable
from vn.problem import PROBLEM, problem_of

__all__ = ["failed", "not_valid", "problem"]

_TITLES = {
    400: "Not readable",
    404: "Not found",
    422: "Not valid",
    500: "Internal error",
    502: "Bad gateway",
    503: "Unavailable",
}


def problem(status: int, detail: str) -> JSONResponse:
    """One no, and why."""
    return JSONResponse(problem_of(status, _TITLES[status], detail), status, media_type=PROBLEM)


async def failed(_: Request, error: Exception) -> JSONResponse:
    """What one of our own errors is to a caller: 422 what was asked is wrong, 503 not now, 500 our environment."""
    assert isinstance(error, LgspError)
    if isinstance(error, CannotConnect | Retry):
        return problem(503, str(error))
    return problem(422 if isinstance(error, Unusable) and not isinstance(error, BadEnvironment) else 500, str(error))


async def not_valid(_: Request, error: Exception) -> JSONResponse:
    """A query or a path of another type than it has to be, every fault at once."""
    assert isinstance(error, RequestValidationError)
    return problem(422, "; ".join(f"{'/'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in error.errors()))
