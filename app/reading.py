"""How one variable is read: the value, or a fault that names the variable."""

import difflib
from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from vn.addresses import address

__all__ = ["is_address", "is_http", "misspelt", "number", "one_of", "path"]


def misspelt(given: Mapping[str, str], known: Collection[str]) -> list[str]:
    """Unknown names that look like a known one; others (of compose files, say) are none of our business."""
    near = {name: difflib.get_close_matches(name, known, 1, 0.86) for name in given if name not in known}
    return [f"{name}: no such variable; did you mean {match[0]}?" for name, match in near.items() if match]


def number(name: str, text: str, most: int, faults: list[str]) -> int:
    """A whole number from 0 to `most`; what is none becomes a fault, and 0."""
    if text.isdecimal() and int(text) <= most:
        return int(text)
    faults.append(f"{name}: {text!r} is not a whole number from 0 to {most}")
    return 0


def one_of(name: str, text: str, allowed: tuple[str, ...], faults: list[str]) -> str:
    """One of a few words."""
    if text not in allowed:
        faults.append(f"{name}: {text!r} is none of {', '.join(allowed)}")
    return text


def path(text: str | None) -> Path | None:
    """A path, or nothing where nothing was said."""
    return Path(text) if text else None


def is_http(url: str) -> bool:
    """Whether this is an address that can be called."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # a port that is none
        return False


def is_address(text: str) -> bool:
    """Whether this is HOST:PORT."""
    try:
        address(text)
    except ValueError:
        return False
    return True
