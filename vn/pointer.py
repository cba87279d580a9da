"""JSON Pointer (RFC 6901): a place in a JSON value as text."""

from collections.abc import Iterable

__all__ = ["pointer", "steps"]


def pointer(path: Iterable[str | int]) -> str:
    """The text for a path of keys and positions; empty for the whole."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def steps(text: str) -> list[str]:
    """The keys and positions of a pointer, as text."""
    return [step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:]]
