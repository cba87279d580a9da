"""`lgsp topics`: planned, made so, checked; nothing is lost without a word."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from bus import Space
from tests.app.lgsp import Said, lgsp

DRIFT, USAGE = 1, 2
Topics = Callable[..., Said]


@pytest.fixture
def topics(broker: str, space: Space, tmp_path: Path) -> Topics:
    """`lgsp topics` in a space of its own; `file` is the text of an operator's file."""

    def run(*arguments: str, file: str = "") -> Said:
        (tmp_path / "shape.yaml").write_text(file, encoding="utf-8")
        return lgsp(
            "topics",
            *arguments,
            *(["--file", str(tmp_path / "shape.yaml")] if file else []),
            state=tmp_path / "state",
            variables={"LGSP_KAFKA_BOOTSTRAP": broker, "LGSP_SPACE": space.name},
        )

    return run


def test_apply_makes_what_plan_shows_and_a_second_one_does_nothing(topics: Topics) -> None:
    planned = topics("plan", "--json")
    assert {each["act"] for each in planned.objects} == {"create"}
    assert len(planned.objects) == 10
    assert topics("check").code == DRIFT
    assert topics("apply", "--json").objects == planned.objects
    again = topics("apply")
    assert (again.code, again.out, again.err) == (0, "as planned: nothing to do\n", "")
    assert topics("check").code == 0


def test_partitions_grow_and_settings_change_and_nothing_is_touched_besides(topics: Topics, space: Space) -> None:
    topics("apply", file="outbox: {partitions: 2, retention: 1d}")
    wanted = "outbox: {partitions: 3, retention: 2d}\njournal: {partitions: 6}"
    assert {(each["setting"], each["act"]) for each in topics("plan", "--json", file=wanted).objects} == {
        ("partitions", "grow"),
        ("retention.ms", "alter"),
    }
    done = topics("apply", "--json", file=wanted)
    assert done.code == 0
    assert {each["topic"].split(".")[1] for each in done.objects} == {"outbox"}
    assert topics("check", file=wanted).code == 0


def test_a_shorter_retention_needs_a_word(topics: Topics) -> None:
    topics("apply")
    refused = topics("apply", file="journal: {retention: 30d}")
    assert refused.code == DRIFT
    assert "retention.ms: older records go at once; say --yes" in refused.err
    assert [(each["is"], each["should"]) for each in topics("check", "--json", file="journal: {retention: 30d}").objects] == [
        ("-1", "2592000000")
    ]
    assert topics("apply", "--yes", file="journal: {retention: 30d}").code == 0
    assert topics("check", file="journal: {retention: 30d}").code == 0


def test_partitions_are_never_taken_away_also_not_with_a_word(topics: Topics) -> None:
    topics("apply")
    refused = topics("apply", "--yes", file="journal: {partitions: 2}")
    assert refused.code == DRIFT
    assert "journal partitions: Kafka cannot take partitions away; left as it is" in refused.err
    assert "not possible: Kafka cannot take partitions away" in topics("check", file="journal: {partitions: 2}").out


def test_a_box_of_nobody_is_deleted_only_with_a_word(topics: Topics, broker: str, space: Space, tmp_path: Path) -> None:
    topics("apply")
    (tmp_path / "members.yaml").write_text(
        "members:\n  - {id: VN/GOV/H37.10/lgsp, short: lgsp, name: {vi: Trục, en: Exchange}}\n", encoding="utf-8"
    )
    variables = {"LGSP_KAFKA_BOOTSTRAP": broker, "LGSP_SPACE": space.name, "LGSP_MEMBERS": str(tmp_path / "members.yaml")}
    kept = lgsp("topics", "apply", state=tmp_path, variables=variables)
    assert kept.code == DRIFT
    assert kept.err.count("no member of the register has it; say --yes") == 8
    gone = lgsp("topics", "apply", "--yes", "--json", state=tmp_path, variables=variables)
    assert (gone.code, len(gone.objects)) == (0, 8)
    assert lgsp("topics", "check", state=tmp_path, variables=variables).code == 0


def test_a_file_is_told_all_its_faults_with_their_lines(topics: Topics, tmp_path: Path) -> None:
    said = topics("plan", file="partitions: 0\nretension: 3d\njournal: {cleanup: zip, retention: 3y}\ninbox: 4\nreplication: no\n")
    assert (said.code, said.out) == (USAGE, "")
    lines = [line.removeprefix("lgsp: ").removeprefix(f"{tmp_path}/shape.yaml:") for line in said.err.splitlines()]
    assert lines == [
        "1: partitions 0 is not a whole number from 1 to 10000",
        "2: unknown key 'retension'; did you mean 'retention'?",
        "3: cleanup 'zip' is none of 'delete', 'compact', 'compact,delete'",
        "3: retention '3y' is neither unlimited nor a time such as 90m, 12h, 30d or 4w",
        "4: inbox must be a mapping, e.g. {partitions: 6, retention: 30d}",
        "5: replication False is not a whole number from 1 to 100",
    ]


def test_the_rights_of_a_member_are_its_outbox_its_inbox_and_its_group(tmp_path: Path) -> None:
    told = lgsp("topics", "acls", "--json", "--principal", "ilis=User:CN=ilis,O=Sở", state=tmp_path, variables={"LGSP_SPACE": "s"}).objects
    assert [(each["resourceType"], each["name"], each["operations"]) for each in told if each["principal"] == "User:CN=ilis,O=Sở"] == [
        ("topic", "s.outbox.VN.GOV.H37.15.ilis", ["Write"]),
        ("topic", "s.inbox.VN.GOV.H37.15.ilis", ["Read"]),
        ("group", "s.VN.GOV.H37.15.ilis", ["Read"]),
    ]
    assert {each["principal"] for each in told} == {"User:CN=ilis,O=Sở", "User:dvc", "User:tct", "User:payplat", "User:lgsp"}


def test_each_right_is_one_call_that_a_shell_takes_as_it_is(tmp_path: Path) -> None:
    said = lgsp("topics", "acls", "--principal", "ilis=User:CN=ilis, O=x", "--command-config", "my admin.properties", state=tmp_path)
    calls = [shlex.split(line) for line in said.out.splitlines()]
    assert {tuple(call[:6]) for call in calls} == {
        ("kafka-acls", "--bootstrap-server", "BROKER:9092", "--command-config", "my admin.properties", "--add")
    }
    assert sum("User:CN=ilis, O=x" in call for call in calls) == 3


def test_a_principal_that_is_none_and_a_member_that_is_unknown_are_named_together(tmp_path: Path) -> None:
    said = lgsp("topics", "acls", "--principal", "ilis=ilis", "--principal", "illis=User:x", state=tmp_path)
    assert (said.code, said.out) == (USAGE, "")
    assert "--principal ilis=ilis: give it as MEMBER=User:NAME; --principal illis=User:x: unknown member 'illis'; did you mean" in said.err
