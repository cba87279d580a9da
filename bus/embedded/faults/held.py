"""Batches that are acknowledged, and not yet in the log."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from kio.schema.errors import ErrorCode

from bus.embedded.batch import NO_PRODUCER, Batch
from bus.embedded.log import Partition

Released = Callable[[ErrorCode, int], None]
"""Told how the late append went: its error, and the offset that the batch really has."""


@dataclass
class _Held:
    batch: Batch
    records: bytes
    left: int
    released: Released
    timer: asyncio.TimerHandle | None = field(default=None, repr=False)


class HeldBack:
    """Each batch waits for so many later ones of its partition, or for its time, whichever comes first."""

    def __init__(self) -> None:
        self._of: dict[Partition, list[_Held]] = {}

    def __len__(self) -> int:
        return sum(len(some) for some in self._of.values())

    def hold(self, partition: Partition, batch: Batch, records: bytes, *, count: int, seconds: float, released: Released) -> int:
        """The offset that Kafka would have given it: where the log ends now, and where another batch will lie."""
        partition.promise(batch)
        held = _Held(batch, records, count, released)
        held.timer = asyncio.get_running_loop().call_later(seconds, self._release, partition, held)
        self._of.setdefault(partition, []).append(held)
        return partition.end

    def passed(self, partition: Partition) -> None:
        """A later batch of the partition is stored."""
        for held in tuple(self._of.get(partition, ())):
            held.left -= 1
            if held.left <= 0:
                self._release(partition, held)

    def release_all(self) -> None:
        for partition, some in tuple(self._of.items()):
            for held in tuple(some):
                self._release(partition, held)

    def _release(self, partition: Partition, held: _Held) -> None:
        waiting = self._of[partition]
        waiting.remove(held)
        if not waiting:
            del self._of[partition]
        if held.timer:
            held.timer.cancel()
        held.released(*partition.append(bare(held.batch), held.records))


def bare(batch: Batch) -> Batch:
    """The header as the log's window sees it when a batch comes out of turn: nobody's, so that no sequence is asked for."""
    return batch._replace(producer_id=NO_PRODUCER, attributes=batch.attributes & ~0x10)
