"""What the runtime needs of a transport, in its own words."""

from collections.abc import Mapping, Sequence, Set
from typing import Protocol

from bus.envelope import Message


class Record(Protocol):
    """One record of the inbox, as it lies there."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


class Outbox(Protocol):
    """The member's own outbox topic."""

    async def send(self, messages: Sequence[Message]) -> None:
        """Returns when the broker has all of them; raises `Retry` where it has not, and then some may be there twice."""


class Source(Protocol):
    """The member's own inbox topic, as a member of its consumer group."""

    async def take(self, full: Set[int]) -> Sequence[Record]:
        """What is new, waiting a while for it; nothing of the partitions that are `full`. Raises `Retry`."""

    async def commit(self, positions: Mapping[int, int]) -> None:
        """Go on from here after a restart. Raises `Retry`."""

    def lag(self) -> int | None:
        """Records not yet taken; None while unknown."""
