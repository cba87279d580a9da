"""Systems that a run starts are ended with it, and one that ends by itself in failure is missed."""

import os
import sys
from pathlib import Path

import psutil
import pytest

from app.play.bindings import Commands
from app.play.commands import Ended, Started
from tests.support import eventually
from vn.errors import Unusable

ENVIRON = {"PATH": os.defpath}
SLEEP = "import time; time.sleep(600)"
GRANDCHILD = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', '{SLEEP}']).pid, flush=True); {SLEEP}"


def started(folder: Path, code: str, **more: list[str]) -> Started:
    commands = Commands.model_validate({"start": [sys.executable, "-c", code], "log": "out.log", **more})
    return Started({"ilis": (commands, ENVIRON)}, folder, title="a test")


async def lines(folder: Path) -> list[str]:
    return (folder / "out.log").read_text(encoding="utf-8").splitlines()[1:]


async def test_what_a_command_has_started_ends_with_it(tmp_path: Path) -> None:
    async with started(tmp_path, GRANDCHILD):
        (pid,) = map(int, await eventually(lambda: lines(tmp_path)))
        assert psutil.pid_exists(pid)

    async def gone() -> bool:
        return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE

    await eventually(gone)


async def test_one_that_ends_in_failure_is_missed(tmp_path: Path) -> None:
    async with started(tmp_path, "raise SystemExit(3)") as systems:

        async def missed() -> str:
            try:
                systems.look()
            except Ended as error:
                return str(error)
            return ""

        assert "ilis (outside) has ended with exit code 3" in await eventually(missed)


async def test_one_that_ends_in_success_has_started_something_else(tmp_path: Path) -> None:
    async with started(tmp_path, "print('up')") as systems:
        await eventually(lambda: lines(tmp_path))
        systems.look()


async def test_a_stop_command_runs_in_the_folder_of_the_bindings_before_the_rest_is_ended(tmp_path: Path) -> None:
    stop = [sys.executable, "-c", "import pathlib; pathlib.Path('stopped').touch()"]
    async with started(tmp_path, SLEEP, stop=stop) as systems:
        await systems.stop("ilis")
        assert (tmp_path / "stopped").exists()
        systems.look()


async def test_what_a_stop_command_cannot_stop_is_ended_all_the_same(tmp_path: Path) -> None:
    async with started(tmp_path, GRANDCHILD, stop=[str(tmp_path / "no-such-program")]) as systems:
        (pid,) = map(int, await eventually(lambda: lines(tmp_path)))
        with pytest.raises(Unusable, match="no-such-program"):
            await systems.stop("ilis")

    async def gone() -> bool:
        return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE

    await eventually(gone)
