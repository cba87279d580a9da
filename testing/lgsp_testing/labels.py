"""Whose a container is: the process that started it, and the host of that process."""

import os
import socket
from collections.abc import Mapping

import psutil

__all__ = ["LABEL", "OF_HOST", "ours", "why_kept"]

LABEL = "lgsp-sim.testing"  # the number of the process
OF_HOST = "lgsp-sim.testing.host"  # as the process sees it: in a container, that container


def ours() -> dict[str, str]:
    """What this process writes on a container."""
    return {LABEL: str(os.getpid()), OF_HOST: socket.gethostname()}


def why_kept(labels: Mapping[str, str]) -> str:
    """Why a container with these labels may still be needed; empty where nobody is left who could."""
    host, number = labels.get(OF_HOST, ""), labels[LABEL]
    if host != socket.gethostname():
        return f"it was started on {host or 'a host that is not told'}"
    if number.isdecimal() and psutil.pid_exists(int(number)):
        return f"process {number}, which started it, still runs"
    return ""
