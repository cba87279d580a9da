"""The broker without its network: everything that a request can ask about, joined in one place."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bus.embedded.groups import Coordinator
from bus.embedded.journal import Journal
from bus.embedded.offsets import Offsets
from bus.embedded.producers import ProducerIds
from bus.embedded.settings import BrokerSettings
from bus.embedded.topics import Topics


class Broker:
    """Opened inside a running loop, since groups have timers."""

    def __init__(self, settings: BrokerSettings, state: Path | None) -> None:
        self.settings = settings
        self._journal = Journal(state / "journal" if state else None)
        self.topics = Topics(self._journal, state / "topics" if state else None, settings.segment)
        self.offsets = Offsets(self._journal)
        self.producer_ids = ProducerIds(self._journal)
        self.groups = Coordinator(settings, self._journal, self.offsets, self.topics)

    def close(self) -> None:
        self.groups.close()
        self.topics.close()
        self._journal.close()


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
        settings = self.broker.settings
        return settings.advertised_host or self.here[0], settings.advertised_port or self.here[1]
