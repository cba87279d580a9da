"""`lgsp wait` as a script uses it: who is not ready is named, with the reason, within the time."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from app.commands.waiting import _PATIENCE, wait
from tests.app.lgsp import lgsp
from tests.support import served
from vn.errors import CannotConnect

WELL = {"status": "ok", "part": "land", "detail": ""}
SICK = {"status": "failing", "part": "tax", "detail": "the database does not answer"}


@contextmanager
def part(health: dict[str, Any] | str, *, code: int = 200, hold: threading.Event | None = None) -> Iterator[str]:
    """Somebody who answers so at every path; `hold`: not before this is set."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if hold is not None:
                hold.wait()
                return
            self.send_response(code)
            self.end_headers()
            self.wfile.write((health if isinstance(health, str) else json.dumps(health)).encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with served(Handler) as address:
        try:
            yield f"http://{address}"
        finally:
            if hold is not None:
                hold.set()


def test_named_addresses_that_are_all_well_end_the_waiting(tmp_path: Path):
    with part(WELL) as one, part(WELL) as other:
        said = lgsp("wait", one, f"{other}/", state=tmp_path)
    assert (said.code, said.out, said.err) == (0, "ready\n", "")


def test_addresses_of_the_settings_are_asked_where_none_is_named(tmp_path: Path):
    with part(WELL) as land, part(SICK, code=503) as adapter:
        both = {"LGSP_LAND_URL": land, "LGSP_TAX_ADAPTER_URL": adapter}
        said = lgsp("wait", "--timeout", "0", state=tmp_path, variables=both)
    assert (said.code, said.out) == (11, "")
    assert said.err == "lgsp: not ready after 0 s: tax-adapter is failing (the database does not answer)\n"


def test_everybody_who_is_not_ready_is_named_with_the_reason(tmp_path: Path):
    with part(WELL) as well, part("<html>", code=404) as stranger:
        said = lgsp("wait", well, stranger, "http://127.0.0.1:9", "-t", "0", state=tmp_path)
    assert said.code == 11
    assert well not in said.err
    assert f"answers 404 at {stranger}/_lgsp/health, which no part of lgsp does" in said.err
    assert "http://127.0.0.1:9 does not answer" in said.err


def test_a_part_that_never_answers_does_not_make_the_waiting_longer():
    """In this process: the start of another takes as long as the patience for one answer, which must not be waited for."""
    with part(WELL, hold=threading.Event()) as frozen:
        began = time.monotonic()
        with pytest.raises(CannotConnect, match="does not answer"):
            wait([frozen], timeout=0.5)
        took = time.monotonic() - began
    assert 0.5 <= took < _PATIENCE


@pytest.mark.parametrize("url", ["land", "localhost:8080", "http://", "ftp://127.0.0.1"])
def test_what_is_no_address_is_refused_at_once(tmp_path: Path, url: str):
    said = lgsp("wait", url, state=tmp_path)
    assert (said.code, said.err) == (2, f"lgsp: wait: {url!r} is not http://HOST:PORT\n")


def test_where_nothing_runs_and_nothing_is_named_the_waiting_says_how_to_start(tmp_path: Path):
    said = lgsp("wait", "--timeout", "0", state=tmp_path)
    assert said.code == 11
    assert "start it with: lgsp up" in said.err
