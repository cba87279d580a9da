"""How an agency decides: spreads and chances, the same for one seed, dossier and decision."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from services.kit.policy import MANNER, due, faults_of, lot, outcome
from vn.clock import VN

ASKED = datetime(2024, 8, 5, 10, 0, tzinfo=VN)  # a Monday
DECISIONS = {"check": "thẩm định", "slip": "lập phiếu"}
OUTCOMES = {"check": {"refuse": "từ chối"}}


def days(said: Any, number: int) -> list[int | None]:
    manner = MANNER.validate_python(said)
    found = [due(manner, ASKED, lot(7, f"D{n}", "check")) for n in range(number)]
    return [when and when.day - ASKED.day for when in found]


def test_a_spread_gives_each_of_its_days_about_as_often_and_no_other():
    found = Counter(days({"workingDays": {"from": 0, "to": 3}}, 2000))
    assert found.keys() == {0, 1, 2, 3}
    assert all(400 < times < 600 for times in found.values())


def test_a_table_of_weights_gives_days_as_often_as_it_says():
    found = Counter(days({"workingDays": {"weights": {"1": 3, "2": 1}}}, 2000))
    assert found.keys() == {1, 2}
    assert 1400 < found[1] < 1600


def test_no_decision_falls_before_it_was_asked_for():
    late = ASKED.replace(hour=17, minute=30)
    manner = MANNER.validate_python({"workingDays": {"from": 0, "to": 0}})
    assert due(manner, ASKED.replace(hour=17), lot(7, "D", "check")) == ASKED.replace(hour=17)
    assert due(manner, late, lot(7, "D", "check")) == datetime(2024, 8, 6, 17, 0, tzinfo=VN)


def test_a_decision_falls_at_the_hour_that_is_named():
    manner = MANNER.validate_python({"workingDays": 2, "at": "16:00"})
    assert due(manner, ASKED, lot(7, "D", "check")) == datetime(2024, 8, 7, 16, 0, tzinfo=VN)


def test_never_leaves_its_share_of_the_dossiers_to_an_officer():
    found = days({"workingDays": 1, "never": 0.25}, 2000)
    assert 400 < found.count(None) < 600


def test_an_outcome_comes_with_its_probability_and_the_rules_decide_the_rest():
    manner = MANNER.validate_python({"workingDays": 1, "outcomes": {"refuse": 0.1, "ask": 0.2}})
    found = Counter(outcome(manner, lot(7, f"D{n}", "check")) for n in range(2000))
    assert 150 < found["refuse"] < 250
    assert 330 < found["ask"] < 470
    assert found[None] == 2000 - found["refuse"] - found["ask"]


def test_the_same_seed_dossier_and_decision_fall_the_same_and_another_seed_otherwise():
    manner = MANNER.validate_python({"workingDays": {"from": 1, "to": 500}})
    assert due(manner, ASKED, lot(7, "D", "check")) == due(manner, ASKED, lot(7, "D", "check"))
    assert len({due(manner, ASKED, lot(seed, "D", kind)) for seed in (7, 8) for kind in ("check", "slip")}) == 4


@pytest.mark.parametrize(
    "said",
    [
        "instant",
        "manual",
        {"workingDays": 3},
        {"workingDays": {"from": 1, "to": 5}},
        {"workingDays": {"weights": {"1": 2.0}}, "never": 0.5},
    ],
)
def test_a_manner_is_shown_as_it_was_said(said: Any):
    assert MANNER.dump_python(MANNER.validate_python(said), mode="json") == said


@pytest.mark.parametrize(
    ("said", "place", "word"),
    [
        ({"checks": "instant"}, "/checks", "check, slip"),
        ({"check": {"workingDays": {"from": 5, "to": 1}}}, "/check", "lies before"),
        ({"check": {"workingDays": {"weights": {"1": 0}}}}, "/check", "all 0"),
        ({"check": {"workingDays": {"weights": {}}}}, "/check", "weights"),
        ({"check": {"workingDays": {"weights": {"1": float("inf")}}}}, "/check", "weights"),
        ({"check": {"workingDays": 1, "at": "4 pm"}}, "/check", "workingDays"),
        ({"check": {"workingDays": 1, "never": 2}}, "/check", "workingDays"),
        ({"check": {"workingDays": 1, "outcomes": {"refuse": 0.7, "ask": 0.7}}}, "/check", "more than 1"),
        ({"check": {"workingDays": 1, "outcomes": {"lose": 0.1}}}, "/check/outcomes/lose", "refuse"),
        ({"slip": {"workingDays": 1, "outcomes": {"refuse": 0.1}}}, "/slip/outcomes/refuse", "-"),
    ],
)
def test_what_is_no_policy_is_told_with_its_place(said: Any, place: str, word: str):
    [fault] = faults_of(said, DECISIONS, OUTCOMES)
    assert fault.pointer == place
    assert word in fault.reason
