"""Randomness without a generator: every draw is a hash of what it is for, so order and process do not matter."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

__all__ = ["choice", "draw", "integer"]

T = TypeVar("T")


def draw(seed: int | str, *what: int | str) -> float:
    """A number in [0, 1) that depends only on `seed` and on what it is drawn for, e.g. `draw(2024, dossier, "fault")`."""
    parts = (str(part) for part in (seed, *what))
    # the length before each part keeps ("a", "bc") and ("ab", "c") apart
    text = "".join(f"{len(part)}:{part}" for part in parts)
    digest = blake2b(text.encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / (1 << 53)


def integer(low: int, high: int, seed: int | str, *what: int | str) -> int:
    """A whole number from `low` to `high`, both possible."""
    if high < low:
        raise ValueError(f"no whole number from {low} to {high}")
    return low + int(draw(seed, *what) * (high - low + 1))


def choice(options: Sequence[T], seed: int | str, *what: int | str) -> T:
    """One of `options`, all equally likely."""
    return options[integer(0, len(options) - 1, seed, *what)]
