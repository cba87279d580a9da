"""From an agency's feed into the outbox."""

from datetime import datetime

from starlette.responses import JSONResponse, Response

from adapters.runtime import correlation_of
from bus import Space
from contracts import ILIS, StatusChanged
from tests.adapters.conftest import Begin
from tests.adapters.exchange_side import CATALOGUE, ExchangeSide, dossier, entry
from tests.adapters.fake_agency import FakeAgency, until
from tests.adapters.toy import Running, runtime

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


async def test_an_entry_becomes_one_message_with_all_its_attributes(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    await begin()
    said = entry(cause="VN/GOV/H37.10/dvc m 7", correlation="vụ 1", traceparent=TRACE)
    await fake.say(said)
    (message,) = await wires.heard(1)
    assert (message.id, message.source, message.subject) == (said["id"], ILIS, dossier(1))
    assert (message.causation_id, message.correlation_id, message.traceparent) == ("m 7", "vụ 1", TRACE)
    assert message.time == datetime.fromisoformat(said["at"])
    assert message.type == "vn.gov.dossier.status-changed.v1"
    assert message.dataschema == CATALOGUE.by_short("dossier.status-changed").dataschema
    assert message.recipient is None
    payload = CATALOGUE.decode(message.type, message.payload)
    assert isinstance(payload, StatusChanged)
    assert payload.by == "Bộ phận một cửa"


async def test_a_dossier_without_a_case_gets_the_same_one_from_everybody(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    await begin()
    await fake.say(entry(), entry())
    assert {message.correlation_id for message in await wires.heard(2)} == {correlation_of(dossier(1))}


async def test_a_thousand_entries_arrive_in_the_order_of_each_dossier_and_are_acknowledged(
    wires: ExchangeSide, fake: FakeAgency, begin: Begin
):
    entries = [entry(number % 7) for number in range(1000)]
    await fake.say(*entries)
    await begin()
    messages = await wires.heard(1000)
    for number in range(7):
        expected = [each["id"] for each in entries if each["subject"] == dossier(number)]
        assert [message.id for message in messages if message.subject == dossier(number)] == expected
    await until(lambda: fake.acknowledged == 1000)


async def test_an_entry_that_cannot_be_said_is_reported_with_its_faults_and_the_others_go_on(
    wires: ExchangeSide, fake: FakeAgency, begin: Begin
):
    await begin()
    bad = entry(body={"trangThai": 99, "thoiDiem": "2025-12-01T08:00:00+07:00", "nguoiXuLy": ""})
    lacking, unknown, timeless, good = entry(body={}), entry(kind="LA"), entry(at="hôm qua"), entry()
    await fake.say(bad, lacking, unknown, timeless, {"kind": "TRANG_THAI"}, entry(kind="NOI_BO"), good)
    (message,) = await wires.heard(1)
    assert message.id == good["id"]
    await until(lambda: fake.acknowledged == 7)
    assert set(fake.outcomes) == {each["id"] for each in (bad, lacking, unknown, timeless)}
    assert {each["code"] for said in fake.outcomes.values() for each in said} == {"adapter.untranslatable"}
    assert [fault["pointer"] for fault in fake.outcomes[bad["id"]][0]["faults"]] == ["/status", "/by"]
    assert [fault["pointer"] for fault in fake.outcomes[timeless["id"]][0]["faults"]] == ["/at"]


async def test_an_entry_too_large_for_the_broker_is_reported_and_the_others_go_on(broker: str, space: Space, fake: FakeAgency):
    async with ExchangeSide(broker, space.name, largest=3000) as wires, Running(runtime(broker, space.name, fake.url)):
        large, good = entry(), entry()
        large["body"]["ghiChu"] = "x" * 4000
        await fake.say(good, large, entry())
        await until(lambda: fake.acknowledged == 3)
        assert set(fake.outcomes) == {large["id"]}
        assert fake.outcomes[large["id"]][0]["code"] == "client.message_too_large"
        assert large["id"] not in {message.id for message in await wires.said()}
        assert len({message.id for message in await wires.said()}) == 2


async def test_a_feed_that_answers_nonsense_turns_health_red_and_green_again(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    running = await begin()
    await running.green()
    for answer in (
        lambda: JSONResponse({"items": 3, "next": "x"}),
        lambda: Response("<html>", media_type="text/html"),
        lambda: Response(status_code=500),
        lambda: Response(status_code=403),
    ):
        fake.feed_answer = answer
        await fake.say(entry())
        await running.red("feed")
        fake.feed_answer = lambda: None
        await running.green()
    assert len(await wires.heard(4)) == 4


async def test_after_a_reset_of_the_agency_nothing_is_acknowledged_unread(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    await begin()
    await fake.say(*(entry() for _ in range(5)))
    await until(lambda: fake.acknowledged == 5)
    fake.feed.clear()
    fake.acknowledged = 0
    await fake.say(entry(), entry())
    assert len(await wires.heard(7)) == 7
