"""Addresses for parts that are processes of their own: fixed by settings, or free ones found now."""

import socket
from collections.abc import Iterable, Mapping

from app.settings import Settings
from app.web import listen
from vn.errors import BadEnvironment

__all__ = ["assign", "base_url"]


def assign(settings: Settings, parts: Iterable[str], before: Mapping[str, int]) -> dict[str, int]:
    """A port for each part: the settings', else the one it had `before` where that is free, else any free one.

    All are held until all are found, so that no two get the same.
    """
    held: dict[str, socket.socket] = {}
    try:
        for part in parts:
            held[part] = _again(settings, part, before.get(part, 0)) or listen(settings.host, settings.port(part), part)
        return {part: bound.getsockname()[1] for part, bound in held.items()}
    finally:
        for bound in held.values():
            bound.close()


def _again(settings: Settings, part: str, port: int) -> socket.socket | None:
    """The port of an earlier start, where nothing else was asked for and nobody has taken it."""
    if not port or settings.port(part):
        return None
    try:
        return listen(settings.host, port, part)
    except BadEnvironment:
        return None


def base_url(host: str, port: int) -> str:
    """The HTTP address to call; a part that listens everywhere is called on the loopback."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{reachable}:{port}"
