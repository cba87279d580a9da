"""A script's rule is the embedded broker's own, in force from the step that arms it to the one that heals it."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.play.broker_faults import BrokerFaults, read_rule
from bus import Admin, KafkaSettings, Members, Producer, Reader, Record, Space, Topic
from scenarios.faults import Fault
from scenarios.scalars import Plain
from tests.broker.faulty import FaultyBroker
from tests.play.staged import Staged
from vn.errors import Unusable

LOST = {"stage": Plain("response"), "action": Plain("close"), "times": Plain("1"), "when": {"api": Plain("Produce"), "topic": "t*"}}


def fault(rule: Any) -> Fault:
    return Fault.model_validate({"as": "f", "broker": {"rule": rule}})


@pytest.fixture(scope="module")
async def faulty() -> AsyncIterator[FaultyBroker]:
    async with FaultyBroker(None) as broker:
        yield broker


def test_words_of_a_script_are_typed_as_a_plan_wants_them() -> None:
    assert read_rule("lost", LOST | {"skip": Plain("2")}) == {
        "name": "lost",
        "stage": "response",
        "action": "close",
        "times": 1,
        "skip": 2,
        "when": {"api": "Produce", "topic": "t*"},
    }


def test_a_wrong_rule_is_refused_before_the_run_with_all_its_faults() -> None:
    with pytest.raises(Unusable) as refused:
        read_rule("lost", LOST | {"times": Plain("0"), "when": {"api": Plain("Produse")}})
    lines = str(refused.value).splitlines()
    assert len(lines) == 2
    assert any(line.startswith("lost: /when/api: ") and "did you mean 'Produce'?" in line for line in lines)
    assert any(line.startswith("lost: /times: ") for line in lines)
    with pytest.raises(Unusable, match="no stage is named 'respond'"):
        read_rule("lost", {"stage": Plain("respond"), "action": Plain("drop")})
    with pytest.raises(Unusable, match="is a mapping"):
        read_rule("lost", Plain("drop"))


async def test_a_record_whose_acknowledgement_is_lost_is_stored_once(faulty: FaultyBroker) -> None:
    kafka = KafkaSettings(faulty.address)
    async with Admin(kafka) as admin, Producer(kafka) as producer, BrokerFaults(faulty.control) as faults:
        await admin.ensure([Topic("t1", 1)])
        await faults.arm("lost", fault(LOST))
        await producer.send_all([Record("t1", b"k", b"v", [])])
        ((_, told),) = await faults.fired("lost")
        assert told.startswith("close at response: api Produce")
        assert "topic t1" in told
        async with Reader(kafka) as reader:
            assert [each.value async for each in reader.everything("t1")] == [b"v"]


async def test_a_healed_rule_is_gone_what_it_did_is_not_and_a_later_one_of_its_name_begins_anew(faulty: FaultyBroker) -> None:
    kafka = KafkaSettings(faulty.address)
    late = {**LOST, "action": Plain("delay"), "delay": Plain("0"), "times": Plain("1")}
    async with Admin(kafka) as admin, Producer(kafka) as producer:
        await admin.ensure([Topic("t2", 1)])
        async with BrokerFaults(faulty.control) as faults:
            await faults.arm("late", fault(late))
            await producer.send_all([Record("t2", b"k", b"v", [])])
            await faults.heal("late")
            assert (faults.armed, len(await faults.fired("late"))) == ((), 1)
            await faults.arm("left", fault(late))
        assert (await faulty.http("GET", "/faults")).json()["rules"] == []
        async with BrokerFaults(faulty.control) as faults:
            await faults.arm("late", fault(late))
            assert (faults.armed, await faults.fired("late")) == (("late",), ())


async def test_what_members_say_is_stored_once_though_acknowledgements_are_lost_on_every_hop(
    faulty: FaultyBroker, space: Space, tmp_path: Path
) -> None:
    async with Staged(faulty.address, space.name, tmp_path) as town, BrokerFaults(faulty.control) as faults:
        await faults.arm("lost", fault(LOST | {"times": Plain("6"), "when": {"api": Plain("Produce"), "topic": "*.*box.*"}}))
        await town.whole(1)
        assert len(await faults.fired("lost")) == 6
        stored: Counter[tuple[str, bytes | None]] = Counter()
        async with Reader(KafkaSettings(faulty.address)) as reader:
            for box in (
                box
                for member in Members.read().ids
                for each in (space, Space(f"{space.name}-x"))
                for box in (each.outbox(member), each.inbox(member))
            ):
                stored.update([(box, dict(each.headers)["ce_id"]) async for each in reader.everything(box)])
        assert len(stored) > 40
        assert set(stored.values()) == {1}
