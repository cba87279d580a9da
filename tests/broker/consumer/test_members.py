"""Groups by the new protocol (KIP-848), said by hand: who may be a member, and what is answered where someone may not."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from kio.schema.errors import ErrorCode

from bus.embedded import BrokerSettings
from bus.embedded.broker import Broker
from bus.embedded.groups import Beat, Beaten, ConsumerGroup, Coordinator, Who
from bus.embedded.journal import Journal
from bus.embedded.offsets import Committed, Offsets
from bus.embedded.syncing import Syncing
from bus.embedded.topics import Topics
from tests.broker.consumer.hearts import DESCRIBE, WITHIN, Heart
from tests.broker.process import BrokerProcess
from tests.broker.raw import Raw
from tests.broker.test_group_protocol import Member

LIST, DESCRIBE_CLASSIC, DELETE, DELETE_OFFSETS = 16, 15, 42, 47

JOIN = {"member_epoch": 0, "rebalance": 5, "subscribed_topic_names": ("t",), "owned": ()}
PLACE = [(UUID(int=7), (0,))]


@pytest.mark.parametrize(
    ("says", "message"),
    [
        ({**JOIN, "member_id": ""}, "MemberId can't be empty."),
        ({**JOIN, "member_id": "", "group_id": ""}, "MemberId can't be empty."),
        ({"member_epoch": -1, "member_id": "", "version": 0}, "MemberId can't be empty."),
        ({**JOIN, "group_id": ""}, "GroupId can't be empty."),
        ({**JOIN, "instance_id": ""}, "InstanceId can't be empty."),
        ({**JOIN, "rack_id": " "}, "RackId can't be empty."),
        ({**JOIN, "rebalance": None}, "RebalanceTimeoutMs must be provided in first request."),
        ({**JOIN, "owned": None}, "TopicPartitions must be empty when (re-)joining."),
        ({**JOIN, "owned": PLACE}, "TopicPartitions must be empty when (re-)joining."),
        (
            {**JOIN, "subscribed_topic_names": None},
            "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.",
        ),
        ({"member_epoch": -2}, "InstanceId can't be null."),
        ({"member_epoch": -3}, "MemberEpoch is invalid."),
    ],
)
async def test_a_heartbeat_that_says_nothing_of_use_is_refused_with_the_reason(raw: Raw, name: str, says: Any, message: str) -> None:
    answer = await Heart(raw, name).beat(**says)
    assert (answer.error_code, answer.error_message, answer.member_id) == (ErrorCode.invalid_request, message, None)


async def test_an_assignor_or_a_pattern_that_the_broker_does_not_know_is_refused_by_name(raw: Raw, name: str) -> None:
    answer = await Heart(raw, name).join("t", server_assignor="best")
    known = "ServerAssignor best is not supported. Supported assignors: uniform, range."
    assert (answer.error_code, answer.error_message) == (ErrorCode.unsupported_assignor, known)
    answer = await Heart(raw, name).join(subscribed_topic_regex="(a")
    assert answer.error_code is ErrorCode.invalid_regular_expression
    assert answer.error_message.startswith("SubscribedTopicRegex `(a` is not a valid regular expression: missing ")
    assert (await Heart(raw, name).described()).error_message == f"Group {name} not found."


@pytest.mark.parametrize(
    ("pattern", "taken"),
    [
        (r"\d+\.\w+", True),
        (r"(?i)A|b{2,3}", True),
        (r"(?<year>a)\pL\Q.\E\z", True),
        (r"(?=a)b", False),
        (r"(?<!a)b", False),
        (r"(a)\1", False),
        ("a++", False),
        ("a{2000}", False),
        ("a)", False),
        (r"a\Z", False),
    ],
)
async def test_a_pattern_is_taken_or_refused_as_re2_does(raw: Raw, name: str, pattern: str, taken: bool) -> None:
    answer = await Heart(raw, name).join(subscribed_topic_regex=pattern)
    assert answer.error_code is (ErrorCode.none if taken else ErrorCode.invalid_regular_expression)


async def test_a_pattern_made_to_be_slow_holds_nobody_up(name: str) -> None:
    broker = Broker(BrokerSettings(), None)
    broker.topics.create("a" * 200 + "b", 1, {})
    answer = broker.groups.beat(replace(joining(name), topics=None, regex="(a+)+$"))
    assert isinstance(answer, Beaten)
    assert answer.assigned == frozenset()
    broker.close()


async def test_who_joins_has_the_partitions_and_hears_of_them_once(raw: Raw, name: str, topic: UUID | None) -> None:
    member = Heart(raw, name)
    answer = await member.join(name)
    assert (answer.error_code, member.id, member.epoch, member.has, member.topics) == (ErrorCode.none, "m", 1, [0, 1, 2, 3], {topic})
    assert answer.heartbeat_interval.total_seconds() > 0
    assert (await member.beat()).assignment is None
    assert (await member.holds(topic, 0, 1, 2, 3)).assignment is None
    full = await member.beat(rebalance=5, subscribed_topic_names=(name,), owned=[(topic, (0, 1, 2, 3))])
    assert full.assignment is not None


async def test_a_client_without_an_id_is_given_one_by_the_first_version_only(raw: Raw, name: str) -> None:
    answer = await Heart(raw, name, "").join(name, version=0)
    assert len(answer.member_id) == 22


async def test_who_is_no_member_is_told_what_is_missing(raw: Raw, name: str) -> None:
    stranger = Heart(raw, name, "stranger")
    absent = await stranger.beat(member_epoch=3)
    assert (absent.error_code, absent.error_message) == (ErrorCode.group_id_not_found, f"Consumer group {name} not found.")
    absent = await stranger.leave()
    assert (absent.error_code, absent.error_message) == (ErrorCode.group_id_not_found, f"Group {name} not found.")
    await Heart(raw, name).join(name)
    for answer in (await stranger.beat(member_epoch=1), await stranger.leave()):
        unknown = f"Member stranger is not a member of group {name}."
        assert (answer.error_code, answer.error_message) == (ErrorCode.unknown_member_id, unknown)


async def test_a_member_of_another_epoch_is_fenced(raw: Raw, name: str, topic: UUID | None) -> None:
    member = Heart(raw, name)
    await member.join(name)
    await Heart(raw, name, "n").join(name)
    await member.beat()
    await member.holds(topic, 0, 1)
    assert member.epoch == 2
    for epoch, relation in ((9, "greater"), (1, "smaller"), (0, "smaller")):
        answer = await (member.join(name) if epoch == 0 else member.beat(member_epoch=epoch))
        assert answer.error_code is ErrorCode.fenced_member_epoch
        assert answer.error_message == (
            f"The consumer group member has a {relation} member epoch ({epoch}) than the one known by the group coordinator (2). "
            "The member must abandon all its partitions and rejoin."
        )


async def test_the_epoch_before_is_taken_from_who_owns_no_more_than_it_was_given(raw: Raw, name: str, topic: UUID | None) -> None:
    member = Heart(raw, name)
    await member.join(name)
    await Heart(raw, name, "n").join(name)
    await member.beat()
    await member.holds(topic, 0, 1)
    assert (await member.beat(member_epoch=1, owned=[(topic, (0, 1, 2))])).error_code is ErrorCode.fenced_member_epoch
    assert (await member.beat(member_epoch=1, owned=[(topic, (0, 1))])).member_epoch == 2


async def test_a_static_member_may_be_away_for_a_moment_and_comes_back_under_another_id(raw: Raw, name: str, topic: UUID | None) -> None:
    first, second = (Heart(raw, name, member, instance_id="clerk") for member in ("first", "second"))
    await first.join(name)
    answer = await second.join(name)
    owned = "Static member second with instance id clerk cannot join the group because the instance id is owned by first member."
    assert (answer.error_code, answer.error_message) == (ErrorCode.unreleased_instance_id, owned)
    assert (await first.leave(-2)).member_epoch == -2
    assert (await first.beat(member_epoch=1)).error_code is ErrorCode.fenced_member_epoch
    await second.join(name)
    assert (second.epoch, second.has) == (1, [0, 1, 2, 3])
    answer = await first.beat(member_epoch=1)
    fenced = "Static member first with instance id clerk was fenced by member second."
    assert (answer.error_code, answer.error_message) == (ErrorCode.fenced_instance_id, fenced)
    answer = await Heart(raw, name, "first", instance_id="judge").beat(member_epoch=1)
    assert (answer.error_code, answer.error_message) == (ErrorCode.unknown_member_id, "Instance id judge is unknown.")
    assert (await second.leave()).error_code is ErrorCode.none
    assert (await second.described()).members == ()


async def test_a_described_group_shows_what_its_members_have_and_are_to_have(raw: Raw, name: str, topic: UUID | None) -> None:
    one, two = Heart(raw, name, "one"), Heart(raw, name, "two", rack_id="r")
    await one.join(name)
    await two.join(name)
    group = await one.described()
    assert (group.group_state, group.group_epoch, group.assignment_epoch, group.assignor_name) == ("Reconciling", 2, 2, "uniform")
    first, second = sorted(group.members, key=lambda member: member.member_id)
    assert (first.member_epoch, second.member_epoch, second.rack_id, first.member_type) == (1, 2, "r", 1)
    (had,), (to_have,) = first.assignment.topic_partitions, first.target_assignment.topic_partitions
    assert (had.topic_name, had.partitions, len(to_have.partitions)) == (name, (0, 1, 2, 3), 2)
    assert second.assignment.topic_partitions == ()
    await one.leave()
    assert (await one.described()).group_state == "Assigning"
    await two.leave()
    group = await one.described()
    assert (group.group_state, group.group_epoch, group.members) == ("Empty", 4, ())


async def test_a_group_is_listed_described_and_deleted_as_what_it_is(raw: Raw, name: str, topic: UUID | None) -> None:
    member, clerk = Heart(raw, name), Member(raw, f"{name}-classic")
    await member.join(name)
    await clerk.alone()

    async def listed(**filters: Any) -> set[tuple[str, str, str]]:
        answer = await raw.ask(LIST, 5, **{"states_filter": (), "types_filter": (), **filters})
        return {(each.group_id, each.group_state, each.group_type) for each in answer.groups if each.group_id in {name, clerk.group}}

    new, old = (name, "Stable", "consumer"), (clerk.group, "Stable", "classic")
    assert await listed() == {new, old}
    assert await listed(types_filter=("CONSUMER",)) == await listed(types_filter=("consumer",), states_filter=("stable",)) == {new}
    assert await listed(types_filter=("Classic",)) == {old}
    assert await listed(types_filter=("share",)) == await listed(states_filter=("Empty",)) == set()
    (group,) = (await raw.ask(DESCRIBE_CLASSIC, 6, groups=(name,), include_authorized_operations=False)).groups
    assert (group.error_code, group.group_state) == (ErrorCode.group_id_not_found, "Dead")
    assert group.error_message == f"Group {name} is not a classic group."
    answer = await raw.ask(DESCRIBE, 1, group_ids=(clerk.group, f"{name}-no", ""), include_authorized_operations=True)
    assert {group.group_id: (group.error_code, group.error_message) for group in answer.groups} == {
        clerk.group: (ErrorCode.group_id_not_found, f"Group {clerk.group} is not a consumer group."),
        f"{name}-no": (ErrorCode.group_id_not_found, f"Group {name}-no not found."),
        "": (ErrorCode.invalid_group_id, None),
    }
    (group,) = (await raw.ask(DESCRIBE_CLASSIC, 6, groups=(clerk.group,), include_authorized_operations=True)).groups
    assert (group.group_state, group.authorized_operations) == ("Stable", 3400)
    (group,) = (await raw.ask(DESCRIBE, 1, group_ids=(name,), include_authorized_operations=True)).groups
    assert (group.group_state, group.authorized_operations) == ("Stable", 3400)
    assert (await raw.ask(DELETE, 2, groups_names=(name,))).results[0].error_code is ErrorCode.non_empty_group
    await member.leave()
    assert (await raw.ask(DELETE, 2, groups_names=(name,))).results[0].error_code is ErrorCode.none
    assert (await member.described()).error_message == f"Group {name} not found."


async def test_offsets_are_committed_and_seen_in_the_member_s_own_epoch_only(raw: Raw, name: str, topic: UUID | None) -> None:
    member, stranger = Heart(raw, name), Heart(raw, name, "stranger")
    await member.join(name)
    assert await member.commit(name, 5) is ErrorCode.none
    assert {await member.commit(name, 6, epoch=epoch) for epoch in (0, 2, -1)} == {ErrorCode.stale_member_epoch}
    assert await stranger.commit(name, 6, epoch=1) is ErrorCode.unknown_member_id
    assert await member.commit(name, 6, version=8) is ErrorCode.unsupported_version
    assert await stranger.commit(f"{name}-no", 6, epoch=1) is ErrorCode.unknown_topic_or_partition
    seen = await member.committed(name, member="m", epoch=1)
    assert (seen.error_code, seen.topics[0].partitions[0].committed_offset) == (ErrorCode.none, 5)
    seen = await member.committed(name, member="m", epoch=0)
    assert (seen.error_code, seen.topics) == (ErrorCode.stale_member_epoch, ())
    assert (await member.committed(name, member="stranger", epoch=1)).error_code is ErrorCode.unknown_member_id
    assert (await member.committed(name, member=None, epoch=-1)).topics[0].partitions[0].committed_offset == 5


async def test_a_group_that_is_not_there_takes_offsets_from_outside_only(raw: Raw, name: str, topic: UUID | None) -> None:
    stranger = Heart(raw, name)
    assert await stranger.commit(name, 1, epoch=3) is ErrorCode.group_id_not_found
    assert await stranger.commit(name, 1, epoch=3, version=8) is ErrorCode.illegal_generation
    assert await stranger.commit(name, 1, epoch=-1) is ErrorCode.none


async def test_offsets_of_a_topic_are_deleted_once_no_member_reads_it(raw: Raw, name: str, topic: UUID | None) -> None:
    member = Heart(raw, name)
    await member.join(name)
    await member.commit(name, 5)

    async def deleted() -> ErrorCode:
        answer = await raw.ask(DELETE_OFFSETS, 0, group_id=name, topics=[{"name": name, "partitions": [{"partition_index": 0}]}])
        return ErrorCode(answer.topics[0].partitions[0].error_code)

    assert await deleted() is ErrorCode.group_subscribed_to_topic
    await member.leave()
    assert await deleted() is ErrorCode.none
    assert (await member.committed(name, member=None, epoch=-1)).topics[0].partitions[0].committed_offset == -1


async def test_an_empty_group_changes_its_kind_and_keeps_its_offsets(raw: Raw, name: str, topic: UUID | None) -> None:
    member, clerk = Heart(raw, name), Member(raw, name)
    await member.join(name)
    await member.commit(name, 5)
    await member.leave()
    await clerk.alone()
    assert clerk.generation == 1
    refused = await member.join(name)
    reason = f"Cannot upgrade classic group {name} to consumer group because online upgrade is disabled."
    assert (refused.error_code, refused.error_message) == (ErrorCode.group_id_not_found, reason)
    assert (await member.beat(member_epoch=1)).error_message == f"Group {name} is not a consumer group."
    await clerk.leave()
    await member.join(name)
    assert (member.epoch, member.has) == (1, [0, 1, 2, 3])
    assert (await member.committed(name, member="m", epoch=1)).topics[0].partitions[0].committed_offset == 5


async def test_a_classic_member_does_not_come_into_a_live_group_of_the_new_protocol(memory_broker: BrokerProcess, name: str) -> None:
    """Here this broker differs: Kafka lets it in, and its members translate for each other."""
    async with Raw(memory_broker.address) as raw:
        await Heart(raw, name).join(name)
        assert (await Member(raw, name).join()).error_code is ErrorCode.inconsistent_group_protocol


def joining(group: str) -> Beat:
    me = {"group_id": group, "member_id": "m", "epoch": 0, "version": 1, "client_id": "c", "host": "/h"}
    return Beat(**me, rebalance=5.0, topics=frozenset({"t"}), owned=frozenset())


async def test_a_transaction_commits_for_a_member_of_the_epoch_or_for_nobody_at_all(name: str) -> None:
    broker = Broker(BrokerSettings(), None)
    broker.groups.beat(joining(name))

    def refusal(member: str, epoch: int) -> ErrorCode:
        return broker.groups.commit_refusal(name, Who(member, None, epoch), transactional=True)

    assert refusal("m", 1) is refusal("", -1) is ErrorCode.none
    assert refusal("m", 0) is refusal("m", -1) is ErrorCode.illegal_generation
    assert refusal("stranger", 1) is ErrorCode.unknown_member_id
    broker.close()


async def test_a_group_without_members_and_offsets_is_forgotten_after_a_while(name: str) -> None:
    broker = Broker(BrokerSettings(group_check=0.05), None)
    broker.offsets.commit(f"{name}-kept", {("t", 0): Committed(1)})
    for group in (name, f"{name}-kept"):
        broker.groups.beat(joining(group))
        broker.groups.beat(replace(joining(group), epoch=-1))
    broker.groups.beat(joining(f"{name}-live"))
    assert [group.id for group in broker.groups] == [name, f"{name}-kept", f"{name}-live"]
    async with asyncio.timeout(WITHIN):
        while broker.groups.get(name) is not None:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)
    assert [group.id for group in broker.groups] == [f"{name}-kept", f"{name}-live"]
    broker.close()


async def test_a_group_that_a_full_disk_kept_is_forgotten_once_there_is_room(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    full: list[OSError] = []

    def sync(_handle: int) -> None:
        if full:
            raise full[0]

    journal = Journal(tmp_path / "journal", Syncing("batch", sync))
    groups = Coordinator(BrokerSettings(group_check=0.01), journal, Offsets(journal), Topics(journal, None, 2**20))
    groups.beat(joining(name))
    groups.beat(replace(joining(name), epoch=-1))
    full.append(OSError(28, "No space left on device"))
    async with asyncio.timeout(WITHIN):
        while "No space left" not in caplog.text:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)
    full.clear()
    async with asyncio.timeout(WITHIN):
        while journal.get(("group", name)) is not None:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
    assert "Traceback" not in caplog.text
    groups.close()
    journal.close()


async def test_a_group_can_be_made_to_begin_anew_and_a_member_be_put_out(name: str) -> None:
    broker = Broker(BrokerSettings(), None)
    broker.groups.beat(joining(name))
    group = broker.groups.get(name)
    assert isinstance(group, ConsumerGroup)
    assert group.rebalance()
    assert (group.state, group.now.epoch) == ("Assigning", 2)
    answer = broker.groups.beat(replace(joining(name), epoch=1))
    assert isinstance(answer, Beaten)
    assert (group.state, answer.epoch) == ("Stable", 2)
    group.expel("m")
    assert (group.members, group.rebalance()) == ({}, False)
    broker.close()
