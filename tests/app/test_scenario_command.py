"""`lgsp scenario` finds what is wrong with scripts before anything is started."""

import json
from pathlib import Path

import pytest

from tests.app.lgsp import lgsp
from tests.scenarios.scripts import HEAD, SUBMIT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two good scripts and a bad one, in the folder that the command is called in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text(HEAD + SUBMIT + "\n- expect: {about: d1, within: 5 working-days}\n")
    (tmp_path / "table.yaml").write_text(HEAD.replace("tried", "rows") + "- repeat: {table: [{id: x}, {id: y}], steps: [{stop: tax}]}\n")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "two.yaml").write_text(HEAD.replace("tried", "two") + "- submitt: {}\n- expect: {contract: tax.payment-notic}\n")
    return tmp_path


def test_lint_of_good_scripts_says_what_each_needs_and_leaves_with_0(folder: Path) -> None:
    said = lgsp("scenario", "lint", "good.yaml", "table.yaml", state=folder / "state")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "tried: needs the mock land office, a virtual clock",
        "rows: needs the mock land office, the mock tax authority",
    ]


def test_lint_tells_every_fault_with_its_place_and_leaves_with_2(folder: Path) -> None:
    said = lgsp("scenario", "lint", ".", state=folder / "state")
    assert said.code == 2
    assert said.out.splitlines()[:2] == [
        "bad/two.yaml:6:3: /steps/0/submitt: no step is called 'submitt'; did you mean 'submit'?",
        "bad/two.yaml:7:22: /steps/1/expect/contract: unknown contract 'tax.payment-notic'; did you mean 'tax.payment-notice'?",
    ]


def test_lint_as_json_is_one_fault_or_scenario_a_line(folder: Path) -> None:
    said = lgsp("scenario", "lint", "bad", "good.yaml", "--json", state=folder / "state")
    found = [json.loads(line) for line in said.out.splitlines()]
    assert found[0] == {
        "path": "bad/two.yaml",
        "line": 6,
        "column": 3,
        "where": "/steps/0/submitt",
        "reason": "no step is called 'submitt'; did you mean 'submit'?",
    }
    assert found[-1] == {"scenario": "tried", "needs": ["mock:land", "virtual-clock"]}


def test_list_names_every_scenario_and_row_and_tells_of_the_unreadable_on_standard_error(folder: Path) -> None:
    said = lgsp("scenario", "list", ".", "--json", state=folder / "state")
    assert [json.loads(line)["name"] for line in said.out.splitlines()] == ["tried", "rows[x]", "rows[y]"]
    assert (said.code, len(said.err.splitlines())) == (2, 2)


def test_nothing_to_look_at_is_a_mistake(folder: Path) -> None:
    (folder / "empty").mkdir()
    assert lgsp("scenario", "lint", "empty", state=folder / "state").code == 2
    assert lgsp("scenario", "lint", "nothing.yaml", state=folder / "state").err.strip() == "lgsp: nothing.yaml: no such file or folder"


def test_the_schema_is_printed_for_editors(tmp_path: Path) -> None:
    assert json.loads(lgsp("scenario", "schema", state=tmp_path).out)["title"] == "Scenario script of lgsp-sim"
