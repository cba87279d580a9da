"""Transactions, request by request; the same requests were answered by Apache Kafka 4.1 with the same codes."""

import pytest

from tests.broker.process import BrokerProcess
from tests.broker.raw import Raw, batch
from tests.broker.transact import DESCRIBE_PRODUCERS, LIST_TXNS, WRITE_MARKERS, Txn, begun, init, produce, until_calm

INVALID_EPOCH, INVALID_STATE, MAPPING, FENCED, ABORTABLE = 47, 48, 49, 90, 120
OUT_OF_ORDER, INVALID_REQUEST, UNKNOWN_PARTITION, NOT_ATTEMPTED = 45, 42, 3, 55


@pytest.fixture
async def txn(raw: Raw, name: str) -> Txn:
    return await begun(raw, name)


@pytest.fixture
async def topic(memory_broker: BrokerProcess, name: str) -> str:
    return await memory_broker.topic(f"{name}-topic", 2)


# ---- InitProducerId


@pytest.mark.parametrize("version", range(6))
async def test_every_version_gives_a_new_name_an_id_and_the_first_epoch(raw: Raw, name: str, version: int) -> None:
    answer = await until_calm(lambda: init(raw, name, version=version))
    assert (answer.error_code, answer.producer_epoch) == (0, 0)
    assert answer.producer_id >= 0


@pytest.mark.parametrize(("within", "error"), [(900, 0), (900.001, 50), (0, 50), (-1, 50)])
async def test_a_timeout_is_between_a_millisecond_and_a_quarter_of_an_hour(raw: Raw, name: str, within: float, error: int) -> None:
    assert (await init(raw, name, within=within)).error_code == error


@pytest.mark.parametrize("known", [(5, -1), (-1, 3)])
async def test_half_an_identity_or_an_empty_name_is_no_request(raw: Raw, name: str, known: tuple[int, int]) -> None:
    assert (await init(raw, name, known=known)).error_code == INVALID_REQUEST
    assert (await init(raw, "")).error_code == INVALID_REQUEST


async def test_a_producer_goes_on_from_its_own_epoch_and_may_ask_twice(raw: Raw, txn: Txn) -> None:
    async def ask(producer_id: int, epoch: int) -> tuple[int, int]:
        answer = await init(raw, txn.name, known=(producer_id, epoch))
        return int(answer.error_code), int(answer.producer_epoch)

    asked = [(txn.id, 0), (txn.id, 0), (txn.id, 1), (txn.id, 0), (txn.id, 5), (txn.id + 1000, 2)]
    assert [await ask(*each) for each in asked] == [(0, 1), (0, 1), (0, 2), (FENCED, -1), (FENCED, -1), (FENCED, -1)]


async def test_older_clients_are_told_of_an_old_epoch_since_they_know_of_no_fence(raw: Raw, txn: Txn) -> None:
    answers = [(await init(raw, txn.name, known=(txn.id, 7), version=version)).error_code for version in (3, 4, 5)]
    assert answers == [INVALID_EPOCH, FENCED, FENCED]


# ---- fencing


@pytest.mark.parametrize("version", [11, 12])
async def test_a_second_producer_of_the_name_undoes_the_firsts_work_and_shuts_it_out(raw: Raw, txn: Txn, topic: str, version: int) -> None:
    if version == 11:
        assert await txn.add(topic) == [0]
    assert (await txn.produce(topic, b"a", version=version)).error_code == 0
    assert (await init(raw, txn.name)).error_code == 51
    assert await txn.completed() == "CompleteAbort"
    assert (await txn.described()).epoch == 1
    second = await begun(raw, txn.name)
    assert (second.id, second.epoch) == (txn.id, 2)
    assert (await txn.produce(topic, sequence=1, version=version)).error_code == INVALID_EPOCH
    assert [(await txn.add(topic, version=each))[0] for each in range(4)] == [INVALID_EPOCH, INVALID_EPOCH, FENCED, FENCED]
    assert [await txn.add_group("g", version=each) for each in range(5)] == [INVALID_EPOCH, INVALID_EPOCH, FENCED, FENCED, FENCED]
    assert [await txn.end(version=each) for each in range(6)] == [INVALID_EPOCH] * 2 + [FENCED] * 4
    assert [await txn.commit_offset("g", topic, 5, version=each) for each in range(6)] == [INVALID_EPOCH] * 6


# ---- what belongs to a transaction


@pytest.mark.parametrize(("version", "error"), [(3, INVALID_STATE), (10, INVALID_STATE), (11, ABORTABLE), (12, 0)])
async def test_only_newest_clients_may_write_where_they_have_not_said_that_they_would(
    txn: Txn, topic: str, version: int, error: int
) -> None:
    assert (await txn.produce(topic, version=version)).error_code == error
    assert (await txn.described()).state == ("Empty" if error else "Ongoing")


@pytest.mark.parametrize("version", [3, 11, 12])
async def test_who_is_not_the_producer_of_the_transaction_writes_nothing(txn: Txn, topic: str, version: int) -> None:
    assert (await Txn(txn.raw, txn.name, txn.id + 10**6, 0).produce(topic, version=version)).error_code == MAPPING
    assert (await Txn(txn.raw, txn.name, txn.id, 1).produce(topic, version=version)).error_code == INVALID_EPOCH
    assert (await txn.produce(topic, version=version, named=None)).error_code == 53
    assert (await txn.produce(topic, version=version, named="")).error_code == INVALID_REQUEST
    assert (await txn.produce(topic, version=version, named=f"{txn.name}-x")).error_code == MAPPING
    assert (await txn.raw.list_offsets(topic, -1)).offset == 0


async def test_partitions_are_added_all_or_none(txn: Txn, topic: str) -> None:
    assert await txn.add(topic, 0, 9) == [NOT_ATTEMPTED, UNKNOWN_PARTITION]
    assert (await txn.described()).state == "Empty"
    assert await txn.add(topic, 1, 0) == [0, 0]
    found = await txn.described()
    assert (found.state, found.timeout, [(name, sorted(indexes)) for name, indexes in found.topics]) == (
        "Ongoing",
        60000,
        [(topic, [0, 1])],
    )
    assert found.started > 0


async def test_brokers_among_themselves_add_and_ask_for_several(txn: Txn, topic: str) -> None:
    assert await txn.add_between_brokers(topic, 0) == [0]
    for version in (4, 5):
        assert await txn.add_between_brokers(topic, 0, 1, verify=True, version=version) == [0, ABORTABLE]
    await txn.end()
    await txn.completed()
    assert await txn.add_between_brokers(topic, 0, verify=True) == [ABORTABLE]


async def test_a_name_nobody_has_begun_with_or_an_empty_one_is_told_so(raw: Raw, name: str, topic: str) -> None:
    for stranger, error, described in ((f"{name}-never", MAPPING, 105), ("", INVALID_REQUEST, INVALID_REQUEST)):
        nobody = Txn(raw, stranger, 1, 0)
        assert [await nobody.end(version=version) for version in range(6)] == [error] * 6
        assert (await nobody.add(topic), await nobody.add_group("g"), await nobody.commit_offset("g", topic, 1)) == ([error], error, error)
        assert (await nobody.described()).error == described


# ---- sequences inside transactions


async def test_a_producer_unheard_of_may_begin_anywhere_unless_its_client_is_new_enough_to_know_better(
    raw: Raw, name: str, topic: str
) -> None:
    older, newer = await begun(raw, f"{name}-a"), await begun(raw, f"{name}-b")
    await older.add(topic)
    assert (await older.produce(topic, sequence=5)).error_code == 0
    assert (await newer.produce(topic, sequence=5, version=12)).error_code == OUT_OF_ORDER
    assert (await newer.produce(topic, sequence=0, version=12)).error_code == 0
    plain = batch(b"x", producer=10**6, epoch=0, sequence=5)
    assert (await produce(raw, topic, plain, None, 12)).error_code == 0


async def test_no_plain_record_comes_between_the_records_of_a_transaction(raw: Raw, txn: Txn, topic: str) -> None:
    await txn.produce(topic, version=12)
    for sequence, error in ((1, INVALID_STATE), (2, OUT_OF_ORDER)):
        assert (await produce(raw, topic, batch(b"x", producer=txn.id, epoch=0, sequence=sequence), None)).error_code == error


async def test_a_producer_without_a_sequence_is_no_producer(raw: Raw, txn: Txn, topic: str) -> None:
    await txn.add(topic)
    assert (await txn.produce(topic, sequence=-1)).error_code == 87
    assert (await produce(raw, topic, batch(b"x", producer=5, epoch=0, sequence=-1), None)).error_code == 87


async def test_sequences_go_on_under_the_same_epoch_and_begin_again_under_a_new_one(txn: Txn, topic: str) -> None:
    await txn.add(topic)
    assert (await txn.produce(topic)).base_offset == 0
    assert (await txn.end(), await txn.completed()) == (0, "CompleteCommit")
    assert (await until_calm_add(txn, topic), (await txn.produce(topic, sequence=1)).base_offset) == ([0], 2)
    assert (await txn.end(version=5), txn.epoch) == (0, 1)
    await txn.completed()
    assert (await txn.produce(topic, sequence=1, version=12)).error_code == OUT_OF_ORDER
    assert (await txn.produce(topic, sequence=0, version=12)).base_offset == 4


async def until_calm_add(txn: Txn, topic: str) -> list[int]:
    async def ask() -> int:
        return (await txn.add(topic))[0]

    return [await until_calm(ask)]


# ---- EndTxn


async def test_every_transaction_of_a_newest_client_has_an_epoch_of_its_own(txn: Txn, topic: str) -> None:
    for number in range(3):
        answer = await until_calm(lambda: txn.produce(topic, version=12))
        assert (answer.error_code, answer.base_offset) == (0, 2 * number)
        assert (await txn.end(number != 1, version=5), txn.epoch) == (0, number + 1)
        await txn.completed()


async def test_an_end_asked_for_again_is_answered_again_and_the_opposite_is_refused(txn: Txn, topic: str) -> None:
    await txn.add(topic)
    assert [await txn.end(True), await txn.completed(), await txn.end(True), await txn.end(False)] == [
        0,
        "CompleteCommit",
        0,
        INVALID_STATE,
    ]
    former = Txn(txn.raw, txn.name, txn.id, txn.epoch)
    await until_calm_add(txn, topic)
    assert (await txn.end(False, version=5), txn.epoch, await txn.completed()) == (0, 1, "CompleteAbort")
    assert (await former.end(True, version=5), await former.end(False, version=5), former.epoch) == (INVALID_STATE, 0, 1)
    assert (await txn.end(True, version=5), await txn.end(False, version=5), txn.epoch) == (INVALID_STATE, 0, 2)


@pytest.mark.parametrize(("version", "error", "state"), [(4, INVALID_STATE, "Empty"), (5, 0, "CompleteAbort")])
async def test_an_empty_transaction_is_aborted_by_newest_clients_only(txn: Txn, version: int, error: int, state: str) -> None:
    assert await txn.end(True, version=version) == INVALID_STATE
    assert (await txn.end(False, version=version), await txn.completed()) == (error, state)


# ---- looking


async def test_transactions_are_listed_by_state_producer_age_and_pattern(raw: Raw, name: str, topic: str) -> None:
    idle, busy = await begun(raw, f"{name}-idle"), await begun(raw, f"{name}-busy")
    await busy.add(topic)

    async def listed(version: int = 2, states: tuple[str, ...] = (), ids: tuple[int, ...] = (), **more: object) -> set[str]:
        fields = {"state_filters": states, "producer_id_filters": ids, **more}
        fields |= {"duration_filter": more.get("duration_filter", -1)} if version >= 1 else {}
        fields |= {"transactional_id_pattern": more.get("transactional_id_pattern")} if version >= 2 else {}
        answer = await raw.ask(LIST_TXNS, version, **fields)
        assert (answer.error_code, answer.unknown_state_filters) == (0, tuple(each for each in states if each == "Foo"))
        return {each.transactional_id for each in answer.transaction_states} & {idle.name, busy.name}

    for version in range(3):
        assert await listed(version) == {idle.name, busy.name}
        assert await listed(version, states=("Ongoing", "Foo")) == {busy.name}
        assert await listed(version, ids=(idle.id,)) == {idle.name}
    assert await listed(duration_filter=10**9) == {idle.name}  # begun never: as long ago as can be
    assert await listed(transactional_id_pattern=f"{name}-b.*") == {busy.name}
    assert await listed(transactional_id_pattern=f"{name}-b") == set()
    broken = await raw.ask(LIST_TXNS, 2, state_filters=[], producer_id_filters=[], duration_filter=-1, transactional_id_pattern="[")
    assert broken.error_code == 128


async def test_the_producers_of_a_partition_are_shown_with_their_open_transactions(raw: Raw, txn: Txn, topic: str) -> None:
    async def shown() -> list[tuple[int, ...]]:
        answer = await raw.ask(DESCRIBE_PRODUCERS, 0, topics=[{"name": topic, "partition_indexes": [0, 7]}])
        here, nowhere = sorted(answer.topics[0].partitions, key=lambda each: each.partition_index)
        assert nowhere.error_code == UNKNOWN_PARTITION
        fields = ("producer_id", "producer_epoch", "last_sequence", "coordinator_epoch", "current_txn_start_offset")
        return [tuple(getattr(each, field) for field in fields) for each in here.active_producers]

    await produce(raw, topic, batch(b"x"), None)
    await txn.produce(topic, b"a", b"b", version=12)
    assert await shown() == [(txn.id, 0, 1, -1, 1)]
    await txn.end(version=5)
    await txn.completed()
    assert await shown() == [(txn.id, 1, -1, 0, -1)]


# ---- markers by hand


async def test_an_administrator_ends_what_hangs(raw: Raw, txn: Txn, topic: str) -> None:
    await txn.add(topic)
    await txn.produce(topic)

    async def mark(epoch: int, coordinator: int, *indexes: int) -> list[int]:
        asked = {"producer_id": txn.id, "producer_epoch": epoch, "transaction_result": False, "coordinator_epoch": coordinator}
        answer = await raw.ask(WRITE_MARKERS, 1, markers=[{**asked, "topics": [{"name": topic, "partition_indexes": indexes}]}])
        found = sorted(answer.markers[0].topics[0].partitions, key=lambda each: each.partition_index)
        return [int(each.error_code) for each in found]

    assert await mark(-1, 0, 0) == [-1]
    assert await mark(0, 3, 0, 9) == [0, UNKNOWN_PARTITION]
    assert await mark(0, 2, 0) == [52]
    assert await mark(1, 3, 0) == [0]
    assert await mark(0, 3, 0) == [INVALID_EPOCH]
