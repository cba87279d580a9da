"""What the broker does by itself beside answering: forget, compact, look after transactions, connections and the disk."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from typing import Final

from bus.embedded.broker import Broker
from bus.embedded.connection import Bounds, Connection
from bus.embedded.settings import BrokerSettings
from bus.embedded.syncing import Syncing
from vn.clock import now_ms

__all__ = ["begun"]

_SILENT: Final = 5.0
"""Seconds in which a client goes on with a request it has begun, where others wait for the room it takes."""
_AT_ONCE: Final = 0.002
"""Seconds of other work before requests have their turn."""
_PRODUCER_EXPIRES: Final = 24 * 3600 * 1000
"""Milliseconds after which a producer that sends nothing is forgotten (producer.id.expiration.ms)."""
_PRODUCER_CHECK: Final = 600.0
"""How often that is looked after (producer.id.expiration.check.interval.ms)."""
_logger = logging.getLogger(__name__)


def begun(settings: BrokerSettings, broker: Broker, bounds: Bounds) -> list[asyncio.Task[None]]:
    """All of them, as tasks that run until they are cancelled."""
    topics = broker.topics
    chores = (
        _close_idle(bounds.open_ones, settings.idle),
        _close_silent(bounds),
        _every(settings.retention_check, "retention", lambda: topics.expire(now_ms())),
        _every(settings.transaction_check, "transactions", lambda: broker.transactions.sweep(now_ms())),
        _every(_PRODUCER_CHECK, "producers", lambda: topics.forget_producers(now_ms() - _PRODUCER_EXPIRES)),
        _compact(broker, settings.retention_check),
        _check(broker),
        _catch_up(broker.syncing, settings.fsync_every),
    )
    return [asyncio.create_task(chore) for chore in chores]


async def _every(seconds: float, what: str, work: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            work()
        except OSError as error:
            _logger.error("%s: %s", what, error)


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


async def _compact(broker: Broker, every: float) -> None:
    """Compact the topics that want it, half of the time at most and others between every few milliseconds."""
    while True:
        await asyncio.sleep(every)
        try:
            await _step_by_step(broker.topics.compact(now_ms()))
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
