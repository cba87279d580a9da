"""Whether a client of aiokafka still works inside: its tasks end for good on an error that they did not expect."""

import asyncio
from typing import Any

# Where a connection has just gone, uvloop answers a write with RuntimeError, and aiokafka looks for OSError only: the task that keeps
# the metadata ends, nobody notices, and no request of that client finds its way to the broker any more.
_TASKS = ("_client._sync_task", "client._sync_task", "_coordinator._coordination_task", "_fetcher._fetch_task", "_sender._sender_task")


def has_stopped(client: Any) -> bool:
    """True where one of its tasks has ended: it has to be replaced."""
    return any(isinstance(task, asyncio.Task) and task.done() for task in (_found(client, name) for name in _TASKS))


def _found(client: Any, name: str) -> Any:
    for step in name.split("."):  # a consumer has other tasks than a producer
        client = getattr(client, step, None)
    return client
