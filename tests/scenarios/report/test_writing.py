"""Every report has every case, and a path that cannot be written is one clear line."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.report import KINDS, check, write
from scenarios.verdicts import Verdict
from tests.scenarios.report import made
from vn.errors import BadEnvironment, Unusable


@pytest.mark.parametrize("kind", KINDS)
def test_every_case_is_in_every_report(kind: str, tmp_path: Path) -> None:
    write(made.run(), kind, tmp_path / "report")
    text = (tmp_path / "report").read_text(encoding="utf-8")
    assert [case.id for case in made.ALL if case.id not in text] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_run_makes_the_same_bytes(kind: str) -> None:
    assert KINDS[kind](made.run(*made.ALL, made.NASTY)) == KINDS[kind](made.run(*made.ALL, made.NASTY))


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_without_cases_still_makes_a_report(kind: str) -> None:
    text = KINDS[kind](replace(made.run(), cases=())).decode()
    assert made.PASSED.id not in text
    assert {"junit": 'tests="0"', "html": "nothing was run", "json": '"exitCode": 1', "ctrf": '"tests": 0'}[kind] in text


def test_a_report_of_no_kind_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="no such report; did you mean 'junit'"):
        write(made.run(), "junti", tmp_path / "x")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"nowhere.*No such file or directory") as raised:
        write(made.run(), "json", tmp_path / "nowhere" / "run.json")
    assert raised.value.exit_code == 2


def test_a_path_is_checked_before_the_run_without_harm_to_what_lies_there(tmp_path: Path) -> None:
    kept = tmp_path / "run.json"
    kept.write_text("{}", encoding="utf-8")
    check("json", kept)
    assert kept.read_text(encoding="utf-8") == "{}"
    with pytest.raises(Unusable, match="Is a directory"):
        check("json", tmp_path)


def test_a_full_disk_is_the_environment_s_fault() -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    with pytest.raises(BadEnvironment, match="No space left on device") as raised:
        write(made.run(), "json", Path("/dev/full"))
    assert raised.value.exit_code == 14


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([Verdict.PASSED], 0),
        ([Verdict.PASSED, Verdict.NOT_RUN], 0),
        ([Verdict.NOT_RUN], 1),
        ([], 1),
        ([Verdict.PASSED, Verdict.FAILED], 1),
        ([Verdict.PASSED, Verdict.ERROR], 1),
        ([Verdict.FAILED, Verdict.INTERRUPTED], 130),
    ],
)
def test_only_a_run_in_which_something_passed_and_nothing_failed_ends_with_0(verdicts: list[Verdict], code: int) -> None:
    cases = tuple(replace(made.PASSED, verdict=verdict) for verdict in verdicts)
    assert replace(made.run(), cases=cases).exit_code() == code


def test_a_run_that_was_interrupted_between_two_cases_is_130_too() -> None:
    cases = [replace(made.ALL[0], verdict=Verdict.PASSED), replace(made.ALL[0], verdict=Verdict.NOT_RUN)]
    assert replace(made.run(*cases), interrupted=True).exit_code() == 130
