"""What a partition remembers of its producers: a batch sent again is stored once, and a transaction has a beginning and an end."""

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from kio.schema.errors import ErrorCode

from bus.embedded.batch import NO_PRODUCER, Batch
from bus.embedded.log.aborted import AbortedIndex, AbortedTransaction
from bus.embedded.log.markers import Marker

REMEMBERED: Final = 5
"""Batches per producer: as many as a client may have in flight (Kafka's NUM_BATCHES_TO_RETAIN)."""
PRODUCERS: Final = 1000
"""Producers per partition; the one idle for longest, and in no transaction, is forgotten first."""


@dataclass(slots=True)
class Producer:
    """One producer id: `last` holds (first sequence, last sequence, base offset); times in ms, offsets None or -1 where there are none."""

    id: int
    epoch: int
    last: deque[tuple[int, int, int]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    timestamp: int = -1
    coordinator_epoch: int = -1
    begun: int | None = None
    """Where its open transaction began."""

    @property
    def last_sequence(self) -> int:
        return self.last[-1][1] if self.last else -1

    def raise_to(self, epoch: int) -> None:
        """A new epoch begins with an empty window."""
        if epoch != self.epoch:
            self.epoch = epoch
            self.last.clear()


class Windows:
    """The producers of a partition, their open transactions, and those that were aborted."""

    def __init__(self) -> None:
        self.aborted = AbortedIndex()
        self._of: OrderedDict[int, Producer] = OrderedDict()
        self._open: dict[int, int] = {}  # producer id to first offset, in the order of the offsets

    def __iter__(self) -> Iterator[Producer]:
        return iter(self._of.values())

    @property
    def first_unstable(self) -> int | None:
        """Where the oldest open transaction began."""
        return next(iter(self._open.values()), None)

    def knows(self, producer_id: int) -> bool:
        return producer_id in self._of

    def is_open(self, producer_id: int, epoch: int) -> bool:
        """Whether the producer has an open transaction here under that epoch."""
        return producer_id in self._open and self._of[producer_id].epoch == epoch

    def check(self, batch: Batch) -> tuple[ErrorCode, int]:
        """`duplicate_sequence_number` with the offset of the first time, `none`, or the refusal Kafka gives."""
        known = self._of.get(batch.producer_id) if batch.producer_id != NO_PRODUCER else None
        if known is None:
            return ErrorCode.none, -1
        if batch.producer_epoch < known.epoch:
            return ErrorCode.invalid_producer_epoch, -1
        same = batch.producer_epoch == known.epoch
        for first_sequence, last_sequence, offset in known.last if same else ():
            if (first_sequence, last_sequence) == (batch.base_sequence, batch.last_sequence):
                return ErrorCode.duplicate_sequence_number, offset
        expected = (known.last_sequence + 1) & 0x7FFFFFFF if same else 0
        if batch.base_sequence != expected:
            return ErrorCode.out_of_order_sequence_number, -1
        if known.begun is not None and not batch.transactional:
            return ErrorCode.invalid_txn_state, -1
        return ErrorCode.none, -1

    def marker_refusal(self, marker: Marker) -> ErrorCode:
        """Why a transaction of this producer is not ended here."""
        known = self._of.get(marker.producer_id)
        if known is not None and marker.producer_epoch < known.epoch:
            return ErrorCode.invalid_producer_epoch
        if known is not None and marker.coordinator_epoch < known.coordinator_epoch:
            return ErrorCode.transaction_coordinator_fenced
        return ErrorCode.none

    def note(self, batch: Batch, marker: Marker | None = None) -> None:
        """Remember a batch that the log now holds, `marker` being what a control batch says."""
        if marker is not None:
            self._ended(batch, marker)
        elif batch.producer_id != NO_PRODUCER and batch.base_sequence >= 0:
            producer = self._touch(batch)
            producer.last.append((batch.base_sequence, batch.last_sequence, batch.base_offset))
            if batch.transactional and producer.begun is None:
                producer.begun = self._open[producer.id] = batch.base_offset

    def expire(self, before: int) -> None:
        """Forget who has sent nothing since a time (ms) and is in no transaction."""
        for producer in list(self):
            if producer.timestamp < before and producer.begun is None:
                del self._of[producer.id]

    def to_json(self) -> dict[str, Any]:
        producers = [[each.id, each.epoch, list(each.last), each.timestamp, each.coordinator_epoch, each.begun] for each in self]
        return {"producers": producers, "aborted": self.aborted.to_json()}

    def load(self, state: Any) -> None:
        kept = {"producers": state, "aborted": []} if isinstance(state, list) else state  # a list: written before there were transactions
        self.aborted.load(kept["aborted"])
        for id_, epoch, last, *more in kept["producers"]:
            self._of[id_] = Producer(id_, epoch, deque((tuple(each) for each in last), maxlen=REMEMBERED), *more)
        begun = sorted((each.begun, each.id) for each in self if each.begun is not None)
        self._open = {id_: offset for offset, id_ in begun}

    def _touch(self, batch: Batch) -> Producer:
        producer = self._of.pop(batch.producer_id, None) or Producer(batch.producer_id, batch.producer_epoch)
        producer.raise_to(batch.producer_epoch)
        producer.timestamp = batch.max_time
        self._of[producer.id] = producer
        if len(self._of) > PRODUCERS:
            idle = next((each.id for each in self if each.begun is None and each is not producer), None)
            if idle is not None:
                del self._of[idle]
        return producer

    def _ended(self, batch: Batch, marker: Marker) -> None:
        producer = self._touch(batch)
        producer.coordinator_epoch = marker.coordinator_epoch
        first, producer.begun = producer.begun, None
        self._open.pop(producer.id, None)
        if first is not None and not marker.committed:
            stable = self.first_unstable
            last = batch.base_offset
            self.aborted.add(AbortedTransaction(producer.id, first, last, last + 1 if stable is None else stable))
