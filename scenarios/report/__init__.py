"""What a run found, as files: JUnit for CI, one HTML page for people, JSON for programs."""

from collections.abc import Callable, Mapping
from pathlib import Path

from scenarios.report import ctrf, html, junit, whole
from scenarios.verdicts import Run
from vn.errors import BadEnvironment, Unusable
from vn.near import suggestion

__all__ = ["KINDS", "write"]

KINDS: Mapping[str, Callable[[Run], bytes]] = {"junit": junit.write, "html": html.write, "json": whole.write, "ctrf": ctrf.write}
"""Each makes the bytes of one file."""


def write(run: Run, kind: str, path: Path) -> None:
    """Write one report; raises Unusable where there is no such kind or folder, BadEnvironment where the path cannot be written."""
    if kind not in KINDS:
        raise Unusable(f"--report {kind}={path}: no such report{suggestion(kind, KINDS)}; there are {', '.join(KINDS)}")
    made = KINDS[kind](run)
    try:
        path.write_bytes(made)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise Unusable(f"--report {kind}={path}: {error.strerror}") from error
    except OSError as error:
        raise BadEnvironment(f"--report {kind}={path}: cannot be written: {error.strerror}") from error
