"""`lgsp up` as its user meets it: the table, every command against it, Ctrl-C, and what survives."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.lgsp import Said, Up, lgsp

PARTS = ("broker", "exchange", "dvc", "land", "tax", "payment", "dvc-adapter", "ilis-adapter", "tax-adapter", "payment-adapter")
MONDAY = "2026-03-02T09:00"
WITHIN = 30.0


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One state folder for all starts."""
    return tmp_path_factory.mktemp("up") / "state"


@pytest.fixture(scope="module")
def up(state: Path) -> Iterator[Up]:
    """Running; its clocks stand still."""
    with Up(state) as running:
        assert good(running, "wait").out == "ready\n"
        assert good(running, "clock", "freeze", MONDAY).out.count(MONDAY) == len(PARTS) - 1
        yield running


@pytest.fixture(scope="module")
def dossier(up: Up) -> str:
    """Handed in, paid, and at its end."""
    code = good(up, "submit", "-", given=good(up, "sample", "transfer").out).out.strip()
    until(up, code, "the citizen's: 2 notice(s) to pay")
    assert [len(each["attempt"]) for each in good(up, "pay", code, "--json").objects] == [17, 17]
    until(up, code, "nobody's: result returned (status 10)")
    return code


def good(up: Up, *command: str, given: str = "") -> Said:
    """A command that must end well and say nothing on standard error."""
    said = lgsp(*command, state=up.state, given=given)
    assert (said.code, said.err) == (0, ""), said
    return said


def no(up: Up, *command: str, given: str = "") -> str:
    """A command that must end with code 1 and a reason."""
    said = lgsp(*command, state=up.state, given=given)
    assert (said.code, said.out) == (1, ""), said
    assert said.err.startswith("lgsp: ")
    return said.err


def until(up: Up, code: str, turn: str) -> None:
    """Wait until it is somebody's turn."""
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        said = lgsp("trace", code, "--json", state=up.state)  # at first there is nothing about it in the journal
        if said.code == 0 and said.objects[-1]["turn"].startswith(turn):
            return
    raise AssertionError(said)


def addresses(up: Up) -> Any:
    """Where the broker and all parts are."""
    return json.loads((up.state / "run.json").read_text(encoding="utf-8"))


def databases(up: Up) -> Any:
    """All agencies in canonical form."""
    return json.loads(good(up, "canonical").out)


def test_the_table_names_every_part_and_what_to_do_next(up: Up) -> None:
    for part in (*PARTS, "supervisor", "state, logs"):
        assert f"│ {part} " in up.told
    assert up.told.splitlines()[-1].startswith("Next: lgsp sample transfer | lgsp submit -")


def test_a_case_is_followed_from_its_trace_to_one_message(up: Up, dossier: str) -> None:
    told = good(up, "trace", dossier).out
    assert told.splitlines()[-1] == "whose turn: nobody's: result returned (status 10)"
    *legs, _ = good(up, "trace", dossier, "--json").objects
    assert [(leg["source"], leg["succeeded"]) for leg in legs[:1]] == [("VN/GOV/H37.10/dvc", True)]
    shown = good(up, "show", legs[0]["messageId"]).out
    assert f"ce_subject: {dossier}" in shown
    assert "verdict: delivered  to VN/GOV/H37.15/ilis" in shown
    assert "no message nonsense" in no(up, "show", "nonsense")


def test_the_journal_is_listed_whole_or_in_part(up: Up, dossier: str) -> None:
    everything = good(up, "journal", "--json").objects
    assert len(good(up, "journal").out.splitlines()) == len(everything)
    assert {each["subject"] for each in everything} == {dossier}
    assert len(good(up, "journal", "--about", dossier, "--outcome", "delivered").out.splitlines()) == len(everything)
    slips = good(up, "journal", "--contract", "land.transfer-slip", "--json").objects
    assert [each["recipient"] for each in slips] == ["VN/GOV/G12.20/tct"]
    assert good(up, "journal", "--outcome", "refused").out == ""


def test_whatever_is_shown_is_told_to_programs_too_one_object_a_line(up: Up, dossier: str) -> None:
    notices = good(up, "notices", dossier, "--json").objects
    assert len(notices) == 2
    assert {each["TrangThai"] for each in notices} == {"DA_NOP_DU"}
    (slip,) = good(up, "journal", "--contract", "land.transfer-slip", "--json").objects
    (shown,) = good(up, "show", slip["messageId"], "--json").objects
    assert (shown["headers"]["ce_id"], shown["payload"]["dossier"], shown["verdicts"]) == (slip["messageId"], dossier, [slip])
    clocks = good(up, "clock", "--json").objects
    assert {each["part"] for each in clocks} == set(PARTS) - {"broker"}
    assert {(each["now"][:16], each["mode"]) for each in clocks} == {(MONDAY, "frozen")}
    policies = good(up, "policy", "land", "--json").objects
    assert {("land", "check", "instant")} <= {(each["agency"], each["decision"], each["manner"]) for each in policies}
    assert len(policies) == len(good(up, "policy", "land").out.splitlines())
    kinds = good(up, "sample", "list", "--json").objects
    assert {"kind": "transfer"}.items() <= next(each for each in kinds if each.get("kind") == "transfer").items()
    assert any("fault" in each for each in kinds)
    (form,) = good(up, "sample", "transfer", "--json").objects
    assert form["LoaiThuTuc"] == "CHUYEN_NHUONG"
    assert good(up, "access", "why", "land.transfer-slip", "ilis", "tct", "--json").objects[0]["allowed"] is True


def test_notices_are_shown_as_the_citizen_gets_them(up: Up, dossier: str) -> None:
    shown = good(up, "notices", dossier).out
    for words in ("Lệ phí trước bạ", "Bằng chữ: ", "Nộp vào: ", "còn phải nộp 0 đ"):
        assert words in shown
    assert lgsp("pay", dossier, state=up.state).code == 1


def test_there_are_no_dead_letters(up: Up, dossier: str) -> None:
    assert good(up, "dead-letters", "list").out.split() == ["name", "at", "about", "from", "code", "reason", "message", "id"]
    assert good(up, "dead-letters", "list", "--json").objects == []
    assert "lgsp dead-letters list" in no(up, "dead-letters", "show", "0-0")
    assert "lgsp dead-letters list" in no(up, "dead-letters", "replay", "0-0")


def test_an_agency_says_no_with_every_fault(up: Up, dossier: str) -> None:
    told = no(up, "submit", "-", given="{}")
    assert told.startswith("lgsp: dvc says no (422): 6 lỗi")
    assert "/LoaiThuTuc: bắt buộc phải có" in told
    assert "trạng thái 10" in no(up, "withdraw", dossier)
    assert "không chờ xác định" in no(up, "decide", dossier, "xac-dinh", "--at", "tax")


def test_a_policy_that_is_none_is_named_with_what_there_is(up: Up, dossier: str) -> None:
    wrong = [lgsp("policy", "land", *words, state=up.state) for words in (("check", "sometimes"), ("nonsense", "manual"))]
    assert [each.code for each in wrong] == [2, 2]
    assert "'sometimes' is not instant, manual, or a number of working days from 1 to 1000" in wrong[0].err
    assert "the decisions of land are check, " in wrong[1].err
    assert good(up, "policy", "land", "check").out.split() == ["land", "check", "instant"]


def test_a_clock_that_is_set_is_never_before_what_was_said(up: Up, dossier: str) -> None:
    shown = good(up, "clock", "at", MONDAY, "--json").objects
    assert {each["now"][:16] for each in shown} == {MONDAY}
    good(up, "clock", "freeze", MONDAY)


def test_an_officer_decides_where_the_policy_says_so_and_time_passes(up: Up, dossier: str) -> None:
    assert "check                manual" in good(up, "policy", "land", "check", "manual").out
    other = good(up, "submit", "-", given=good(up, "sample", "gift", "--seed", "2").out).out.strip()
    until(up, other, "the land office's: decision `check` waits for an officer")
    good(up, "decide", other, "tiep-nhan")
    until(up, other, "nobody's: result returned")

    assert "after 2 working day(s)" in good(up, "policy", "land", "check", "2").out
    third = good(up, "submit", "-", given=good(up, "sample", "gift", "--seed", "3").out).out.strip()
    until(up, third, "the land office's: decision `check` falls due at 2026-03-04 17:00:00")
    assert good(up, "clock", "jump", "3d").out.count("2026-03-05T09:00:00  frozen") == len(PARTS) - 1
    until(up, third, "nobody's: result returned")
    good(up, "policy", "land", "check", "instant")


def test_rules_are_listed_for_people_and_for_programs(up: Up) -> None:
    for command in (("contracts", "list"), ("members",), ("access", "list")):
        rows = good(up, *command, "--json").objects
        shown = good(up, *command).out
        assert all(str(value) in shown for row in rows for name, value in row.items() if name in ("contract", "member", "rule"))
    assert "allows land.transfer-slip" in good(up, "access", "why", "land.transfer-slip", "ilis", "tct").out
    assert lgsp("access", "why", "land.transfer-slip", "dvc", "tct", state=up.state).code == 1
    assert json.loads(good(up, "contracts", "show", "land.transfer-slip").out)["$id"]
    assert good(up, "contracts", "diff", "land.transfer-slip", "land.transfer-slip", "--json").objects == [
        {"backward": [], "forward": [], "full": []}
    ]


def test_two_cannot_use_one_state(up: Up) -> None:
    said = lgsp("up", state=up.state)
    assert (said.code, said.err.count("\n")) == (14, 1)
    assert "already runs" in said.err


def test_why_says_the_last_hop_of_a_case_or_message_and_whose_turn_it_is(up: Up, dossier: str) -> None:
    said = good(up, "why", dossier).out.splitlines()
    assert said[0].startswith("last hop: ")
    assert said[0].endswith("; nothing since")
    assert said[1].startswith("whose turn: nobody: nobody's: result returned (status 10)")
    (told,) = good(up, "why", dossier, "--json").objects
    assert (told["about"], told["who"]) == (dossier, "nobody")
    message = good(up, "trace", dossier, "--json").objects[0]["messageId"]
    assert good(up, "why", message).out.startswith("last hop: dossier.submitted from dvc to ")
    assert lgsp("why", "H37.15-200101-0001", state=up.state).code == 2


def test_state_survives_ctrl_c_which_ends_everything_within_five_seconds_and_kill_9_of_all(up: Up, dossier: str) -> None:
    where, before, said = addresses(up), databases(up), good(up, "journal", "--json").out
    code, seconds = up.interrupt()
    assert code == 130
    assert seconds < 5
    assert "lgsp up" in lgsp("journal", state=up.state).err

    with Up(up.state) as again:
        assert addresses(again) == where  # an adapter that somebody runs elsewhere finds the bus again
        assert databases(again) == before
        assert good(again, "journal", "--json").out == said
        paying = good(again, "submit", "-", given=good(again, "sample", "couple").out).out.strip()
        until(again, paying, "the citizen's: 3 notice(s) to pay")  # husband and wife each have their own for the income tax
        later = databases(again)
        again.kill()

    with Up(up.state, "--without", "ilis") as third:
        assert databases(third) == later
        _invited(third)
        good(third, "pay", paying)
        until(third, paying, "ilis's: 1 message(s) wait in its inbox, nobody reads it")
        said = good(third, "reset", "--json").objects
        assert said == [{"reset": True}]
        assert good(third, "journal").out == ""
        assert databases(third)["dvc"]["tables"]["dossiers"] == []


def _invited(up: Up) -> None:
    """Whoever left out an adapter is told what theirs has to do."""
    invitation = up.told.partition("ilis adapter: left out; yours takes its place as member VN/GOV/H37.15/ilis.")[2]
    for words in (
        "consume   lgsp.inbox.VN.GOV.H37.15.ilis  as group lgsp.VN.GOV.H37.15.ilis",
        "produce   lgsp.outbox.VN.GOV.H37.15.ilis",
        "dossier.submitted",
        f"{'vn.gov.land.transfer-slip.v1':38} to VN/GOV/G12.20/tct",
        "ce_source /VN/GOV/H37.15/ilis",
        "lgsp contracts export DIR",
    ):
        assert words in invitation
