"""The fault plan on the wire: what each action of request, log, response and broker does to a client."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from kio.schema.errors import ErrorCode

from bus.embedded.batch import header, sound
from bus.embedded.records import records_in
from tests.broker.faulty import FaultyBroker
from tests.broker.raw import INIT_PRODUCER, METADATA, PRODUCE, Raw, batch

HOW_LONG_IS_SILENCE = 0.3


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[FaultyBroker]:
    async with FaultyBroker(None, "--min-session-ms", "200") as broker:
        yield broker


@pytest.fixture
async def faulty(shared: FaultyBroker) -> AsyncIterator[FaultyBroker]:
    yield shared
    await shared.forget()


@pytest.fixture
async def client(faulty: FaultyBroker) -> AsyncIterator[Raw]:
    async with Raw(faulty.address) as raw:
        yield raw


async def values(client: Raw, topic: str, partition: int = 0) -> list[bytes | None]:
    """All that a consumer would see, in its order, batch by batch as the offsets say."""
    content = (await client.fetch(topic, 0, partition=partition)).records or b""
    found, position = list[bytes | None](), 0
    while position < len(content):
        size = header(content, position).size
        found += [each.value for each in records_in(content[position : position + size])]
        position += size
    return found


async def silent(client: Raw) -> bool:
    """Whether no answer comes; the connection stays open."""
    try:
        async with asyncio.timeout(HOW_LONG_IS_SILENCE):
            return not await client.reader.read(1)
    except TimeoutError:
        return True


def produces(client: Raw, topic: str, records: bytes, acks: int = -1, wait: float = 1) -> None:
    data = [{"name": topic, "partition_data": [{"index": 0, "records": records}]}]
    client.send(PRODUCE, 8, transactional_id=None, acks=acks, timeout=timedelta(seconds=wait), topic_data=data)


async def test_a_dropped_request_is_never_answered_and_not_done(faulty: FaultyBroker, client: Raw, name: str) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "request", "action": "drop", "when": {"api": "Produce", "topic": name}})
    produces(client, name, batch(b"a"))
    assert await silent(client)
    async with Raw(faulty.address) as other:
        assert await values(other, name) == []
    (fired,) = await faulty.fired()
    assert {**fired, "time": ""} == {"time": "", "rule": "rule-0", "stage": "request", "action": "drop", "api": "Produce"} | {
        "client": "raw",
        "topic": name,
        "partition": 0,
    }


async def test_a_dropped_response_is_never_sent_though_the_work_is_done(faulty: FaultyBroker, client: Raw, name: str) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "response", "action": "drop", "when": {"api": "Produce", "topic": name}})
    produces(client, name, batch(b"a"))
    assert await silent(client)
    async with Raw(faulty.address) as other:
        assert await values(other, name) == [b"a"]


async def test_no_later_answer_overtakes_one_that_was_dropped(faulty: FaultyBroker, client: Raw, name: str) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "response", "action": "drop", "times": 1, "when": {"topic": name}})
    produces(client, name, batch(b"a"))
    produces(client, name, batch(b"b"))
    assert await silent(client)
    async with Raw(faulty.address) as other:
        assert await values(other, name) == [b"a"]


@pytest.mark.parametrize(("stage", "stored"), [("request", []), ("response", [b"a"])])
async def test_close_ends_the_connection_instead_of_an_answer(
    faulty: FaultyBroker, client: Raw, name: str, stage: str, stored: list[bytes]
) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": stage, "action": "close", "when": {"api": "Produce", "topic": name}})
    produces(client, name, batch(b"a"))
    assert await client.closed()
    async with Raw(faulty.address) as other:
        assert await values(other, name) == stored


@pytest.mark.parametrize(("stage", "stored"), [("request", []), ("response", [b"a"])])
async def test_delay_comes_before_the_work_or_before_the_answer(
    faulty: FaultyBroker, client: Raw, name: str, stage: str, stored: list[bytes]
) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": stage, "action": "delay", "delay": 2.5, "when": {"api": "Produce", "topic": name}})
    produces(client, name, batch(b"a"))
    await faulty.has_fired()
    async with Raw(faulty.address) as other:
        assert await values(other, name) == stored
    answer = await client.answer()
    assert answer.responses[0].partition_responses[0].error_code is ErrorCode.none
    assert await values(client, name) == [b"a"]


async def test_a_refused_request_is_answered_with_the_error_and_not_done(faulty: FaultyBroker, client: Raw, name: str) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "request", "action": "refuse", "error": "NOT_LEADER_OR_FOLLOWER", "when": {"topic": name}, "times": 3})
    answer = await client.produce(name, batch(b"a"))
    assert (answer.error_code, answer.base_offset, answer.index) == (ErrorCode.not_leader_or_follower, -1, 0)
    assert (await client.fetch(name, 0)).error_code is ErrorCode.not_leader_or_follower
    told = await client.ask(METADATA, 4, topics=[{"name": name}], allow_auto_topic_creation=False)
    assert [(each.name, each.error_code) for each in told.topics] == [(name, ErrorCode.not_leader_or_follower)]
    assert told.brokers
    assert await values(client, name) == []


async def test_a_refused_batch_that_nobody_wants_acknowledged_ends_the_connection(faulty: FaultyBroker, client: Raw, name: str) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "request", "action": "refuse", "error": "NOT_LEADER_OR_FOLLOWER", "when": {"topic": name}})
    produces(client, name, batch(b"a"), acks=0)
    assert await client.closed()


async def test_a_batch_that_is_stored_twice_lies_there_twice_and_its_producer_goes_on(faulty: FaultyBroker, client: Raw, name: str) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "log", "action": "store-twice", "copies": 2, "times": 1, "when": {"topic": name}})
    producer = (await client.ask(INIT_PRODUCER, 1, transactional_id=None, transaction_timeout=timedelta(seconds=1))).producer_id
    first, second = (batch(value, producer=producer, epoch=0, sequence=number) for number, value in enumerate((b"a", b"b")))
    assert (await client.produce(name, first)).base_offset == 0
    assert (await client.produce(name, first)).base_offset == 0, "sent again, it is the same batch as before"
    assert (await client.produce(name, second)).base_offset == 3
    assert await values(client, name) == [b"a", b"a", b"a", b"b"]
    (fired,) = await faulty.fired()
    assert (fired["action"], fired["offset"]) == ("store-twice", 0)


async def test_a_batch_that_is_held_back_is_acknowledged_and_stored_after_later_ones(faulty: FaultyBroker, client: Raw, name: str) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "log", "action": "hold-back", "count": 2, "for": 60, "times": 1, "when": {"topic": name}})
    producer = (await client.ask(INIT_PRODUCER, 1, transactional_id=None, transaction_timeout=timedelta(seconds=1))).producer_id
    sent = [batch(b"%d" % number, producer=producer, epoch=0, sequence=number) for number in range(4)]
    acknowledged = [await client.produce(name, each) for each in sent[:2]]
    assert [(each.error_code, each.base_offset) for each in acknowledged] == [(ErrorCode.none, 0), (ErrorCode.none, 0)]
    assert await values(client, name) == [b"1"]
    assert (await client.produce(name, sent[0])).base_offset == 0, "sent again, it is known"
    await client.produce(name, sent[2])
    await client.produce(name, sent[3])
    assert await values(client, name) == [b"1", b"2", b"0", b"3"]


async def test_a_batch_that_is_held_back_is_stored_when_its_time_is_over_or_the_rules_go(
    faulty: FaultyBroker, client: Raw, name: str
) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "log", "action": "hold-back", "for": 0.2, "when": {"topic": name}})
    await client.produce(name, batch(b"a"))
    client.send_fetch(name, 0, wait=10)
    assert (await client.answer()).responses[0].partitions[0].records
    await faulty.lie({"stage": "log", "action": "hold-back", "for": 60, "when": {"topic": name}})
    await client.produce(name, batch(b"b"))
    assert await values(client, name) == [b"a"]
    await faulty.forget()
    assert await values(client, name) == [b"a", b"b"]


async def test_a_clean_end_stores_what_was_held_back(tmp_path: Path, name: str) -> None:
    broker = FaultyBroker(tmp_path / "state")
    await broker.start()
    await broker.topic(name)
    await broker.lie({"stage": "log", "action": "hold-back", "for": 60})
    async with Raw(broker.address) as client:
        await client.produce(name, batch(b"a"))
    await broker.stop()
    await broker.start()
    async with Raw(broker.address) as client:
        assert await values(client, name) == [b"a"]
    await broker.stop()


async def test_what_is_held_back_is_lost_when_the_broker_is_killed_and_its_producer_begins_anew(tmp_path: Path, name: str) -> None:
    broker = FaultyBroker(tmp_path / "state")
    await broker.start()
    await broker.topic(name)
    await broker.lie({"stage": "log", "action": "hold-back", "count": 1, "for": 60, "skip": 1})
    sent = [batch(b"%d" % number, producer=7, epoch=0, sequence=number) for number in range(4)]
    async with Raw(broker.address) as client:
        assert [(await client.produce(name, each)).base_offset for each in sent[:3]] == [0, 1, 1]
    await broker.kill()
    await broker.start()
    async with Raw(broker.address) as client:
        assert await values(client, name) == [b"0"]
        assert (await client.produce(name, sent[3])).error_code is ErrorCode.out_of_order_sequence_number
    await broker.stop()


async def test_after_a_kill_a_corrupt_batch_is_still_where_it_was(tmp_path: Path, name: str) -> None:
    broker = FaultyBroker(tmp_path / "state")
    await broker.start()
    await broker.topic(name)
    await broker.lie({"stage": "log", "action": "corrupt", "skip": 1, "times": 1})
    async with Raw(broker.address) as client:
        for value in (b"a", b"b" * 20, b"c"):
            await client.produce(name, batch(value))
    await broker.kill()
    await broker.start()
    async with Raw(broker.address) as client:
        content = (await client.fetch(name, 1)).records
        assert (header(content).base_offset, sound(header(content), content)) == (1, False)
        assert (await client.list_offsets(name, -1)).offset == 3
    await broker.stop()


async def test_a_corrupt_batch_has_its_place_and_a_checksum_that_does_not_hold(faulty: FaultyBroker, client: Raw, name: str) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "log", "action": "corrupt", "bytes": 3, "times": 1, "when": {"topic": name}})
    assert [(await client.produce(name, batch(each))).base_offset for each in (b"aaaa", b"bbbb")] == [0, 1]
    content = (await client.fetch(name, 0)).records
    first = header(content)
    assert not sound(first, content)
    assert sound(header(content, first.size), content[first.size :])
    assert content[: first.size].endswith(bytes(each ^ 0xFF for each in batch(b"aaaa")[-3:]))


async def test_only_batches_with_such_a_key_are_meant(faulty: FaultyBroker, client: Raw, name: str) -> None:
    await faulty.topic(name)
    when = {"api": "Produce", "topic": name, "key": "H37.*"}
    await faulty.lie({"stage": "request", "action": "refuse", "error": "INVALID_RECORD", "when": when})
    outcomes = [(await client.produce(name, keyed(key))).error_code for key in (b"H37.1", b"H38.1", None, b"H37.2")]
    assert outcomes == [ErrorCode.invalid_record, ErrorCode.none, ErrorCode.none, ErrorCode.invalid_record]
    assert (await client.produce(name, b"nonsense")).error_code is ErrorCode.corrupt_message


def keyed(key: bytes | None) -> bytes:
    from aiokafka.record.default_records import DefaultRecordBatchBuilder

    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=1, is_transactional=0, producer_id=-1, producer_epoch=-1, base_sequence=-1, batch_size=2**20
    )
    builder.append(0, timestamp=1000, key=key, value=b"v", headers=[])
    return bytes(builder.build())


async def test_skip_and_times_say_which_matches_fire(faulty: FaultyBroker, client: Raw, name: str) -> None:
    await faulty.topic(name)
    await faulty.lie({"stage": "request", "action": "refuse", "error": "INVALID_RECORD", "skip": 1, "times": 2, "when": {"topic": name}})
    outcomes = [(await client.produce(name, batch(b"a"))).error_code is ErrorCode.none for _ in range(5)]
    assert outcomes == [True, False, False, True, True]
    rule = (await faulty.http("GET", "/faults")).json()["rules"][0]
    assert (rule["matches"], rule["fired"], rule["skip"], rule["times"]) == (5, 2, 1, 2)


async def test_chance_is_the_same_for_the_same_seed_and_another_for_another(faulty: FaultyBroker, client: Raw, name: str) -> None:
    await faulty.topic(name)

    async def outcomes(seed: int) -> list[bool]:
        rule = {"stage": "request", "action": "refuse", "error": "INVALID_RECORD", "probability": 0.5, "seed": seed}
        await faulty.lie(rule | {"when": {"topic": name}})
        return [(await client.produce(name, batch(b"a"))).error_code is ErrorCode.none for _ in range(64)]

    first = await outcomes(1)
    assert 10 < sum(first) < 54
    assert await outcomes(1) == first
    assert await outcomes(2) != first


async def test_a_paused_partition_gives_nothing_out_and_takes_nothing_in_until_it_goes_on(
    faulty: FaultyBroker, client: Raw, name: str
) -> None:
    await faulty.topic(name, partitions=2)
    await client.produce(name, batch(b"a"))
    await faulty.lie({"stage": "broker", "action": "pause", "topic": name, "partition": 0})
    assert (await client.fetch(name, 0, wait=0.1)).records in (None, b"")
    produces(client, name, batch(b"late"), wait=0.1)
    timed_out = (await client.answer()).responses[0].partition_responses[0]
    assert timed_out.error_code is ErrorCode.request_timed_out
    assert (await client.produce(name, batch(b"other"), partition=1)).error_code is ErrorCode.none
    assert await values(client, name, partition=1) == [b"other"]
    produces(client, name, batch(b"b"), wait=10)
    assert await silent(client)
    assert (await faulty.http("DELETE", "/faults/rule-0")).status_code == 204
    assert (await client.answer()).responses[0].partition_responses[0].base_offset == 1
    assert await values(client, name) == [b"a", b"b"]


async def test_a_pause_that_a_request_triggers_is_of_its_partition_and_ends_by_itself(faulty: FaultyBroker, client: Raw, name: str) -> None:
    await faulty.topic(name, partitions=2)
    when = {"api": "Produce", "topic": name, "partition": 1}
    await faulty.lie({"stage": "broker", "action": "pause", "for": 0.3, "times": 1, "when": when})
    assert (await client.produce(name, batch(b"a"), partition=1)).error_code is ErrorCode.none
    (fired,) = await faulty.fired()
    assert (fired["topic"], fired["partition"]) == (name, 1)
    assert await values(client, name, partition=1) == [b"a"]


@pytest.mark.parametrize(("how", "code"), [("kill", -9), ("clean", 0)])
async def test_stop_ends_the_process_as_it_is_told(tmp_path: Path, name: str, how: str, code: int) -> None:
    broker = FaultyBroker(tmp_path / "state")
    await broker.start()
    await broker.topic(name)
    await broker.lie({"stage": "broker", "action": "stop", "how": how, "skip": 1, "when": {"api": "Produce"}})
    async with Raw(broker.address) as client:
        assert (await client.produce(name, batch(b"a"))).error_code is ErrorCode.none
        produces(client, name, batch(b"b"))
        found, errors = await broker.ended()
    assert found == code
    assert "fault rule-0 fired: stage=broker action=stop api=Produce" in errors
    await broker.start()
    async with Raw(broker.address) as client:
        assert (await values(client, name))[:1] == [b"a"]
    await broker.stop()


async def test_a_plan_in_a_file_is_in_force_from_the_first_request(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("- {name: shy, stage: request, action: refuse, error: COORDINATOR_NOT_AVAILABLE, when: {api: FindCoordinator}}\n")
    broker = FaultyBroker(None, "--faults", str(plan))
    await broker.start()
    async with Raw(broker.address) as client:
        assert (await client.ask(10, 2, key="g", key_type=0)).error_code is ErrorCode.coordinator_not_available
        answer: Any = await client.ask(10, 4, key_type=0, coordinator_keys=["g", "h"])
        assert [(each.key, each.error_code) for each in answer.coordinators] == [
            (key, ErrorCode.coordinator_not_available) for key in ("g", "h")
        ]
    _code, errors = await broker.stop()
    assert "fault shy fired: stage=request action=refuse api=FindCoordinator" in errors
