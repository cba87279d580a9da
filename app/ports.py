"""Addresses for parts that are processes of their own: fixed by settings, or free ones found now."""

import os
import random
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from app.settings import Settings
from app.web import listen
from vn.errors import BadEnvironment

__all__ = ["assign", "base_url"]

_FIRST: Final = 12_000
_TRIES: Final = 200
_HANDED_OUT: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
_HANDED_OUT_ELSEWHERE: Final = 49_152  # RFC 6335, section 6: from here on ports are dynamic


def assign(settings: Settings, parts: Iterable[str], before: Mapping[str, int]) -> dict[str, int]:
    """A port for each part: the settings', else the one it had `before` where that is free, else one that the system hands out to nobody.

    All are held until all are found, so that no two get the same.
    """
    held: dict[str, socket.socket] = {}
    try:
        for part in parts:
            held[part] = _again(settings, part, before.get(part, 0)) or _lasting(settings, part)
        return {part: bound.getsockname()[1] for part, bound in held.items()}
    finally:
        for bound in held.values():
            bound.close()


def _again(settings: Settings, part: str, port: int) -> socket.socket | None:
    """The port of an earlier start, where nothing else was asked for and nobody has taken it."""
    return None if not port or settings.port(part) else _held(settings, port, part)


def _lasting(settings: Settings, part: str) -> socket.socket:
    """Below those that the system gives to any connection or server: while the part is dead, no stranger takes its place."""
    draw, below = random.Random(os.urandom(8)), _first_handed_out()
    for _ in range(_TRIES if below > _FIRST and not settings.port(part) else 0):
        if bound := _held(settings, draw.randrange(_FIRST, below), part):
            return bound
    return listen(settings.host, settings.port(part), part)


def _held(settings: Settings, port: int, part: str) -> socket.socket | None:
    try:
        return listen(settings.host, port, part)
    except BadEnvironment:
        return None


def _first_handed_out() -> int:
    try:
        return min(int(_HANDED_OUT.read_text(encoding="ascii").split()[0]), _HANDED_OUT_ELSEWHERE)
    except (OSError, ValueError, IndexError):
        return _HANDED_OUT_ELSEWHERE


def base_url(host: str, port: int) -> str:
    """The HTTP address to call; a part that listens everywhere is called on the loopback."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{reachable}:{port}"
