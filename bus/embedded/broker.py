"""The broker without its network: everything that a request can ask about, joined in one place."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kio.schema.errors import ErrorCode

from bus.embedded.batch import Batch
from bus.embedded.bounds import Answers
from bus.embedded.groups import Coordinator
from bus.embedded.journal import Journal
from bus.embedded.listeners import Listeners
from bus.embedded.offsets import Offsets
from bus.embedded.producers import ProducerIds
from bus.embedded.protocol import Tree
from bus.embedded.settings import BrokerSettings
from bus.embedded.syncing import Syncing
from bus.embedded.topics import Topic, Topics
from bus.embedded.transactions import Transactions


class Broker:
    """Opened inside a running loop, since groups have timers."""

    def __init__(self, settings: BrokerSettings, state: Path | None) -> None:
        self.settings = settings
        self.faults: Meddler | None = None
        self.listeners = Listeners(settings.listeners)
        self.answers = Answers(settings.queued_answers)
        self.syncing = Syncing(settings.fsync)
        self._journal = Journal(state / "journal" if state else None, self.syncing)
        self.topics = Topics(self._journal, state / "topics" if state else None, settings.segment, self.syncing)
        self.offsets = Offsets(self._journal)
        self.producer_ids = ProducerIds(self._journal)
        self.transactions = Transactions(self._journal, self.topics, self.offsets, self.producer_ids)
        self.groups = Coordinator(settings, self._journal, self.offsets, self.topics)

    def close(self) -> None:
        self.groups.close()
        self.topics.close()
        self._journal.close()
        self.syncing.close()


@dataclass(frozen=True, slots=True)
class Call:
    """One request, and from where to where it came; `body` is kio's entity of that API and version."""

    broker: Broker
    api: int
    version: int
    body: Any
    client_id: str
    peer: tuple[str, int]
    here: tuple[str, int]

    @property
    def address(self) -> tuple[str, int]:
        """Where this client finds the broker."""
        return self.broker.listeners.advertised(self.here)


class Meddler(Protocol):
    """What a fault plan does, where there is one: to a request as a whole, and to each batch that is stored."""

    async def around(self, call: Call, handle: Callable[[Call], Awaitable[Tree | None]], hang_up: Callable[[], None]) -> Tree | None:
        """In the place of `handle`; `hang_up` ends the client's connection."""
        ...

    def appending(self, call: Call, topic: Topic, index: int) -> Callable[[Batch, bytes], tuple[ErrorCode, int]]:
        """In the place of the `append` of one of a topic's partitions."""
        ...
