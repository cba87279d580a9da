"""How to reach Kafka and how long to wait for it: the settings that aiokafka needs to run for months."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

import structlog
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaError,
    TopicAuthorizationFailedError,
)

from bus.kafka.refusal import refusal
from bus.security import NONE, KafkaSecurity
from vn.errors import BadEnvironment, CannotConnect

log = structlog.get_logger("bus.kafka")
TROUBLE = (KafkaError, OSError, TimeoutError, RuntimeError)
"""What a client of aiokafka raises where the broker is away; RuntimeError comes from uvloop, where a connection has just gone."""

FORBIDDEN = (ClusterAuthorizationFailedError, GroupAuthorizationFailedError, TopicAuthorizationFailedError)
"""What an authorizer answers; no other try helps until somebody gives the right."""
T = TypeVar("T")

BACKOFF_FIRST = 0.2
BACKOFF_MOST = 5.0
LOOKS_WITHIN = 1.0  # seconds for the reason of a last try that has failed


class Place(NamedTuple):
    """One partition of one topic; equal to aiokafka's own pair."""

    topic: str
    partition: int


class Record(NamedTuple):
    """What is to be written; without a partition the key decides, as in Kafka's own clients."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    partition: int | None = None


class Ack(NamedTuple):
    """Where a record was written, and when the broker said so (milliseconds since 1970)."""

    partition: int
    offset: int
    timestamp: int


class Received(Protocol):
    """A record as it was read; `timestamp` in milliseconds since 1970."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> tuple[tuple[str, bytes | None], ...]: ...


@dataclass(frozen=True)
class KafkaSettings:
    """The broker's address, who we are to it, and every bound on waiting, in seconds."""

    bootstrap: str
    client_id: str = "lgsp"
    security: KafkaSecurity = NONE
    connect_within: float = 15.0
    request_timeout: float = 10.0  # above the rebalance timeout, which is the session's
    session_timeout: float = 6.0
    heartbeat: float = 1.0
    stop_within: float = 5.0
    revoke_within: float = 4.0  # in-flight work after a rebalance began; below the session
    stalled_after: float = 20.0  # no successful fetch for so long: a new consumer is made
    batch_bytes: int = 512 * 1024
    replication: int = 1

    def common(self) -> dict[str, Any]:
        """What every aiokafka client is given."""
        return {
            "bootstrap_servers": self.bootstrap.split(","),
            "client_id": self.client_id,
            "request_timeout_ms": int(self.request_timeout * 1000),
            **self.security.common(),
        }


class Backoff:
    """Waits that double up to a bound, until something went well."""

    def __init__(self) -> None:
        self._next = BACKOFF_FIRST

    async def wait(self) -> None:
        """Wait the next span."""
        await asyncio.sleep(self._next)
        self._next = min(self._next * 2, BACKOFF_MOST)

    def well(self) -> None:
        """Begin again with the shortest wait."""
        self._next = BACKOFF_FIRST


class Stoppable(Protocol):
    """A client of aiokafka that is not an administrator's."""

    async def stop(self) -> None: ...


async def stop_quietly(client: Stoppable, within: float) -> None:
    """Stop a client under a deadline: with a dead coordinator it would otherwise never return."""
    try:
        await asyncio.wait_for(client.stop(), within)
    except TROUBLE as error:
        log.warning("a Kafka client did not stop cleanly", error=type(error).__name__)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # nobody cancelled this task: a consumer cancels its own fetch, lets that through, and leaves its connections open
        connections = getattr(client, "_client", None)
        if connections is not None:
            with contextlib.suppress(*TROUBLE):
                await asyncio.wait_for(connections.close(), within)


async def connect(make: Callable[[], Awaitable[T]], settings: KafkaSettings) -> T:
    """What `make` makes, tried again until the bound; raises CannotConnect with one line that says what to do."""
    deadline = time.monotonic() + settings.connect_within
    backoff = Backoff()
    while True:
        try:
            return await asyncio.wait_for(make(), max(deadline - time.monotonic(), 0.1))
        except NotImplementedError as error:  # the broker is there, but too old or too new for what is asked
            raise CannotConnect(
                f"the broker at {settings.bootstrap} speaks no version of Kafka's protocol that is known here: {error}"
            ) from error
        except FORBIDDEN as error:
            raise BadEnvironment(
                f"the broker does not allow this user what is asked ({type(error).__name__}); "
                "`lgsp topics acls` prints the rights that it needs"
            ) from error
        except TROUBLE as error:
            left = max(deadline - time.monotonic(), LOOKS_WITHIN)
            if reason := await refusal(settings.bootstrap, settings.security, within=left):
                raise CannotConnect(reason) from None  # another try would end the same
            if time.monotonic() + BACKOFF_FIRST >= deadline:
                raise CannotConnect(
                    f"no Kafka broker answers at {settings.bootstrap} within {settings.connect_within:g} s ({type(error).__name__}); "
                    "is it running, and is LGSP_KAFKA_BOOTSTRAP its address?"
                ) from error
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(backoff.wait(), max(deadline - time.monotonic(), 0))
