"""A call from outside: who caused it, and the answer that a repeat gets."""

import re
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy import bindparam, insert, select

from services.kit.prepared import Prepared
from services.kit.tables import APPLIED
from services.kit.transaction import Cause, Reading, Transaction
from vn.paths import own_path

_REMEMBER = Prepared(insert(APPLIED).values({column.name: bindparam(column.name) for column in APPLIED.c}).inline())
_FIRST = Prepared(
    select(APPLIED.c.status, APPLIED.c.answer).where(APPLIED.c.key == bindparam("name"), APPLIED.c.operation == bindparam("on"))
)
_MESSAGE = re.compile(r"\S+ \S+")


@dataclass(frozen=True)
class CallFrom:
    """The headers that matter: the key of the call (None: not repeatable), what it is on, and what caused it."""

    key: str | None
    operation: str
    cause: Cause


def call_of(request: Request) -> CallFrom:
    """What the headers of a request say."""
    headers = request.headers
    key = headers.get("idempotency-key")
    # a message of the exchange is `<source> <id>`; another client's own key is no message
    message = key if key and _MESSAGE.fullmatch(key) else None
    fresh = bool(request.scope.get("trace.fresh"))  # said by whoever traces, see app/tracing.py
    cause = Cause(message, headers.get("x-correlation-id"), headers.get("traceparent"), fresh)
    return CallFrom(key, f"{request.method} {own_path(request.scope)}", cause)


@dataclass(frozen=True)
class Answer:
    """A status and a body, given the same to every repeat."""

    status: int
    body: bytes

    def response(self, *, replayed: bool, media_type: str) -> Response:
        """As HTTP."""
        headers = {"Idempotency-Replayed": "true"} if replayed else None
        return Response(self.body, self.status, headers, media_type)


def first_answer(tx: Reading, call: CallFrom) -> Answer | None:
    """What this call was answered when it was applied; None if it has not been."""
    rows = tx.rows(_FIRST, {"name": call.key, "on": call.operation})
    return Answer(rows[0]["status"], rows[0]["answer"]) if rows else None


def remember(tx: Transaction, call: CallFrom, answer: Answer) -> None:
    """Keep key and answer in the transaction of the effect."""
    values = {"key": call.key, "operation": call.operation, "status": answer.status, "answer": answer.body, "at": tx.now}
    tx.run(_REMEMBER, values)


def as_bytes(value: Any) -> bytes:
    """An answer's body: a pydantic model, a JSON value, or text as it is."""
    if isinstance(value, BaseModel):
        return value.model_dump_json(by_alias=True).encode()
    if isinstance(value, str):
        return value.encode()
    return b"" if value is None else orjson.dumps(value)
