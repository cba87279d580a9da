"""What is wrong with the shape of a script is said once, in plain English, at the very key or value, with the nearest known word."""

from pathlib import Path

import pytest

from tests.scenarios.scripts import SUBMIT, complaints, wrong


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("- submitt: {sample: gift}", "1:3: /steps/0/submitt: no step is called 'submitt'; did you mean 'submit'?"),
        ("- zzz: {}", "1:3: /steps/0/zzz: no step is called 'zzz'; there are submit, decide, pay,"),
        ("- submit", "1:3: /steps/0: must be a mapping, e.g. {key: value}"),
        ("- submit: {sample: gift}\n  pay: {dossier: d, all: true}", "1:3: /steps/0: a step is a mapping with one key"),
        ("- submit: {sampel: gift}", "1:12: /steps/0/submit/sampel: unknown key 'sampel'; did you mean 'sample'?"),
        ("- submit:", "1:10: /steps/0/submit: must be a mapping, e.g. {key: value}"),
        ("- submit: {}", "1:11: /steps/0/submit: give either procedure (with from, to, parcel) or sample"),
        ("- submit: {procedure: gift}", "1:11: /steps/0/submit: a procedure needs to and parcel"),
        ("- submit: {procedure: gift, from: {a: b}, to: an, parcel: plot}", "1:35: /steps/0/submit/from: a word or text is wanted here"),
        ("- submit: {procedure: gift, from: [an, Binh], to: an, parcel: plot}", "1:40: /steps/0/submit/from/1: is not a name"),
        ("- submit: {procedure: gift, from: an, to: {an: 1/0}, parcel: plot}", "1:48: /steps/0/submit/to/an: not a share such as 1/3"),
        ("- decide: {action: accept}", "1:11: /steps/0/decide: 'dossier' is missing"),
        (
            "- expect: {contract: a, to: ilsi}",
            "1:29: /steps/0/expect/to: 'ilsi' is not one of dvc, ilis, tct, payplat, lgsp; did you mean 'ilis'?",
        ),
        ("- expect: {to: ilis}", "1:11: /steps/0/expect: give at least contract or about"),
        ("- any-of: [{contract: dossier.submitted}]", "1:11: /steps/0/any-of: has fewer than 2 items"),
        ("- any-of: [{contrct: x}, {about: d1}]", "1:13: /steps/0/any-of/0/contrct: unknown key 'contrct'; did you mean 'contract'?"),
        ("- stop: ilis-adaptr", "1:9: /steps/0/stop: 'ilis-adaptr' is not one of exchange, dvc,"),
        ("- fault: {as: f}", "1:10: /steps/0/fault: a fault is one of duplicate, reorder, delay,"),
        ("- repeat: {steps: []}", "1:19: /steps/0/repeat/steps: is empty"),
        (
            "- repeat: {times: 2, then: {finished: all}, steps: [{advance: {by: 1 hour}}]}",
            "1:39: /steps/0/repeat/then/finished: not a count",
        ),
        ("- include: [a]", "1:12: /steps/0/include: must be a mapping"),
    ],
)
def test_a_fault_of_shape_is_told_at_its_place(tmp_path: Path, step: str, said: str) -> None:
    found = wrong(tmp_path, step)
    assert len(found) == 1, found
    assert found[0].startswith(said), found


def test_all_faults_are_told_at_once_those_beyond_shapes_included(tmp_path: Path) -> None:
    found = wrong(
        tmp_path,
        SUBMIT,
        "- submitt: {}",
        "- pay: {dossier: d2, all: true}",
        "- expect: {contract: tax.payment-notic, about: d1}",
        "- pay: {}",
    )
    assert [each.split(": ", 2)[0] for each in found] == ["2:3", "3:18", "4:22", "5:8"]


def test_a_name_that_a_step_without_shape_would_have_captured_is_not_missed_by_others(tmp_path: Path) -> None:
    found = wrong(tmp_path, "- submitt: {as: d1}", "- pay: {dossier: d1, all: true}")
    assert found == ["1:3: /steps/0/submitt: no step is called 'submitt'; did you mean 'submit'?"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- submit: {sample: gift}", ["1:1: a scenario is a mapping that begins with scenario: NAME; a list of steps is for include"]),
        ("scenario", ["1:1: a scenario is a mapping that begins with scenario: NAME; a list of steps is for include"]),
        ("scenario: a\n", ["1:1: 'start' is missing", "1:1: 'steps' is missing", "1:1: 'title' is missing"]),
    ],
)
def test_a_file_that_is_no_scenario_says_what_is_missing(tmp_path: Path, text: str, said: list[str]) -> None:
    assert complaints(tmp_path, text) == said
