"""`lgsp run` as its user meets it: exit codes, reports, several processes, and what an interruption leaves."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import psutil
import pytest

from tests.app.lgsp import COMMAND, NOBODY, WITHIN, Said, around, lgsp

GOOD = "- advance: {by: 1 second}"
BAD = "- call: {at: dvc, path: /ho-so/KHONG-CO}"
BY_HAND = "- by-hand: {say: Làm đi, until: {contract: tax.payment-notice}}"
LONG = "- advance: {by: 4 minutes}"
CASES = dict[str, Any]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals of POSIX")


def script(folder: Path, name: str, *steps: str, more: str = "") -> Path:
    """A file with these steps."""
    path = folder / f"{name}.yaml"
    listed = "\n".join(f"  {step}" for step in steps)
    path.write_text(f"scenario: {name}\ntitle: {{vi: Thử, en: Test}}\nstart: 2026-03-02T09:00\n{more}\nsteps:\n{listed}\n")
    return path


def run(folder: Path, *arguments: str | Path, **variables: str) -> Said:
    """`lgsp run`, to its end."""
    return lgsp("run", *map(str, arguments), state=folder / "state", variables={"COLUMNS": "200", **variables})


def told(report: Path) -> list[CASES]:
    """The cases of a JSON report."""
    cases: list[CASES] = json.loads(report.read_text())["cases"]
    return cases


def test_all_passed_is_0_also_where_some_could_not_be_run(tmp_path: Path) -> None:
    said = run(tmp_path, script(tmp_path, "good", GOOD), script(tmp_path, "by-hand", BY_HAND), "--non-interactive")
    assert said.code == 0, said
    assert "1 passed, 1 not run" in said.out


def test_something_failed_is_1_and_the_reports_tell_of_all(tmp_path: Path) -> None:
    junit, report, ctrf = tmp_path / "junit.xml", tmp_path / "report.json", tmp_path / "ctrf.json"
    paths = script(tmp_path, "bad", BAD), script(tmp_path, "good", GOOD)
    said = run(tmp_path, *paths, "--report", f"junit={junit},json={report}", "--report", f"ctrf={ctrf}")
    assert said.code == 1, said
    assert "no such dossier" in said.out.lower() or "404" in said.out
    assert [each["verdict"] for each in told(report)] == ["failed", "passed"]
    assert [each["status"] for each in json.loads(ctrf.read_text())["results"]["tests"]] == ["failed", "passed"]
    suite = parse(junit).getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")


def test_nothing_executed_is_never_0(tmp_path: Path) -> None:
    assert run(tmp_path, script(tmp_path, "by-hand", BY_HAND), "--non-interactive").code == 1


def test_on_a_real_clock_only_scripts_whose_terms_are_minutes_run_and_lint_says_which(tmp_path: Path) -> None:
    days, seconds = script(tmp_path, "days", "- advance: {by: 2 working-days}"), script(tmp_path, "seconds", "- advance: {by: 1 second}")
    said = run(tmp_path, days, seconds, "--speed", "real")
    assert said.code == 0, said
    assert "not run" in said.out
    assert "a day takes a day" in said.out
    linted = lgsp("scenario", "lint", str(days), str(seconds), state=tmp_path / "state").out
    assert [line.partition(":")[0] for line in linted.splitlines() if "virtual" in line] == ["days"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("nirgends.yaml",),
        ("good.yaml", "--speed", "fast"),
        ("good.yaml", "--report", "pdf=x"),
        ("good.yaml", "--report", "junit=no-such-folder/x"),
        ("wrong.yaml",),
        ("tabs.yaml",),
    ],
)
def test_what_cannot_be_read_is_2_and_nothing_is_played(arguments: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, "good", GOOD)
    script(tmp_path, "wrong", "- expect: {contract: tax.payment-notise}")
    (tmp_path / "tabs.yaml").write_text("a:\n\t- b: [")
    monkeypatch.chdir(tmp_path)
    said = run(tmp_path, *arguments)
    assert (said.code, said.out) == (2, ""), said
    assert "Traceback" not in said.err


def test_no_broker_is_11(tmp_path: Path) -> None:
    said = run(tmp_path, script(tmp_path, "good", GOOD), LGSP_KAFKA_BOOTSTRAP=NOBODY)
    assert said.code == 11, said
    assert NOBODY in said.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is a file of Linux")
def test_a_report_that_cannot_be_written_is_14(tmp_path: Path) -> None:
    assert run(tmp_path, script(tmp_path, "good", GOOD), "--report", "json=/dev/full").code == 14


def test_two_processes_find_what_one_finds_in_the_order_of_the_scripts(tmp_path: Path) -> None:
    paths = [script(tmp_path, f"s{number}", BAD if number == 2 else GOOD, "- submit: {as: d, sample: transfer}") for number in range(5)]
    found = []
    for processes in ("1", "2"):
        report = tmp_path / f"{processes}.json"
        assert run(tmp_path, *paths, "--parallel", processes, "--report", f"json={report}").code == 1
        found.append([(each["name"], each["verdict"], each["digest"]) for each in told(report)])
    assert found[0] == found[1]
    assert [name for name, _, _ in found[0]] == ["s0", "s1", "s2", "s3", "s4"]
    assert all(digest for _, _, digest in found[0])


class Terminal:
    """`lgsp run` before a terminal, while the block lasts; `seen` is what it has shown."""

    def __init__(self, folder: Path, *arguments: str | Path) -> None:
        self._master, slave = pty.openpty()
        command = [*COMMAND, "run", *map(str, arguments)]
        self.process = psutil.Popen(
            command, stdin=slave, stdout=slave, stderr=subprocess.STDOUT, env=around(folder / "state", COLUMNS="160")
        )
        os.close(slave)
        self.seen = ""

    def until(self, words: str) -> "Terminal":
        """Wait until it shows this."""
        end = time.monotonic() + WITHIN / 2
        while words not in self.seen:
            assert select.select([self._master], [], [], max(end - time.monotonic(), 0))[0], self.seen
            try:
                self.seen += os.read(self._master, 65536).decode(errors="replace")
            except OSError:  # it has ended
                raise AssertionError(f"ended before {words!r}: {self.seen}") from None
        return self

    def left(self, act: Callable[["Terminal"], None]) -> tuple[int, list[psutil.Process]]:
        """Do this to it; its exit code, and who of its processes is left."""
        children = self.process.children(recursive=True)
        act(self)
        try:
            while True:
                more = os.read(self._master, 65536)
                if not more:
                    break
                self.seen += more.decode(errors="replace")
        except OSError:  # the end
            pass
        finally:
            os.close(self._master)
        code = self.process.wait(WITHIN)
        _, alive = psutil.wait_procs(children, timeout=WITHIN / 3)
        return code, alive


def interrupted(shown: Terminal) -> None:
    """Ctrl-C."""
    shown.process.send_signal(signal.SIGINT)


def interrupted_twice(shown: Terminal) -> None:
    """By somebody impatient."""
    interrupted(shown)
    interrupted(shown)


def terminated(shown: Terminal) -> None:
    """By a supervisor."""
    shown.process.terminate()


@pytest.mark.parametrize("act", [interrupted, pytest.param(interrupted_twice, marks=pytest.mark.slow), terminated])
@pytest.mark.parametrize(("more", "words"), [((), "step 3/3"), (("--parallel", "2"), "passed")], ids=["one", "two"])
def test_whoever_is_interrupted_leaves_a_report_of_what_was_done_and_no_process(
    act: Callable[[Terminal], None], more: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    paths = (
        script(tmp_path, "a", GOOD),
        script(tmp_path, "b", "- submit: {as: d, sample: transfer}", "- expect: {about: d, to: ilis}", LONG),
        script(tmp_path, "c", LONG),
        script(tmp_path, "d", LONG),
    )
    shown = Terminal(tmp_path, *paths, "--speed", "10x", "-v", "--report", f"json={report}", *more).until(words)
    code, alive = shown.left(act)
    assert (code, alive) == (130, []), shown.seen
    a, b, c, d = told(report)
    assert (a["verdict"], b["verdict"], d["verdict"]) == ("passed", "interrupted", "not run"), shown.seen
    assert "interrupted" in b["reason"]
    assert c["verdict"] in ("not run", "interrupted")
    if not more:
        assert "in step 3" in b["reason"]
        assert b["messages"]


def test_an_interruption_while_a_script_is_set_up_is_told_too(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    paths = script(tmp_path, "a", GOOD), script(tmp_path, "b", LONG)
    shown = Terminal(tmp_path, *paths, "--speed", "100x", "-v", "--report", f"json={report}").until("2/2 b")
    code, alive = shown.left(interrupted)
    assert (code, alive) == (130, []), shown.seen
    assert [each["verdict"] for each in told(report)] == ["passed", "interrupted"]


def test_a_process_that_dies_is_one_clear_error_and_the_rest_is_played(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    paths = script(tmp_path, "a", GOOD), script(tmp_path, "b", LONG), script(tmp_path, "c", GOOD)
    shown = Terminal(tmp_path, *paths, "--speed", "10x", "-v", "--parallel", "2", "--report", f"json={report}").until("passed")

    def killed(shown: Terminal) -> None:
        """The one that plays the long script: it is the one that has not answered by the time the others have."""
        shown.until("c\x1b[0m  1 s")
        workers = [each for each in shown.process.children() if "app.commands.worker" in " ".join(each.cmdline())]
        for each in workers:
            each.kill()

    code, _ = shown.left(killed)
    assert code == 1, shown.seen
    assert [each["verdict"] for each in told(report)] == ["passed", "error", "passed"]
    assert "has ended" in told(report)[1]["reason"]


def test_processes_do_not_share_a_space_that_each_of_them_would_make_anew(tmp_path: Path) -> None:
    paths = [script(tmp_path, name, GOOD, more="outside: [ilis]") for name in ("one", "two")]
    said = run(tmp_path, *paths, "--parallel", "2", LGSP_KAFKA_BOOTSTRAP=NOBODY, LGSP_SPACE="ours")
    assert (said.code, "cannot be shared" in said.err) == (2, True), said
