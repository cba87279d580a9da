"""Whether a client of aiokafka is alive: whether Kafka still answers it, and whether all of its tasks still run."""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

# Where a connection has just gone, uvloop answers a write with RuntimeError, and aiokafka looks for OSError only: the task that keeps
# the metadata ends, nobody notices, and no request of that client finds its way to the broker any more.
_TASKS = ("_client._sync_task", "client._sync_task", "_coordinator._coordination_task", "_fetcher._fetch_task", "_sender._sender_task")


def has_stopped(client: Any) -> bool:
    """True where one of its tasks has ended: it has to be replaced."""
    return any(isinstance(task, asyncio.Task) and task.done() for task in (_found(client, name) for name in _TASKS))


def heard(client: AIOKafkaConsumer, places: Iterable[TopicPartition]) -> float | None:
    """When Kafka last answered a fetch of one of these places, on the monotonic clock; None before the first answer."""
    last = max((client.last_poll_timestamp(place) or 0 for place in places), default=0)
    return time.monotonic() - max(time.time() - last / 1000, 0.0) if last else None


def has_coordinator(client: AIOKafkaConsumer) -> bool:
    """False where the broker that leads the group is not to be found: who has nothing to fetch learns from that alone that it is away."""
    return _found(client, "_coordinator.coordinator_id") is not None


def _found(client: Any, name: str) -> Any:
    for step in name.split("."):  # a consumer has other tasks than a producer
        client = getattr(client, step, None)
    return client
