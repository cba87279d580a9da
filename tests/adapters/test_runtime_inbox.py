"""From the inbox into an agency that is there, and answers as it likes."""

import asyncio
from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from starlette.responses import JSONResponse, Response

from bus import Message
from contracts import ILIS, LGSP, PaymentFailed
from tests.adapters.conftest import Begin
from tests.adapters.exchange_side import NOW, ExchangeSide, dossier, entry, message, receipt, withdrawal
from tests.adapters.fake_agency import FakeAgency, until
from vn.chance import draw


def keys(messages: list[Message]) -> list[str]:
    return [f"{each.source} {each.id}" for each in messages]


async def test_a_message_reaches_the_agency_in_its_own_words(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    await begin()
    sent = withdrawal(reason="đổi ý")
    await wires.deliver(sent)
    await until(lambda: fake.applied)
    (call,) = fake.calls
    assert (call.key, call.path, call.body) == (*keys([sent]), "/rut-ho-so", {"maHoSo": dossier(1), "lyDo": "đổi ý"})
    assert call.headers["x-correlation-id"] == sent.correlation_id.replace(" ", "%20")


async def test_a_repeat_carries_the_same_key(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    await begin()
    sent = withdrawal()
    await wires.deliver(sent, sent)
    await until(lambda: len(fake.calls) == 2)
    assert list(fake.applied) == keys([sent])


async def test_every_dossier_keeps_its_order_while_many_are_under_way(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    sent = [withdrawal(number % 40) for number in range(400)]
    fake.misbehave = lambda call: draw(7, call.key) / 50
    await begin()
    await wires.deliver(*sent)
    await until(lambda: len(fake.applied) == 400)
    arrived = defaultdict(list)
    for call in fake.calls:
        arrived[call.body["maHoSo"]].append(call.key)
    assert arrived == {dossier(number): keys(sent[number::40]) for number in range(40)}
    assert fake.most_busy > 10


async def test_no_more_calls_run_at_one_time_than_allowed(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    fake.misbehave = lambda _: 0.01
    await begin(in_flight=5)
    await wires.deliver(*(withdrawal(number) for number in range(100)))
    await until(lambda: len(fake.applied) == 100)
    assert fake.most_busy == 5


async def test_a_no_is_asked_three_times_then_reported_with_its_faults_and_what_waits_behind_it_goes_on(
    wires: ExchangeSide, fake: FakeAgency, begin: Begin
):
    first, second, other = withdrawal(1, "không"), withdrawal(1), withdrawal(2)
    errors = [{"pointer": "/lyDo", "detail": "không được nhận"}, {"pointer": "/nguoiRut", "detail": "bắt buộc phải có"}]
    body = {"title": "Không hợp lệ", "detail": "2 lỗi", "errors": errors}
    fake.misbehave = lambda call: JSONResponse(body, 422) if call.body["lyDo"] == "không" else None
    running = await begin()
    await wires.deliver(first, second, other)
    (failed,) = await wires.failures(1)
    assert (failed.message_id, failed.source) == (first.id, first.source)
    assert (failed.topic, failed.offset) == (wires.space.inbox(ILIS), 0)
    assert (failed.code, failed.message) == ("agency.answered_no", "2 lỗi")
    told = [(fault.pointer, fault.reason) for fault in failed.faults]
    assert told == [("/reason", "không được nhận"), ("", "/nguoiRut: bắt buộc phải có")], "in the words of the contract, not of the agency"
    await until(lambda: len(fake.applied) == 2)
    assert Counter(call.key for call in fake.calls) == dict(zip(keys([first, second, other]), (3, 1, 1), strict=True))
    (report,) = await wires.said()
    assert (report.source, report.subject, report.causation_id, report.correlation_id) == (ILIS, dossier(1), first.id, first.correlation_id)
    await until(lambda: running.runtime.health().status == "ok")


async def test_a_dossier_not_known_yet_is_waited_for_while_the_others_of_its_partition_go_on(
    wires: ExchangeSide, fake: FakeAgency, begin: Begin
):
    known: set[str] = {dossier(2)}
    fake.misbehave = lambda call: None if call.body["maHoSo"] in known else Response(status_code=404)
    running = await begin(unknown_for=30)
    early, other = withdrawal(1), withdrawal(2)
    await wires.deliver(early, other, partition=3)
    await until(lambda: keys([other])[0] in fake.applied and len(fake.calls) > 4)
    assert running.runtime.health().status == "ok"
    known.add(dossier(1))
    await until(lambda: keys([early])[0] in fake.applied)
    assert await wires.said() == []


async def test_a_dossier_that_stays_unknown_is_reported_in_the_end(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    fake.misbehave = lambda _: Response(status_code=404)
    await begin()
    await wires.deliver(withdrawal())
    (failed,) = await wires.failures(1)
    assert failed.code == "agency.unknown_dossier"


@pytest.mark.parametrize("answer", [Response("<h1>Welcome</h1>", media_type="text/html"), Response("{", media_type="application/json")])
async def test_nonsense_in_answer_is_reported_after_three_tries(wires: ExchangeSide, fake: FakeAgency, begin: Begin, answer: Response):
    fake.misbehave = lambda _: answer
    await begin()
    await wires.deliver(withdrawal())
    (failed,) = await wires.failures(1)
    assert failed.code == "agency.nonsense"
    assert len(fake.calls) == 3


async def test_what_cannot_be_read_or_is_not_for_this_adapter_is_reported_at_once(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    await begin(tries=1000)
    broken = replace(withdrawal(1), payload=b'{"dossier": 1}')
    foreign = replace(withdrawal(2), type="vn.gov.no.such.v1")
    expired = PaymentFailed(
        dossier=dossier(3),
        notice="LTB0000001-TK0000001/TB-CCTLS",
        attempt="1" * 17,
        outcome="expired",
        reason="hết hạn",
        failed_at=NOW,
    )
    useless = message(expired, subject=dossier(3))
    await wires.deliver(broken, foreign, useless)
    await wires.deliver_raw(b"k", b"v", [("ce_id", b"x")])
    await wires.deliver_raw(None, None, [("ce_source", b"nobody")])
    failed = await wires.failures(5)
    codes = {each.message_id: each.code for each in failed}
    assert codes[broken.id] == "client.contract_violation"
    assert codes[foreign.id] == "client.unknown_contract"
    assert codes[useless.id] == "adapter.no_handler"
    assert codes["x"] == "client.malformed_envelope"
    assert Counter(codes.values())["client.malformed_envelope"] == 2
    assert {each.source for each in failed if each.code == "client.malformed_envelope"} == {ILIS}
    assert len(next(each for each in failed if each.message_id == broken.id).faults) == 3
    assert fake.calls == []


async def test_a_poisoned_dossier_does_not_stop_the_others_however_many_they_are(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    fake.misbehave = lambda call: Response(status_code=404) if call.body["maHoSo"] == dossier(0) else None
    await begin(unknown_for=60, span=500)
    await wires.deliver(withdrawal(0), *(withdrawal(1 + number % 9) for number in range(400)), partition=0)
    await until(lambda: len(fake.applied) == 400)


async def test_behind_a_poisoned_dossier_no_more_than_a_bounded_number_is_taken(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    unknown = {dossier(0)}
    fake.misbehave = lambda call: Response(status_code=404) if call.body["maHoSo"] in unknown else None
    running = await begin(unknown_for=60, span=100)
    await wires.deliver(withdrawal(0), *(withdrawal(1 + number % 9) for number in range(1000)), partition=0)
    await until(lambda: len(fake.applied) >= 99 and running.runtime.health().in_flight == 1)
    assert len(fake.applied) < 700
    unknown.clear()
    await until(lambda: len(fake.applied) == 1001)
    await until(lambda: running.runtime.health().lag == 0)


async def test_a_refusal_marks_the_entry_of_the_feed(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    await begin()
    refused, undelivered, accepted = entry(), entry(), entry()
    await fake.say(refused, undelivered, accepted)
    await wires.heard(3)
    faults = ({"pointer": "/status", "reason": "is too large"},)
    await wires.deliver(
        receipt("refused", refused["id"], code="client.contract_violation", message="1 fault", faults=faults),
        receipt("undeliverable", undelivered["id"], code="agency.answered_no", message="không", recipient=LGSP.replace("lgsp", "dvc")),
        receipt("accepted", accepted["id"]),
    )
    await until(lambda: len(fake.outcomes) == 2)
    expected = {"code": "client.contract_violation", "message": "1 fault", "faults": list(faults), "recipient": None}
    assert fake.outcomes[refused["id"]] == [expected]
    assert fake.outcomes[undelivered["id"]][0]["recipient"] == "VN/GOV/H37.10/dvc"


async def test_a_receipt_for_what_the_agency_never_said_is_not_answered(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    await begin()
    await wires.deliver(receipt("refused", "never-said", code="client.expired"), receipt("refused", None, code="client.expired"))
    await wires.deliver(withdrawal())
    await until(lambda: fake.applied)
    assert await wires.said() == []


async def test_stopping_takes_less_than_two_seconds_though_the_agency_hangs(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    fake.misbehave = lambda _: 30.0
    running = await begin(call_timeout=60)
    await wires.deliver(*(withdrawal(number) for number in range(200)))
    await until(lambda: fake.busy == 64)
    assert await asyncio.wait_for(running.stop(), 5) < 2


async def test_what_was_applied_is_not_delivered_again_after_a_stop_and_the_rest_is(wires: ExchangeSide, fake: FakeAgency, begin: Begin):
    sent = [withdrawal(number) for number in range(30)]
    hanging = set(keys(sent[20:]))
    fake.misbehave = lambda call: 30.0 if call.key in hanging else None
    running = await begin(call_timeout=60)
    await wires.deliver(*sent[:20], partition=1)
    await wires.deliver(*sent[20:], partition=2)
    await until(lambda: len(fake.applied) == 20 and len(fake.calls) == 30)
    await running.stop()
    hanging.clear()
    await begin()
    await until(lambda: len(fake.applied) == 30)
    assert Counter(Counter(call.key for call in fake.calls).values()) == {1: 20, 2: 10}
