"""Where clients of the embedded broker come in, by settings."""

import socket

from app.settings import LATER, LISTENERS, Settings
from bus.embedded import Listener

__all__ = ["listeners_of"]


def listeners_of(settings: Settings) -> dict[str, Listener]:
    """That of our own parts, and those that have a port: for the network by our host's name, for the host as `localhost`."""
    found = {"main": Listener(settings.host, settings.port("broker"))}
    names = {"network": socket.gethostname(), "host": "localhost"}
    for name in LISTENERS:
        if port := settings.port(f"broker-{name}"):
            told = settings.advertised.get(name, f"{names[name]}:{port}")
            host, _, at = told.rpartition(":")
            awaited = told == LATER
            found[name] = Listener(settings.host, port, None if awaited else (host.strip("[]"), int(at)), awaited=awaited)
    return found
