"""One transaction as a frozen value: whose it is, how far it has come, and what it has touched."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

Place = tuple[str, int]
"""A partition: topic and index."""

NOBODY: Final = -1
"""No producer id, no epoch, no time."""
LAST_EPOCH: Final = 2**15 - 2
"""The highest epoch a client may have; one more is for fencing it."""


class State(StrEnum):
    """The states, under the names that DescribeTransactions shows."""

    EMPTY = "Empty"
    ONGOING = "Ongoing"
    PREPARE_COMMIT = "PrepareCommit"
    PREPARE_ABORT = "PrepareAbort"
    COMPLETE_COMMIT = "CompleteCommit"
    COMPLETE_ABORT = "CompleteAbort"
    DEAD = "Dead"
    FENCE = "PrepareEpochFence"


PREPARED: Final = frozenset({State.PREPARE_COMMIT, State.PREPARE_ABORT})
"""Decided and written down, while the markers are not all in their partitions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """What is known of a transactional id; times in ms, `started` and `last_epoch` -1 where there is none."""

    name: str
    producer_id: int
    epoch: int = NOBODY
    last_epoch: int = NOBODY
    """The epoch before, under which a client may repeat what it has not heard the answer to."""
    previous_id: int = NOBODY
    next_id: int = NOBODY
    """The id that takes over when the transaction is complete, since the epochs of this one are used up."""
    timeout: int
    state: State = State.EMPTY
    places: frozenset[Place] = frozenset()
    started: int = NOBODY
    updated: int

    @property
    def exhausted(self) -> bool:
        return self.epoch >= LAST_EPOCH

    @property
    def committed(self) -> bool:
        """How it ended, or is about to."""
        return self.state in {State.PREPARE_COMMIT, State.COMPLETE_COMMIT}

    def overdue(self, now: int) -> bool:
        return self.state is State.ONGOING and self.started + self.timeout < now

    def to_json(self) -> list[Any]:
        ids = [self.producer_id, self.epoch, self.last_epoch, self.previous_id, self.next_id]
        return [*ids, self.timeout, self.state, sorted(self.places), self.started, self.updated]

    @classmethod
    def from_json(cls, name: str, values: list[Any]) -> "Transaction":
        producer_id, epoch, last_epoch, previous_id, next_id, timeout, state, places, started, updated = values
        known = cls(name=name, producer_id=producer_id, epoch=epoch, timeout=timeout, updated=updated)
        ids = {"last_epoch": last_epoch, "previous_id": previous_id, "next_id": next_id}
        return replace(known, **ids, state=State(state), places=frozenset((topic, index) for topic, index in places), started=started)
