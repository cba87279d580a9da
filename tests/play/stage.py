"""A town with a scenario's clock, and what was said in it by the scenario's time."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from app.play.clock import ScenarioClock, Speed
from app.play.parts import Parts
from app.play.quiet import Participant
from app.settings import SERVICE_OF
from bus import KafkaSettings, Members, Reader, Space, decode
from tests.e2e.town import Town
from vn.clock import VN

Said = tuple[str, str, str, str, str]
LONG = 30.0  # seconds that a slow machine may take until all is at rest


def at(written: str) -> datetime:
    """An instant of Viet Nam's time."""
    return datetime.fromisoformat(written).replace(tzinfo=VN)


class Played(Town):
    """A town whose time is the scenario's."""

    clock: ScenarioClock
    parts: Parts

    async def go(self, to: datetime) -> datetime:
        """Advance; what citizens hand in afterwards is of that day."""
        self.at = await self.clock.advance(to)
        return self.at

    async def history(self) -> list[Said]:
        """(instant, contract, from, to, about) of every message that came into an inbox; within one instant, sorted."""
        found = {}
        space = Space(self.settings.space)
        async with Reader(KafkaSettings(self.settings.bootstrap or "")) as reader:
            for member in Members.read(None).ids:
                async for record in reader.everything(space.inbox(member)):
                    message = decode(record.key, record.value, record.headers)
                    said = message.time.astimezone(VN).isoformat(), message.type, message.source, member, message.subject
                    found[message.id, member] = said
        return sorted(found.values())


@asynccontextmanager
async def played(
    broker: str, space: str, folder: Path, *others: Participant, start: datetime, speed: Speed = Speed()
) -> AsyncIterator[Played]:
    """The town at the start of its scenario."""
    async with Played(broker, space, folder, at=start) as town, Parts.of(town.province) as town.parts:
        town.clock = ScenarioClock(town.parts, *others, start=start, speed=speed, within=LONG)
        await town.clock.begin()
        yield town


@asynccontextmanager
async def slow(town: Played, adapter: str, *, most: float) -> AsyncIterator[None]:
    """From its next start on, whatever this adapter and its agency say to each other takes up to so many seconds more."""
    agency = SERVICE_OF[adapter]
    host, _, port = town.url(agency).removeprefix("http://").partition(":")
    chance, pipes = random.Random(7), set[asyncio.Task[None]]()

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while said := await reader.read(65536):
                await asyncio.sleep(chance.uniform(0, most))
                writer.write(said)
                await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host, int(port))
        for each in (pipe(reader, back), pipe(there, writer)):
            task = asyncio.create_task(each)
            pipes.add(task)
            task.add_done_callback(pipes.discard)

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        direct = town.province.urls[agency]
        town.province.urls[agency] = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await town.stop(f"{adapter}-adapter")
        await town.province.start(f"{adapter}-adapter")
        town.province.urls[agency] = direct
        yield
        await town.stop(f"{adapter}-adapter")
        for task in tuple(pipes):
            task.cancel()
        await asyncio.gather(*pipes, return_exceptions=True)
