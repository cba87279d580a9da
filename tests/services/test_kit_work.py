"""What is to be done is done when it is due, in order, by policy or by an officer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.kit import AgencySettings
from tests.services.serving import at_rest, feed, frozen, serving, until
from tests.services.toy import create_app
from vn.clock import ClockSetting

DAY = timedelta(days=1).total_seconds()


@pytest.fixture
def toy(settings):
    with serving(create_app(settings())) as client:
        frozen(client)
        yield client


def think(client: httpx.Client, *dossiers: str, text: str = "") -> None:
    for dossier in dossiers:
        client.post("/thoughts", json={"dossier": dossier, "text": text}).raise_for_status()


def jump(client: httpx.Client, seconds: float) -> None:
    client.post("/_lgsp/clock/jump", json={"seconds": seconds}).raise_for_status()


def told(client: httpx.Client) -> list[str]:
    return [item["subject"] for item in feed(client)]


def test_an_instant_decision_is_taken_at_once(toy: httpx.Client):
    think(toy, "A")
    assert [item["subject"] for item in feed(toy, wait=10)] == ["A"]
    assert at_rest(toy)["work"] == {"open": 0, "due": 0, "failing": 0, "next": None}


def test_a_manual_decision_waits_for_the_officer_who_can_take_it_once(toy: httpx.Client):
    toy.put("/_lgsp/policy", json={"thought": "manual"})
    think(toy, "A", text="well")
    jump(toy, 100 * DAY)
    assert at_rest(toy)["work"]["open"] == 1
    assert told(toy) == []
    [waiting] = toy.get("/_lgsp/work").json()["items"]
    assert (waiting["kind"], waiting["subject"], waiting["due"]) == ("thought", "A", None)
    assert toy.post("/thoughts/A/decision").status_code == 200
    assert feed(toy)[0]["body"]["text"].startswith("well")
    assert toy.post("/thoughts/A/decision").status_code == 409


def test_a_decision_after_working_days_comes_when_they_have_passed(toy: httpx.Client):
    toy.put("/_lgsp/policy", json={"thought": {"workingDays": 5}})
    think(toy, "A")  # on Monday 1 December 2025
    jump(toy, 7 * DAY - 1)
    assert at_rest(toy)["work"]["open"] == 1
    jump(toy, DAY)
    assert [item["at"][:10] for item in feed(toy, wait=10)] == ["2025-12-08"]


def test_at_one_instant_work_is_taken_in_the_order_of_the_dossiers(toy: httpx.Client):
    toy.put("/_lgsp/policy", json={"thought": {"workingDays": 5}})
    think(toy, "C", "A", "D", "B")
    jump(toy, 30 * DAY)
    at_rest(toy)
    assert told(toy) == ["A", "B", "C", "D"]


def test_after_a_jump_of_the_clock_timers_that_set_timers_each_run_at_their_own_time(toy: httpx.Client):
    for dossier in ("B", "A"):
        toy.post("/reminders", json={"dossier": dossier})
    jump(toy, 10 * DAY)
    at_rest(toy)
    said = [(item["subject"], item["at"][:10], item["body"]["text"][:6]) for item in feed(toy)]
    assert said == [
        ("A", "2025-12-02", "2 left"),
        ("B", "2025-12-02", "2 left"),
        ("A", "2025-12-03", "1 left"),
        ("B", "2025-12-03", "1 left"),
        ("A", "2025-12-04", "0 left"),
        ("B", "2025-12-04", "0 left"),
    ]


def test_a_timer_runs_when_the_real_time_comes_without_anyone_calling(settings):
    with serving(create_app(settings(clock=ClockSetting("offset", -86_400)))) as client:
        client.post("/reminders", json={"dossier": "A"})
        jump(client, DAY - 0.3)
        assert [item["subject"] for item in feed(client, wait=20)] == ["A"]


def test_one_failing_piece_of_work_turns_health_red_and_does_not_stop_the_others(toy: httpx.Client):
    think(toy, "A", text="bug")
    think(toy, "B")
    assert [item["subject"] for item in feed(toy, wait=10)] == ["B"]
    until(lambda: toy.get("/_lgsp/health").status_code == 503)
    health = toy.get("/_lgsp/health").json()
    assert (health["status"], health["part"]) == ("failing", toy.get("/_lgsp/info").json()["part"])
    assert told(toy) == ["B"]


def test_failing_work_is_tried_again_and_health_recovers_with_it(settings):
    app = create_app(settings())
    with serving(app) as client:
        think(client, "A", text="bug")
        until(lambda: client.get("/_lgsp/health").status_code == 503)
        with app.state.agency.write() as tx:
            tx.drop("thought", "A")
        until(lambda: client.get("/_lgsp/health").status_code == 200)


def test_when_the_officer_goes_home_what_waited_is_decided_by_the_new_policy(toy: httpx.Client):
    toy.put("/_lgsp/policy", json={"thought": "manual"})
    think(toy, "B", "A")
    jump(toy, DAY)
    assert toy.put("/_lgsp/policy", json={"thought": "instant"}).json() == {"thought": "instant"}
    at_rest(toy)
    assert [(item["subject"], item["at"][:10]) for item in feed(toy)] == [("A", "2025-12-02"), ("B", "2025-12-02")]


def test_work_survives_the_process(settings: Callable[..., AgencySettings]):
    with serving(create_app(settings())) as client:
        frozen(client)
        client.post("/reminders", json={"dossier": "A"})
    with serving(create_app(settings())) as client:
        assert told(client) == []
        jump(client, DAY)
        assert [item["subject"] for item in feed(client, wait=10)] == ["A"]


def test_two_processes_on_one_database_do_each_piece_of_work_once(settings: Callable[..., AgencySettings]):
    with serving(create_app(settings())) as one, serving(create_app(settings())) as two:
        frozen(one)
        frozen(two)
        one.put("/_lgsp/policy", json={"thought": {"workingDays": 1}})
        think(one, *(f"{n:02}" for n in range(30)))
        jump(one, 3 * DAY)
        jump(two, 3 * DAY)
        at_rest(one)
        at_rest(two)
        assert sorted(told(one)) == [f"{n:02}" for n in range(30)]


@pytest.mark.parametrize("said", [{"thought": "soon"}, {"thought": {"workingDays": 0}}, {"other": "instant"}, {"thought": None}])
def test_a_policy_that_is_none_is_refused_and_changes_nothing(toy: httpx.Client, said: dict[str, Any]):
    answer = toy.put("/_lgsp/policy", json=said)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}" for name in said]
    assert toy.get("/_lgsp/policy").json() == {"thought": "instant"}
