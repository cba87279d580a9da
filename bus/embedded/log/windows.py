"""What a partition remembers of its idempotent producers, so that a batch sent again is stored once."""

from collections import OrderedDict, deque
from typing import Any, Final

from kio.schema.errors import ErrorCode

from bus.embedded.batch import NO_PRODUCER, Batch

REMEMBERED: Final = 5
"""Batches per producer: as many as a client may have in flight (Kafka's NUM_BATCHES_TO_RETAIN)."""
PRODUCERS: Final = 1000
"""Producers per partition; the one idle for longest is forgotten first."""


class Windows:
    """Per producer id: its epoch and its last batches as (first sequence, last sequence, base offset)."""

    def __init__(self) -> None:
        self._of: OrderedDict[int, tuple[int, deque[tuple[int, int, int]]]] = OrderedDict()

    def check(self, batch: Batch) -> tuple[ErrorCode, int]:
        """`duplicate_sequence_number` with the offset of the first time, `none`, or the refusal Kafka gives."""
        known = self._of.get(batch.producer_id) if batch.producer_id != NO_PRODUCER else None
        if known is None:
            return ErrorCode.none, -1
        epoch, last = known
        if batch.producer_epoch < epoch:
            return ErrorCode.invalid_producer_epoch, -1
        if batch.producer_epoch > epoch:
            return (ErrorCode.none if batch.base_sequence == 0 else ErrorCode.out_of_order_sequence_number), -1
        for first_sequence, last_sequence, offset in last:
            if (first_sequence, last_sequence) == (batch.base_sequence, batch.last_sequence):
                return ErrorCode.duplicate_sequence_number, offset
        follows = batch.base_sequence == (last[-1][1] + 1) & 0x7FFFFFFF
        return (ErrorCode.none if follows else ErrorCode.out_of_order_sequence_number), -1

    def note(self, batch: Batch) -> None:
        """Remember a batch that the log now holds; a new epoch begins with an empty window."""
        if batch.producer_id == NO_PRODUCER or batch.base_sequence < 0:
            return
        epoch, last = self._of.pop(batch.producer_id, (batch.producer_epoch, deque(maxlen=REMEMBERED)))
        if epoch != batch.producer_epoch:
            last = deque(maxlen=REMEMBERED)
        last.append((batch.base_sequence, batch.last_sequence, batch.base_offset))
        self._of[batch.producer_id] = (batch.producer_epoch, last)
        if len(self._of) > PRODUCERS:
            self._of.popitem(last=False)

    def to_json(self) -> list[Any]:
        return [[producer, epoch, list(last)] for producer, (epoch, last) in self._of.items()]

    def load(self, state: list[Any]) -> None:
        for producer, epoch, last in state:
            self._of[producer] = (epoch, deque((tuple(each) for each in last), maxlen=REMEMBERED))
