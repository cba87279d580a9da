"""Where clients of the embedded broker come in, by settings."""

import socket
from typing import TYPE_CHECKING

from app.settings import LATER, LISTENERS, Settings
from vn.addresses import address

if TYPE_CHECKING:
    from bus.embedded import Listener

__all__ = ["listeners_of", "told_to_clients"]


def told_to_clients(settings: Settings) -> dict[str, str]:
    """HOST:PORT, or `later`, by listener that has a port: for the network our host's name, for the host `localhost`."""
    names = {"network": socket.gethostname(), "host": "localhost"}
    ports = {name: port for name in LISTENERS if (port := settings.port(f"broker-{name}"))}
    return {name: settings.advertised.get(name, f"{names[name]}:{port}") for name, port in ports.items()}


def listeners_of(settings: Settings) -> "dict[str, Listener]":
    """That of our own parts, and those for clients."""
    from bus.embedded import Listener

    found = {"main": Listener(settings.host, settings.port("broker"))}
    for name, told in told_to_clients(settings).items():
        here, awaited = settings.port(f"broker-{name}"), told == LATER
        found[name] = Listener(settings.host, here, None if awaited else address(told), awaited=awaited)
    return found
