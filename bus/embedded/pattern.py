"""Patterns of names: RE2, as Kafka reads them, so that none can hold up the broker, and what one refuses the other refuses."""

from functools import lru_cache
from typing import Any

import re2


def fault(pattern: str) -> str | None:
    """What is wrong with it, in RE2's words, which are not quite those of Kafka's Java; None when nothing is."""
    try:
        _compiled(pattern)
    except re2.error as error:
        reason = error.args[0]
        return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    return None


@lru_cache(4096)
def fits(pattern: str, name: str) -> bool:
    """Whether it is a pattern of the whole name."""
    return _compiled(pattern).fullmatch(name) is not None


@lru_cache(256)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False  # else it writes to stderr by itself
    return re2.compile(pattern, options)
