"""A Docker engine as a user turns it: its command line, what it says, and how long it takes."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.commands.options import environment
from tests.support import eventually

ROOT = Path(__file__).parents[2]
BACK_WITHIN = 120.0
WITHIN = 600.0  # seconds for one command; a build from nothing is the longest
COMPOSE = ("docker", "compose"), ("docker-compose",)  # the plugin, and the program of before


def run(*command: str, check: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
    """One command at the top of the repository; what it says when it fails is what the test says."""
    ours = {name: value for name, value in environment().items() if not name.startswith("LGSP_") or name.endswith("_IMAGE")}
    done = subprocess.run(
        command, cwd=ROOT, env=ours | variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WITHIN, check=False
    )
    assert done.returncode == 0 or not check, f"{' '.join(command)}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done


def docker(*arguments: str) -> str:
    """What a docker command says."""
    return run("docker", *arguments).stdout.strip()


def inspected(what: str) -> dict[str, Any]:
    """A container or an image, as the engine sees it."""
    (found,) = json.loads(docker("inspect", what))
    return dict(found)


def logs(container: str) -> str:
    """All that it has said, on both of its outputs."""
    said = run("docker", "logs", container)
    return said.stdout + said.stderr


def compose() -> tuple[str, ...]:
    """The command that reads docker-compose.yml: LGSP_TEST_COMPOSE, else the plugin, else docker-compose."""
    if chosen := environment().get("LGSP_TEST_COMPOSE"):
        return tuple(chosen.split())
    plugin, program = COMPOSE
    return plugin if run(*plugin, "version", check=False).returncode == 0 or not shutil.which(*program) else program


def healthy(container: str) -> bool:
    """Whether the container's own health check says so; raises Ended for one that has ended."""
    state = inspected(container)["State"]
    if not (state["Running"] or state["Restarting"]):
        raise Ended(f"{container} has ended with {state['ExitCode']}: {logs(container)}")
    return bool(state["Health"]["Status"] == "healthy")


async def kill(container: str) -> None:
    """kill -9 of all that runs in it but its init; returns once the engine has started it again and its health check is content."""
    before = inspected(container)["RestartCount"]
    # killed from within: what is killed by `docker kill` counts as stopped on purpose and is not started again
    run("docker", "exec", container, "sh", "-c", "kill -9 -1", check=False)

    async def back() -> bool:
        assert inspected(container)["RestartCount"] > before, f"{container} was not started again: {logs(container)[-2000:]}"
        return healthy(container)

    await eventually(back, within=BACK_WITHIN)


class Ended(Exception):
    """A container that should run has ended; no waiting makes it healthy."""


class Container:
    """One container of an image while the block lasts, with a volume of its own."""

    def __init__(self, image: str, *command: str, options: tuple[str, ...] = ()) -> None:
        self._how = (*options, image, *command)
        self.name = f"lgsp-test-{uuid4().hex[:8]}"

    def __enter__(self) -> str:
        volume = f"{self.name}:/var/lib/lgsp"
        try:
            run("docker", "run", "--detach", "--name", self.name, "--volume", volume, *self._how)
        except BaseException:  # both may be there although it does not run
            self.__exit__()
            raise
        return self.name

    def __exit__(self, *_: object) -> None:
        run("docker", "rm", "--force", "--volumes", self.name, check=False)
        run("docker", "volume", "rm", "--force", self.name, check=False)
