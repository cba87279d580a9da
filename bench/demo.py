"""`lgsp demo`, from the start of its process: the first notice, the whole, and the memory of all its processes together.

Times are what the demo says in its summary (counted from the start of the process) and are not judged. Memory is the highest sum over
the tree of processes, looked at every tenth of a second: proportional set size where the system tells it (pages that several
processes share count once), else resident size.
"""

import asyncio
import json
import sys
from typing import Any, NamedTuple

import psutil

from app.child import end
from bench.plan import Plan
from bench.report import Bound, Figure

EVERY = 0.1
WITHIN = 90.0


class Demo(NamedTuple):
    """One run."""

    first_notice: float
    whole: float
    mib: float


async def run(plan: Plan) -> list[Figure]:
    """Several demos, one after the other."""
    demos = [await _demo() for _ in range(plan.runs)]
    return [
        Figure("first notice", tuple(each.first_notice for each in demos), "s", Bound(most=3, judged=False), "after process start"),
        Figure("the whole", tuple(each.whole for each in demos), "s", Bound(most=6, judged=False), "after process start"),
        Figure("memory of all processes", tuple(each.mib for each in demos), "MiB", Bound(most=700), "highest"),
    ]


async def _demo() -> Demo:
    command = [sys.executable, "-m", "app", "demo", "--json"]
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
    try:
        async with asyncio.timeout(WITHIN):
            watching = asyncio.create_task(_highest(psutil.Process(child.pid)))
            output, _ = await child.communicate()
            highest = await watching
    finally:
        await end(child)
    summary = _summary(output)
    if child.returncode or summary is None:
        raise RuntimeError(f"the demo ended with {child.returncode}: {(summary or {}).get('faults')}")
    return Demo(float(summary["firstNotice"]), float(summary["seconds"]), highest)


def _summary(output: bytes) -> dict[str, Any] | None:
    last = output.splitlines()[-1:] or [b"{}"]
    summary: dict[str, Any] | None = json.loads(last[0]).get("summary")
    return summary


async def _highest(root: psutil.Process) -> float:
    """The most MiB of the tree, until its root has ended."""
    highest = 0.0
    while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
        highest = max(highest, _tree(root))
        await asyncio.sleep(EVERY)
    return highest


def _tree(root: psutil.Process) -> float:
    total = 0
    try:
        for process in (root, *root.children(recursive=True)):
            total += _size(process)
    except psutil.Error:  # one of them has just ended
        return 0.0
    return total / 2**20


def _size(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (AttributeError, psutil.AccessDenied):
        return int(process.memory_info().rss)
