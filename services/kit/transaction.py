"""What an agency's own code holds while it reads or changes its database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog
from pydantic import BaseModel
from sqlalchemy import Connection, CursorResult, Executable, Row, Select, bindparam, delete, insert, select, update

from services.kit.policy import Manner, due
from services.kit.tables import CASES, COUNTERS, FEED, WORK
from vn.errors import NotAllowed

log = structlog.get_logger("agency")

# built once: putting a statement together costs more than SQLite takes to run it
_TELL, _PLAN, _NEW_CASE = insert(FEED), insert(WORK), insert(CASES)
_CASE = select(CASES.c.correlation).where(CASES.c.subject == bindparam("about"))
_TAKE = delete(WORK).where(WORK.c.id == bindparam("number"))
_DROP = delete(WORK).where(WORK.c.kind == bindparam("of"), WORK.c.subject == bindparam("about"), WORK.c.key == bindparam("name"))
_ONE_MORE = update(COUNTERS).where(COUNTERS.c.series == bindparam("name")).values(last=COUNTERS.c.last + 1)
_LAST = select(COUNTERS.c.last).where(COUNTERS.c.series == bindparam("name"))


@dataclass(frozen=True)
class Cause:
    """The message that something follows from (`<source> <id>`), its case, its trace; all None for a person's own act."""

    message: str | None = None
    correlation: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True)
class Work:
    """One thing to do: a decision to take or a moment to act on; `body` is what it was planned with."""

    id: int
    kind: str
    subject: str
    key: str
    due: datetime | None
    asked: datetime
    decision: bool
    body: dict[str, Any]
    cause: Cause


class Reading:
    """A consistent view of the database at `now` of the agency's clock."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now

    def execute(self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> CursorResult[Any]:
        """Run one SQLAlchemy statement; with `values` a prepared one, which is faster; once for each of several."""
        return self.connection.execute(statement, values)

    def scalar(self, statement: Select[Any], values: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row, or None."""
        return self.connection.scalar(statement, values)

    def work(self, *, subject: str | None = None, kind: str | None = None) -> list[Work]:
        """What is still to be done, in the order in which it is due; what waits for an officer comes last."""
        query = select(WORK).order_by(WORK.c.due.is_(None), WORK.c.due, WORK.c.subject, WORK.c.id)
        query = query if subject is None else query.where(WORK.c.subject == subject)
        query = query if kind is None else query.where(WORK.c.kind == kind)
        return [as_work(row) for row in self.execute(query)]


class Transaction(Reading):
    """A change in the making: all of it is kept, with what it tells the world and plans to do, or none of it."""

    def __init__(self, connection: Connection, now: datetime, *, cause: Cause, manner: Callable[[str], Manner]) -> None:
        super().__init__(connection, now)
        self.cause = cause
        self.told = 0
        self.planned = 0
        self._manner = manner

    def tell(self, kind: str, subject: str, body: object) -> str:
        """Write an entry into the feed, for the agency's adapter to carry out; answers its id.

        `body` is a pydantic model, a JSON value, or XML as text.
        """
        body = body.model_dump(mode="json", by_alias=True) if isinstance(body, BaseModel) else body
        entry = str(uuid4())
        case = self.about(subject, otherwise=entry)
        values = {"id": entry, "kind": kind, "subject": subject, "at": self.now, "body": body, "outcomes": []}
        cause = {"cause": self.cause.message, "correlation": case, "traceparent": self.cause.traceparent}
        self.execute(_TELL, values | cause)
        self.told += 1
        log.info("told", kind=kind, dossier=subject, correlation=case)
        return entry

    def decide(self, kind: str, subject: str, *, key: str = "", body: dict[str, Any] | None = None) -> datetime | None:
        """Plan a decision as the policy for `kind` says; answers when it is due, None when it waits for an officer."""
        when = due(self._manner(kind), self.now)
        self._plan(kind, subject, key=key, when=when, decision=True, body=body or {})
        return when

    def later(self, kind: str, subject: str, when: datetime, *, key: str = "", body: dict[str, Any] | None = None) -> None:
        """Plan to act at `when` by the agency's clock: a deadline, an expiry."""
        self._plan(kind, subject, key=key, when=when, decision=False, body=body or {})

    def complete(self, kind: str, subject: str, *, key: str = "") -> Work:
        """Take over a waiting decision, because an officer has taken it; what follows, follows from what asked for it."""
        found = [work for work in self.work(subject=subject, kind=kind) if work.key == key]
        if not found:
            raise NotAllowed(f"hồ sơ {subject} không có việc này đang chờ quyết định")
        self.take(found[0])
        if self.cause.message is None:
            self.cause = found[0].cause
        return found[0]

    def drop(self, kind: str, subject: str, *, key: str = "") -> int:
        """Plan no more: forget waiting work; answers how many rows there were."""
        return self.execute(_DROP, {"of": kind, "about": subject, "name": key}).rowcount

    def take(self, work: Work) -> bool:
        """Remove one row of work, being done in this transaction; false if someone else has done it."""
        return self.execute(_TAKE, {"number": work.id}).rowcount == 1

    def number(self, series: str) -> int:
        """The next number of a series, 1 first, without gaps."""
        if self.execute(_ONE_MORE, {"name": series}).rowcount == 0:
            self.execute(insert(COUNTERS).values(series=series, last=1))
        return int(self.scalar(_LAST, {"name": series}))

    def about(self, subject: str, *, otherwise: str | None = None) -> str | None:
        """The case (correlation id) of a dossier: that of its first message; remembered when first seen."""
        known = self.scalar(_CASE, {"about": subject})
        if known is not None:
            return str(known)
        case = self.cause.correlation or otherwise
        if case is not None:
            self.execute(_NEW_CASE, {"subject": subject, "correlation": case})
        return case

    def _plan(self, kind: str, subject: str, *, key: str, when: datetime | None, decision: bool, body: dict[str, Any]) -> None:
        values = {"kind": kind, "subject": subject, "key": key, "due": when, "asked": self.now, "decision": decision, "body": body}
        cause = {"cause": self.cause.message, "correlation": self.about(subject), "traceparent": self.cause.traceparent}
        self.execute(_PLAN, values | cause)
        self.planned += 1


def as_work(row: Row[Any]) -> Work:
    """A row of the work table as a value."""
    values = dict(row._mapping)
    cause = Cause(values.pop("cause"), values.pop("correlation"), values.pop("traceparent"))
    return Work(**values, cause=cause)
