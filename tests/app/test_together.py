"""Parts in one process: one that cannot start is told of and begun again; one that is stopped is gone."""

import asyncio
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from app.together import Together
from app.web import listen
from tests.support import eventually
from vn.errors import BadEnvironment, CannotConnect, LgspError, Unusable

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


class Scripted(Together):
    """Its one part ends each time as it was told, and at last runs until it is stopped."""

    def __init__(self, *ends: BaseException | None) -> None:
        self.told: list[LgspError] = []
        super().__init__(Settings(), self.told.append)
        self.ends, self.begun = list(ends), 0

    async def _run(self, _: str, stop: asyncio.Event) -> None:
        self.begun += 1
        if not self.ends:
            await stop.wait()
        elif (error := self.ends.pop(0)) is not None:
            raise error


@pytest.mark.parametrize(
    ("end", "is_told"),
    [
        (None, False),
        (asyncio.CancelledError(), False),  # a part whose work is cancelled ends so
        (ValueError("a mistake of ours"), False),
        (CannotConnect("the database is away"), False),
        (BadEnvironment("the port is taken"), True),
        (Unusable("no such policy"), True),
    ],
)
async def test_a_part_is_begun_again_whatever_has_ended_it_and_only_what_no_start_mends_is_told(
    end: BaseException | None, is_told: bool
) -> None:
    together = Scripted(end, end)
    together.start("land")

    async def runs() -> bool:
        return together.begun == 3

    await eventually(runs, within=WITHIN)
    assert [type(each) for each in together.told] == ([type(end)] * 2 if is_told else [])
    await together.stop("land", within=WITHIN)
    assert together.begun == 3
