"""A no as RFC 9457 has it, `application/problem+json`, which every part says it in."""

from collections.abc import Iterable
from typing import Any, Final

from vn.errors import Fault

__all__ = ["PROBLEM", "problem_of"]

PROBLEM: Final = "application/problem+json"


def problem_of(status: int, title: str, detail: str, faults: Iterable[Fault] = ()) -> dict[str, Any]:
    """The body; `errors` hold each fault by its place, where there is one."""
    errors = [{"pointer": fault.pointer, "detail": fault.reason} for fault in faults]
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **({"errors": errors} if errors else {})}
