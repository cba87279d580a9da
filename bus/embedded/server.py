"""The broker's life: hold the state folder, listen, answer until told to stop."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
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
_PRODUCER_EXPIRES: Final = 24 * 3600 * 1000
"""Milliseconds after which a producer that sends nothing is forgotten (producer.id.expiration.ms)."""
_PRODUCER_CHECK: Final = 600.0
"""How often that is looked after (producer.id.expiration.check.interval.ms)."""
_logger = logging.getLogger(__name__)


async def serve(
    settings: BrokerSettings,
    *,
    ready: Callable[[str, int], None],
    stop: asyncio.Event,
    control_ready: Callable[[str, int], None] = lambda _host, _port: None,
) -> None:
    """Be a broker until `stop` is set; `ready` is called once with the address on which clients are answered.

    `control_ready` is called after it with the control address, where one is wanted.
    Raises BadEnvironment: a port is taken, or the state folder cannot be used; Unusable: the fault plan is wrong.
    """
    with ExitStack() as folder:
        state = folder.enter_context(held(settings.state, EMBEDDED)) if settings.state is not None else None
        try:
            broker = Broker(settings, state)
            broker.transactions.sweep(_now())  # what was decided before a kill comes to its end before anyone asks
        except OSError as error:
            raise BadEnvironment(f"the broker cannot use its state folder {settings.state}: {error}") from error
        folder.callback(broker.close)
        async with AsyncExitStack() as open_:
            control = await open_.enter_async_context(_meddled(settings, broker, stop))
            host, port = await open_.enter_async_context(_listening(settings, broker))
            ready(host, port)
            if control is not None:
                control_ready(*control)
            await stop.wait()


@asynccontextmanager
async def _meddled(settings: BrokerSettings, broker: Broker, stop: asyncio.Event) -> AsyncIterator[tuple[str, int] | None]:
    """With a fault plan, or the address where one can be given; gives that address."""
    if settings.faults is None and settings.control is None:
        yield None
        return
    from bus.embedded.faults import Faults, read_plan

    faults = Faults(broker, stop.set)
    faults.add(read_plan(settings.faults) if settings.faults else ())
    try:
        if settings.control is None:
            yield None
        else:
            from bus.embedded.faults.control import controlled  # brings aiohttp

            async with controlled(faults, settings.control) as address:
                yield address
    finally:
        faults.close()


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
        asyncio.create_task(_sweep(settings.transaction_check, broker.transactions.sweep)),
        asyncio.create_task(_sweep(_PRODUCER_CHECK, lambda now: broker.topics.forget_producers(now - _PRODUCER_EXPIRES))),
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
            broker.topics.expire(_now())
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


async def _sweep(every: float, work: Callable[[int], None]) -> None:
    """End what transactions have left behind, or forget producers that are long gone; `work` is given the time in ms."""
    while True:
        await asyncio.sleep(every)
        try:
            work(_now())
        except OSError as error:
            _logger.error("transactions: %s", error)


def _now() -> int:
    return time.time_ns() // 1_000_000
