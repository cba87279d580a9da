"""Ports for parts that die and come back: none that the system gives to others meanwhile."""

import os
import random
import socket
from collections.abc import Sequence
from pathlib import Path

__all__ = ["free_ports"]

FIRST = 12_000
TRIES = 200
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_ports(names: Sequence[str]) -> dict[str, int]:
    """A port for each name, side by side and below those that the system hands out by itself: while a part is dead, nobody's outgoing
    connection or server on "any free port" takes its place, and no adapter finds a stranger there.

    Raises RuntimeError where no such block is free.
    """
    below = _first_given_out()
    draw = random.Random(os.urandom(8))
    for _ in range(TRIES):
        first = draw.randrange(FIRST, below - len(names))
        ports = range(first, first + len(names))
        if all(map(_is_free, ports)):
            return dict(zip(names, ports, strict=True))
    raise RuntimeError(f"no {len(names)} free ports side by side between {FIRST} and {below}")


def _first_given_out() -> int:
    try:
        return min(int(RANGE.read_text(encoding="ascii").split()[0]), 49_152)
    except (OSError, ValueError):
        return 49_152


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
