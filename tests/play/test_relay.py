"""The relay carries what members and exchange say to each other as it is, in its order, but for armed faults."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from app.play.relay import Relay
from bus import KafkaSettings, Producer, Reader, Received, Record, Space
from scenarios.faults import Fault
from tests.broker.process import BrokerProcess
from tests.bus.samples import DVC, ILIS, TCT, notice
from tests.support import eventually
from vn.clock import VN

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=VN)
CASE = "H37.15-260302-0001"
OTHER = "H37.15-260302-0002"


def fault(kind: str, hop: str = "exchange->ilis", **said: str) -> Fault:
    return Fault.model_validate({"as": "f", kind: {"hop": hop, **{key.replace("_", "-"): each for key, each in said.items()}}})


@dataclass
class Stretch:
    """A relay between two spaces in which nobody else is."""

    kafka: KafkaSettings
    outer: Space
    at: datetime = MORNING

    @property
    def inner(self) -> Space:
        return Space(f"{self.outer.name}-x")

    async def says(self, *numbers: int | str, to: str = ILIS, about: str = CASE, contract: str = "tax.payment-notice") -> None:
        """The exchange puts messages into an inbox; each number is an id."""
        records = [self.record(str(number), self.inner.inbox(to), about, contract) for number in numbers]
        await self.producer.send_all(records)

    def record(self, id_: str, topic: str, about: str, contract: str = "tax.payment-notice") -> Record:
        message = notice(id=id_, subject=about, type=f"vn.gov.{contract}.v1")
        return Record(topic, message.key, message.payload, [*message.to_headers(), ("x-odd", None)])

    async def rest(self) -> None:
        """Until the relay has nothing to do now."""

        async def still() -> bool:
            return await self.relay.busy() is None

        await eventually(still)

    async def comes(self, to: str = ILIS) -> list[str]:
        """The ids in the member's inbox, once the relay is at rest."""
        return [(dict(each.headers)["ce_id"] or b"").decode() for each in await self.lies(self.outer.inbox(to))]

    async def lies(self, topic: str) -> Sequence[Received]:
        await self.rest()
        async with Reader(self.kafka) as reader:
            found = [each async for each in reader.everything(topic)]
        return sorted(found, key=lambda each: (each.partition, each.offset))


@asynccontextmanager
async def stretched(kafka: KafkaSettings, space: Space) -> AsyncIterator[Stretch]:
    made = Stretch(kafka, space)
    async with Relay(kafka, made.outer, made.inner, (DVC, ILIS, TCT), now=lambda: made.at) as made.relay, Producer(kafka) as made.producer:
        yield made


@pytest.fixture
async def stretch(kafka: KafkaSettings, space: Space) -> AsyncIterator[Stretch]:
    async with stretched(kafka, space) as made:
        yield made


async def test_without_a_fault_every_record_comes_over_as_it_was_in_its_order(stretch: Stretch) -> None:
    out = [stretch.record(f"o{n}", stretch.outer.outbox(TCT), f"H37.15-260302-{n % 7:04}") for n in range(500)]
    back = [stretch.record(f"b{n}", stretch.inner.inbox(DVC), f"H37.15-260302-{n % 7:04}") for n in range(500)]
    await stretch.producer.send_all([*out, *back])
    for source, to in ((stretch.outer.outbox(TCT), stretch.inner.outbox(TCT)), (stretch.inner.inbox(DVC), stretch.outer.inbox(DVC))):
        before, after = await stretch.lies(source), await stretch.lies(to)
        assert len(after) == 500
        assert [(each.partition, each.offset, each.key, each.value, each.headers) for each in after] == [
            (each.partition, each.offset, each.key, each.value, each.headers) for each in before
        ]


async def test_a_fault_meets_its_contract_its_dossier_and_its_hop_and_no_other_so_often_as_it_says(stretch: Stretch) -> None:
    await stretch.relay.arm("gone", fault("lose", contract="tax.payment-notice", times="2"), OTHER)
    await stretch.says("other dossier")
    await stretch.says("other contract", contract="tax.no-obligation", about=OTHER)
    await stretch.says("other hop", to=DVC, about=OTHER)
    assert stretch.relay.armed == ("gone",)
    await stretch.says(1, 2, 3, about=OTHER)
    assert sorted(await stretch.comes()) == ["3", "other contract", "other dossier"]
    assert await stretch.comes(DVC) == ["other hop"]
    assert await stretch.relay.fired("gone") == (
        (MORNING, f"tax.payment-notice.v1 about {OTHER} on exchange->ilis, id 1"),
        (MORNING, f"tax.payment-notice.v1 about {OTHER} on exchange->ilis, id 2"),
    )
    assert stretch.relay.armed == ()


async def test_a_duplicate_comes_so_often_in_a_row(stretch: Stretch) -> None:
    await stretch.relay.arm("dup", fault("duplicate", copies="3", times="1"))
    await stretch.says(1, 2)
    assert await stretch.comes() == ["1", "1", "1", "2"]


async def test_what_is_delayed_comes_at_its_instant_of_the_scenario_and_others_pass_it(stretch: Stretch) -> None:
    await stretch.relay.arm("late", fault("delay", by="2 working-days", times="1"))
    await stretch.says(1, 2)
    assert await stretch.comes() == ["2"]
    due = datetime(2026, 3, 4, 9, 0, tzinfo=VN)
    assert await stretch.relay.next_due() == due
    stretch.at = due - timedelta(seconds=1)
    await stretch.relay.turn(stretch.at)
    assert await stretch.comes() == ["2"]
    stretch.at = due
    await stretch.relay.turn(due)
    assert await stretch.comes() == ["2", "1"]
    assert await stretch.relay.next_due() is None


async def test_a_reordered_record_comes_behind_so_many_later_ones(stretch: Stretch) -> None:
    await stretch.relay.arm("mixed", fault("reorder", behind="2", times="1"))
    await stretch.says(1, 2, 3, 4)
    assert await stretch.comes() == ["2", "3", "1", "4"]


async def test_the_odd_one_out_of_a_reordering_is_let_go_when_all_are_at_rest_and_no_time_passes(stretch: Stretch) -> None:
    await stretch.relay.arm("mixed", fault("reorder"))
    await stretch.says(1, 2, 3)
    assert await stretch.comes() == ["2", "1"]
    assert await stretch.relay.next_due() == MORNING
    await stretch.relay.turn(MORNING)
    assert await stretch.comes() == ["2", "1", "3"]


async def test_what_a_fault_holds_back_goes_on_when_it_is_healed(stretch: Stretch) -> None:
    await stretch.relay.arm("late", fault("delay", by="30 calendar-days"))
    await stretch.says(1)
    assert await stretch.comes() == []
    await stretch.relay.heal("late")
    await stretch.says(2)
    assert await stretch.comes() == ["1", "2"]
    assert len(await stretch.relay.fired("late")) == 1


async def test_what_is_held_back_at_the_end_goes_on_before_the_relay_leaves(kafka: KafkaSettings, space: Space) -> None:
    async with stretched(kafka, space) as stretch:
        await stretch.relay.arm("late", fault("delay", by="30 calendar-days"))
        await stretch.says(1)
        assert await stretch.comes() == []
    async with Reader(kafka) as reader:
        assert [dict(each.headers)["ce_id"] async for each in reader.everything(space.inbox(ILIS))] == [b"1"]


async def test_two_faults_on_one_hop_act_one_after_the_other(stretch: Stretch) -> None:
    await stretch.relay.arm("broken", fault("truncate"))
    await stretch.relay.arm("dup", fault("duplicate"))
    await stretch.says(1)
    first, second = await stretch.lies(stretch.outer.inbox(ILIS))
    assert first.value == second.value
    assert first.value == notice().payload[: len(notice().payload) // 2]


async def test_a_relay_with_more_to_carry_is_busy_and_says_on_which_hop(stretch: Stretch) -> None:
    await stretch.rest()
    await stretch.says(*range(300))
    said = set()

    async def done() -> bool:
        said.add(await stretch.relay.busy())
        return None in said

    await eventually(done)
    assert len(await stretch.comes()) == 300
    assert all(each is None or each.endswith("on exchange->ilis") for each in said)


async def test_what_a_member_took_back_in_a_transaction_is_not_carried_and_keeps_nobody_busy(stretch: Stretch) -> None:
    topic = stretch.outer.outbox(ILIS)
    async with AIOKafkaProducer(bootstrap_servers=stretch.kafka.bootstrap, transactional_id=stretch.outer.name) as member:
        for number, commits in enumerate((True, False, True, False)):
            await member.begin_transaction()
            record = stretch.record(str(number), topic, CASE)
            await member.send_and_wait(topic, record.value, record.key, headers=record.headers[:-1])
            await (member.commit_transaction() if commits else member.abort_transaction())
    assert [dict(each.headers)["ce_id"] for each in await stretch.lies(stretch.inner.outbox(ILIS))] == [b"0", b"2"]


async def test_a_relay_goes_on_where_it_was_when_the_broker_has_been_away(space: Space, tmp_path: Path) -> None:
    async with BrokerProcess(tmp_path) as broker, stretched(KafkaSettings(broker.address, request_timeout=2), space) as stretch:
        await stretch.says(1, 2)
        assert await stretch.comes() == ["1", "2"]
        await broker.kill()
        told = await stretch.relay.busy()
        assert told is not None
        assert told.startswith("the relay: the ends of the topics")
        await broker.start()
        await stretch.says(3)
        assert await stretch.comes() == ["1", "2", "3"]


async def test_a_report_of_a_failed_delivery_names_the_place_where_the_exchange_has_put_the_message(stretch: Stretch) -> None:
    await stretch.relay.arm("gone", fault("lose", times="1"))
    await stretch.says(1, 2)
    (outer,) = await stretch.lies(stretch.outer.inbox(ILIS))
    told = {"messageId": "2", "source": TCT, "topic": outer.topic, "partition": outer.partition, "offset": outer.offset, "code": "x"}
    reports = [told, {**told, "messageId": "unknown"}]
    for n, payload in enumerate(reports):
        said = notice(id=f"report-{n}", type="vn.gov.exchange.delivery-failed.v1", source=ILIS, payload=orjson.dumps(payload))
        await stretch.producer.send_all([Record(stretch.outer.outbox(ILIS), said.key, said.payload, said.to_headers())])
    found = [orjson.loads(each.value or b"") for each in await stretch.lies(stretch.inner.outbox(ILIS))]
    assert (outer.offset, found[0]) == (0, {**told, "topic": stretch.inner.inbox(ILIS), "offset": 1})
    assert found[1] == reports[1], "what is no such report is carried as it is"
