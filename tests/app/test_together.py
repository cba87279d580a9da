"""Parts in one process: one that cannot start is told of and begun again; one that is stopped is gone."""

import asyncio
from pathlib import Path

import httpx

from app.settings import Settings
from app.together import Together
from app.web import listen
from tests.support import eventually
from vn.errors import LgspError

WITHIN = 15.0


async def answers(url: str) -> bool:
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            return (await client.get(f"{url}/_lgsp/health")).status_code == 200
        except httpx.HTTPError:
            return False


async def test_a_part_that_cannot_start_is_told_of_and_begun_again_until_it_can(tmp_path: Path) -> None:
    taken = listen("127.0.0.1", 0, "payment")
    taken.listen()
    port = taken.getsockname()[1]
    told: asyncio.Queue[LgspError] = asyncio.Queue()
    together = Together(Settings(state=tmp_path / "state", ports={"payment": port}), told.put_nowait)
    together.start("payment")
    async with asyncio.timeout(WITHIN):
        assert f"payment: cannot listen on 127.0.0.1:{port}" in str(await told.get())
    taken.close()
    await eventually(lambda: answers(f"http://127.0.0.1:{port}"), within=WITHIN)
    await together.stop("payment", within=WITHIN)
    assert not await answers(f"http://127.0.0.1:{port}")
    assert together.pids() == {}
