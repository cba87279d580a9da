"""What members do around the exchange under test: write to their outboxes, look into their inboxes, read journal and dead letters."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson

from bus import Ack, Admin, Exchange, KafkaSettings, Members, Message, Producer, Reader, Received, Record, Rights, Space, decode
from bus import dead_letters as letters
from contracts import Catalogue
from tests.support import eventually
from vn.clock import Clock

CONTRACTS = Catalogue.load()
Header = tuple[str, bytes | None]


class Wire:
    """One space on a broker, seen from outside of the exchange."""

    def __init__(self, kafka: KafkaSettings, space: Space, producer: Producer, reader: Reader) -> None:
        self.kafka = kafka
        self.space = space
        self.producer = producer
        self._reader = reader

    async def say(self, *messages: Message, outbox: str | None = None) -> list[Ack]:
        """Each message into its source's outbox, or into another one."""
        records = [Record(self.space.outbox(outbox or m.source), m.key, m.payload, [*m.to_headers()]) for m in messages]
        return await self.producer.send_all(records)

    async def write(self, outbox: str, *, key: bytes | None, value: bytes | None, headers: Sequence[Header]) -> Ack:
        """Any record at all."""
        return (await self.producer.send_all([Record(self.space.outbox(outbox), key, value, list(headers), 0 if key is None else None)]))[0]

    def records(self, topic: str) -> AsyncIterator[Received]:
        """All records of a topic."""
        return self._reader.everything(topic)

    async def inbox(self, member: str) -> list[Received]:
        """All records of a member's inbox."""
        return [record async for record in self._reader.everything(self.space.inbox(member))]

    async def heard(self, member: str, number: int, *, type_: str | None = None) -> list[Message]:
        """The messages in an inbox once there are so many (of that type)."""

        async def enough() -> list[Message]:
            found = [decode(record.key, record.value, record.headers) for record in await self.inbox(member)]
            chosen = [message for message in found if type_ is None or message.type == type_]
            assert len(chosen) >= number, f"{len(chosen)} of {number} in the inbox of {member}"
            return chosen

        return await eventually(enough)

    async def receipts(self, member: str, number: int = 1) -> list[dict[str, Any]]:
        """The payloads of the receipts in an inbox once there are so many; each keeps to its contract."""
        found = [orjson.loads(each.payload) for each in await self.heard(member, number, type_="vn.gov.exchange.receipt.v1")]
        contract = CONTRACTS.by_short("exchange.receipt")
        assert [fault for each in found for fault in CONTRACTS.faults(contract, each)] == []
        return found

    async def journal(self, number: int) -> list[dict[str, Any]]:
        """The journal once it has so many entries."""

        async def enough() -> list[dict[str, Any]]:
            found = [orjson.loads(record.value or b"") async for record in self._reader.everything(self.space.journal)]
            assert len(found) >= number, f"{len(found)} of {number} in the journal"
            return found

        return await eventually(enough)

    async def dead_letters(self, number: int) -> list[letters.DeadLetter]:
        """The dead letters once there are so many."""

        async def enough() -> list[letters.DeadLetter]:
            found = [letters.read(record) async for record in self._reader.everything(self.space.dead_letter)]
            assert len(found) >= number, f"{len(found)} of {number} dead letters"
            return found

        return await eventually(enough)


@contextlib.asynccontextmanager
async def wired(kafka: KafkaSettings, space: Space) -> AsyncIterator[Wire]:
    """The topics of a space, and the wire around them; everything is gone afterwards."""
    plan = space.plan(Members.read().ids)
    async with Admin(kafka) as admin:
        await admin.ensure(plan)
    async with Producer(kafka) as producer, Reader(kafka) as reader:
        yield Wire(kafka, space, producer, reader)
    async with Admin(kafka) as admin:
        await admin.delete([topic.name for topic in plan])


@contextlib.asynccontextmanager
async def running(
    wire: Wire, *, members: Members | None = None, rights: Rights | None = None, clock: Clock | None = None, instance: str | None = None
) -> AsyncIterator[Exchange]:
    """One exchange on the space, in this process."""
    members = members or Members.read()
    rights = rights or Rights.read(members=members, contracts=CONTRACTS)
    exchange = Exchange(
        wire.kafka, wire.space, members=members, rights=rights, contracts=CONTRACTS, clock=clock or Clock(), instance=instance
    )
    stop = asyncio.Event()
    work = asyncio.create_task(exchange.run(stop))
    try:
        yield exchange
    finally:
        stop.set()
        await asyncio.wait_for(work, 20)
