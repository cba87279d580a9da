"""An agency's state: whose it is, what survives, what a reset leaves, what two equal databases look like."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from services.kit import AgencySettings
from tests.services.serving import feed, serving
from tests.services.toy import create_app, founded
from vn.clock import VN, ClockSetting
from vn.errors import BadEnvironment, CannotConnect, Unusable

MONDAY = ClockSetting("frozen", at=datetime(2025, 12, 1, 8, tzinfo=VN))
Make = Callable[..., AgencySettings]


def test_the_state_of_another_version_is_not_touched(settings: Make):
    create_app(settings(), version=1)
    with pytest.raises(BadEnvironment, match=r"version 2\.1.*version 2\.2"):
        create_app(settings(), version=2)


def test_the_state_of_another_agency_is_not_touched(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/one.db"
    create_app(AgencySettings("land", url))
    with pytest.raises(BadEnvironment, match="state of land"):
        create_app(AgencySettings("tax", url))


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path):
    (tmp_path / "note.txt").write_text("not a database, but long enough to look like something" * 30)
    with pytest.raises(BadEnvironment, match="not a database"):
        create_app(AgencySettings("toy", f"sqlite:///{tmp_path}/note.txt"))


def test_a_folder_that_cannot_be_made_is_refused_in_one_line(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadEnvironment):
        create_app(AgencySettings("toy", f"sqlite:///{tmp_path}/file/x.db"))


def test_a_server_that_does_not_answer_is_named_without_its_password():
    with pytest.raises(CannotConnect) as caught:
        create_app(AgencySettings("toy", "postgresql+psycopg://lgsp:secret@127.0.0.1:1/lgsp"))
    assert "127.0.0.1:1" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "nosuch://x", "just words"])
def test_a_url_that_is_none_or_keeps_nothing_is_refused(url: str):
    with pytest.raises(Unusable):
        create_app(AgencySettings("toy", url))


@pytest.mark.parametrize("policy", [{"nosuch": "instant"}, {"thought": "soon"}, {"thought": {"workingDays": 0}}])
def test_a_policy_of_the_settings_that_is_none_is_refused_in_one_line(settings: Make, policy: dict[str, object]):
    with pytest.raises(Unusable, match="policy: "):
        create_app(settings(policy=policy))


def test_clock_and_policy_set_while_running_survive_the_process(settings: Make):
    with serving(create_app(settings())) as client:
        client.put("/_lgsp/clock", json={"mode": "frozen", "at": "2025-12-01T08:00:00+07:00"})
        client.post("/_lgsp/clock/jump", json={"seconds": 3600})
        client.put("/_lgsp/policy", json={"thought": {"workingDays": 3}})
    with serving(create_app(settings())) as client:
        assert client.get("/_lgsp/clock").json()["now"] == "2025-12-01T09:00:00+07:00"
        assert client.get("/_lgsp/policy").json() == {"thought": {"workingDays": 3}}


def test_settings_that_were_changed_since_win_over_what_was_set_while_running(settings: Make):
    with serving(create_app(settings())) as client:
        client.put("/_lgsp/policy", json={"thought": {"workingDays": 3}})
    with serving(create_app(settings(policy={"thought": "manual"}, clock=MONDAY))) as client:
        assert client.get("/_lgsp/policy").json() == {"thought": "manual"}
        assert client.get("/_lgsp/clock").json()["now"] == "2025-12-01T08:00:00+07:00"


def test_a_reset_brings_back_the_day_of_the_founding(settings: Make):
    with serving(create_app(settings(clock=MONDAY, seed=7), found=founded)) as client:
        first = client.get("/_lgsp/canonical").json()
        client.post("/notes", json={"dossier": "A"}, headers={"Idempotency-Key": "S 1"})
        client.post("/_lgsp/clock/jump", json={"seconds": 3600})
        client.put("/_lgsp/policy", json={"thought": "manual"})
        client.post("/thoughts", json={"dossier": "A"})
        assert client.get("/_lgsp/canonical").json() != first
        assert client.post("/_lgsp/reset").status_code == 204
        assert client.get("/_lgsp/canonical").json() == first
        assert client.get("/_lgsp/work").json() == {"items": []}
        assert client.get("/_lgsp/policy").json() == {"thought": "instant"}
        assert client.get("/_lgsp/clock").json()["now"] == "2025-12-01T08:00:00+07:00"
        again = client.post("/notes", json={"dossier": "A"}, headers={"Idempotency-Key": "S 1"})
        assert again.json() == {"number": "1/GC"}
        assert "Idempotency-Replayed" not in again.headers


def test_health_can_be_asked_for_without_a_body(settings: Make):
    with serving(create_app(settings())) as client:
        health = client.get("/_lgsp/health").json()
        assert (health["status"], health["part"], health["detail"]) == ("ok", settings().part, "")
        assert health["feed"] == {"unsent": 0, "oldestUnsentSeconds": None, "lastReadAgeSeconds": None}
        answer = client.head("/_lgsp/health")
        assert (answer.status_code, answer.content) == (200, b"")


def test_a_database_is_founded_once(settings: Make):
    for _ in range(2):
        app = create_app(settings(seed=7), found=founded)
    with serving(app) as client:
        assert client.get("/notes").json() == 1


@pytest.mark.parametrize(
    "said",
    [
        {"mode": "frozen"},
        {"mode": "frozen", "at": "2025-12-01T08:00:00"},
        {"mode": "real", "offsetSeconds": 5},
        {"mode": "sideways"},
        {"mode": "offset", "offsetSeconds": 1e300},
        {"mode": "offset", "offsetSeconds": "NaN"},
        {},
    ],
)
def test_a_clock_that_cannot_be_is_refused(settings: Make, said: dict[str, object]):
    with serving(create_app(settings())) as client:
        assert client.put("/_lgsp/clock", json=said).status_code == 422
        assert client.get("/_lgsp/clock").json()["mode"] == "real"


def test_a_frozen_clock_at_the_end_of_time_cannot_jump_over_it(settings: Make):
    with serving(create_app(settings(clock=ClockSetting("frozen", at=datetime(9999, 12, 31, tzinfo=VN))))) as client:
        assert client.post("/_lgsp/clock/jump", json={"seconds": 864_000}).status_code == 422


def fill(client: httpx.Client, *dossiers: str) -> dict[str, object]:
    for dossier in dossiers:
        client.post("/notes", json={"dossier": dossier, "text": "one"}, headers={"Idempotency-Key": f"S {dossier}"})
        client.post("/notes", json={"dossier": dossier, "text": "two"})
    return dict(client.get("/_lgsp/canonical").json())


def test_two_runs_that_differ_in_time_order_of_dossiers_and_numbers_have_one_canonical_form(settings: Make):
    with serving(create_app(settings(name="one"))) as one, serving(create_app(settings(name="two", clock=MONDAY))) as two:
        two.post("/_lgsp/reset")
        canonical = fill(one, "A", "B", "C")
        other = fill(two, "C", "A", "B")
        assert [entry["body"]["number"] for entry in feed(one)] == [entry["body"]["number"] for entry in feed(two)]
    assert canonical["tables"] == other["tables"]
    assert canonical["feed"] == other["feed"]
    assert canonical["feed"]["B"][1]["body"] == {"number": "number#2@B", "text": "two (number#2@B)"}
    assert {"dossier": "B", "number": "number#2@B", "papers": ["a", "b"], "text": "two"} in canonical["tables"]["notes"]


def test_two_databases_that_differ_in_one_value_differ_in_canonical_form(settings: Make):
    with serving(create_app(settings(name="one"))) as one, serving(create_app(settings(name="two"))) as two:
        canonical = fill(one, "A", "B")
        other = fill(two, "A", "B", "B")
    assert canonical["tables"] != other["tables"]
    assert canonical["feed"] != other["feed"]


def test_the_ninth_number_comes_before_the_tenth_in_canonical_form(settings: Make):
    with serving(create_app(settings())) as client:
        for n in range(11):
            client.post("/notes", json={"dossier": "A", "text": f"{n}"})
        numbers = [entry["body"]["number"] for entry in client.get("/_lgsp/canonical").json()["feed"]["A"]]
    assert numbers == [f"number#{n}@A" for n in range(1, 12)]
