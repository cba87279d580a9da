"""Several exchanges of one space, each a process with a name of its own in their group."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from app.commands.options import environment
from app.settings import Settings
from bus import Space
from tests.support import eventually

PLACES = 24  # partitions of the four outboxes
WITHIN = 60.0


@asynccontextmanager
async def exchange(broker: str, space: Space, state: Path, name: str) -> AsyncIterator[str]:
    """Supervised and named; its address."""
    settings = Settings(bootstrap=broker, space=space.name, state=state, supervised=True, instance=name)
    environ = {key: value for key, value in environment().items() if not key.startswith("LGSP_")} | settings.environ()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app", "exchange", env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), WITHIN)).decode()
        assert line.startswith("exchange ready on "), line
        yield line.split()[-1]
    finally:
        process.kill()
        await process.wait()


async def test_two_exchanges_with_names_of_their_own_share_the_partitions(broker: str, space: Space, tmp_path: Path) -> None:
    async with (
        exchange(broker, space, tmp_path, "a") as one,
        exchange(broker, space, tmp_path, "b") as other,
        httpx.AsyncClient(timeout=10) as http,
    ):

        async def shared() -> bool:
            parts = [(await http.get(f"{url}/_lgsp/info")).json()["partitions"] for url in (one, other)]
            assert sum(parts) == PLACES, parts
            return min(parts) > 0

        await eventually(shared, within=WITHIN)
