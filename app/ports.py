"""Addresses for parts that are processes of their own: fixed by settings, or free ones found now."""

import socket
from collections.abc import Iterable

from app.settings import Settings
from app.web import listen

__all__ = ["assign", "base_url"]


def assign(settings: Settings, parts: Iterable[str]) -> dict[str, int]:
    """A port for each part; all are held until all are found, so that no two get the same."""
    held: dict[str, socket.socket] = {}
    try:
        for part in parts:
            held[part] = listen(settings.host, settings.port(part), part)
        return {part: bound.getsockname()[1] for part, bound in held.items()}
    finally:
        for bound in held.values():
            bound.close()


def base_url(host: str, port: int) -> str:
    """The HTTP address to call; a part that listens everywhere is called on the loopback."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{reachable}:{port}"
