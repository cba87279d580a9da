"""What docker-compose.yml starts, under a name and on ports of its own."""

import asyncio
import time
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
from tests.containers.engine import compose, docker, healthy, inspected, run
from tests.e2e.town import Town
from tests.support import eventually
from vn.clock import VN

__all__ = ["PARTS", "Project", "ProjectTown"]

PARTS = ("exchange", *AGENCIES, *(f"{name}-adapter" for name in ADAPTERS))
BACK_WITHIN = 120.0


class Project:
    """`with Project(image)`: everything runs and is healthy. `took`: seconds that this needed."""

    def __init__(self, image: str) -> None:
        self.name = f"lgsp-test-{uuid4().hex[:8]}"
        ports = assign(Settings(), ("kafka", *AGENCIES), {})
        self._variables = {f"LGSP_{name.upper()}_PORT": str(port) for name, port in ports.items()} | {"LGSP_IMAGE": image}
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
        self.call("down", "--volumes", "--timeout=5", check=False)

    def call(self, *arguments: str, check: bool = True) -> str:
        """One command of compose."""
        return run(*compose(), "--project-name", self.name, *arguments, check=check, **self._variables).stdout

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

    async def kill(self, container: str) -> None:
        """kill -9 of all that runs in it but its init; returns once the engine has started it again and its health check is content."""
        before = inspected(container)["RestartCount"]
        # killed from within: what is killed by `docker kill` counts as stopped on purpose and is not started again
        run("docker", "exec", container, "sh", "-c", "kill -9 -1", check=False)

        async def back() -> bool:
            assert inspected(container)["RestartCount"] > before, (
                f"{container} was not started again: {docker('logs', '--tail=20', container)}"
            )
            return healthy(container)

        await eventually(back, within=BACK_WITHIN)


class ProjectTown(Town):
    """The verbs of a citizen, an officer and an auditor, over the published ports."""

    within = 90.0

    def __init__(self, project: Project, folder: Path) -> None:
        self.project = project
        self.settings = Settings(bootstrap=project.bootstrap, state=prepare(folder))
        self.at = datetime.now(VN)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.http = await self._stack.enter_async_context(httpx.AsyncClient(timeout=20))
        return self

    def url(self, part: str) -> str:
        """The published address of an agency."""
        return self.project.urls[part]

    @property
    def running(self) -> tuple[str, ...]:
        """Those that can be asked from outside."""
        return AGENCIES
