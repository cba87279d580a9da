"""The one who does what is due: wakes on a commit, on a change of the clock, at the next due instant."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime

import structlog
from sqlalchemy import Integer, bindparam, select

from services.kit.bell import Bell, wait
from services.kit.prepared import Prepared
from services.kit.problems import in_a_word, kind_and_place
from services.kit.tables import WORK
from services.kit.transaction import Cause, Reading, Transaction, Work, as_work
from vn.clock import Clock
from vn.vitals import Troubles

Handler = Callable[[Transaction, Work], None]
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 30.0
LONGEST_SLEEP = 3600.0

_DATED = select(WORK).where(WORK.c.due.is_not(None)).order_by(WORK.c.due, WORK.c.subject, WORK.c.id)
_NEXT = Prepared(_DATED.limit(bindparam("most", type_=Integer)))

log = structlog.get_logger("agency")


class Worker:
    """One task; one transaction per piece of work; what fails is tried again later and does not stop the rest.

    Work is dated when it was due, not when the worker came to it: after a jump of the clock, or a stop of the process,
    an agency's papers carry the same dates as if it had never slept.
    """

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        *,
        bell: Bell,
        clock: Clock,
        read: Callable[[], AbstractContextManager[Reading]],
        write: Callable[[Cause, datetime], AbstractContextManager[Transaction]],
        troubles: Troubles,
    ) -> None:
        self._handlers = handlers
        self._bell = bell
        self._clock = clock
        self._read = read
        self._write = write
        self._troubles = troubles
        self._failed: dict[int, tuple[int, float]] = {}
        self.trouble = "worker is not running"

    def forget_failures(self) -> None:
        """Try everything again at once."""
        self._failed = {}
        self._bell.ring()

    @property
    def failing(self) -> int:
        """How many pieces of work wait for another try."""
        return len(self._failed)

    @property
    def complaint(self) -> str:
        """What is wrong, for the health of the part; empty when all is well."""
        return self.trouble or (f"{len(self._failed)} piece(s) of work fail" if self._failed else "")

    async def run(self) -> None:
        """Until cancelled, which never comes in the middle of a piece of work."""
        while True:
            ear = self._bell.hear()
            try:
                sleep = await self._do_all_due()
                self.trouble = ""
                self._note()
            except Exception as error:  # noqa: BLE001 - the database is away: say so, keep trying
                self.trouble = f"worker cannot reach the database: {in_a_word(error)}"
                self._troubles.begin("database", self.trouble)
                log.error("worker in trouble", **kind_and_place(error))
                sleep = 1.0
            await wait(ear, sleep)

    def _note(self) -> None:
        """What fails now, for health: told since when it does."""
        self._troubles.end("database")
        if self._failed:
            self._troubles.begin("work", self.complaint)
        else:
            self._troubles.end("work")

    async def _do_all_due(self) -> float:
        """Do what is due; answers for how many seconds there is nothing to do."""
        while True:
            moment = time.monotonic()
            waiting = {number for number, (_, again) in self._failed.items() if again > moment}
            with self._read() as tx:
                first = tx.rows(_NEXT, {"most": len(waiting) + 1})
            work = next((as_work(row) for row in first if row["id"] not in waiting), None)
            now = self._clock.now()
            if work is None or work.due is None or work.due > now:
                # what could have been tried again and was not found is done, or no longer due
                self._failed = {number: tried for number, tried in self._failed.items() if number in waiting}
                return self._pause(None if work is None else work.due, now)
            self._do(work, work.due)
            await asyncio.sleep(0)  # who has asked something meanwhile is answered first

    def _do(self, work: Work, due: datetime) -> None:
        try:
            with self._write(work.cause, due) as tx:
                if tx.take(work):
                    self._handlers[work.kind](tx, work)
        except Exception as error:  # noqa: BLE001 - one piece of work must not stop the others
            tries = self._failed.get(work.id, (0, 0.0))[0] + 1
            pause = min(FIRST_PAUSE * 2 ** min(tries - 1, 20), LONGEST_PAUSE)
            self._failed[work.id] = (tries, time.monotonic() + pause)
            context = {"kind": work.kind, "dossier": work.subject, "correlation": work.cause.correlation}
            log.error("work failed", tries=tries, again_in=pause, **context, **kind_and_place(error))
        else:
            self._failed.pop(work.id, None)
            log.debug("work done", kind=work.kind, dossier=work.subject, correlation=work.cause.correlation)

    def _pause(self, next_due: datetime | None, now: datetime) -> float:
        moments = [again - time.monotonic() for _, again in self._failed.values()]
        if next_due is not None and self._clock.setting().mode != "frozen":  # a frozen clock brings nothing nearer
            moments.append((next_due - now).total_seconds())
        return max(0.001, min([LONGEST_SLEEP, *moments]))
