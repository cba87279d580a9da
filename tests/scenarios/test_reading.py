"""Files become scripts: includes in their place, a script for every row of a table, each step with its file and line."""

from pathlib import Path

import pytest

from scenarios.places import Unwritable
from scenarios.reading import read, read_all
from tests.scenarios.scripts import FIRST, HEAD, SUBMIT, complaints, known, scripts, steps, wrong
from vn.errors import Unusable

ISSUE = """scenario: notice-delivered-twice
title: {vi: Thông báo thuế gửi hai lần, nộp tiền sau Tết, en: A notice delivered twice, paid after Tết}
seed: 7
start: 2026-02-09T08:00
given:
  people: [{as: an}, {as: company, kind: organisation}]
  parcel: {as: plot, commune: Đồng Đăng, area: 120.5, use: ODT, holder: an}
  policies: {tax: {notice-after: 2 working-days}, land: {decides: by-hand}}
steps:
  - submit: {as: d1, procedure: transfer, from: an, to: company, parcel: plot, price: 1_950_000_000}
  - fault: {as: dup, duplicate: {contract: tax.payment-notice, hop: exchange->ilis, copies: 2}}
  - decide: {at: land, dossier: d1, action: accept}
  - expect: {as: n, contract: tax.payment-notice, to: ilis, about: d1, count: exactly 2 ids, within: 5 working-days}
  - fired: {fault: dup, at-least: 1}
  - advance: {to: 2026-02-23T09:00}
  - pay: {dossier: d1, all: true}
  - expect: {contract: land.register-updated, about: d1, within: 1 working-day}
  - state: {at: land, parcel: plot, holder: company}
"""
TABLE = """- repeat:
    table:
      - {id: sale, kind: transfer, amount: 05, refused: false}
      - {kind: gift, amount: 7, refused: true}
    steps:
      - submit: {as: d2, sample: "{row./kind}", refused: "{row./refused}"}
      - withdraw: {dossier: d2, reason: "Số {row./amount} của {d2}"}
"""


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def test_the_example_of_the_language_is_read_with_all_its_steps_in_place(tmp_path: Path) -> None:
    script = scripts(tmp_path, ISSUE)[0]
    assert [placed.place for placed in script.steps] == [f"{tmp_path / 'tried.yaml'}:{line}" for line in range(10, 19)]
    assert [placed.step.word for placed in script.steps] == [
        "submit",
        "fault",
        "decide",
        "expect",
        "fired",
        "advance",
        "pay",
        "expect",
        "state",
    ]
    assert script.scenario.title.en == "A notice delivered twice, paid after Tết"
    assert (script.id, script.row) == ("notice-delivered-twice", "")


def test_a_table_is_one_script_a_row_with_the_row_s_values_typed_where_they_stand(tmp_path: Path) -> None:
    found = scripts(tmp_path, HEAD + SUBMIT + "\n" + TABLE + "- advance: {by: 1 hour}\n")
    assert [each.id for each in found] == ["tried[sale]", "tried[2]"]
    assert [[step.word for step in each.scenario.steps] for each in found] == [["submit", "submit", "withdraw", "advance"]] * 2
    assert [(each.scenario.steps[1].act.sample, each.scenario.steps[1].act.refused) for each in found] == [
        ("transfer", False),
        ("gift", True),
    ]
    assert [each.scenario.steps[2].act.reason for each in found] == ["Số 05 của {d2}", "Số 7 của {d2}"]
    assert found[0].steps[1].place == found[1].steps[1].place == f"{tmp_path / 'tried.yaml'}:{FIRST + 6}"


def test_a_row_puts_in_whole_lists_and_keys_too(tmp_path: Path) -> None:
    lines = (
        "- repeat:",
        "    table: [{papers: [CCCD, GCN], at: /GhiChu}]",
        "    steps:",
        '      - submit: {sample: gift, without: "{row./papers}", with: {"{row./at}": x}}',
    )
    submit = steps(tmp_path, *lines).scenario.steps[0].submit
    assert submit is not None
    assert (submit.without, submit.with_) == (["CCCD", "GCN"], {"/GhiChu": "x"})


def test_a_row_s_values_may_stand_in_what_is_given_too(tmp_path: Path) -> None:
    text = (
        HEAD.replace("holder: an", 'holder: an, area: "{row./area}"')
        + "- repeat: {table: [{area: 90}, {area: 95.5}], steps: [{stop: tax}]}\n"
    )
    assert [str(each.scenario.given.parcel[0].area) for each in scripts(tmp_path, text)] == ["90", "95.5"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("- repeat: {table: [{a: 1}], steps: [{submit: {sample: '{row./b}'}}]}", "1:55: the row '1' has no 'b'"),
        (
            "- repeat: {table: [{kind: gift}], steps: [{submit: {sample: '{row./knd}'}}]}",
            "1:61: the row '1' has no 'knd'; did you mean 'kind'?",
        ),
        ("- repeat: {table: [{id: x}, {id: x}], steps: [{advance: {by: 1 hour}}]}", "1:34: the row 'x' is there already, as number 1"),
        (
            "- repeat: {table: [{id: x}], every: 1 hour, steps: [{advance: {by: 1 hour}}]}",
            "1:11: /steps/0/repeat: every and then go with times",
        ),
        ("- repeat: {table: [a], steps: [{advance: {by: 1 hour}}]}", "1:20: /steps/0/repeat/table/0: must be a mapping"),
        ("- repeat: {table: [], steps: [{advance: {by: 1 hour}}]}", "1:11: /steps/0/repeat: give either table or times"),
        ("- repeat: {table: [{f: 0}], steps: [{advance: {by: '{row./f} weeks'}}]}", "1:52: /steps/0/advance/by: not a span of time"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_at_its_place(tmp_path: Path, lines: str, said: str) -> None:
    found = wrong(tmp_path, lines)
    assert found, said
    assert found[0].startswith(said), found


def test_a_scenario_has_one_table_at_most(tmp_path: Path) -> None:
    one = "- repeat: {table: [{id: x}], steps: [{advance: {by: 1 hour}}]}"
    assert "2:3: a second table; a scenario has one at most" in wrong(tmp_path, one, one)


def test_a_fault_in_the_steps_of_a_table_is_told_once_for_all_rows(tmp_path: Path) -> None:
    found = wrong(tmp_path, "- repeat: {table: [{id: x}, {id: y}], steps: [{pay: {dossier: d1, all: true}}]}")
    assert len(found) == 1
    assert "no dossier was captured as 'd1' before" in found[0]


def test_steps_of_another_file_stand_where_it_is_included_and_keep_their_own_place(tmp_path: Path) -> None:
    write(tmp_path, _paid="- pay: {dossier: d1, all: true}\n- include: _later.yaml\n", _later="- advance: {by: 1 hour}\n")
    script = steps(tmp_path, SUBMIT, "- include: _paid.yaml", "- repeat: {times: 2, steps: [{include: {file: _later.yaml}}]}")
    assert [placed.step.word for placed in script.steps] == ["submit", "pay", "advance", "repeat"]
    assert script.steps[2].place == f"{tmp_path / '_later.yaml'}:1"
    assert [placed.place for placed in script.steps[3].inner] == [f"{tmp_path / '_later.yaml'}:1"]


def test_a_fault_in_an_included_file_is_told_at_that_file(tmp_path: Path) -> None:
    write(tmp_path, _paid="\n- pay: {dossier: d1, al: true}\n")
    found = complaints(tmp_path, HEAD + "- include: _paid.yaml\n")
    assert found == [f"{tmp_path / '_paid.yaml'}:2:22: /steps/0/pay/al: unknown key 'al'; did you mean 'all'?"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("- include: _other.yaml", "_other.yaml includes itself"),
        ("a: 1", "an included file is a list of steps"),
        ("- {", "is not YAML"),
    ],
)
def test_a_file_that_cannot_be_included_is_told(tmp_path: Path, content: str, said: str) -> None:
    write(tmp_path, _other=content)
    found = wrong_anywhere(tmp_path, "- include: _other.yaml")
    assert said in found


def wrong_anywhere(folder: Path, line: str) -> str:
    return "\n".join(complaints(folder, HEAD + line + "\n"))


def test_a_file_that_is_not_there_is_told_with_its_nearest_neighbour(tmp_path: Path) -> None:
    write(tmp_path, _paid="- advance: {by: 1 hour}\n")
    assert wrong_anywhere(tmp_path, "- include: _piad.yaml") == f"{FIRST}:12: no file {tmp_path / '_piad.yaml'}; did you mean '_paid.yaml'?"


def test_files_that_include_each_other_twice_over_do_not_grow_without_end(tmp_path: Path) -> None:
    for n in range(40):
        (tmp_path / f"_{n}.yaml").write_text(f"- include: _{n + 1}.yaml\n- include: _{n + 1}.yaml\n")
    write(tmp_path, _40="- advance: {by: 1 second}\n")
    assert "more than 10,000 steps" in wrong_anywhere(tmp_path, "- include: _0.yaml")


def test_a_folder_gives_its_scripts_in_order_without_those_for_includes(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name, file in (("b", "b.yaml"), ("a", "a.yml"), ("c", "sub/c.yaml")):
        (tmp_path / file).write_text(HEAD.replace("tried", name) + SUBMIT)
    write(tmp_path, _inner="- advance: {by: 1 hour}\n")
    found, faults = read_all([tmp_path, tmp_path / "b.yaml"], known())
    assert ([each.id for each in found], faults) == (["a", "b", "c"], [])


def test_the_faults_of_all_files_are_told_and_the_good_ones_are_read(tmp_path: Path) -> None:
    write(tmp_path, a=HEAD + SUBMIT, b=HEAD.replace("tried", "other") + "- pay: {}", c="{")
    found, faults = read_all([tmp_path], known())
    assert [each.path.name for each in found] == ["a.yaml"]
    assert sorted({each.place.path.name for each in faults}) == ["b.yaml", "c.yaml"]


def test_a_name_that_two_files_give_is_told_at_the_second(tmp_path: Path) -> None:
    write(tmp_path, a=HEAD + SUBMIT, b=HEAD + SUBMIT)
    _, faults = read_all([tmp_path], known())
    assert [str(each) for each in faults] == [f"{tmp_path / 'b.yaml'}:1:11: /scenario: 'tried' is the name of {tmp_path / 'a.yaml'} too"]


@pytest.mark.parametrize(("name", "said"), [("nothing", "no such file or folder"), ("", "no scenario .*in")])
def test_nothing_to_read_is_an_error(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(Unusable, match=said):
        read_all([tmp_path / name], known())


def test_all_that_is_wrong_with_a_file_is_one_error_with_exit_code_2(tmp_path: Path) -> None:
    write(tmp_path, a=HEAD + "- pay: {}\n- zzz: {}\n")
    with pytest.raises(Unwritable) as caught:
        read(tmp_path / "a.yaml", known())
    assert (len(caught.value.complaints), caught.value.exit_code) == (2, 2)
