"""The broker's life: hold the state folder, listen, answer until told to stop."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from typing import Final

from bus.embedded.bounds import Answers, Door, Room
from bus.embedded.broker import Broker
from bus.embedded.connection import Bounds, Connection
from bus.embedded.dispatch import answered
from bus.embedded.settings import BrokerSettings
from bus.embedded.syncing import Syncing
from bus.premises import EMBEDDED, cannot_listen, held
from vn.errors import BadEnvironment

_SILENT: Final = 5.0
"""Seconds without the rest of a request."""
_AT_ONCE: Final = 0.002
"""Seconds of other work before requests have their turn."""
_logger = logging.getLogger(__name__)


async def serve(settings: BrokerSettings, *, ready: Callable[[str, int], None], stop: asyncio.Event) -> None:
    """Be a broker until `stop` is set; `ready` is called once with the address on which clients are answered.

    Raises BadEnvironment: the port is taken, or the state folder cannot be used.
    """
    with ExitStack() as folder:
        state = folder.enter_context(held(settings.state, EMBEDDED)) if settings.state is not None else None
        try:
            broker = Broker(settings, state)
        except OSError as error:
            raise BadEnvironment(f"the broker cannot use its state folder {settings.state}: {error}") from error
        folder.callback(broker.close)
        async with _listening(settings, broker) as (host, port):
            ready(host, port)
            await stop.wait()


@asynccontextmanager
async def _listening(settings: BrokerSettings, broker: Broker) -> AsyncIterator[tuple[str, int]]:
    bounds = Bounds(
        max_frame=settings.max_frame,
        door=Door(settings.max_connections),
        room=Room(settings.queued_requests),
        answers=Answers(settings.queued_answers),
    )
    open_ones = bounds.open_ones

    async def answer(frame: bytes, connection: Connection) -> bytes | None:
        return await answered(broker, frame, connection)

    try:
        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(answer, bounds), settings.host, settings.port, backlog=512
        )
    except OSError as error:
        raise cannot_listen(settings.host, settings.port, error) from error
    sweepers = [
        asyncio.create_task(_close_idle(open_ones, settings.idle)),
        asyncio.create_task(_close_silent(bounds)),
        asyncio.create_task(_expire(broker, settings.retention_check)),
        asyncio.create_task(_compact(broker, settings.retention_check)),
        asyncio.create_task(_check(broker)),
        asyncio.create_task(_catch_up(broker.syncing, settings.fsync_every)),
    ]
    try:
        host, port = server.sockets[0].getsockname()[:2]
        yield host, port
    finally:
        server.close()
        for sweeper in sweepers:
            sweeper.cancel()
        tasks = [connection.task for connection in open_ones]
        for connection in list(open_ones):
            connection.close()
        await asyncio.gather(*sweepers, *tasks, return_exceptions=True)


async def _close_idle(open_ones: set[Connection], idle: float) -> None:
    """End connections that have asked nothing for long, half-open ones among them."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(min(idle / 4, 60.0))
        for connection in list(open_ones):
            if not connection.busy and loop.time() - connection.last_used > idle:
                connection.close()


async def _close_silent(bounds: Bounds) -> None:
    """End connections that hold room for a request they do not go on sending, where others wait for it."""
    while True:
        await asyncio.sleep(_SILENT / 5)
        for connection in list(bounds.open_ones):
            if bounds.room.short and connection.silent > _SILENT:
                _logger.warning("%s:%s does not go on with its request; its connection is closed", *connection.peer)
                connection.close()


async def _expire(broker: Broker, every: float) -> None:
    """Forget what topics do not keep any longer."""
    while True:
        await asyncio.sleep(every)
        try:
            broker.topics.expire(time.time_ns() // 1_000_000)
        except OSError as error:
            _logger.error("retention: %s", error)


async def _compact(broker: Broker, every: float) -> None:
    """Compact the topics that want it, half of the time at most and others between every few milliseconds."""
    while True:
        await asyncio.sleep(every)
        try:
            await _step_by_step(broker.topics.compact(time.time_ns() // 1_000_000))
        except OSError as error:
            _logger.error("compaction: %s", error)


async def _check(broker: Broker) -> None:
    """Tell what of the log is damaged, while it is served: reading it all takes its time."""
    try:
        await _step_by_step(broker.topics.check())
    except OSError as error:
        _logger.error("reading the log: %s", error)


async def _catch_up(syncing: Syncing, every: float) -> None:
    """Bring to the disk what was written meanwhile, where that is asked for."""
    while True:
        await asyncio.sleep(every)
        await syncing.catch_up()


async def _step_by_step(work: Iterator[None]) -> None:
    began = time.perf_counter()
    for _ in work:
        if (spent := time.perf_counter() - began) > _AT_ONCE:
            await asyncio.sleep(spent)
            began = time.perf_counter()
