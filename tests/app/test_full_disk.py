"""A disk that is full takes no log; the work that it tells of goes on."""

import errno
import io
from collections.abc import Iterator

import pytest
import structlog

from app.logs import configure


class Full(io.StringIO):
    """Standard error on a full disk."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.parametrize("style", ["json", "text"])
def test_a_log_that_cannot_be_written_ends_no_work(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(style, "info", "tax")
    monkeypatch.setattr("sys.stderr", Full())
    structlog.get_logger("agency").error("worker in trouble")
