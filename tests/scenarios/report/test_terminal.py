"""What a terminal shows of a run."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from app.play.terminal import Terminal
from scenarios.report.words import clean
from scenarios.verdicts import Case
from tests.scenarios.report import made


def shown(*cases: Case, terminal: bool = False, verbose: bool = False, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=terminal, color_system="standard" if terminal else None)
    with Terminal(console, total=len(cases), verbose=verbose) as told:
        for case in cases:
            told.case_begins(case.id, case.title_vi)
            for step in case.steps:
                told.step_begins(step.number, len(case.steps), step.text, step.began)
                told.step_ended(step)
            told.goes_on(0.39, "3,120 dossiers")
            told.case_ended(case)
        told.end(made.run(*cases))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_nothing_moves_and_nothing_is_coloured_where_there_is_no_terminal() -> None:
    text = shown(*made.ALL)
    assert "\x1b" not in text
    assert "\r" not in text


def test_a_long_case_says_each_tenth_once_where_there_is_no_terminal() -> None:
    console = Console(file=io.StringIO(), width=80)
    with Terminal(console, total=2) as told:
        for name in ("first", "second"):
            told.case_begins(name, "")
            for done in range(1, 101):
                told.goes_on(done / 100, f"{done} dossiers")
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    assert lines[:2] == ["1/2 first  10%  10 dossiers", "1/2 first  20%  20 dossiers"]
    assert lines[-1] == "2/2 second  100%  100 dossiers"
    assert len(lines) == 20


def test_on_a_terminal_the_live_line_names_scenario_step_and_the_scenario_s_date() -> None:
    text = shown(made.PASSED, terminal=True, width=200)
    assert "1/1 notice-delivered-twice  2026-02-15 08:00  step 4/4" in text or "[#######.............]  39%  3,120 dossiers" in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1, "the cursor comes back"


def test_the_cursor_comes_back_however_the_run_ends() -> None:
    console = Console(file=io.StringIO(), force_terminal=True)
    told = Terminal(console, total=1)

    def interrupted() -> None:
        with told:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert isinstance(console.file, io.StringIO)
    assert "\x1b[?25h" in console.file.getvalue()


def test_no_line_is_wider_than_80_columns() -> None:
    assert [line for line in shown(*made.ALL, made.NASTY).splitlines() if len(line) > 80] == []


def test_steps_are_told_only_of_what_failed_unless_everything_is_wanted() -> None:
    assert "expect as n: tax.payment-notice" not in shown(made.PASSED)
    assert "expect as n: tax.payment-notice" in shown(made.PASSED, verbose=True)
    assert "expect as n: tax.payment-notice" in shown(made.FAILED)


def test_a_failure_is_explained_with_its_place_and_whose_turn_it_was() -> None:
    text = shown(made.FAILED, width=200)
    wanted = ["step 5, scenarios/flow/notice-delivered-twice.yaml:14", made.FAILURE.reason, "whose turn: member under test: ilis has"]
    assert [each for each in wanted if each not in text] == []


def test_a_failure_is_told_in_full_once_and_the_summary_says_where() -> None:
    text = shown(replace(made.FAILED, reason=made.FAILURE.reason), width=300)
    assert text.count(made.FAILURE.reason) == 1
    assert "step 5, scenarios/flow/notice-delivered-twice.yaml:14" in text[text.index("verdict ") :]


def test_what_ended_a_case_outside_of_its_steps_is_told_in_full_with_the_case_and_cut_in_the_summary() -> None:
    long = "the tax authority did not start: " + "x" * 200
    text = shown(replace(made.ERROR, reason=long), width=300)
    assert text.count(long) == 1
    assert text.count(long[:90]) == 2


def test_the_summary_has_every_case_with_the_reason_why_it_was_not_run_and_ends_with_the_counts() -> None:
    text = shown(*made.ALL, width=200)
    summary = text[text.index("verdict ") :]
    assert [case.id for case in made.ALL if case.id not in summary] == []
    assert made.NOT_RUN.reason in summary
    assert summary.splitlines()[-1] == "4 passed, 2 failed, 1 error, 1 not run, 1 interrupted in 102 s"


def test_what_a_message_holds_cannot_steer_the_terminal() -> None:
    text = shown(made.NASTY, width=300)
    assert "\x1b" not in text
    assert clean(made.HOSTILE) in text
