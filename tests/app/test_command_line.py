"""A user's mistake is one line that says what to do, and an exit code; never a traceback."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bus import Code, Failure
from tests.app.lgsp import NOBODY, lgsp
from tests.exchange.test_dropped_in import ABOUT, SCHEMA

USAGE, NOBODY_THERE, ENVIRONMENT = 2, 11, 14


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files that are wrong, each in its way."""
    (tmp_path / "broken.json").write_text('{"LoaiThuTuc": ')
    (tmp_path / "latin.json").write_bytes('{"HoTen": "Nguyễn"}'.encode("utf-16"))
    (tmp_path / "fine.json").write_text("{}")
    (tmp_path / "no-mapping.yaml").write_text("- land")
    (tmp_path / "broken.yaml").write_text("land: {check: [")
    (tmp_path / "a-file").write_text("")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "lgsp-state").write_text("0\n")
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "run.json").write_text("{")
    return tmp_path


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("command", "code", "advice"),
    [
        ("submit nothing.json", USAGE, "nothing.json: No such file"),
        ("submit .", USAGE, "Is a directory"),
        ("submit broken.json", USAGE, "broken.json:1:16: not JSON"),
        ("submit latin.json", USAGE, "latin.json: not UTF-8 text"),
        ("submit -", USAGE, "-:1:1: not JSON"),
        ("supplement H37.15-260302-0001 nothing.json", USAGE, "nothing.json: No such file"),
        ("contracts show land.transfer-slop", USAGE, "land.transfer-slip"),
        ("contracts show nonsense", USAGE, "lgsp contracts list"),
        ("contracts check nothing.json", USAGE, "nothing.json: No such file"),
        ("contracts check fine.json", USAGE, "--contract NAME"),
        ("contracts check fine.json --contract nonsense", USAGE, "lgsp contracts list"),
        ("contracts diff nothing.json fine.json", USAGE, "nothing.json: No such file"),
        ("contracts diff broken.json fine.json", USAGE, "broken.json: not JSON"),
        ("contracts diff fine.json fine.json --mode sideways", USAGE, "say backward, forward, full or none"),
        ("contracts export a-file/below", ENVIRONMENT, "a-file/below: Not a directory"),
        ("journal --contract land.transfer-slop", USAGE, "did you mean 'land.transfer-slip'?"),
        ("journal --contract nonsense", USAGE, "lgsp contracts list"),
        ("journal --outcome delivred", USAGE, "did you mean 'delivered'?"),
        ("journal --outcome client.acces_denied", USAGE, "did you mean 'client.access_denied'?"),
        ("journal --outcome agency.anwered_no", USAGE, "did you mean 'agency.answered_no'?"),
        ("journal --outcome nonsense", USAGE, "there are delivered, refused, client.malformed_envelope"),
        ("access why land.transfer-slip ilis nobody", USAGE, "nobody"),
        ("sample nonsense", USAGE, "lgsp sample list"),
        ("sample transfer --fault nonsense", USAGE, "lgsp sample list"),
        ("broker --listen here", USAGE, "HOST:PORT"),
        ("broker --fsync batch --memory", USAGE, "not with --apache, nor with --memory"),
        ("up --without nonsense", USAGE, "choose from dvc, land"),
        ("up --policy nothing.yaml", USAGE, "nothing.yaml: No such file"),
        ("up --policy no-mapping.yaml", USAGE, "one mapping per agency"),
        ("up --state a-file/below", ENVIRONMENT, "--state DIR"),
        ("up --state old", ENVIRONMENT, "state of version 0, this is version 1; start anew with --fresh"),
        ("up --fresh --state .", ENVIRONMENT, "--fresh will not empty it"),
        ("broker --state a-file/below", ENVIRONMENT, "--state DIR"),
        ("serve land --state old", ENVIRONMENT, "--fresh"),
        ("demo --keep a-file/below", ENVIRONMENT, "choose"),
        ("clock show --state torn", ENVIRONMENT, "lgsp up"),
        ("pay H37.15-260302-0001 --amount 5", USAGE, "--notice"),
        ("decide H37.15-260302-0001 tiep-nhan --at dvc", USAGE, "land or tax"),
    ],
)
def test_a_mistake_is_named_in_one_line(command: str, code: int, advice: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    said = lgsp(*command.split(), state=folder / "state")
    assert (said.code, said.out) == (code, ""), said.err
    assert said.err.startswith("lgsp: ")
    assert said.err.count("\n") == 1
    assert advice in said.err


@pytest.mark.parametrize(
    "command",
    [
        "wait -t 0",
        "sample transfer",
        "submit fine.json",
        "pay H37.15-260302-0001",
        "withdraw H37.15-260302-0001",
        "decide H37.15-260302-0001 tiep-nhan",
        "trace H37.15-260302-0001",
        "show 1",
        "journal",
        "notices H37.15-260302-0001",
        "dead-letters list",
        "dead-letters show 0-0",
        "dead-letters replay 0-0",
        "clock",
        "policy",
        "canonical",
        "reset",
        "exchange",
        "adapter tax",
    ],
)
def test_where_nothing_runs_the_user_hears_how_to_start_it(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    said = lgsp(*command.split(), state=folder / "state")
    assert (said.code, said.out) == (NOBODY_THERE, ""), said.err
    assert said.err.startswith("lgsp: ")
    assert said.err.count("\n") == 1
    assert "lgsp up" in said.err


@pytest.mark.parametrize("outcome", ["delivered", "refused", *Code, *Failure, "agency.tax.error_22", "agency.own_word"])
def test_every_outcome_that_the_exchange_can_journal_may_be_asked_for(outcome: str, folder: Path) -> None:
    assert lgsp("journal", "--outcome", outcome, state=folder / "state").code == NOBODY_THERE


@pytest.mark.parametrize("name", ["land.transfer-slip", "vn.gov.land.transfer-slip.v1", "land.question", "land.question.v2"])
def test_every_contract_in_force_may_be_asked_for_also_one_that_was_dropped_in(name: str, folder: Path) -> None:
    (folder / "contracts").mkdir()
    (folder / "contracts" / "question.yaml").write_text(ABOUT, encoding="utf-8")
    (folder / "contracts" / "question.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    said = lgsp("journal", "--contract", name, state=folder / "state", variables={"LGSP_CONTRACTS": str(folder / "contracts")})
    assert said.code == NOBODY_THERE, said.err


@pytest.mark.parametrize(
    ("command", "variable", "value", "code", "advice"),
    [
        ("members", "LGSP_DVC_PROT", "8080", USAGE, "did you mean LGSP_DVC_PORT?"),
        ("members", "LGSP_DVC_PORT", "http", USAGE, "'http' is not a whole number from 0 to 65535"),
        ("adapter ilis", "LGSP_LAND_URL", "localhost:8080", USAGE, "LGSP_LAND_URL: 'localhost:8080' is not http://HOST:PORT"),
        ("members", "LGSP_SPACE", "a.b", USAGE, "letters, digits, - and _ only"),
        ("members", "LGSP_PEOPLE", "5", USAGE, "LGSP_PEOPLE: 5 are too few for a province; at least 20"),
        ("members", "LGSP_LOG", "xml", USAGE, "none of auto, text, json"),
        ("broker", "LGSP_BROKER_FSYNC", "always", USAGE, "'always' is none of none, batch, interval"),
        ("members", "LGSP_MEMBERS", "nothing.yaml", USAGE, "nothing.yaml"),
        ("access list", "LGSP_ACCESS", "nothing.yaml", USAGE, "nothing.yaml"),
        ("contracts list", "LGSP_CONTRACTS", "nothing", USAGE, "nothing"),
        ("serve land", "LGSP_POLICY", "broken.yaml", USAGE, "broken.yaml: "),
        ("up", "LGSP_MEMBERS", "nothing.yaml", USAGE, "nothing.yaml"),  # which only the parts read
        ("up", "LGSP_KAFKA_BOOTSTRAP", NOBODY, NOBODY_THERE, f"no Kafka broker answers at {NOBODY}"),
        ("exchange", "LGSP_KAFKA_BOOTSTRAP", "kafka", USAGE, "LGSP_KAFKA_BOOTSTRAP: 'kafka' is not HOST:PORT[,HOST:PORT...]"),
        ("topics plan", "LGSP_KAFKA_BOOTSTRAP", NOBODY, NOBODY_THERE, f"no Kafka broker answers at {NOBODY}"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    command: str, variable: str, value: str, code: int, advice: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    said = lgsp(*command.split(), state=folder / "state", variables={variable: value})
    assert (said.code, said.out) == (code, ""), said.err
    assert said.err.startswith("lgsp: ")
    assert said.err.count("\n") == 1
    assert advice in said.err


@pytest.mark.parametrize(
    ("command", "variable"),
    [("up", "LGSP_TAX_PORT"), ("up", "LGSP_SUPERVISOR_PORT"), ("serve tax", "LGSP_TAX_PORT"), ("broker", "LGSP_BROKER_PORT")],
)
def test_a_port_in_use_is_named_with_its_variable(command: str, variable: str, taken: int, folder: Path) -> None:
    said = lgsp(*command.split(), state=folder / "state", variables={variable: str(taken)})
    assert (said.code, said.out) == (ENVIRONMENT, ""), said.err
    assert said.err.startswith("lgsp: ")
    assert said.err.count("\n") == 1
    assert str(taken) in said.err
    assert variable in said.err


SHOW = (
    *("trace", "show", "journal", "notices", "dead-letters list", "dead-letters show", "sample", "pay", "clock", "policy", "members"),
    *("canonical", "contracts list", "contracts show", "contracts check", "contracts diff", "access list", "access why", "reset", "demo"),
)


@pytest.mark.parametrize("command", SHOW)
def test_every_command_that_shows_something_offers_json(command: str, folder: Path) -> None:
    said = lgsp(*command.split(), "--help", state=folder)
    assert "--json" in said.out


def test_faults_of_a_payload_are_told_to_programs_one_object_a_line(folder: Path) -> None:
    said = lgsp("contracts", "check", str(folder / "fine.json"), "--contract", "dossier.withdrawal-requested", "--json", state=folder)
    assert said.code == 1
    assert {each["pointer"] for each in said.objects} == {"/dossier", "/requestedAt", "/reason"}


def test_a_payload_that_breaks_its_contract_is_shown_with_every_fault_and_code_1(folder: Path) -> None:
    said = lgsp("contracts", "check", str(folder / "fine.json"), "--contract", "dossier.submitted", state=folder)
    assert (said.code, said.err) == (1, "")
    assert len(said.out.splitlines()) > 3
    for line in said.out.splitlines():
        assert line.startswith(f"{folder / 'fine.json'}: ")
