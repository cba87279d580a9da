"""One agency joined: database, clock, policy, feed, worker; what its endpoints call."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

import structlog
from fastapi import Depends, Request, Response
from pydantic import TypeAdapter
from sqlalchemy import MetaData, delete, update

from services.kit.bell import Bell
from services.kit.database import FORMAT, Database, opening
from services.kit.once import Answer, CallFrom, as_bytes, call_of, first_answer, remember
from services.kit.policy import ENGLISH, Manner, Outcomes, Policy, due, faults_of, lot
from services.kit.settings import change, current, read_setting, write_setting
from services.kit.tables import COMMON, SETTINGS, WORK
from services.kit.transaction import Cause, Reading, Transaction
from services.kit.worker import Handler, Worker
from vn.clock import Clock, ClockSetting
from vn.errors import Unusable
from vn.vitals import Vitals

CLOCK, POLICY, CURSOR = "clock", "policy", "cursor"
_CLOCK: TypeAdapter[ClockSetting] = TypeAdapter(ClockSetting)
_POLICY: TypeAdapter[dict[str, Manner]] = TypeAdapter(dict[str, Manner])

log = structlog.get_logger("agency")


@dataclass(frozen=True)
class AgencySettings:
    """What an agency is started with; `policy` names only the decisions that are not `instant`."""

    part: str
    database_url: str
    seed: int = 0
    clock: ClockSetting = field(default_factory=ClockSetting)
    policy: Mapping[str, Any] = field(default_factory=dict)
    max_body: int = 4 * 1024 * 1024
    people: int = 120
    """How many live in the seeded province: what a register is founded with grows with them."""


@dataclass(frozen=True)
class Profession:
    """What makes this agency this agency.

    `decisions`: each decision it takes by policy, with its Vietnamese name; `outcomes`: those that chance may give one.
    `work`: what to do when a decision or a timer is due. `found`: fills a new or reset database. `canonical_body`: a feed body
    (by kind) without what may differ between equal runs. `version`: of its tables.
    """

    title: str
    summary: str
    tables: MetaData
    decisions: Mapping[str, str]
    work: Mapping[str, Handler]
    found: Callable[[Transaction, AgencySettings], None] = lambda _tx, _settings: None
    canonical_body: Callable[[str, Any], Any] = lambda _kind, body: body
    outcomes: Outcomes = field(default_factory=dict)
    version: int = 1


class Agency:
    """What endpoints hold: `read`, `write`, `apply_once`; and what the admin endpoints turn."""

    def __init__(self, settings: AgencySettings, profession: Profession) -> None:
        self.settings = settings
        self.profession = profession
        self.told = Bell()
        self.hung_up = False
        self.acknowledged = self._kept = 0
        self.feed_read: float | None = None  # when somebody last asked for it, on the monotonic clock
        self.vitals = Vitals()
        self.clock = Clock(settings.clock)
        self._configured = _policy(settings.policy, profession)
        self._policy: Policy = self._configured
        self._due = Bell()
        self.worker = Worker(
            profession.work, bell=self._due, clock=self.clock, read=self.read, write=self.write, troubles=self.vitals.troubles
        )
        with opening(settings.database_url):
            self.database = Database(settings.database_url, settings.part)
            self._open()
        self.clock.on_change(self._due.ring)

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """Look, without changing anything."""
        with self.database.read() as connection:
            yield Reading(connection, self.clock.now())

    @contextmanager
    def write(self, cause: Cause = Cause(), now: datetime | None = None) -> Iterator[Transaction]:
        """Change: all of it is kept when the block ends, none of it when it raises."""
        with self.database.write() as connection:
            tx = Transaction(connection, now or self.clock.now(), cause=cause, manner=self._policy.__getitem__, seed=self.settings.seed)
            yield tx
            kept = self.acknowledged
            if kept != self._kept:
                write_setting(tx, CURSOR, kept)
        self._kept = kept
        if tx.told:
            self.told.ring()
        if tx.planned:
            self._due.ring()

    def acknowledge(self, cursor: int) -> None:
        """The feed's reader has everything up to here; kept with the next change or `keep_cursor`, so that reading itself writes nothing.

        A kill before that makes the reader get again what it has had, under the same ids.
        """
        self.acknowledged = max(self.acknowledged, cursor)

    def keep_cursor(self) -> None:
        """Keep how far the feed was read."""
        if self.acknowledged != self._kept:
            with self.write():
                pass

    def apply_once(
        self, call: CallFrom, effect: Callable[[Transaction], Any], *, status: int = 200, media_type: str = "application/json"
    ) -> Response:
        """Do `effect` and answer what it returns; a repeat of the call has no effect and gets the first answer.

        Effect, key and answer are one transaction. What raises is answered by its error and may be tried again.
        """
        with self.write(call.cause) as tx:
            first = first_answer(tx, call) if call.key else None
            if first is not None:
                return first.response(replayed=True, media_type=media_type)
            answer = Answer(status, as_bytes(effect(tx)))
            if call.key:
                remember(tx, call, answer)
        log.debug("applied", operation=call.operation, correlation=call.cause.correlation)
        return answer.response(replayed=False, media_type=media_type)

    @property
    def policy(self) -> Policy:
        """How each decision is taken now."""
        return self._policy

    def set_policy(self, changes: Policy) -> None:
        """Decide so from now on; what waits by the old policy is planned anew."""
        with self.write() as tx:
            policy = {**self._policy, **changes}
            change(tx, POLICY, _POLICY.dump_python(policy, mode="json"))
            for work in tx.work():
                if work.decision and work.kind in changes:
                    when = due(changes[work.kind], work.asked, lot(self.settings.seed, work.subject, work.kind))
                    when = None if when is None else max(when, tx.now)
                    tx.execute(update(WORK).where(WORK.c.id == work.id).values(due=when))
            tx.planned += 1
            self._policy = policy

    def set_clock(self, turn: Callable[[], None]) -> None:
        """Turn the clock and keep its new setting for the next start."""
        turn()
        with self.write() as tx:
            change(tx, CLOCK, _CLOCK.dump_python(self.clock.setting(), mode="json"))

    def reset(self) -> None:
        """Back to how the agency was started: empty but for its founding data, clock and policy as configured."""
        with self.write() as tx:
            for table in [*reversed(COMMON.sorted_tables), *reversed(self.profession.tables.sorted_tables)]:
                keep = table.c.name == "state" if table is SETTINGS else None
                tx.execute(delete(table) if keep is None else delete(table).where(~keep))
            self._start(tx, new=True)
        self.acknowledged = self._kept = 0
        self.worker.forget_failures()
        self.told.ring()

    def hang_up(self) -> None:
        """Answer all waiting readers of the feed now, because the process is about to stop."""
        self.hung_up = True
        self.told.ring()

    def close(self) -> None:
        """Let go of the database."""
        try:
            self.keep_cursor()
        finally:
            self.database.close()

    def _open(self) -> None:
        with self.write() as tx:
            new = self.database.prepare(tx.connection, f"{FORMAT}.{self.profession.version}")
            if new:
                self.profession.tables.create_all(tx.connection)
            self._start(tx, new=new)
            self.acknowledged = self._kept = read_setting(tx, CURSOR, 0)

    def _start(self, tx: Transaction, *, new: bool) -> None:
        configured = _POLICY.dump_python(dict(self._configured), mode="json")
        self._policy = _POLICY.validate_python(current(tx, POLICY, configured))
        kept = current(tx, CLOCK, _CLOCK.dump_python(self.settings.clock, mode="json"))
        self.clock.set(_CLOCK.validate_python(kept))
        if new:
            tx.now = self.clock.now()
            self.profession.found(tx, self.settings)


def _policy(given: Mapping[str, Any], profession: Profession) -> dict[str, Manner]:
    faults = list(faults_of(given, profession.decisions, profession.outcomes, ENGLISH))
    if faults:
        raise Unusable("policy: " + "; ".join(f"{fault.pointer[1:]}: {fault.reason}" for fault in faults))
    return {**dict.fromkeys(profession.decisions, "instant"), **_POLICY.validate_python(dict(given))}


class Caller:
    """Who changes something at an agency, as an endpoint holds it."""

    def __init__(self, agency: Agency, said: CallFrom) -> None:
        self.agency = agency
        self._said = said

    def apply_once(self, effect: Callable[[Transaction], Any], *, status: int = 200, media_type: str = "application/json") -> Response:
        """As `Agency.apply_once`."""
        return self.agency.apply_once(self._said, effect, status=status, media_type=media_type)


async def _here(request: Request) -> Agency:
    agency: Agency = request.app.state.agency
    return agency


async def _call(request: Request) -> Caller:
    return Caller(request.app.state.agency, call_of(request))


Here = Annotated[Agency, Depends(_here)]
Call = Annotated[Caller, Depends(_call)]
