"""A member that somebody else runs is settled when its group has read everything and nothing came from it for a while."""

import pytest
from aiokafka import AIOKafkaConsumer

from app.play.outside import Outside
from bus import Admin, KafkaSettings, Place, Producer, Reader, Record, Space
from tests.support import eventually
from vn.errors import CannotConnect

ILIS = "VN/GOV/H37.15/ilis"


async def test_time_waits_for_a_member_outside_until_it_has_committed_and_been_silent(kafka: KafkaSettings, space: Space) -> None:
    async with Admin(kafka) as admin, Reader(kafka) as reader, Producer(kafka) as producer:
        await admin.ensure(each for each in space.plan([ILIS]) if space.is_box(each.name))
        ends: dict[Place, int] = {}
        member = Outside(ILIS, admin, space, lambda: ends, settle=0.2, name="ilis")

        async def busy() -> str | None:
            ends.update(await reader.ends([space.inbox(ILIS), space.outbox(ILIS)]))
            return await member.busy()

        async def settled() -> bool:
            return await busy() is None

        await eventually(settled)
        await producer.send_all([Record(space.inbox(ILIS), b"d", b"{}", [])])
        assert await busy() == f"ilis (outside) has 1 messages in its inbox, which its group {space.group(ILIS)} has not committed"
        async with AIOKafkaConsumer(
            space.inbox(ILIS),
            bootstrap_servers=kafka.bootstrap,
            group_id=space.group(ILIS),
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        ) as consumer:
            await member.is_read(kafka.bootstrap, within=20)
            await consumer.getone()
            assert "has 1 messages" in str(await busy())
            await consumer.commit()
            assert await busy() == "ilis (outside) has moved less than 0.2 s ago"
            await eventually(settled)
            await producer.send_all([Record(space.outbox(ILIS), b"d", b"{}", [])])
            assert "has moved" in str(await busy())
            await eventually(settled)


async def test_a_member_that_was_stopped_on_purpose_is_not_waited_for(kafka: KafkaSettings, space: Space) -> None:
    async with Admin(kafka) as admin:
        member = Outside(ILIS, admin, space, lambda: {Place(space.inbox(ILIS), 0): 3}, settle=0.0)
        assert "has 3 messages" in str(await member.busy())
        member.away = True
        assert await member.busy() is None


async def test_whoever_does_not_read_is_told_what_to_read(kafka: KafkaSettings, space: Space) -> None:
    async with Admin(kafka) as admin:
        member = Outside(ILIS, admin, space, dict, settle=0.0, name="ilis")
        with pytest.raises(CannotConnect, match=rf"its group {space.group(ILIS)} has no member after 0.1 s; it has to consume"):
            await member.is_read(kafka.bootstrap, within=0.1)
