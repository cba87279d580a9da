"""The state folder belongs to one exchange at a time."""

from pathlib import Path

import pytest

from app.state import held, prepare
from bus.premises import APACHE
from bus.premises import held as broker_held
from vn.errors import BadEnvironment


def test_a_folder_that_is_held_is_refused_to_a_second_exchange_before_anything_is_wiped(tmp_path: Path) -> None:
    with held(tmp_path):
        prepare(tmp_path)
        (tmp_path / "land.db").write_text("live")
        with pytest.raises(BadEnvironment, match="already runs"), held(tmp_path):
            prepare(tmp_path, fresh=True)
        assert (tmp_path / "land.db").read_text() == "live"


def test_a_broker_that_runs_from_the_folder_by_itself_keeps_its_log_when_the_rest_begins_anew(tmp_path: Path) -> None:
    log = prepare(tmp_path) / "broker" / "log"
    with broker_held(tmp_path / "broker", APACHE):
        log.write_text("live")
        prepare(tmp_path, fresh=True)
        assert log.read_text() == "live"
    prepare(tmp_path, fresh=True)
    assert not log.exists()


def test_a_folder_that_was_let_go_can_be_held_again_and_begun_anew(tmp_path: Path) -> None:
    with held(tmp_path):
        prepare(tmp_path)
        (tmp_path / "land.db").write_text("old")
    with held(tmp_path):
        prepare(tmp_path, fresh=True)
        assert not (tmp_path / "land.db").exists()


def test_a_folder_with_somebody_elses_files_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("years of work")
    with held(tmp_path), pytest.raises(BadEnvironment, match="not a state folder"):
        prepare(tmp_path, fresh=True)
    assert (tmp_path / "thesis.odt").exists()
