"""The control address: rules listed, set, added, removed; what fired; and every no with its place."""

import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from bus.embedded.faults import checked, read_plan
from bus.embedded.faults.rules import ACTIONS
from tests.broker.faulty import FaultyBroker
from tests.broker.process import BrokerProcess
from tests.broker.raw import Raw, batch
from vn.errors import NotAllowed, Unusable

RULE = {"name": "late", "stage": "request", "action": "delay", "delay": 0.01, "when": {"api": "Produce"}}


@pytest.fixture(scope="module")
async def faulty() -> AsyncIterator[FaultyBroker]:
    async with FaultyBroker(None) as broker:
        yield broker


async def test_rules_are_replaced_added_and_removed(faulty: FaultyBroker) -> None:
    assert (await faulty.http("POST", "/faults", [RULE])).json() == {"rules": [RULE | {"matches": 0, "fired": 0}]}
    added = await faulty.http("PATCH", "/faults", RULE | {"name": "later"})
    assert [each["name"] for each in added.json()["rules"]] == ["late", "later"]
    assert (await faulty.http("DELETE", "/faults/late")).status_code == 204
    assert [each["name"] for each in (await faulty.http("GET", "/faults")).json()["rules"]] == ["later"]
    assert (await faulty.http("POST", "/faults", [RULE])).json()["rules"][0]["name"] == "late"
    assert (await faulty.http("DELETE", "/faults")).status_code == 204
    assert (await faulty.http("GET", "/faults")).json() == {"rules": []}


async def test_health_and_info_say_what_the_broker_is(faulty: FaultyBroker, name: str) -> None:
    await faulty.topic(name)
    assert (await faulty.http("GET", "/health")).json() == {"part": "broker", "status": "ok"}
    info = (await faulty.http("GET", "/info")).json()
    assert {**info, "version": "", "topics": 0} == {"part": "broker", "version": "", "state": None, "topics": 0, "rules": 0}
    assert info["topics"] >= 1


async def test_no_more_than_a_thousand_firings_are_kept_and_the_others_are_counted(faulty: FaultyBroker, name: str) -> None:
    await faulty.topic(name)
    await faulty.http("POST", "/faults", [RULE | {"delay": 0}])
    async with Raw(faulty.address) as client:
        for _ in range(1003):
            await client.produce(name, batch(b"a"))
    found = (await faulty.http("GET", "/faults/fired")).json()
    assert (len(found["fired"]), found["forgotten"]) == (1000, 3)
    await faulty.forget()
    assert (await faulty.http("GET", "/faults/fired")).json() == {"fired": [], "forgotten": 0}


async def test_a_plan_that_is_wrong_is_refused_whole_with_every_place(faulty: FaultyBroker) -> None:
    wrong = [{**RULE, "dealy": 1}, {**RULE, "name": "x", "when": {"api": "Produse"}}]
    answer = await faulty.http("POST", "/faults", wrong)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (422, "application/problem+json")
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not valid",
        "status": 422,
        "detail": "2 fault(s) in the plan",
        "errors": [
            {
                "pointer": "/0/dealy",
                "detail": "unknown key 'dealy'; did you mean 'delay'?; "
                "here stand name, stage, action, when, skip, times, probability, seed, delay",
            },
            {"pointer": "/1/when/api", "detail": "no API of this broker is named 'Produse'; did you mean 'Produce'?"},
        ],
    }
    assert (await faulty.http("GET", "/faults")).json() == {"rules": []}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/_lgsp/nothing", 404),
        ("PUT", "/_lgsp/faults", 405),
        ("DELETE", "/_lgsp/faults/nobody", 404),
        ("POST", "/_lgsp/faults", 400),
        ("PATCH", "/_lgsp/faults", 400),
    ],
)
async def test_every_no_is_a_problem(faulty: FaultyBroker, method: str, path: str, status: int) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.request(method, f"{faulty.control}{path}", content=b"{not json")
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"].partition(";")[0] == "application/problem+json"


async def test_a_control_port_that_is_taken_is_told_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RuntimeError, match=rf"^the broker's control address 127\.0\.0\.1:{port} cannot be had: [^\n]*\n$"):
            await BrokerProcess(None, "--control", f"127.0.0.1:{port}").start()


GOOD: dict[str, Any] = {"name": "n", "stage": "request", "action": "drop"}
WRONG: list[tuple[Any, str, str]] = [
    ({}, "", "must be a list of rules"),
    (["x"], "/0", "must be a mapping"),
    ([{"name": "n"}], "/0/stage", "'stage' is missing"),
    ([{"name": "n"}], "/0/action", "'action' is missing"),
    ([{"stage": "request", "action": "drop"}], "/0/name", "'name' is missing"),
    ([GOOD | {"name": "no spaces"}], "/0/name", "'no spaces' is no name"),
    ([GOOD, GOOD], "/1/name", "another rule is named 'n'"),
    ([GOOD | {"stage": "reqest"}], "/0/stage", "no stage is named 'reqest'; did you mean 'request'?"),
    ([GOOD | {"action": "dorp"}], "/0/action", "stage 'request' has no action 'dorp'; did you mean 'drop'?"),
    ([GOOD | {"action": "corrupt"}], "/0/action", "stage 'request' has no action 'corrupt'; it is one of stage log"),
    ([GOOD | {"tmies": 1}], "/0/tmies", "unknown key 'tmies'; did you mean 'times'?"),
    ([GOOD | {"times": 0}], "/0/times", "input should be greater than or equal to 1 (given: 0)"),
    ([GOOD | {"times": "2"}], "/0/times", "input should be a valid integer (given: '2')"),
    ([GOOD | {"skip": -1}], "/0/skip", "greater than or equal to 0"),
    ([GOOD | {"probability": 1.5}], "/0/probability", "less than or equal to 1"),
    ([GOOD | {"when": {"tpoic": "x"}}], "/0/when/tpoic", "unknown key 'tpoic'; did you mean 'topic'?"),
    ([GOOD | {"when": {}}], "/0/when", "is empty"),
    ([GOOD | {"when": {"api": "fetch"}}], "/0/when/api", "did you mean 'Fetch'?"),
    ([GOOD | {"when": {"api": "Fetch", "key": "a"}}], "/0/when/key", "only what is produced has keys"),
    ([GOOD | {"action": "delay"}], "/0/delay", "'delay' is missing"),
    ([GOOD | {"action": "delay", "delay": -1}], "/0/delay", "greater than or equal to 0"),
    ([GOOD | {"action": "refuse"}], "/0/error", "'error' is missing"),
    ([GOOD | {"action": "refuse", "error": "NOT_LEADER"}], "/0/error", "Kafka has no error 'NOT_LEADER'; did you mean"),
    ([GOOD | {"stage": "log", "action": "corrupt", "when": {"api": "Fetch"}}], "/0/when/api", "about what is produced"),
    ([GOOD | {"stage": "log", "action": "corrupt", "when": {"group": "g"}}], "/0/when/group", "belongs to no group"),
    ([GOOD | {"stage": "log", "action": "hold-back", "for": "5s"}], "/0/for", "input should be a valid number (given: '5s')"),
    ([GOOD | {"stage": "group", "action": "expel"}], "/0/group", "in which group?"),
    ([GOOD | {"stage": "group", "action": "expel", "when": {"api": "Produce"}}], "/0/group", "is of none?"),
    ([GOOD | {"stage": "broker", "action": "pause"}], "/0/topic", "on which topic?"),
    ([GOOD | {"stage": "broker", "action": "stop", "skip": 2}], "/0/skip", "means nothing without 'when'"),
    ([GOOD | {"stage": "broker", "action": "stop", "how": "softly"}], "/0/how", "'kill' or 'clean'"),
]


@pytest.mark.parametrize(("plan", "pointer", "reason"), WRONG, ids=[f"{number}{pointer}" for number, (_, pointer, _) in enumerate(WRONG)])
def test_what_is_wrong_is_told_with_its_place_and_what_may_have_been_meant(plan: Any, pointer: str, reason: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        checked(plan)
    assert [fault for fault in refusal.value.faults if fault.pointer == pointer and reason in fault.reason], refusal.value.faults


def test_a_file_is_refused_with_the_line_and_rule_of_every_fault(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "- name: lost-ack\n  stage: response\n  action: drop\n  when:\n    api: Produse\n- name: now\n  stage: broker\n  action: stop\n"
    )
    with pytest.raises(Unusable) as refusal:
        read_plan(plan)
    assert str(refusal.value).splitlines() == [
        f"{plan}:5: rule 1 (lost-ack): when.api: no API of this broker is named 'Produse'; did you mean 'Produce'?",
        f"{plan}:6: rule 2 (now): when: is missing: at the start there is nothing that could be done at once; say at which request",
    ]


@pytest.mark.parametrize("name", ["plan.yaml", "plan.json"])
def test_a_plan_may_be_yaml_or_json(tmp_path: Path, name: str) -> None:
    plan = tmp_path / name
    plan.write_text('[{"name": "n", "stage": "log", "action": "hold-back", "count": 2, "for": 1}]')
    (rule,) = read_plan(plan)
    assert rule.to_json() == {"name": "n", "stage": "log", "action": "hold-back", "count": 2, "for": 1.0}


def test_every_action_has_an_example_in_the_documentation_and_every_example_is_right() -> None:
    text = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")
    examples = [rule for block in re.findall(r"```yaml\n(.*?)```", text, re.S) for rule in yaml.safe_load(block)]
    shown = {(rule.stage, rule.action) for example in examples for rule in checked([example])}
    assert shown == {(stage, action) for stage, actions in ACTIONS.items() for action in actions}


async def test_a_file_that_cannot_be_read_keeps_the_broker_from_starting_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"^[^\n]*plan\.yaml: cannot be read: No such file or directory\n$"):
        await BrokerProcess(None, "--faults", str(tmp_path / "plan.yaml")).start()
