"""`lgsp up --faults` and `lgsp faults`: a plan from the start, rules given and taken back, and what fired."""

from pathlib import Path

from tests.app.lgsp import Up, lgsp

AT_START = "- {name: slow-start, stage: request, action: delay, delay: 0.01, times: 1, when: {api: FindCoordinator}}\n"
LATER = "- {name: all-out, stage: group, action: rebalance, group: 'lgsp.*'}\n"


def test_a_plan_is_in_force_from_the_start_and_can_be_added_to_and_cleared(tmp_path: Path) -> None:
    state, plan, more = tmp_path / "state", tmp_path / "plan.yaml", tmp_path / "more.yaml"
    plan.write_text(AT_START)
    more.write_text(LATER)
    with Up(state, "--faults", str(plan)) as up:
        assert "broker's faults" in up.told
        (rule,) = lgsp("faults", "list", "--json", state=state).objects
        assert (rule["name"], rule["fired"]) == ("slow-start", 1)
        assert lgsp("faults", "add", str(more), state=state).out == "1 rule(s) added\n"
        fired = lgsp("faults", "fired", "--json", state=state).objects
        assert fired[0]["rule"] == "slow-start"
        assert {each["group"] for each in fired if each["rule"] == "all-out"}
        assert "slow-start" in lgsp("faults", "fired", state=state).out
        assert lgsp("faults", "clear", "all-out", state=state).code == 0
        assert [each["name"] for each in lgsp("faults", "list", "--json", state=state).objects] == ["slow-start"]
        unknown = lgsp("faults", "clear", "nobody", state=state)
        assert (unknown.code, unknown.err) == (
            1,
            "lgsp: broker-control says no (404): no rule is named 'nobody'; there are: slow-start\n",
        )
        assert lgsp("clock", state=state).code == 0
        assert lgsp("wait", state=state).code == 0


def test_a_wrong_plan_ends_the_command_with_every_fault_before_anything_starts(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("- {name: a, stage: log, action: corupt}\n- {name: a, stage: response, action: drop}\n")
    for command in ("up", "broker"):
        said = lgsp(command, "--faults", str(plan), state=tmp_path / "state")
        assert (said.code, said.err.splitlines()) == (
            2,
            [
                f"lgsp: {plan}:1: rule 1 (a): action: stage 'log' has no action 'corupt'; did you mean 'corrupt'?; "
                "it has store-twice, hold-back, corrupt",
                f"{plan}:2: rule 2 (a): name: another rule is named 'a'",
            ],
        )


def test_a_broker_that_is_not_ours_cannot_be_told_to_lie(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(AT_START)
    said = lgsp("up", "--faults", str(plan), state=tmp_path / "state", variables={"LGSP_KAFKA_BOOTSTRAP": "127.0.0.1:9"})
    assert (said.code, said.err.strip()) == (
        2,
        "lgsp: --faults: only the embedded broker lies on demand, and LGSP_KAFKA_BOOTSTRAP names another (127.0.0.1:9)",
    )
    assert lgsp("broker", "--apache", "--faults", str(plan), state=tmp_path / "state").code == 2
