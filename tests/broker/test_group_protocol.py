"""The group protocol's corners, said by hand."""

import asyncio
import struct
from datetime import timedelta
from typing import Any

from kio.schema.errors import ErrorCode

from tests.broker.process import BrokerProcess
from tests.broker.raw import COMMIT, HEARTBEAT, JOIN, LEAVE, SYNC, Raw


def subscription(*topics: str) -> bytes:
    """What a consumer's metadata looks like (ConsumerProtocolSubscription version 0); Kafka reads it."""
    names = b"".join(struct.pack(">h", len(topic)) + topic.encode() for topic in topics)
    return struct.pack(">hi", 0, len(topics)) + names + struct.pack(">i", -1)


class Member:
    """One member on a connection of its own."""

    def __init__(self, raw: Raw, group: str, instance: str | None = None, session: float = 6.0, rebalance: float = 5.0) -> None:
        self.raw, self.group, self.instance, self.session, self.rebalance = raw, group, instance, session, rebalance
        self.id = ""
        self.generation = -1

    async def join(self, *, version: int = 5, metadata: bytes = subscription("t"), protocol: str = "range") -> Any:
        fields = {"group_id": self.group, "member_id": self.id, "group_instance_id": self.instance, "protocol_type": "consumer"}
        times = {"session_timeout": timedelta(seconds=self.session), "rebalance_timeout": timedelta(seconds=self.rebalance)}
        answer = await self.raw.ask(JOIN, version, **fields, **times, protocols=[{"name": protocol, "metadata": metadata}])
        self.id = answer.member_id
        if answer.error_code is ErrorCode.member_id_required:
            return await self.join(version=version, metadata=metadata, protocol=protocol)
        self.generation = answer.generation_id
        return answer

    async def sync(self, **assignments: bytes) -> Any:
        parts = [{"member_id": member, "assignment": part} for member, part in assignments.items()]
        return await self.raw.ask(SYNC, 3, assignments=parts, **self._me())

    async def heartbeat(self) -> ErrorCode:
        answer = await self.raw.ask(HEARTBEAT, 3, **self._me())
        return ErrorCode(answer.error_code)

    async def commit(self, topic: str, offset: int) -> ErrorCode:
        parts = [{"partition_index": 0, "committed_offset": offset, "committed_leader_epoch": -1, "committed_metadata": None}]
        me = self._me()
        me["generation_id_or_member_epoch"] = me.pop("generation_id")
        answer = await self.raw.ask(COMMIT, 7, **me, topics=[{"name": topic, "partitions": parts}])
        return ErrorCode(answer.topics[0].partitions[0].error_code)

    async def leave(self) -> ErrorCode:
        members = [{"member_id": self.id, "group_instance_id": self.instance}]
        answer = await self.raw.ask(LEAVE, 3, group_id=self.group, members=members)
        return ErrorCode(answer.members[0].error_code)

    async def alone(self) -> None:
        """Become the one member of a stable group."""
        await self.join()
        await self.sync(**{self.id: b"all"})

    def _me(self) -> dict[str, Any]:
        return {"group_id": self.group, "generation_id": self.generation, "member_id": self.id, "group_instance_id": self.instance}


async def test_a_new_member_is_told_its_id_before_it_counts(raw: Raw, name: str) -> None:
    fields = {"group_id": name, "member_id": "", "protocol_type": "consumer", "group_instance_id": None}
    times = {"session_timeout": timedelta(seconds=6), "rebalance_timeout": timedelta(seconds=6)}
    answer = await raw.ask(JOIN, 4, **fields, **times, protocols=[{"name": "range", "metadata": b""}])
    assert answer.error_code is ErrorCode.member_id_required
    assert answer.member_id.startswith("raw-")


async def test_only_the_leader_sees_the_members_and_its_word_reaches_all(memory_broker: BrokerProcess, name: str) -> None:
    async with Raw(memory_broker.address) as one, Raw(memory_broker.address) as two:
        a, b = Member(one, name), Member(two, name)
        joined = await asyncio.gather(a.join(), b.join())
        assert {each.leader for each in joined} == {joined[0].leader}
        leader, follower = (a, b) if joined[0].leader == a.id else (b, a)
        assert sorted(len(each.members) for each in joined) == [0, 2]
        parts = await asyncio.gather(leader.sync(**{a.id: b"A", b.id: b"B"}), follower.sync())
        assert {each.assignment for each in parts} == {b"A", b"B"}
        assert await a.heartbeat() is ErrorCode.none


async def test_a_member_that_is_silent_for_its_session_is_out_and_the_others_rebalance(memory_broker: BrokerProcess, name: str) -> None:
    async with Raw(memory_broker.address) as one, Raw(memory_broker.address) as two:
        silent, other = Member(one, name, session=0.3), Member(two, name, session=30)
        joined = await asyncio.gather(silent.join(), other.join())
        leader = silent if joined[0].leader == silent.id else other
        both = {silent.id: b"1", other.id: b"2"}
        await asyncio.gather(*(member.sync(**(both if member is leader else {})) for member in (silent, other)))
        async with asyncio.timeout(5):
            while await other.heartbeat() is ErrorCode.none:
                pass
        assert await silent.heartbeat() is ErrorCode.unknown_member_id
        assert len((await other.join()).members) == 1


async def test_who_does_not_rejoin_in_time_is_left_behind(memory_broker: BrokerProcess, name: str) -> None:
    async with Raw(memory_broker.address) as one, Raw(memory_broker.address) as two:
        slow = Member(one, name, rebalance=0.3, session=30)
        await slow.alone()
        other = Member(two, name, rebalance=0.3, session=30)
        answer = await asyncio.wait_for(other.join(), 5)
        assert (answer.generation_id, len(answer.members)) == (2, 1)
        assert await slow.heartbeat() is ErrorCode.unknown_member_id


async def test_a_leader_that_never_assigns_is_left_behind(memory_broker: BrokerProcess, name: str) -> None:
    async with Raw(memory_broker.address) as one, Raw(memory_broker.address) as two:
        a, b = Member(one, name, rebalance=0.3, session=30), Member(two, name, rebalance=0.3, session=30)
        joined = await asyncio.gather(a.join(), b.join())
        follower = b if joined[0].leader == a.id else a
        answer = await asyncio.wait_for(follower.sync(), 5)
        assert answer.error_code is ErrorCode.rebalance_in_progress
        assert (await follower.join()).leader == follower.id


async def test_what_belongs_to_an_old_generation_is_refused(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    member = Member(raw, name)
    await member.alone()
    assert await member.commit(topic, 1) is ErrorCode.none
    member.generation -= 1
    assert await member.commit(topic, 2) is ErrorCode.illegal_generation
    assert await member.heartbeat() is ErrorCode.illegal_generation
    assert (await member.sync()).error_code is ErrorCode.illegal_generation
    member.id = "a stranger"
    assert await member.commit(topic, 2) is ErrorCode.unknown_member_id


async def test_nobody_commits_while_the_leader_still_has_to_assign(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    member = Member(raw, name)
    await member.join()
    assert await member.commit(topic, 1) is ErrorCode.rebalance_in_progress


async def test_a_client_outside_of_any_group_commits_only_where_nobody_is_a_member(
    memory_broker: BrokerProcess, raw: Raw, name: str
) -> None:
    topic = await memory_broker.topic(name)
    outsider = Member(raw, name)
    assert await outsider.commit(topic, 5) is ErrorCode.none
    async with Raw(memory_broker.address) as other:
        member = Member(other, name)
        await member.alone()
        assert await outsider.commit(topic, 6) is ErrorCode.unknown_member_id
        assert await member.leave() is ErrorCode.none
    assert await outsider.commit(topic, 6) is ErrorCode.none


async def test_a_member_without_a_common_protocol_is_refused(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    await Member(raw, name).alone()
    async with Raw(memory_broker.address) as other:
        answer = await Member(other, name).join(protocol="sticky")
    assert answer.error_code is ErrorCode.inconsistent_group_protocol


async def test_a_session_outside_the_limits_is_refused(raw: Raw, name: str) -> None:
    assert (await Member(raw, name, session=0.1).join()).error_code is ErrorCode.invalid_session_timeout
    assert (await Member(raw, "").join()).error_code is ErrorCode.invalid_group_id


async def test_the_former_self_of_a_static_member_is_fenced(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    topic = await memory_broker.topic(name)
    old = Member(raw, name, instance="clerk-1")
    await old.alone()
    async with Raw(memory_broker.address) as other:
        new = Member(other, name, instance="clerk-1")
        answer = await new.join()
        assert (answer.generation_id, answer.error_code, answer.leader) == (1, ErrorCode.none, old.id)
        assert (await new.sync()).assignment == b"all"
        assert await new.heartbeat() is ErrorCode.none
    assert await old.heartbeat() is ErrorCode.fenced_instance_id
    assert await old.commit(topic, 1) is ErrorCode.fenced_instance_id
    assert (await old.sync()).error_code is ErrorCode.fenced_instance_id
    assert (await old.join()).error_code is ErrorCode.fenced_instance_id
    assert await old.leave() is ErrorCode.fenced_instance_id


async def test_a_static_leader_that_is_back_may_skip_the_assignment_where_its_client_can(
    memory_broker: BrokerProcess, raw: Raw, name: str
) -> None:
    await Member(raw, name, instance="clerk-1").alone()
    async with Raw(memory_broker.address) as other:
        new = Member(other, name, instance="clerk-1")
        answer = await new.join(version=9)
        assert (answer.skip_assignment, answer.leader, len(answer.members)) == (True, new.id, 1)


async def test_a_member_that_missed_an_answer_gets_it_again(raw: Raw, name: str) -> None:
    member = Member(raw, name)
    first = await member.join()
    again = await member.join()
    assert again == first
    assert (await member.sync(**{member.id: b"all"})).assignment == b"all"
    assert (await member.sync()).assignment == b"all"


async def test_a_member_with_new_wishes_starts_a_rebalance(raw: Raw, name: str) -> None:
    member = Member(raw, name)
    await member.alone()
    answer = await member.join(metadata=subscription("another"))
    assert (answer.generation_id, answer.members[0].metadata) == (2, subscription("another"))


async def test_a_connection_that_dies_while_joining_leaves_the_group_usable(memory_broker: BrokerProcess, raw: Raw, name: str) -> None:
    async with Raw(memory_broker.address) as dying:
        ghost = Member(dying, name, session=0.3, rebalance=0.5)
        joining = asyncio.create_task(ghost.join(version=3))
        living = Member(raw, name, session=10, rebalance=0.5)
        answer = await living.join(version=3)
        joining.cancel()
        dying.writer.transport.abort()
    async with asyncio.timeout(10):
        while len(answer.members) != 1:
            await living.sync(**{living.id: b"all"})
            while await living.heartbeat() is ErrorCode.none:
                pass
            answer = await living.join(version=3)
