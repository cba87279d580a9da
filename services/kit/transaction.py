"""What an agency's own code holds while it reads or changes its database."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import structlog
from pydantic import BaseModel
from sqlalchemy import Connection, CursorResult, Executable, bindparam, delete, insert, select, update

from services.kit.policy import Manner, due, lot, outcome
from services.kit.prepared import Prepared, Values
from services.kit.tables import CASES, COUNTERS, FEED, WORK
from vn.errors import NotAllowed

log = structlog.get_logger("agency")

NOTHING: Values = MappingProxyType({})

_FED = ("id", "kind", "subject", "at", "body", "outcomes", "written", "cause", "correlation", "traceparent")
_PLANNED = ("kind", "subject", "key", "due", "asked", "decision", "body", "cause", "correlation", "traceparent")
_TELL = Prepared(insert(FEED).values({name: bindparam(name) for name in _FED}).inline())
_PLAN = Prepared(insert(WORK).values({name: bindparam(name) for name in _PLANNED}).inline())
_NEW_CASE = Prepared(insert(CASES).values({column.name: bindparam(column.name) for column in CASES.c}).inline())
_CASE = Prepared(select(CASES.c.correlation, CASES.c.traceparent).where(CASES.c.subject == bindparam("about")))
_TAKE = Prepared(delete(WORK).where(WORK.c.id == bindparam("number")))
_DROP = Prepared(delete(WORK).where(WORK.c.kind == bindparam("of"), WORK.c.subject == bindparam("about"), WORK.c.key == bindparam("name")))
_ONE_MORE = Prepared(update(COUNTERS).where(COUNTERS.c.series == bindparam("name")).values(last=COUNTERS.c.last + 1))
_FIRST = Prepared(insert(COUNTERS).values(series=bindparam("name"), last=1).inline())
_LAST = Prepared(select(COUNTERS.c.last).where(COUNTERS.c.series == bindparam("name")))
_IN_ORDER = select(WORK).order_by(WORK.c.due.is_(None), WORK.c.due, WORK.c.subject, WORK.c.id)
_WORK = Prepared(_IN_ORDER)
_WORK_OF = Prepared(_IN_ORDER.where(WORK.c.subject == bindparam("about")))


@dataclass(frozen=True)
class Cause:
    """The message that something follows from (`<source> <id>`), its case, its trace; all None for a person's own act.

    `fresh`: the trace was begun for this act, because it came without one; a case that has a trace goes on with its own.
    """

    message: str | None = None
    correlation: str | None = None
    traceparent: str | None = None
    fresh: bool = False


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
        self.seen: dict[Any, Any] = {}  # records by table and key, as they stand in this view
        self._cursor = connection.connection.cursor()
        self._dialect = connection.dialect

    def execute(self, statement: Executable) -> CursorResult[Any]:
        """Run a SQLAlchemy statement that was made for this one time."""
        return self.connection.execute(statement)

    def rows(self, prepared: Prepared, values: Values = NOTHING) -> list[dict[str, Any]]:
        """What a prepared SELECT finds."""
        return prepared.rows(self._cursor, self._dialect, values)

    def value(self, prepared: Prepared, values: Values = NOTHING) -> Any:
        """The first column of its first row, or None."""
        rows = prepared.rows(self._cursor, self._dialect, values)
        return next(iter(rows[0].values())) if rows else None

    def work(self, *, subject: str | None = None, kind: str | None = None) -> list[Work]:
        """What is still to be done, in the order in which it is due; what waits for an officer comes last."""
        rows = self.rows(_WORK) if subject is None else self.rows(_WORK_OF, {"about": subject})
        return [as_work(row) for row in rows if kind in (None, row["kind"])]


class Transaction(Reading):
    """A change in the making: all of it is kept, with what it tells the world and plans to do, or none of it."""

    def __init__(self, connection: Connection, now: datetime, *, cause: Cause, manner: Callable[[str], Manner], seed: int) -> None:
        super().__init__(connection, now)
        self.cause = cause
        self.told = 0
        self.planned = 0
        self._manner = manner
        self._seed = seed

    def run(self, prepared: Prepared, values: Values = NOTHING) -> int:
        """How many rows a prepared INSERT, UPDATE or DELETE has touched."""
        return prepared.run(self._cursor, self._dialect, values)

    def run_all(self, prepared: Prepared, values: Sequence[Values]) -> None:
        """The same once for each."""
        prepared.run_all(self._cursor, self._dialect, values)

    def tell(self, kind: str, subject: str, body: object) -> str:
        """Write an entry into the feed, for the agency's adapter to carry out; answers its id.

        `body` is a pydantic model, a JSON value, or XML as text.
        """
        body = body.model_dump(mode="json", by_alias=True) if isinstance(body, BaseModel) else body
        entry = str(uuid4())
        case, trace = self._case(subject, otherwise=entry)
        values = {"id": entry, "kind": kind, "subject": subject, "at": self.now, "body": body, "outcomes": [], "written": time.time()}
        cause = {"cause": self.cause.message, "correlation": case, "traceparent": trace}
        self.run(_TELL, values | cause)
        self.told += 1
        log.info("told", kind=kind, dossier=subject, correlation=case)
        return entry

    def decide(self, kind: str, subject: str, *, key: str = "", body: dict[str, Any] | None = None) -> datetime | None:
        """Plan a decision as the policy for `kind` says; answers when it is due, None when it waits for an officer."""
        when = due(self._manner(kind), self.now, lot(self._seed, subject, kind))
        self._plan(kind, subject, key=key, when=when, decision=True, body=body or {})
        return when

    def outcome(self, kind: str, subject: str) -> str | None:
        """How chance has this decision go, by the policy for `kind`; None: as the rules have it."""
        return outcome(self._manner(kind), lot(self._seed, subject, kind))

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
        return self.run(_DROP, {"of": kind, "about": subject, "name": key})

    def take(self, work: Work) -> bool:
        """Remove one row of work, being done in this transaction; false if someone else has done it."""
        return self.run(_TAKE, {"number": work.id}) == 1

    def number(self, series: str) -> int:
        """The next number of a series, 1 first, without gaps."""
        if self.run(_ONE_MORE, {"name": series}) == 0:
            self.run(_FIRST, {"name": series})
        return int(self.value(_LAST, {"name": series}))

    def about(self, subject: str, *, otherwise: str | None = None) -> str | None:
        """The case (correlation id) of a dossier: that of its first message; remembered when first seen."""
        return self._case(subject, otherwise=otherwise)[0]

    def _case(self, subject: str, *, otherwise: str | None = None) -> tuple[str | None, str | None]:
        """The case of a dossier, and the trace that what is said now belongs to: of this act, or of the one that began the case."""
        known = self.rows(_CASE, {"about": subject})
        trace = self.cause.traceparent
        if known:
            begun = known[0]["traceparent"]
            return known[0]["correlation"], begun if trace is None or (self.cause.fresh and begun) else trace
        case = self.cause.correlation or otherwise
        if case is not None:
            self.run(_NEW_CASE, {"subject": subject, "correlation": case, "traceparent": trace})
        return case, trace

    def _plan(self, kind: str, subject: str, *, key: str, when: datetime | None, decision: bool, body: dict[str, Any]) -> None:
        values = {"kind": kind, "subject": subject, "key": key, "due": when, "asked": self.now, "decision": decision, "body": body}
        case, trace = self._case(subject)
        cause = {"cause": self.cause.message, "correlation": case, "traceparent": trace}
        self.run(_PLAN, values | cause)
        self.planned += 1


def as_work(row: dict[str, Any]) -> Work:
    """A row of the work table as a value."""
    cause = Cause(row.pop("cause"), row.pop("correlation"), row.pop("traceparent"))
    return Work(**row, cause=cause)
