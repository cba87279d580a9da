"""A town whose parts are processes, each started by its own command and by nobody else: what dies stays dead until it is started."""

import asyncio
import contextlib
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx

from app.commands.options import environment
from app.ports import assign, base_url
from app.settings import ADAPTERS, AGENCIES, Settings
from app.state import prepare
from bus import KafkaSettings, Space
from bus.premises import accepts
from tests.e2e.town import MONDAY, Town
from tests.support import eventually
from torture.plan import APACHE, EMBEDDED
from torture.processes import Process

__all__ = ["EXCHANGES", "MOVERS", "TWIN", "WITHIN", "ProcessTown", "scratch"]

WITHIN = 120.0  # seconds for whatever must come back by itself
LOOK = 0.05
EXCHANGES = ("exchange", "exchange-2", "exchange-3")
MOVERS = ("exchange", *(f"{name}-adapter" for name in ADAPTERS))
CONTROL = "broker-control"
TWIN = "-twin"
"""A second process of the same name, in the same place of its group: what a supervisor starts who takes the first one for dead."""
UNKNOWN = ("LGSP_EXCHANGE_2", "LGSP_EXCHANGE_3")
CALM = 30.0  # an agency that does not answer for so long is asked again


class ProcessTown(Town):
    """All verbs of a town; who is away is asked again, under the same key, until `within` is over.

    `advertised`: the port that the embedded broker tells its clients, where something stands in front of it; `lying`: it has a control
    address, over which it is told to lie.
    """

    within = WITHIN

    def __init__(
        self,
        folder: Path,
        *,
        broker: str = EMBEDDED,
        seed: int = 2024,
        at: datetime = MONDAY,
        advertised: int | None = None,
        lying: bool = False,
    ) -> None:
        state = prepare(folder)
        parts = ("broker", *EXCHANGES, *AGENCIES, *MOVERS[1:], *(f"{mover}{TWIN}" for mover in MOVERS), *((CONTROL,) if lying else ()))
        ports = assign(Settings(), parts, {})
        urls = {name: base_url("127.0.0.1", ports[name]) for name in AGENCIES}
        self.inner = f"127.0.0.1:{ports['broker']}"
        bootstrap = f"127.0.0.1:{advertised}" if advertised else self.inner
        self.settings = Settings(bootstrap=bootstrap, state=state, seed=seed, ports=ports, urls=urls, supervised=True)
        self.broker = broker
        self.at = at
        self._advertised = advertised
        self._stack = AsyncExitStack()
        self._parts = {part: self._process(part) for part in parts if part != CONTROL}
        self._meant: list[str] = []  # to run

    async def __aenter__(self) -> Self:
        self.http = await self._stack.enter_async_context(httpx.AsyncClient(timeout=CALM))
        self._stack.push_async_callback(self._end)
        await self.start("broker")
        await asyncio.gather(*(self.launch(part) for part in (*MOVERS, *AGENCIES)))
        await self.healthy()
        await self.turn(self.at)
        return self

    @property
    def kafka(self) -> KafkaSettings:
        """For onlookers: not through what stands in front of the broker, where that is told to them."""
        return KafkaSettings(self.settings.bootstrap or "", connect_within=3.0, request_timeout=5.0)

    @property
    def space(self) -> Space:
        """Of its topics."""
        return Space(self.settings.space)

    @property
    def running(self) -> tuple[str, ...]:
        """All parts with an address that are meant to run."""
        return tuple(part for part in self._meant if part != "broker")

    @property
    def parts(self) -> tuple[str, ...]:
        """All that are meant to run, the broker too."""
        return tuple(self._meant)

    def pids(self) -> dict[int, str]:
        """The part of each process that runs."""
        return {process.pid: part for part, process in self._parts.items() if process.runs}

    def url(self, part: str) -> str:
        """The address of a part."""
        return base_url("127.0.0.1", self.settings.ports[part])

    def process(self, part: str) -> Process:
        """Of a part, whether it runs or not."""
        return self._parts[part]

    # life and death

    async def launch(self, part: str) -> float:
        """Start a part without waiting for it; the moment of its start."""
        if part not in self._meant:
            self._meant.append(part)
        await self._parts[part].start()
        return time.monotonic()

    async def start(self, part: str) -> None:
        """Start a part and wait until it is well, at the town's time."""
        await self.launch(part)
        await self.well(part)
        if part != "broker":
            await self.put(part, "/_lgsp/clock", {"mode": "frozen", "at": self.at.isoformat()})

    async def stop(self, part: str) -> None:
        """SIGTERM; it is not meant to run any more."""
        self._meant.remove(part)
        await self._parts[part].end()

    async def kill(self, part: str) -> None:
        """SIGKILL; it is meant to run, and does not."""
        await self._parts[part].kill()

    async def well(self, part: str) -> None:
        """Until a part says that it is well; one that has ended by itself is started again, as whoever supervises it would."""

        async def is_well() -> bool:
            if not self._parts[part].runs:
                await self.launch(part)
                raise AssertionError(f"{part} has ended: {self._parts[part].said()}")
            if part == "broker":
                return await accepts("127.0.0.1", self.settings.port("broker"))
            assert (await self.health(part))["status"] == "ok", f"{part} is not well: {await self.health(part)}"
            return True

        await eventually(is_well, within=self.within)

    async def healthy(self) -> None:
        """Until every part that is meant to run is well."""
        await asyncio.gather(*(self.well(part) for part in self._meant))

    # calls that outlive a death

    async def get(self, part: str, path: str, **parameters: Any) -> Any:
        """A question that must be answered in the end."""
        return (await self._surely("GET", part, path, params=parameters)).json()

    async def post(self, part: str, path: str, body: Any = None) -> Any:
        """An act that must succeed in the end, and once."""
        answer = await self._surely("POST", part, path, json=body, headers={"Idempotency-Key": f"torture-{uuid4().hex}"})
        return answer.json() if answer.content else None

    async def put(self, part: str, path: str, body: Any) -> Any:
        """A setting that must be taken in the end."""
        return (await self._surely("PUT", part, path, json=body)).json()

    async def withdraw(self, dossier: str) -> httpx.Response:
        """Ask to withdraw; the portal may refuse."""
        body, headers = {"LyDo": "Hai bên thôi giao dịch"}, {"Idempotency-Key": f"torture-{uuid4().hex}"}
        return await self._surely("POST", "dvc", f"/ho-so/{dossier}/rut", json=body, headers=headers, yes=False)

    async def refused(self, part: str, path: str, body: Any = None) -> str:
        """As in any town."""
        answer = await self._surely("POST", part, path, json=body, yes=False)
        assert answer.status_code in (409, 422), f"{path}: {answer.status_code} {answer.text}"
        return str(answer.json()["detail"])

    async def lies(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the broker's control address, where it has one; raises AssertionError where it has none, or does not take this."""
        try:
            answer = await self.http.request(method, f"{self.url(CONTROL)}/_lgsp/faults{path}", json=body)
        except httpx.TransportError as error:
            raise AssertionError(f"the broker has no control address: {error!r}") from error
        assert answer.is_success, f"{method} /_lgsp/faults{path}: {answer.status_code} {answer.text[:300]}"
        return answer.json() if answer.content else None

    async def _surely(self, method: str, part: str, path: str, *, yes: bool = True, **said: Any) -> httpx.Response:
        async def answered() -> httpx.Response:
            try:
                answer = await self.http.request(method, f"{self.url(part)}{path}", **said)
            except httpx.TransportError as error:
                raise AssertionError(f"{part} does not answer: {error!r}") from error
            assert answer.status_code < 500, f"{method} {path} at {part}: {answer.status_code} {answer.text[:300]}"
            return answer

        answer = await eventually(answered, within=self.within)
        assert answer.is_success or not yes, f"{method} {path} at {part}: {answer.status_code} {answer.text[:300]}"
        return answer

    # processes

    def _process(self, part: str) -> Process:
        environ = {name: value for name, value in environment().items() if not name.startswith("LGSP_") or name == "LGSP_CACHE"}
        environ |= self.settings.environ() | {"LGSP_LOG": "json", "LGSP_LOG_LEVEL": "info"}
        command = self._command(part.removesuffix(TWIN))
        environ = {name: value for name, value in environ.items() if "_TWIN_" not in name and not name.startswith(UNKNOWN)}
        if part.endswith(TWIN) or part in EXCHANGES:
            base = EXCHANGES[0] if part in EXCHANGES else part.removesuffix(TWIN)
            environ[f"LGSP_{base.upper().replace('-', '_')}_PORT"] = str(self.settings.ports[part])
        if part in EXCHANGES[1:]:
            environ["LGSP_EXCHANGE_INSTANCE"] = part
        return Process(part, command, environ, self.settings.state / "logs" / f"{part}.log")

    def _command(self, part: str) -> tuple[str, ...]:
        lgsp = ("-m", "app")
        if part == "broker":
            if self.broker == APACHE:
                return (*lgsp, "broker", "--apache", "--listen", self.inner)
            if self._advertised:
                where = ("--advertise", f"127.0.0.1:{self._advertised}", "--state", str(self.settings.state / "broker"))
                return ("-m", "bus.embedded", "--listen", self.inner, *where)
            return (*lgsp, "broker", "--listen", self.inner)
        if part in EXCHANGES:
            return (*lgsp, "exchange")
        if part.endswith("-adapter"):
            return (*lgsp, "adapter", part.removesuffix("-adapter"))
        return (*lgsp, "serve", part)

    async def _end(self) -> None:
        self._meant.clear()
        movers = [process for part, process in self._parts.items() if part != "broker"]
        await asyncio.gather(*(process.kill() for process in movers))
        await self._parts["broker"].kill()


@contextlib.contextmanager
def scratch() -> Any:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lgsp-torture-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
