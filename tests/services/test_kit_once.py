"""A call is applied once, whatever the network does."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.services.serving import feed, serving
from tests.services.toy import create_app

KEY = {"Idempotency-Key": "VN/GOV/H37.10/dvc 7f1c"}


@pytest.fixture
def toy(settings):
    with serving(create_app(settings())) as client:
        yield client


def test_a_repeat_has_no_effect_and_gets_the_first_answer_marked_as_replayed(toy: httpx.Client):
    first = toy.post("/notes", json={"dossier": "A"}, headers=KEY)
    again = toy.post("/notes", json={"dossier": "A"}, headers=KEY)
    assert (first.status_code, first.json()) == (201, {"number": "1/GC"})
    assert (again.status_code, again.content) == (201, first.content)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert toy.get("/notes").json() == len(feed(toy)) == 1


def test_a_call_without_a_key_is_applied_each_time(toy: httpx.Client):
    for _ in range(2):
        toy.post("/notes", json={"dossier": "A"})
    assert toy.get("/notes").json() == 2


def test_concurrent_duplicates_have_one_effect_and_one_answer(toy: httpx.Client):
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: toy.post("/notes", json={"dossier": "A"}, headers=KEY), range(40)))
    assert {answer.content for answer in answers} == {b'{"number":"1/GC"}'}
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert toy.get("/notes").json() == 1


def test_different_calls_at_the_same_time_are_all_applied_with_numbers_of_their_own(toy: httpx.Client):
    def write(n: int) -> str:
        return str(toy.post("/notes", json={"dossier": f"{n % 3}"}, headers={"Idempotency-Key": f"S {n}"}).json()["number"])

    with ThreadPoolExecutor(20) as threads:
        numbers = list(threads.map(write, range(60)))
    assert sorted(numbers) == sorted(f"{n}/GC" for n in range(1, 61))
    assert [entry["seq"] for entry in feed(toy)] == sorted(entry["seq"] for entry in feed(toy))
    assert {entry["body"]["number"] for entry in feed(toy)} == set(numbers)


@pytest.mark.parametrize(("text", "status"), [("forbidden", 409), ("unknown", 404), ("bug", 500), ("unanswerable", 500)])
def test_what_fails_leaves_nothing_behind_and_may_be_tried_again_under_the_same_key(toy: httpx.Client, text: str, status: int):
    for _ in range(2):
        answer = toy.post("/notes", json={"dossier": "A", "text": text}, headers=KEY)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert (toy.get("/notes").json(), feed(toy)) == (0, [])
    assert toy.post("/notes", json={"dossier": "A"}, headers=KEY).json() == {"number": "1/GC"}


def test_one_message_may_make_two_different_calls(toy: httpx.Client):
    toy.post("/notes", json={"dossier": "A"}, headers=KEY)
    answer = toy.post("/thoughts", json={"dossier": "A"}, headers=KEY)
    assert "Idempotency-Replayed" not in answer.headers


def test_a_process_killed_between_effect_and_answer_has_kept_neither(settings, tmp_path: Path):
    given = settings()
    program = f"""
from services.kit import AgencySettings, Cause
from services.kit.once import CallFrom
from tests.services.toy import NoteIn, create_app, note
agency = create_app(AgencySettings({given.part!r}, {given.database_url!r})).state.agency
call = CallFrom("S 1", "POST /notes", Cause("S 1"))
agency.apply_once(CallFrom("S 0", "POST /notes", Cause("S 0")), lambda tx: note(tx, NoteIn(dossier="A")))
agency.apply_once(call, lambda tx: note(tx, NoteIn(dossier="A", text="kill")))
"""
    assert subprocess.run([sys.executable, "-c", program], check=False, capture_output=True).returncode == 9
    with serving(create_app(given)) as client:
        assert client.get("/notes").json() == len(feed(client)) == 1
        answer = client.post("/notes", json={"dossier": "A"}, headers={"Idempotency-Key": "S 1"})
        assert answer.json() == {"number": "2/GC"}
        assert "Idempotency-Replayed" not in answer.headers
        assert client.post("/notes", json={"dossier": "A"}, headers={"Idempotency-Key": "S 0"}).headers["Idempotency-Replayed"] == "true"
