"""All transactions: found by transactional id, kept in the journal, brought to their end whatever happens to the broker."""

import logging
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from kio.schema.errors import ErrorCode

from bus.embedded.journal import Journal, Key
from bus.embedded.log import Marker
from bus.embedded.offsets import Offsets
from bus.embedded.producers import ProducerIds
from bus.embedded.topics import Topics
from bus.embedded.transactions import rules
from bus.embedded.transactions.state import NOBODY, PREPARED, Place, State, Transaction

OFFSETS_TOPIC: Final = "__consumer_offsets"
"""Where Kafka keeps what groups commit; here only the name under which a group is part of a transaction."""
_OFFSETS_PARTITIONS: Final = 50
_COORDINATOR_EPOCH: Final = 0
"""There is one coordinator, as there is one leader of every partition."""
_LONGEST: Final = 900_000
"""Milliseconds a transaction may take (transaction.max.timeout.ms)."""
_FORGET_NAME: Final = 7 * 24 * 3600 * 1000
"""Milliseconds after which a name that nobody used is forgotten (transactional.id.expiration.ms)."""
_logger = logging.getLogger(__name__)


class Producing(NamedTuple):
    """Who a producer says it is."""

    name: str
    id: int
    epoch: int


class Transactions:
    """The transaction coordinator of a cluster of one; `now` is always in ms since 1970.

    An end is decided by one entry in the journal. Then the markers are written, and then one more entry makes it complete
    together with the offsets in it; a broker that was killed between the two begins with the markers again.
    """

    def __init__(self, journal: Journal, topics: Topics, offsets: Offsets, ids: ProducerIds) -> None:
        self._journal = journal
        self._topics = topics
        self._offsets = offsets
        self._ids = ids
        self._known = {name: Transaction.from_json(name, kept) for (_kind, name), kept in journal.of("transaction")}

    def __iter__(self) -> Iterator[Transaction]:
        return iter(list(self._known.values()))

    def get(self, name: str) -> Transaction | None:
        return self._known.get(name)

    def initialize(self, name: str, timeout: int, expected: tuple[int, int] | None, *, now: int) -> tuple[ErrorCode, int, int]:
        """A producer begins under this name: (error, producer id, epoch)."""
        if not name:
            return ErrorCode.invalid_request, NOBODY, NOBODY
        if not 0 < timeout <= _LONGEST:
            return ErrorCode.invalid_transaction_timeout, NOBODY, NOBODY
        known = self._known.get(name) or Transaction(name=name, producer_id=self._ids.take(), timeout=timeout, updated=now)
        step = rules.initialized(known, timeout, expected, now=now, new_id=self._ids.take)
        if isinstance(step, ErrorCode):
            return step, NOBODY, NOBODY
        if step.state is State.FENCE:  # as in Kafka, the new producer asks again when the old one's work is undone
            self._finish(rules.aborted(step, now=now), now)
            return ErrorCode.concurrent_transactions, NOBODY, NOBODY
        self._keep(step)
        return ErrorCode.none, step.producer_id, step.epoch

    def add(self, who: Producing, places: frozenset[Place], *, now: int) -> ErrorCode:
        """Make partitions part of the producer's transaction, which begins with the first ones."""
        known = self._of(who)
        if isinstance(known, ErrorCode):
            return known
        step = rules.added(known, who.id, who.epoch, places, now=now)
        if isinstance(step, ErrorCode):
            return step
        if step is not known:
            self._keep(step)
        return ErrorCode.none

    def verify(self, who: Producing, place: Place) -> ErrorCode:
        """Whether a partition is part of the producer's transaction; `transaction_abortable` when it is not."""
        known = self._of(who)
        if isinstance(known, ErrorCode):
            return known
        error = rules.refusal(known, who.id, who.epoch)
        if error is ErrorCode.none and place not in known.places:
            return ErrorCode.transaction_abortable
        return error

    def end(self, who: Producing, *, commit: bool, bump: bool, now: int) -> tuple[ErrorCode, int, int]:
        """Commit or abort: (error, producer id, epoch), with which the producer goes on if `bump`."""
        known = self._of(who)
        if isinstance(known, ErrorCode):
            return known, NOBODY, NOBODY
        if bump:
            step = rules.ended_with_bump(known, who.id, who.epoch, commit=commit, now=now, new_id=self._ids.take)
        else:
            step = rules.ended(known, who.id, who.epoch, commit=commit, now=now)
        if isinstance(step, ErrorCode):
            return step, NOBODY, NOBODY
        if step is known:
            return ErrorCode.none, known.producer_id, known.epoch
        self._finish(step, now)
        settled = self._known[who.name]
        return ErrorCode.none, settled.producer_id, settled.epoch

    def sweep(self, now: int) -> None:
        """Abort what took too long, bring to its end what was decided, and forget names that nobody uses."""
        for each in self:
            if each.overdue(now):
                self._finish(rules.aborted(rules.fenced(each), now=now), now)
            elif each.state in PREPARED:
                self._complete(each, now)
            elif each.state is not State.ONGOING and each.updated + _FORGET_NAME < now:
                self._journal.write({_key(each.name): None})
                del self._known[each.name]

    def _of(self, who: Producing) -> Transaction | ErrorCode:
        if not who.name:
            return ErrorCode.invalid_request
        return self._known.get(who.name) or ErrorCode.invalid_producer_id_mapping

    def _keep(self, txn: Transaction, more: Mapping[Key, object] | None = None) -> None:
        self._journal.write({_key(txn.name): txn.to_json(), **(more or {})})
        self._known[txn.name] = txn

    def _finish(self, prepared: Transaction, now: int) -> None:
        """Write down how it ends; from here on it ends that way."""
        self._keep(prepared)
        self._complete(prepared, now)

    def _complete(self, txn: Transaction, now: int) -> None:
        marker = Marker(txn.producer_id, txn.epoch, txn.committed, _COORDINATOR_EPOCH, now)
        for topic, index in sorted(txn.places):
            partition = self._topics.partition(topic, index)  # none: deleted meanwhile, or a group
            if partition is not None and partition.end_transaction(marker) is ErrorCode.kafka_storage_error:
                _logger.error(
                    "the transaction of %s is decided, but its end cannot be written to %s-%d; tried again later", txn.name, topic, index
                )
                return
        self._keep(rules.completed(txn, now=now), self._offsets.settled(txn.producer_id, commit=txn.committed))


def offsets_partition(group: str) -> int:
    """The partition of the offsets topic that a group is in: the hash of Java's strings."""
    value = 0
    units = group.encode("utf-16-be", "surrogatepass")
    for position in range(0, len(units), 2):
        value = (31 * value + int.from_bytes(units[position : position + 2], "big")) & 0xFFFFFFFF
    return (value & 0x7FFFFFFF) % _OFFSETS_PARTITIONS


def _key(name: str) -> Key:
    return ("transaction", name)
