"""A script says what it needs of the place where it is played."""

from pathlib import Path

import pytest

from scenarios.needs import in_words
from tests.scenarios.scripts import HEAD, SUBMIT, scripts, steps

PLOT = {"mock:land"}  # the head of every script here puts a parcel into the register


@pytest.mark.parametrize(
    ("step", "needs"),
    [
        ("- pay: {dossier: d1, all: true}", set()),
        ("- advance: {by: 5 minutes}", set()),
        ("- advance: {by: 6 minutes}", {"virtual-clock"}),
        ("- advance: {to: 2026-03-01}", {"virtual-clock"}),
        ("- expect: {about: d1, within: 1 working-day}", {"virtual-clock"}),
        ("- expect: {about: d1, within: 30 seconds}", set()),
        ("- expect: {about: d1, by: 2026-03-01}", {"virtual-clock"}),
        ("- any-of: [{about: d1, within: 2 calendar-days}, {contract: dossier.submitted}]", {"virtual-clock"}),
        ("- repeat: {times: 2, every: 1 hour, steps: [{decide: {at: tax, dossier: d1, action: assess}}]}", {"virtual-clock", "mock:tax"}),
        ("- fault: {as: f, lose: {hop: exchange->dvc}}", {"relay"}),
        ("- fault: {as: f, delay: {hop: exchange->dvc, by: 2 working-days}}", {"relay", "virtual-clock"}),
        ("- fault: {as: f, broker: {rule: {stage: request, action: close}}}", {"embedded-broker"}),
        ("- fault: {as: f, cut: {}}", {"own-network"}),
        ("- reply: {as: f, at: tax, path: /gip, status: 500, late: 10 minutes}", {"door:tax"}),
        ("- decide: {dossier: d1, action: accept}", {"mock:land"}),
        ("- state: {at: payment, path: /x}", {"mock:payment"}),
        ("- stop: ilis-adapter", {"mock:land"}),
        ("- stop: exchange", set()),
        ("- by-hand: {say: Gọi cho văn phòng, until: {about: d1}, limit: 2 hours}", {"person"}),
    ],
)
def test_a_step_says_what_it_needs(tmp_path: Path, step: str, needs: set[str]) -> None:
    assert steps(tmp_path, SUBMIT, step).needs == needs | PLOT


def test_every_need_can_be_said_to_people() -> None:
    assert in_words("mock:land") == "the mock land office"
    assert in_words("door:tax") == "a door before the tax authority"
    assert {in_words(need) for need in ("virtual-clock", "embedded-broker", "own-network", "relay", "person")}


def test_policies_of_working_days_and_dossiers_on_their_way_need_our_own_agencies(tmp_path: Path) -> None:
    given = "given: {policies: {tax: {assess: 2 working-days}}, dossier: {as: d2, at: paid}, "
    assert scripts(tmp_path, HEAD.replace("given: {", given) + SUBMIT)[0].needs == {"mock:tax", "mock:land", "mock:dvc", "virtual-clock"}
