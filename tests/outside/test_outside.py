"""A land office that is somebody else's takes part in scenarios: it passes, and where it does wrong, it is named."""

import ast
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from app.ports import assign
from app.settings import Settings
from tests.app.lgsp import COMMAND
from tests.outside.staging import DECIDE, HERE, PROGRAM, STATE, TOKEN, WITHIN, Staging, said_until

TRANSFER, DECIDED = HERE / "transfer.yaml", HERE / "decided.yaml"

STOPPED = """
scenario: stopped-and-started
title: {vi: Bộ kết nối bên ngoài ngừng một ngày, en: An adapter outside is down for a day}
start: 2026-03-02T09:00
steps:
  - stop: ilis-adapter
  - submit: {as: d, sample: couple}
  - advance: {by: 1 working-day}
  - expect: {contract: dossier.submitted, to: ilis, about: d}
  - never: {contract: land.transfer-slip, about: d, until: back}
  - call: {as: back, at: land, path: /thua-dat}
  - start: ilis-adapter
  - expect: {contract: land.transfer-slip, to: tct, about: d}
"""


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    return Staging(tmp_path, assign(Settings(), ("office",), {})["office"])


def test_the_program_knows_nothing_of_us() -> None:
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"))
    modules = [each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names]
    modules += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {each.partition(".")[0] for each in modules} <= {*sys.stdlib_module_names, "aiokafka"}


def test_a_system_outside_passes_with_its_own_clock_its_own_ids_and_its_own_register(staging: Staging) -> None:
    said = staging.run(TRANSFER, "--bindings", staging.bind(state=STATE), "--report", "json=report.json")
    assert said.code == 0, said.out + said.err + staging.log()
    assert "not run" not in said.out
    report = (staging.folder / "report.json").read_text(encoding="utf-8")
    assert json.loads(report)
    assert TOKEN not in said.out + said.err + report + staging.log()


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        pytest.param(("--forget", "land.transfer-slip"), "expected at least 1 ids of land.transfer-slip", id="forgets"),
        pytest.param(("--late", "4"), "expected at least 1 ids of land.transfer-slip", id="answers late", marks=pytest.mark.slow),
        pytest.param(("--die-at", "dossier.submitted"), "ilis (outside) has ended with exit code 3", id="dies", marks=pytest.mark.slow),
    ],
)
def test_a_system_that_does_wrong_fails_and_is_named(staging: Staging, option: tuple[str, ...], reason: str) -> None:
    said = staging.run(TRANSFER, "--bindings", staging.bind(*option, state=STATE))
    told = " ".join(said.out.split())
    assert said.code == 1, said.out + said.err
    assert reason in told
    assert "whose turn: member under test" in told


@pytest.mark.slow
def test_a_state_that_cannot_be_asked_for_is_not_run_and_the_verdict_says_so(staging: Staging) -> None:
    said = staging.run(TRANSFER, "--bindings", staging.bind(), "--report", "junit=junit.xml")
    told = " ".join(said.out.split())
    assert said.code == 0, said.out + said.err + staging.log()
    assert "step 3 was not run: land is outside, and --bindings has no agencies.land.state.parcel; step 8 was not run" in told
    junit = (staging.folder / "junit.xml").read_text(encoding="utf-8")
    assert 'failures="0" errors="0" skipped="0"' in junit
    assert "step 3 was not run" in junit


@pytest.mark.slow
def test_an_adapter_outside_is_stopped_and_started_by_its_commands_and_not_waited_for_meanwhile(staging: Staging) -> None:
    script, bindings = staging.folder / "stopped.yaml", staging.folder / "staging.yaml"
    script.write_text(STOPPED, encoding="utf-8")
    ilis = {"start": [*COMMAND, "adapter", "ilis"], "settle": "1 second", "log": "adapter.log"}
    bindings.write_text(json.dumps({"outside": ["ilis"], "members": {"ilis": ilis}}), encoding="utf-8")
    said = staging.run(script, "--bindings", bindings)
    assert said.code == 0, said.out + said.err


@pytest.mark.slow
def test_an_officer_s_decision_is_the_call_that_the_bindings_have_for_it(staging: Staging) -> None:
    said = staging.run(DECIDED, "--bindings", staging.bind("--by-officer", decide=DECIDE))
    assert said.code == 0, said.out + said.err + staging.log()


def test_without_a_call_nobody_decides_where_nobody_is_there(staging: Staging) -> None:
    said = staging.run(DECIDED, "--bindings", staging.bind("--by-officer"), "--non-interactive")
    told = " ".join(said.out.split())
    assert said.code == 1
    assert "1 not run" in told
    assert "decide at land, which is outside and has no agencies.land.decide in --bindings: an officer has to do it by hand" in told


def test_without_a_call_an_officer_is_asked_and_the_message_that_follows_shows_that_it_was_done(staging: Staging) -> None:
    command = [*COMMAND, "run", str(DECIDED), "--bindings", str(staging.bind("--by-officer"))]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, env=staging.environ, cwd=staging.folder, stdin=theirs, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        try:
            asked = said_until(ours, re.compile(r"cán bộ văn phòng đăng ký đất đai tiếp nhận hồ sơ, hồ sơ (H37\.[0-9-]{14})"))
            code = asked[1]
            answer = httpx.post(
                f"{staging.url}/dossiers/{code}/decisions", json={"decision": "yes"}, headers={"Authorization": f"Bearer {TOKEN}"}
            )
            assert answer.is_success, answer.text
            said_until(ours, re.compile("1 passed"))
            assert running.wait(WITHIN) == 0
        finally:
            running.kill()
            os.close(ours)


@contextmanager
def running_by_itself(staging: Staging, bootstrap: str, space: str) -> Iterator[None]:
    """The program as an integrator runs it: before the exchange is there, and longer."""
    where = {"LGSP_KAFKA_BOOTSTRAP": bootstrap, "LGSP_SPACE": space, "LGSP_LAND_URL": staging.url}
    with (staging.folder / "office.log").open("wb") as log:
        command = [sys.executable, str(PROGRAM), "register.json", "--patient"]
        with subprocess.Popen(command, env={**staging.environ, **where}, cwd=staging.folder, stdout=log, stderr=log) as program:
            try:
                yield
            finally:
                program.kill()


@pytest.mark.slow
def test_a_system_that_nobody_starts_finds_the_exchange_where_it_was_said_to_be_scenario_after_scenario(tmp_path: Path) -> None:
    ports = assign(Settings(), ("office", "broker"), {})
    staging = Staging(tmp_path, ports["office"], {"LGSP_BROKER_PORT": str(ports["broker"]), "LGSP_SPACE": "staging"})
    second = tmp_path / "second.yaml"
    second.write_text(
        DECIDED.read_text(encoding="utf-8").replace("  - decide: {at: land, dossier: d, action: accept}\n", ""), encoding="utf-8"
    )
    bindings = staging.bind(start=False)
    with running_by_itself(staging, f"127.0.0.1:{ports['broker']}", "staging"):
        said = staging.run(second, TRANSFER, "--bindings", bindings)
    assert said.code == 0, said.out + said.err + staging.log()
    assert "2 passed" in said.out


def test_a_system_that_does_not_read_is_told_which_group_and_topics_are_waited_for(staging: Staging) -> None:
    path = staging.bind()
    told = json.loads(path.read_text(encoding="utf-8"))
    told["members"]["ilis"] |= {"start": [sys.executable, "-c", "import time; time.sleep(600)"], "join": "2 seconds"}
    path.write_text(json.dumps(told), encoding="utf-8")
    said = staging.run(TRANSFER, "--bindings", path)
    told_us = " ".join(said.out.split())
    assert said.code == 1
    assert "ilis (outside) does not read: its group" in told_us
    assert ".inbox.VN.GOV.H37.15.ilis and to write to" in told_us


def test_a_command_that_is_not_there_is_an_error_with_its_name(staging: Staging) -> None:
    path = staging.bind()
    path.write_text(path.read_text(encoding="utf-8").replace(sys.executable, "no-such-program"), encoding="utf-8")
    said = staging.run(TRANSFER, "--bindings", path)
    assert said.code == 1
    assert "the command 'no-such-program' of ilis cannot be run" in " ".join(said.out.split())


def test_bindings_that_mean_nothing_are_refused_with_every_fault_in_its_place(staging: Staging) -> None:
    path = staging.folder / "staging.yaml"
    path.write_text("agencies:\n  land: {ulr: http://127.0.0.1:1, headers: {Authorization: env:NO_SUCH}}\nmembrs: {}\n", encoding="utf-8")
    said = staging.run(TRANSFER, "--bindings", path)
    assert said.code == 2
    assert f"{path}:2:10: /agencies/land/ulr: unknown key 'ulr'; did you mean 'url'?" in said.err
    assert f"{path}:3:1: /membrs: unknown key 'membrs'; did you mean 'members'?" in said.err
    path.write_text("agencies:\n  land: {headers: {Authorization: env:NO_SUCH}}\n", encoding="utf-8")
    said = staging.run(TRANSFER, "--bindings", path)
    assert (said.code, said.err.count("the environment has no NO_SUCH")) == (2, 1)
