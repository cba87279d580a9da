"""What an agency tells is read once, in order, with its cause, and at once."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.services.serving import at_rest, feed, serving
from tests.services.toy import create_app

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
CALL = {"Idempotency-Key": "VN/GOV/H37.10/dvc 7f1c", "X-Correlation-Id": "case-1", "traceparent": TRACE}


@pytest.fixture
def toy(settings):
    with serving(create_app(settings())) as client:
        yield client


def write(client: httpx.Client, *dossiers: str) -> None:
    for dossier in dossiers:
        client.post("/notes", json={"dossier": dossier}).raise_for_status()


def test_a_waiting_reader_is_answered_as_soon_as_something_is_written(toy: httpx.Client):
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(lambda: (feed(toy, after=0, wait=20), time.monotonic()))
        at_rest(toy)
        assert not waiting.done()
        write(toy, "A")
        written = time.monotonic()
        items, read = waiting.result()
    assert [item["subject"] for item in items] == ["A"]
    assert read - written < 1


def test_a_reader_is_answered_at_once_when_something_is_there_and_in_time_when_nothing_is(toy: httpx.Client):
    begun = time.monotonic()
    assert toy.get("/_feed", params={"wait": 0.05}).json() == {"items": [], "next": 0}
    write(toy, "A")
    assert len(feed(toy, wait=60)) == 1
    assert time.monotonic() - begun < 10


def test_the_cursor_acknowledges_and_a_reader_without_one_goes_on_from_there(toy: httpx.Client):
    write(toy, "A", "B", "C")
    page = toy.get("/_feed", params={"limit": 2}).json()
    assert [item["subject"] for item in page["items"]] == ["A", "B"]
    assert [item["subject"] for item in feed(toy)] == ["A", "B", "C"]
    assert [item["subject"] for item in feed(toy, after=page["next"])] == ["C"]
    assert [item["subject"] for item in feed(toy)] == ["C"]
    assert toy.get("/_lgsp/info").json()["feed"] == {"last": 3, "acknowledged": 2}


def test_an_entry_read_again_is_the_same_entry(toy: httpx.Client):
    write(toy, "A")
    assert feed(toy) == feed(toy, after=0)


def test_a_cursor_of_another_life_is_not_believed(toy: httpx.Client):
    write(toy, "A")
    assert [item["subject"] for item in feed(toy, after=99)] == ["A"]
    assert toy.get("/_lgsp/info").json()["feed"]["acknowledged"] == 0


def test_a_reset_does_not_use_numbers_again_so_that_no_reader_misses_an_entry(toy: httpx.Client):
    write(toy, "A", "B")
    cursor = toy.get("/_feed").json()["next"]
    toy.post("/_lgsp/reset").raise_for_status()
    assert toy.get("/_feed", params={"after": cursor}).json()["items"] == []
    write(toy, "C")
    assert [item["subject"] for item in feed(toy, after=cursor)] == ["C"]


def test_an_entry_names_the_call_it_follows_from_its_case_and_its_trace(toy: httpx.Client):
    toy.post("/notes", json={"dossier": "A"}, headers=CALL)
    [entry] = feed(toy)
    assert (entry["cause"], entry["correlation"], entry["traceparent"]) == ("VN/GOV/H37.10/dvc 7f1c", "case-1", TRACE)
    assert set(entry) == {"seq", "id", "kind", "subject", "at", "cause", "correlation", "traceparent", "body"}


def test_what_follows_from_work_names_the_call_that_asked_for_the_work(toy: httpx.Client):
    toy.post("/thoughts", json={"dossier": "A"}, headers=CALL)
    [entry] = feed(toy, wait=10)
    assert (entry["cause"], entry["correlation"], entry["traceparent"]) == ("VN/GOV/H37.10/dvc 7f1c", "case-1", TRACE)


def test_what_an_officer_decides_follows_from_the_call_that_asked_for_the_decision(toy: httpx.Client):
    toy.put("/_lgsp/policy", json={"thought": "manual"})
    toy.post("/thoughts", json={"dossier": "A"}, headers=CALL)
    toy.post("/thoughts/A/decision").raise_for_status()
    [entry] = feed(toy)
    assert (entry["cause"], entry["correlation"]) == ("VN/GOV/H37.10/dvc 7f1c", "case-1")


def test_a_case_begins_with_its_first_entry_and_all_that_is_told_of_the_dossier_belongs_to_it(toy: httpx.Client):
    write(toy, "A", "A", "B")
    toy.post("/notes", json={"dossier": "A"}, headers=CALL)
    one, two, other, late = feed(toy)
    assert one["correlation"] == two["correlation"] == late["correlation"] == one["id"]
    assert other["correlation"] == other["id"]
    assert one["cause"] is None
    assert late["cause"] == "VN/GOV/H37.10/dvc 7f1c"


def test_a_refusal_of_the_exchange_is_kept_with_the_entry_and_only_once(toy: httpx.Client):
    write(toy, "A", "B")
    entry = feed(toy)[0]["id"]
    said = {"code": "client.access_denied", "message": "no", "faults": [{"pointer": "/x", "reason": "y"}], "recipient": None}
    for _ in range(2):
        assert toy.post(f"/_feed/{entry}/outcome", json=said).status_code == 204
    toy.post(f"/_feed/{entry}/outcome", json={"code": "client.undeliverable", "recipient": "VN/GOV/G12.20/tct"})
    shown = toy.get("/_feed/entries").json()["items"]
    assert [[outcome["code"] for outcome in item["outcomes"]] for item in shown] == [["client.access_denied", "client.undeliverable"], []]
    assert shown[0]["outcomes"][0] == said
    assert [item["subject"] for item in toy.get("/_feed/entries", params={"subject": "B"}).json()["items"]] == ["B"]


def test_an_outcome_of_an_unknown_entry_is_answered_404(toy: httpx.Client):
    assert toy.post("/_feed/nope/outcome", json={"code": "x"}).status_code == 404


def test_a_waiting_reader_does_not_hold_up_the_end_of_the_process(settings):
    with ThreadPoolExecutor(1) as thread:
        with serving(create_app(settings())) as client:
            waiting = thread.submit(lambda: httpx.get(f"{client.base_url}/_feed?wait=60", timeout=70))
            at_rest(client)
            begun = time.monotonic()
        waiting.exception()
    assert time.monotonic() - begun < 5
