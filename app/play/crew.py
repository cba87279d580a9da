"""Scripts played by several processes at a time, each with a broker of its own: one is handed to whoever is free."""

import asyncio
import pickle
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Protocol, Self

from app.play.player import blank
from scenarios.reading import Script
from scenarios.verdicts import Case, Verdict
from vn.errors import LgspError

__all__ = ["HEAD", "STOP", "spread"]

HEAD = 8  # bytes before each answer that say how long it is
STOP = -1  # in the place of a script's number: end what is being played
ENDS_WITHIN = 20.0  # seconds that a process may take to end what it plays


class Teller(Protocol):
    """Who is told about every case."""

    def case_begins(self, name: str, title: str) -> None: ...
    def case_ended(self, case: Case) -> None: ...


async def spread(
    scripts: Sequence[Script], options: object, processes: int, environ: Mapping[str, str], *, teller: Teller, stop: asyncio.Event
) -> list[Case]:
    """Their cases in the order of the scripts; `options` is what each process reads them with.

    A process that dies is the error of what it played, and another takes its place. Raises what keeps a process from beginning.
    """
    waiting = deque(enumerate(scripts))
    found: dict[int, Case] = {}

    async def one() -> None:
        while waiting and not stop.is_set():
            async with _Worker(options, environ, stop) as worker:
                while waiting and not stop.is_set() and worker.lives:
                    number, script = waiting.popleft()
                    teller.case_begins(script.id, script.scenario.title.vi)
                    try:
                        found[number] = await worker.play(number, script)
                    except LgspError:  # what keeps one from beginning keeps all
                        waiting.clear()
                        raise
                    teller.case_ended(found[number])

    ended = await asyncio.gather(*(one() for _ in range(min(processes, len(scripts)))), return_exceptions=True)
    for error in filter(None, ended):
        raise error
    for number, script in waiting:
        found[number] = replace(blank(script), verdict=Verdict.NOT_RUN, reason="the run was interrupted before it began")
        teller.case_ended(found[number])
    return [found[number] for number in range(len(scripts))]


class _Worker:
    """One process (app/commands/worker.py); it ends when the pipe to it does, so that none is left behind however we end."""

    def __init__(self, options: object, environ: Mapping[str, str], stop: asyncio.Event) -> None:
        self._options, self._environ, self._stop = options, environ, stop
        self.lives = True

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app.commands.worker"),
            env=self._environ,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=sys.platform != "win32",  # Ctrl-C is for us, and we tell it
        )
        self._write(self._options)
        self._stopping = asyncio.create_task(self._stopped())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopping.cancel()
        await self._ended()

    async def play(self, number: int, script: Script) -> Case:
        """One script; raises what the process could not begin with."""
        self._write(number)
        assert self._process.stdout is not None
        try:
            size = int.from_bytes(await self._process.stdout.readexactly(HEAD))
            answer = pickle.loads(await self._process.stdout.readexactly(size))
        except asyncio.IncompleteReadError:
            self.lives = False
            code = await self._ended()
            verdict = Verdict.INTERRUPTED if self._stop.is_set() else Verdict.ERROR
            return replace(blank(script), verdict=verdict, reason=f"the process that played it has ended (exit code {code})")
        if isinstance(answer, LgspError):
            raise answer
        assert isinstance(answer, Case)
        return answer

    async def _ended(self) -> int:
        """Its exit code, once the pipe to it has ended."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            return await asyncio.wait_for(self._process.wait(), ENDS_WITHIN)
        except TimeoutError:
            self._process.kill()
            return await self._process.wait()

    async def _stopped(self) -> None:
        """Tell it, and end it where it does not listen."""
        await self._stop.wait()
        self._write(STOP)
        await asyncio.sleep(ENDS_WITHIN)
        self._process.kill()

    def _write(self, value: Any) -> None:
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            said = pickle.dumps(value)
            self._process.stdin.write(len(said).to_bytes(HEAD) + said)
