"""What docker-compose.yml starts, under a name and on ports of its own."""

import asyncio
import subprocess
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import httpx

from app.ports import assign
from app.settings import ADAPTERS, AGENCIES, Settings
from app.state import prepare
from tests.app.lgsp import lgsp
from tests.containers.engine import compose, run
from tests.e2e.town import Town
from vn.clock import VN

__all__ = ["PARTS", "Project", "TownOutside"]

PARTS = ("exchange", *AGENCIES, *(f"{name}-adapter" for name in ADAPTERS))
PASSWORD = "Land-0_1.2~3"  # of every kind of sign that docs/containers.md allows


class Project:
    """`with Project(image)`: everything runs and is healthy. `took`: seconds that this needed."""

    def __init__(self, image: str) -> None:
        self.name = f"lgsp-test-{uuid4().hex[:8]}"
        ports = assign(Settings(), ("kafka", *AGENCIES), {})
        self._variables = {f"LGSP_{name.upper()}_PORT": str(port) for name, port in ports.items()} | {"LGSP_IMAGE": image}
        self._variables["LGSP_LAND_PASSWORD"] = PASSWORD
        self.passwords = {name: name for name in AGENCIES} | {"land": PASSWORD}
        self.bootstrap = f"localhost:{ports['kafka']}"
        self.urls = {name: f"http://127.0.0.1:{ports[name]}" for name in AGENCIES}
        self.took = 0.0

    def __enter__(self) -> Self:
        began = time.monotonic()
        try:
            self.call("up", "--detach", "--no-build")
            self.wait()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        self.took = time.monotonic() - began
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None:
            print(self.call("logs", "--tail=30"))  # pytest shows it beside the failure
        self.tried("down", "--volumes", "--timeout=5")

    def call(self, *arguments: str) -> str:
        """What one command of compose prints, which must succeed."""
        return self.tried(*arguments, check=True).stdout

    def tried(self, *arguments: str, check: bool = False) -> subprocess.CompletedProcess[str]:
        """One command of compose: its exit code and both of its outputs."""
        return run(*compose(), "--project-name", self.name, *arguments, check=check, **self._variables)

    def wait(self, *more: str) -> None:
        """Until every part is ready, asked from inside, as a script would."""
        assert self.call("exec", "-T", "exchange", "lgsp", "wait", "--timeout", "60", *more).strip() == "ready"

    def containers(self, service: str) -> list[str]:
        """The containers of a service."""
        return self.call("ps", "--quiet", service).split()

    def services(self) -> list[str]:
        """Names of all services that run."""
        return self.call("config", "--services").split()

    async def lgsp(self, *command: str, given: str = "") -> str:
        """What a command prints that a user outside says, and that must succeed."""
        where = {f"LGSP_{name.upper()}_URL": url for name, url in self.urls.items()} | {"LGSP_KAFKA_BOOTSTRAP": self.bootstrap}
        said = await asyncio.to_thread(lgsp, *command, state=Path("nowhere"), given=given, variables=where)
        assert (said.code, said.err) == (0, ""), said
        return said.out

    def query(self, url: str, sql: str) -> tuple[int, str]:
        """What PostgreSQL's own client says to who comes with this URL: exit code, and both of its outputs."""
        (server,) = self.containers("postgres")
        said = run("docker", "exec", server, "psql", "--no-psqlrc", "--tuples-only", "--no-align", url, "--command", sql, check=False)
        return said.returncode, said.stdout + said.stderr


class TownOutside(Town):
    """The verbs of a citizen, an officer and an auditor, over published ports."""

    within = 90.0

    def __init__(self, urls: Mapping[str, str], bootstrap: str, folder: Path) -> None:
        self._urls = urls
        self.settings = Settings(bootstrap=bootstrap, state=prepare(folder))
        self.at = datetime.now(VN)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.http = await self._stack.enter_async_context(httpx.AsyncClient(timeout=20))
        return self

    def url(self, part: str) -> str:
        """The published address of an agency."""
        return self._urls[part]

    @property
    def running(self) -> tuple[str, ...]:
        """Those that can be asked from outside."""
        return AGENCIES
