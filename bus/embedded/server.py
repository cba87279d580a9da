"""The broker's life: hold the state folder, listen, answer until told to stop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager

from bus.embedded.bounds import Door, Room
from bus.embedded.broker import Broker
from bus.embedded.chores import begun
from bus.embedded.connection import Bounds, Connection
from bus.embedded.dispatch import answered
from bus.embedded.settings import BrokerSettings
from bus.premises import EMBEDDED, held
from vn.clock import now_ms
from vn.errors import BadEnvironment


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
            broker.transactions.sweep(now_ms())  # what was decided before a kill comes to its end before anyone asks
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
        answers=broker.answers,
    )

    async def answer(frame: bytes, connection: Connection) -> bytes | None:
        return await answered(broker, frame, connection)

    address = await broker.listeners.open(lambda: Connection(answer, bounds))
    chores = begun(settings, broker, bounds)
    try:
        yield address
    finally:
        broker.listeners.close()
        for chore in chores:
            chore.cancel()
        tasks = [connection.task for connection in bounds.open_ones]
        for connection in list(bounds.open_ones):
            connection.close()
        await asyncio.gather(*chores, *tasks, return_exceptions=True)
