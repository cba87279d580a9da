"""The same event loop for every relay: uvloop where it exists; a profile into a file where BENCH_PROFILE's place is given as --profile=."""

import asyncio
import contextlib
import cProfile
import sys
from collections.abc import Coroutine
from typing import Any


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run until killed or interrupted."""
    try:
        import uvloop

        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    except ImportError:
        runner = asyncio.Runner()
    profile = next((argument.partition("=")[2] for argument in sys.argv if argument.startswith("--profile=")), None)
    watch = cProfile.Profile() if profile else contextlib.nullcontext()
    with contextlib.suppress(KeyboardInterrupt), runner, watch:
        runner.run(work)
    if profile and isinstance(watch, cProfile.Profile):
        watch.dump_stats(profile)
