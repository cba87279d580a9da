"""A process of `lgsp run --parallel`: is given the options, then numbers of scripts, and answers each with its case."""

import asyncio
import os
import pickle
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.commands.options import environment, settings
from app.commands.run import until_stopped
from app.logs import configure
from app.play.crew import HEAD, STOP
from app.play.options import Options, bound_of, company, scripts_of
from app.play.runs import cases_of
from scenarios.verdicts import Case, StepDone
from vn.errors import LgspError


class Silent:
    """One process alone shows how it goes, and this is not it."""

    def case_begins(self, name: str, title: str) -> None:
        """Nothing."""

    def step_begins(self, number: int, total: int, text: str, at: datetime) -> None:
        """Nothing."""

    def step_ended(self, step: StepDone) -> None:
        """Nothing."""

    def case_ended(self, case: Case) -> None:
        """Nothing."""


async def work(stop: asyncio.Event) -> int:
    """Until the pipe ends, which ends what is being played, too."""
    read, given = settings(), asyncio.Queue[Any]()
    configure(read.log, "critical", "run")
    _listen(asyncio.get_running_loop(), given.put_nowait, stop)
    options: Options = await given.get()
    try:
        scripts = scripts_of(options, read, bound_of(options, environment()))
        async with company(options, read, environment()) as (setting, means):
            while (number := await given.get()) is not None:
                (case,) = await cases_of([scripts[number]], setting, means, teller=Silent(), stop=stop)
                _answer(case)
    except LgspError as error:
        _answer(error)
    return 0


def _listen(loop: asyncio.AbstractEventLoop, put: Callable[[Any], None], stop: asyncio.Event) -> None:
    def exactly(size: int) -> bytes:
        found = b""
        while len(found) < size:
            more = os.read(0, size - len(found))  # not through sys.stdin: its lock, held here, would abort an interpreter that ends
            if not more:
                raise EOFError
            found += more
        return found

    def listen() -> None:
        try:
            while (said := pickle.loads(exactly(int.from_bytes(exactly(HEAD))))) != STOP:
                loop.call_soon_threadsafe(put, said)
        except EOFError:
            pass
        loop.call_soon_threadsafe(stop.set)
        loop.call_soon_threadsafe(put, None)

    threading.Thread(target=listen, daemon=True, name="pipe").start()


def _answer(value: Any) -> None:
    said = pickle.dumps(value)
    sys.stdout.buffer.write(len(said).to_bytes(HEAD) + said)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(until_stopped(work))
