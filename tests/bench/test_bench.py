"""The benchmarks' pure parts: judging, reporting, rates over time, the way of a dossier."""

from math import nan
from typing import Any

import orjson
import pytest

from bench.course import Course, Sample
from bench.load import SIZE, TYPE, payload
from bench.page import page
from bench.plan import MARGIN, Plan
from bench.report import BEYOND, HELD, MISSED, WITHIN, Bound, Figure, Result, document, missed, number, rounds
from bench.way import NOTICE, REGISTERED, Hops, hops, noticed, registered, told, way
from contracts import Catalogue

DVC, ILIS, TCT, PAYPLAT = "VN/GOV/H37/dvc", "VN/GOV/H37.15/ilis", "VN/GOV/G12.20/tct", "VN/GOV/payplat"


def entry(id_: str, type_: str, *, cause: str | None = None, to: str = ILIS, at: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "messageId": id_,
        "type": type_,
        "causationId": cause,
        "recipient": to,
        "requestInTs": at,
        "requestOutTs": at + 2,
        "succeeded": True,
        "faultCode": None,
        **changes,
    }


SUBMITTED = entry("a", "vn.gov.dossier.submitted.v1", at=0)
SLIP = entry("b", "vn.gov.land.transfer-slip.v1", cause="a", to=TCT, at=10)
STATUS = entry("s", "vn.gov.dossier.status-changed.v1", cause="a", to=DVC, at=11)
FIRST_NOTICE = entry("n1", NOTICE, cause="b", to=DVC, at=20)
NOTICE_TO_LAND = entry("n1", NOTICE, cause="b", to=ILIS, at=20)
SECOND_NOTICE = entry("n2", NOTICE, cause="b", to=DVC, at=30)
REQUESTED = entry("p", "vn.gov.payment.requested.v1", to=PAYPLAT, at=40)
COMPLETED = entry("c", "vn.gov.tax.obligation-completed.v1", cause="p", at=50)
UPDATED = entry("r", REGISTERED, cause="c", to=DVC, at=61)
DOSSIER = [SUBMITTED, SLIP, STATUS, FIRST_NOTICE, NOTICE_TO_LAND, SECOND_NOTICE, REQUESTED, COMPLETED, UPDATED]


def test_a_value_on_the_bound_holds_it_and_one_beyond_misses_it() -> None:
    assert [Bound(least=0.3).holds(value) for value in (0.3, 0.31, 0.2999)] == [True, True, False]
    assert [Bound(most=3).holds(value) for value in (3.0, 2.9, 3.001)] == [True, True, False]


def test_what_was_not_measured_holds_no_bound() -> None:
    assert not Bound(least=0).holds(nan)
    assert not Bound(most=1).holds(nan)
    assert Figure("ratio", (), bound=Bound(least=0.3)).verdict == MISSED


def test_a_margin_is_a_share_of_the_bound_on_its_bad_side_only() -> None:
    assert Bound(least=4, margin=0.25).holds(3)
    assert not Bound(least=4, margin=0.25).holds(2.99)
    assert Bound(most=4, margin=0.25).holds(5)
    assert not Bound(most=4, margin=0.25).holds(5.01)


def test_only_the_short_form_has_a_margin() -> None:
    assert (Plan().margin, Plan().runs, Plan().amount(60, 10)) == (0, 5, 60)
    assert (Plan(short=True).margin, Plan(short=True).runs, Plan(short=True).amount(60, 10)) == (MARGIN, 3, 10)


def test_a_figure_is_the_median_of_its_runs() -> None:
    assert Figure("ratio", (9.0, 0.31, 0.32)).value == 0.32


def test_a_ratio_is_taken_within_each_round() -> None:
    assert rounds((10, 30), (20, 40)) == (0.5, 0.75)
    with pytest.raises(ValueError, match="shorter"):
        rounds((10, 30), (20,))


def test_a_verdict_says_whether_a_bound_was_judged_or_only_wished_for() -> None:
    verdicts = [Figure("x", (2.0,), bound=bound).verdict for bound in (Bound(least=1), Bound(least=3))]
    wishes = [Figure("x", (2.0,), bound=bound).verdict for bound in (Bound(least=1, judged=False), Bound(least=3, judged=False))]
    assert verdicts + wishes + [Figure("x", (2.0,)).verdict] == [HELD, MISSED, WITHIN, BEYOND, ""]


def test_what_was_missed_is_said_in_sentences_and_a_mere_wish_is_not_among_them() -> None:
    figures = (
        Figure("a / b", (0.2,), bound=Bound(least=0.3)),
        Figure("good", (2.0,), bound=Bound(least=1)),
        Figure("slow", (9.0,), "s", Bound(most=3, judged=False)),
    )
    results = {"relay": Result(figures), "demo": Result(trouble="RuntimeError: it did not end")}
    assert missed(results) == ["relay: a / b is 0.20, the bound is >= 0.30", "demo: could not be run: RuntimeError: it did not end"]


def test_the_document_is_json_with_every_run_and_what_was_missed() -> None:
    figure = Figure("a / b", (0.25, 0.2, 0.21), bound=Bound(least=0.3, margin=0.1), note="beside")
    made = orjson.loads(orjson.dumps(document({"relay": Result((figure, Figure("none", ())), 1.26)}, {"short": True})))
    assert made["short"] is True
    assert made["missed"] == ["relay: a / b is 0.21, the bound is >= 0.30 (margin 10%)"]
    assert made["benches"]["relay"]["seconds"] == 1.3
    ratio, none = made["benches"]["relay"]["figures"]
    assert ratio == {
        "name": "a / b",
        "value": 0.21,
        "unit": "",
        "runs": [0.25, 0.2, 0.21],
        "bound": {"least": 0.3, "most": None, "margin": 0.1, "judged": True},
        "verdict": "MISSED",
        "note": "beside",
    }
    assert (none["value"], none["bound"], none["verdict"]) == (None, None, None)


def test_a_row_has_the_value_with_its_unit_the_bound_and_the_verdict() -> None:
    assert Figure("raw", (41_234.5,), "messages/s").row() == ("raw", "41,234 messages/s", "", "", "")
    assert Figure("x", (0.5,), bound=Bound(most=1.0), note="n").row() == ("x", "0.50", "<= 1.00", "held", "n")


@pytest.mark.parametrize(("value", "shown"), [(41_200.4, "41,200"), (12.34, "12.3"), (0.314, "0.31"), (nan, "-")])
def test_numbers_are_short(value: float, shown: str) -> None:
    assert number(value) == shown


def test_a_rate_is_read_between_two_counts_and_leaves_out_what_was_before_and_after() -> None:
    course = Course([Sample(10.0, 0), Sample(13.0, 100), Sample(14.0, 500), Sample(15.0, 900), Sample(20.0, 1000)])
    assert course.rate(100, 900) == 400
    assert course.reached(300) == 13.5


def test_a_count_that_was_never_reached_is_an_error_not_a_rate() -> None:
    with pytest.raises(ValueError, match="900 of 1000"):
        Course([Sample(1.0, 0), Sample(2.0, 900)]).rate(0, 1000)


def test_memory_is_read_when_a_count_was_reached_and_processor_time_from_the_first_sight_on() -> None:
    course = Course([Sample(1.0, 0, 50, 9.0), Sample(2.0, 100, 80, 10.0), Sample(3.0, 600, 95, 10.05), Sample(4.0, 1100, 90, 10.1)])
    assert (course.held(500), course.held(1100), course.peak) == (95, 90, 95)
    assert course.processor(0, 1100) == pytest.approx(100)
    assert course.processor(600, 1100) == pytest.approx(100)


def test_the_way_of_a_dossier_follows_the_causes_and_joins_them_where_the_citizen_paid() -> None:
    found = way(DOSSIER)
    assert found.messages == (SUBMITTED["type"], SLIP["type"], NOTICE, REQUESTED["type"], COMPLETED["type"])
    assert found.acts == 2


def test_the_way_goes_over_the_last_notice_that_the_portal_had_when_the_citizen_paid() -> None:
    late = SECOND_NOTICE | {"messageId": "n3", "causationId": None, "requestInTs": 45, "requestOutTs": 47}
    assert way([*DOSSIER, late]) == way(DOSSIER)
    assert way([each for each in DOSSIER if each["type"] != NOTICE]).messages == (REQUESTED["type"], COMPLETED["type"])


def test_the_way_ends_when_causes_go_round_in_a_circle() -> None:
    assert len(way([SLIP | {"causationId": "r"}, UPDATED | {"causationId": "b"}]).messages) == 2


def test_a_dossier_is_registered_when_the_change_is_in_the_outbox() -> None:
    assert registered(DOSSIER[:-1]) is None
    assert registered(DOSSIER) == 0.061


def test_the_citizen_looks_once_the_portal_was_sent_a_notice() -> None:
    assert not noticed([SUBMITTED, SLIP, STATUS, NOTICE_TO_LAND])
    assert noticed([FIRST_NOTICE])


def test_agencies_are_told_once_per_delivery_and_the_exchanges_own_messages_do_not_count() -> None:
    assert told([SLIP, FIRST_NOTICE, NOTICE_TO_LAND, entry("x", "vn.gov.exchange.receipt.v1", to=TCT)]) == 3


def test_a_refused_message_spoils_the_benchmark() -> None:
    with pytest.raises(ValueError, match=r"transfer-slip\.v1 \(client\.not_allowed\)"):
        told([SLIP | {"succeeded": False, "faultCode": "client.not_allowed"}])


def test_the_load_keeps_to_its_contract_and_has_the_size_it_says() -> None:
    contracts, raw = Catalogue.load(), payload()
    contract = contracts.get(TYPE)
    assert len(raw) == SIZE
    assert contract is not None
    assert contracts.faults(contract, orjson.loads(raw)) == []


def test_hops_are_all_that_was_in_an_outbox_before_the_register_changed() -> None:
    late = entry("z", "vn.gov.dossier.status-changed.v1", cause="r", to=DVC, at=70)
    receipt = entry("x", "vn.gov.exchange.receipt.v1", cause="a", to=DVC, at=5)
    assert hops([*DOSSIER, late, receipt]) == Hops(messages=7, deliveries=8)


def test_the_page_shows_every_figure_with_its_bound_and_the_command_that_made_it() -> None:
    figures = (Figure("exchange / raw", (0.5,), bound=Bound(least=0.4)), Figure("nothing", ()))
    about = {"command": "python -m bench exchange", "at": "2026-01-02T03:04", "cores": 2, "python": "3.11", "loadBefore": 0, "loadAfter": 1}
    content = orjson.loads(orjson.dumps(document({"exchange": Result(figures, 1.0)}, {**about, "broker": "embedded"})))
    told = page([("embedded.json", content)])
    assert "| exchange / raw | 0.50 | ≥ 0.40 | held |  |" in told
    assert "| nothing | - |" in told
    assert "`python -m bench exchange` → `docs/performance/embedded.json`" in told
