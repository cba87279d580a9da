"""Nothing is lost when an exchange is killed, joins, or leaves; order holds for whoever drops repeats."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence

from bus import Message, decode
from tests.bus.samples import TCT, slip_cancelled
from tests.exchange.wire import Wire, running
from tests.support import eventually

DOSSIERS = 40


def many(count: int) -> list[Message]:
    return [slip_cancelled(subject=f"H37.15-250812-{number % DOSSIERS:04d}") for number in range(count)]


async def started(wire: Wire, instance: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.exchange.process", wire.kafka.bootstrap, wire.space.name, instance
    )


@contextlib.asynccontextmanager
async def exchange_process(wire: Wire, instance: str) -> AsyncIterator[Process]:
    process = await started(wire, instance)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def without_repeats(messages: Sequence[Message]) -> list[Message]:
    return list({message.id: message for message in reversed(messages)}.values())[::-1]


def assert_complete_and_in_order(said: Sequence[Message], heard: Sequence[Message]) -> None:
    """Each message once, and each dossier in its order, for a receiver that applies every id the first time it comes."""
    first: dict[str, Message] = {}
    for message in heard:
        first.setdefault(message.id, message)
    assert set(first) == {message.id for message in said}
    for dossier in {message.subject for message in said}:
        wanted = [message.id for message in said if message.subject == dossier]
        assert [id_ for id_, message in first.items() if message.subject == dossier] == wanted


async def test_an_exchange_killed_in_the_middle_of_its_work_loses_nothing(wire: Wire) -> None:
    said = many(6000)
    await wire.say(*said)
    for number in range(3):
        async with exchange_process(wire, "exchange-0"):

            async def more(than: int = number * 1200) -> bool:
                return len(await wire.inbox(TCT)) > than

            await eventually(more, within=40)
    async with exchange_process(wire, "exchange-0"):

        async def whole() -> bool:
            heard = [decode(record.key, record.value, record.headers) for record in await wire.inbox(TCT)]
            journaled = {entry["messageId"] for entry in await wire.journal(1)}
            assert len({message.id for message in heard}) == len(said)
            assert len(journaled) == len(said)
            return True

        await eventually(whole, within=40)
    assert_complete_and_in_order(said, await wire.heard(TCT, 1))


async def test_two_exchanges_share_the_work_and_a_third_that_comes_and_goes_costs_nothing(wire: Wire) -> None:
    said: list[Message] = []

    async def say(count: int) -> None:
        more = many(count)
        said.extend(more)
        await wire.say(*more)

    async with running(wire) as first:
        await say(500)
        async with running(wire) as second:

            async def shared() -> bool:
                await say(50)
                return first.info()["partitions"] == second.info()["partitions"] == 12

            await eventually(shared, within=40)
            await say(500)
            async with running(wire):
                await say(500)
        await say(500)

        async def whole() -> bool:
            return len({record.value and message_id(record.headers) for record in await wire.inbox(TCT)}) == len(said)

        await eventually(whole, within=40)
    assert_complete_and_in_order(said, await wire.heard(TCT, 1))


def message_id(headers: Sequence[tuple[str, bytes | None]]) -> bytes | None:
    return dict(headers)["ce_id"]


async def test_a_stopped_exchange_has_finished_what_it_took(wire: Wire) -> None:
    said = many(300)
    await wire.say(*said)
    async with running(wire):
        await wire.heard(TCT, 1)
    before = len(await wire.inbox(TCT))
    journaled = len({entry["messageId"] for entry in await wire.journal(1)})
    assert before == journaled
    async with running(wire):
        heard = await wire.heard(TCT, 300)
    assert [message.id for message in heard] == [message.id for message in without_repeats(heard)], "nothing came twice"
