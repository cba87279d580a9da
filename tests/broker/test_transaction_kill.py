"""A transaction outlives the broker, and its producer: what was decided comes to pass, what was not can still be."""

import asyncio
from pathlib import Path

import psutil
import pytest

from bus.embedded.batch import header
from bus.embedded.journal import Journal
from tests.broker.conftest import Start
from tests.broker.process import BrokerProcess
from tests.broker.raw import Raw
from tests.broker.transact import Txn, begun, committed, fetch, init, offset_of, one


async def opened(broker: BrokerProcess, topic: str, version: int) -> Txn:
    """A transaction with a record and an offset in it, of a client of before KIP-890 or after; its connection is gone."""
    async with Raw(broker.address) as raw:
        txn = await begun(raw, "t")
        if version < 12:
            assert await txn.add(topic) == [0]
            assert await txn.add_group("g") == 0
        assert (await txn.produce(topic, b"a", version=version)).error_code == 0
        assert await txn.commit_offset("g", topic, 7, version=5 if version >= 12 else 3) == 0
        return txn


@pytest.mark.parametrize("commit", [True, False])
@pytest.mark.parametrize("version", [11, 12])
async def test_a_transaction_goes_on_after_a_kill_in_its_middle(start: Start, name: str, version: int, commit: bool) -> None:
    broker = await start()
    topic = await broker.topic(name)
    before = await opened(broker, topic, version)
    for _ in range(2):
        await broker.kill()
        await broker.start()
    async with Raw(broker.address) as raw:
        txn = Txn(raw, "t", before.id, before.epoch)
        assert (await txn.described()).state == "Ongoing"
        assert await committed(raw, topic) == []
        assert await offset_of(raw, "g", topic) == (-1, 88)
        assert (await txn.produce(topic, b"a", version=version)).base_offset == 0  # sent again, since no answer came
        assert (await txn.produce(topic, b"b", sequence=1, version=version)).base_offset == 1
        assert await txn.end(commit, version=5 if version >= 12 else 4) == 0
        assert await committed(raw, topic) == ([b"a", b"b"] if commit else [])
        assert await offset_of(raw, "g", topic) == (7 if commit else -1, 0)


@pytest.mark.parametrize("commit", [True, False])
@pytest.mark.parametrize("marked", [True, False])
async def test_what_was_decided_before_a_kill_is_done_after_it(start: Start, tmp_path: Path, name: str, commit: bool, marked: bool) -> None:
    broker = await start()
    topic = await broker.topic(name)
    await opened(broker, topic, 12)
    if marked:  # the kill came between the marker and the last entry
        async with Raw(broker.address) as raw:
            asked = {"producer_id": (await begun_of(raw)).id, "producer_epoch": 1, "transaction_result": commit, "coordinator_epoch": 0}
            await raw.ask(27, 1, markers=[{**asked, "topics": [{"name": topic, "partition_indexes": [0]}]}])
    await broker.kill()
    decide(tmp_path / "state" / "journal", commit)
    await broker.start()
    async with Raw(broker.address) as raw:
        found = await begun_of(raw)
        described = await found.described()
        assert (described.state, described.epoch, described.topics) == ("CompleteCommit" if commit else "CompleteAbort", 1, ())
        assert await committed(raw, topic) == ([b"a"] if commit else [])
        assert await offset_of(raw, "g", topic) == (7 if commit else -1, 0)
        assert (await fetch(raw, topic)).last_stable_offset == (3 if marked else 2)  # a marker twice says nothing new
        assert (await init(raw, "t")).producer_epoch == 2


async def begun_of(raw: Raw) -> Txn:
    described = await Txn(raw, "t", 0, 0).described()
    return Txn(raw, "t", described.id, described.epoch)


def decide(path: Path, commit: bool) -> None:
    """Write into the journal what a broker writes before the first marker."""
    journal = Journal(path)
    values = journal.get(("transaction", "t"))
    assert values[6] == "Ongoing"
    values[1], values[2], values[6] = 1, 0, "PrepareCommit" if commit else "PrepareAbort"
    journal.write({("transaction", "t"): values})
    journal.close()


async def test_an_overdue_transaction_is_aborted_and_its_producer_shut_out(start: Start, name: str) -> None:
    broker = await start("--transaction-check-ms", "50")
    topic = await broker.topic(name)
    async with Raw(broker.address) as raw:
        txn = await begun(raw, "t", within=0.2)
        idle = await begun(raw, "idle", within=0.001)
        await txn.produce(topic, b"never", version=12)
        async with asyncio.timeout(15):
            while (await txn.described()).state != "CompleteAbort":  # noqa: ASYNC110 - the broker tells nobody
                await asyncio.sleep(0.02)
        assert (await fetch(raw, topic)).last_stable_offset == 2
        assert header((await fetch(raw, topic, 1)).records).producer_epoch == 1
        assert (await txn.produce(topic, sequence=1, version=12)).error_code == 47
        assert (await txn.end(version=4), await txn.end(version=5)) == (90, 48)  # to newest clients this is an end asked for again
        assert await committed(raw, topic) == []
        assert (await idle.described()).state == "Empty"


async def test_a_producer_that_was_killed_leaves_its_transaction_to_the_next_of_its_name(start: Start, name: str) -> None:
    broker = await start()
    topic = await broker.topic(name)
    await opened(broker, topic, 12)
    await broker.kill()
    await broker.start()
    async with Raw(broker.address) as raw:
        successor = await begun(raw, "t")
        assert await committed(raw, topic) == []
        assert (await successor.produce(topic, b"mine", version=12)).error_code == 0
        assert await successor.end(version=5) == 0
        assert await committed(raw, topic) == [b"mine"]
        assert await offset_of(raw, "g", topic) == (-1, 0)


@pytest.mark.skipif(not hasattr(psutil, "RLIMIT_FSIZE"), reason="only Linux limits the files of a running process")
async def test_what_is_decided_waits_for_a_disk_that_takes_its_markers(start: Start, tmp_path: Path, name: str) -> None:
    broker = await start("--transaction-check-ms", "50")
    topic = await broker.topic(name, segment_ms=str(2**63 - 1))  # the batch is of 1970: its marker would begin a new file
    async with Raw(broker.address) as raw:
        txn = await begun(raw, "t")
        await txn.produce(topic, b"x" * 100_000, version=12)
        (log,) = (tmp_path / "state").glob("topics/*/0/*.log")
        process = psutil.Process(broker.pid)
        process.rlimit(psutil.RLIMIT_FSIZE, (log.stat().st_size, psutil.RLIM_INFINITY))  # the journal is far from it
        assert (await txn.end(version=5), txn.epoch) == (0, 1)
        assert (await txn.described()).state == "PrepareCommit"
        assert [await txn.add(topic), (await init(raw, "t")).error_code, await txn.end(version=5)] == [[51], 51, 90]
        assert (await fetch(raw, topic)).last_stable_offset == 0
        process.rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
        assert await txn.completed() == "CompleteCommit"
        assert await committed(raw, topic) == [b"x" * 100_000]
    _code, errors = await broker.stop()
    assert "the transaction of t is decided" in errors
    assert "Traceback" not in errors


async def test_what_was_open_and_what_was_aborted_is_still_known_after_a_kill_also_behind_many_files(start: Start, name: str) -> None:
    broker = await start("--segment-bytes", "400")
    topic = await broker.topic(name)
    async with Raw(broker.address) as raw:
        for number in range(12):
            await one(raw, f"{name}-{number}", topic, b"%d" % number, commit=number % 3 == 0)
        still_open = await begun(raw, "open")
        await still_open.produce(topic, b"open", version=12)
        before = await fetch(raw, topic)
    await broker.kill()
    await broker.start()
    async with Raw(broker.address) as raw:
        after = await fetch(raw, topic)
        assert (after.last_stable_offset, after.high_watermark) == (24, 25)
        assert after.aborted_transactions == before.aborted_transactions
        assert await committed(raw, topic) == [b"0", b"3", b"6", b"9"]
        again = Txn(raw, "open", still_open.id, still_open.epoch)
        assert (await again.produce(topic, b"more", sequence=1, version=12)).base_offset == 25
        assert await again.end(version=5) == 0
        assert await committed(raw, topic) == [b"0", b"3", b"6", b"9", b"open", b"more"]
