"""What the seed decides, which cases a sample takes, what a report says: the parts of the harness that need no town."""

import pytest

from torture.case import Case, Outcome
from torture.cases import CASES, chosen, expected, sampled
from torture.differences import differences
from torture.ground import Ground, Recovery
from torture.kills import HOPS, PARTS
from torture.oracle import Violation
from torture.plan import APACHE, Plan
from torture.report import document, faults, row
from torture.storm import DOSSIERS, KILLS, TOWNS, blows


async def nothing(_: Ground) -> None:
    """Nothing is broken."""


def test_the_seed_repeats_the_plan_and_another_seed_makes_another() -> None:
    assert list(blows(Plan(seed=3), 1, 50)) == list(blows(Plan(seed=3), 1, 50))
    assert list(blows(Plan(seed=3), 1, 50)) != list(blows(Plan(seed=4), 1, 50))


def test_a_storm_kills_every_part_at_rising_counts() -> None:
    planned = list(blows(Plan(), 1, KILLS))
    assert [count for count, _ in planned] == sorted({count for count, _ in planned})
    assert {part for _, part in planned} == set(PARTS)


def test_all_storms_together_are_200_kills_and_500_dossiers() -> None:
    assert TOWNS * KILLS >= 200
    assert TOWNS * DOSSIERS >= 500


def test_every_part_is_killed_at_every_hop() -> None:
    assert {f"kill/{part}@{hop}" for part in PARTS for hop in HOPS} <= {case.name for case in CASES}


def test_cases_have_names_of_their_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_a_sample_has_one_case_of_each_kind_that_it_can_afford_and_is_repeated_by_its_seed() -> None:
    cases = [Case(kind, str(number), nothing, "", seconds) for kind, seconds in (("a", 4), ("b", 10), ("c", 500)) for number in range(9)]
    taken = sampled(Plan(seed=5), cases, 30)
    assert {case.kind for case in taken} == {"a", "b"}
    assert expected(taken) <= 30
    assert taken == sampled(Plan(seed=5), cases, 30) != sampled(Plan(seed=6), cases, 30)


@pytest.mark.parametrize("kind", ["lie", "cut", "disk"])
def test_what_needs_the_embedded_broker_is_left_out_on_apache_kafka(kind: str) -> None:
    assert kind in {case.kind for case in chosen(Plan(), ())}
    assert kind not in {case.kind for case in chosen(Plan(broker=APACHE), ())}


def test_the_report_counts_losses_and_double_effects_and_gives_median_and_worst_recovery() -> None:
    recoveries = [Recovery("tax", 0.0, well, 0, next_record=2 * well) for well in (1.0, 2.0, 9.0)]
    broken = [Violation(1, "message a", "an effect", "none"), Violation(2, "message b", "one effect", "2")]
    said = document([Outcome("kill/tax@x", violations=broken, recoveries=recoveries, kills=3), Outcome("cut/x")], {"seed": 1})
    assert (said["lost"], said["double"], said["broken"], said["kills"]) == (1, 1, ["kill/tax@x"], 3)
    assert said["recovery"]["tax"]["well"] == {"median": 2.0, "worst": 9.0, "of": 3}
    assert said["recovery"]["tax"]["nextRecord"]["worst"] == 18.0
    assert said["recovery"]["tax"]["atRest"] is None


def test_what_broke_is_told_with_its_case() -> None:
    outcome = Outcome("kill/tax@x", violations=[Violation(1, "message a", "an effect", "none")], trouble="TimeoutError: late")
    assert faults([outcome])[0] == "kill/tax@x: TimeoutError: late"
    assert faults([outcome])[1].endswith("message a: expected an effect, found none")
    assert row(outcome).startswith("BROKEN")


def test_differences_of_databases_name_the_place_and_both_sides() -> None:
    one, other = {"t": [{"a": 1}, {"a": 2}], "s": "x"}, {"t": [{"a": 1}, {"a": 3}], "s": "x", "more": 1}
    assert list(differences(one, other)) == [("/more", "null", "1"), ("/t", '{"a":2}', '{"a":3}')]
