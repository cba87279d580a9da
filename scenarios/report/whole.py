"""The whole run as JSON, every value of `scenarios.verdicts` under its name in camelCase; `docs/reports.md` lists them."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any

from pydantic.alias_generators import to_camel

from scenarios.verdicts import Case, Run, Verdict

__all__ = ["FORMAT", "as_bytes", "plain", "write"]

FORMAT = "lgsp-run/1"
"""Names are added under the same number; one that changes or goes makes it the next."""


def write(run: Run) -> bytes:
    """One object: the run with its format, exit code and counts, then the cases."""
    found = Counter(case.verdict for case in run.cases)
    counts = {to_camel(verdict.name.lower()): found[verdict] for verdict in Verdict}
    return as_bytes({"format": FORMAT, "exitCode": run.exit_code(), "counts": counts, **plain(run)})


def as_bytes(document: Any) -> bytes:
    """JSON text in UTF-8; half a surrogate pair, which a bad message may hold, stays the escape that it came as."""
    return (json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def plain(value: Any) -> Any:
    """The value as JSON has it. Keys of a mapping stay as they are: they are the names of headers and of a payload."""
    if is_dataclass(value) and not isinstance(value, type):
        named = {to_camel(field.name): plain(getattr(value, field.name)) for field in fields(value)}
        return {"id": value.id, **named} if isinstance(value, Case) else named
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(each) for each in value]
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, bool | int | float | str) or value is None:
        return value.value if isinstance(value, Verdict) else value
    return _written(value)


def _written(value: Any) -> str:
    """What JSON has no word for."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value.as_posix() if isinstance(value, Path) else str(value)
