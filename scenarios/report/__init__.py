"""What a run found, as files: JUnit for CI, one HTML page for people, JSON for programs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from scenarios.report import ctrf, html, junit, whole
from scenarios.verdicts import Run
from vn.errors import BadEnvironment, Unusable
from vn.near import suggestion

__all__ = ["KINDS", "check", "write"]

KINDS: Mapping[str, Callable[[Run], bytes]] = {"junit": junit.write, "html": html.write, "json": whole.write, "ctrf": ctrf.write}
"""Each makes the bytes of one file."""


def check(kind: str, path: Path) -> None:
    """Before a long run: that its report can be written; raises as `write` does."""
    if kind not in KINDS:
        raise Unusable(f"--report {kind}={path}: no such report{suggestion(kind, KINDS)}; there are {', '.join(KINDS)}")
    new = not path.exists()
    _write(kind, path, "ab", b"")
    if new:
        path.unlink()  # an empty report would say more than nothing


def write(run: Run, kind: str, path: Path) -> None:
    """Write one report; raises Unusable where there is no such kind or folder, BadEnvironment where the path cannot be written."""
    check(kind, path)
    _write(kind, path, "wb", KINDS[kind](run))


def _write(kind: str, path: Path, mode: Literal["ab", "wb"], content: bytes) -> None:
    try:
        with path.open(mode) as file:
            file.write(content)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise Unusable(f"--report {kind}={path}: {error.strerror}") from error
    except OSError as error:
        raise BadEnvironment(f"--report {kind}={path}: cannot be written: {error.strerror}") from error
