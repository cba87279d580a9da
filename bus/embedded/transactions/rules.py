"""What may become of a transaction: pure functions from one value to the next, or to the refusal that Kafka 4.1 gives."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from kio.schema.errors import ErrorCode

from bus.embedded.transactions.state import LAST_EPOCH, NOBODY, PREPARED, Place, State, Transaction

Step = Transaction | ErrorCode

_AT_REST: Final = frozenset({State.EMPTY, State.COMPLETE_COMMIT, State.COMPLETE_ABORT})


def initialized(txn: Transaction, timeout: int, expected: tuple[int, int] | None, *, now: int, new_id: Callable[[], int]) -> Step:
    """A producer begins under this name: the next epoch, or another id where the epochs are used up.

    `expected`: the id and epoch that a producer goes on from, whose first answer may have been lost. An ongoing
    transaction has to be fenced first: its state is then FENCE, and the producer asks again.
    """
    if expected is not None and not _continues(txn, *expected):
        return ErrorCode.producer_fenced
    if txn.state in PREPARED:
        return ErrorCode.concurrent_transactions
    if txn.state is State.ONGOING:
        return fenced(txn)
    begun = replace(txn, state=State.EMPTY, timeout=timeout, places=frozenset(), started=NOBODY, updated=now)
    if txn.exhausted and (expected is None or expected[1] == txn.epoch):
        last_epoch = NOBODY if expected is None else txn.epoch
        return replace(begun, producer_id=new_id(), epoch=0, last_epoch=last_epoch, previous_id=txn.producer_id)
    if expected is None:
        return replace(begun, epoch=txn.epoch + 1, last_epoch=NOBODY)
    if expected[1] == txn.epoch or txn.epoch == NOBODY:
        return replace(begun, epoch=txn.epoch + 1, last_epoch=txn.epoch)
    return begun if expected[1] == txn.last_epoch else ErrorCode.producer_fenced


def fenced(txn: Transaction) -> Transaction:
    """An epoch that no client has: whoever was at work is shut out, and the transaction can only be aborted."""
    return replace(txn, state=State.FENCE, epoch=min(txn.epoch + 1, LAST_EPOCH + 1), last_epoch=NOBODY)


def refusal(txn: Transaction, producer_id: int, epoch: int) -> ErrorCode:
    """Why this producer may not add to the transaction, or ask what is in it."""
    if txn.producer_id != producer_id:
        return ErrorCode.invalid_producer_id_mapping
    if txn.epoch != epoch:
        return ErrorCode.producer_fenced
    return ErrorCode.concurrent_transactions if txn.state in PREPARED else ErrorCode.none


def added(txn: Transaction, producer_id: int, epoch: int, places: frozenset[Place], *, now: int) -> Step:
    """Partitions become part of the transaction; the first ones begin it."""
    if (error := refusal(txn, producer_id, epoch)) is not ErrorCode.none:
        return error
    if txn.state is State.ONGOING and places <= txn.places:
        return txn
    started = now if txn.state in _AT_REST else txn.started
    return replace(txn, state=State.ONGOING, places=txn.places | places, started=started, updated=now)


def ended(txn: Transaction, producer_id: int, epoch: int, *, commit: bool, now: int) -> Step:
    """A client of before KIP-890 ends its transaction: the epoch stays, and the same end may be asked for again."""
    if txn.producer_id != producer_id:
        return ErrorCode.invalid_producer_id_mapping
    if txn.epoch != epoch:
        return ErrorCode.producer_fenced
    if txn.state is State.ONGOING:
        return _prepared(txn, commit, now)
    if txn.state is State.EMPTY or txn.committed is not commit:
        return ErrorCode.invalid_txn_state
    return ErrorCode.concurrent_transactions if txn.state in PREPARED else txn


def ended_with_bump(txn: Transaction, producer_id: int, epoch: int, *, commit: bool, now: int, new_id: Callable[[], int]) -> Step:
    """A client of `transaction.version` 2 ends its transaction: the epoch rises, so that nothing late can get into the next one.

    The same end asked for again under the former epoch changes nothing; under the new one it is about the next transaction,
    which may be aborted while there is nothing in it.
    """
    overflowed = txn.previous_id == producer_id and epoch == LAST_EPOCH and txn.epoch == 0
    again = overflowed or txn.epoch == epoch + 1
    if txn.producer_id != producer_id and not overflowed:
        return ErrorCode.invalid_producer_id_mapping
    if not _may_end(txn.state, again=again, current=epoch == txn.epoch):
        return ErrorCode.producer_fenced
    if txn.state in PREPARED:
        return ErrorCode.concurrent_transactions if txn.committed is commit else ErrorCode.invalid_txn_state
    if again:
        return txn if txn.committed is commit else ErrorCode.invalid_txn_state
    if txn.state is not State.ONGOING and commit:
        return ErrorCode.invalid_txn_state
    begun = txn if txn.state is State.ONGOING else replace(txn, started=now)
    next_id = new_id() if txn.exhausted else NOBODY
    return replace(_prepared(begun, commit, now), epoch=txn.epoch + 1, last_epoch=txn.epoch, next_id=next_id)


def aborted(txn: Transaction, *, now: int) -> Transaction:
    """What a fence does to an ongoing transaction."""
    return _prepared(txn, commit=False, now=now)


def completed(txn: Transaction, *, now: int) -> Transaction:
    """Every marker is in its partition."""
    state = State.COMPLETE_COMMIT if txn.committed else State.COMPLETE_ABORT
    done = replace(txn, state=state, places=frozenset(), updated=now, next_id=NOBODY)
    if txn.next_id == NOBODY:
        return done
    return replace(done, producer_id=txn.next_id, previous_id=txn.producer_id, epoch=0)


def _prepared(txn: Transaction, commit: bool, now: int) -> Transaction:
    return replace(txn, state=State.PREPARE_COMMIT if commit else State.PREPARE_ABORT, updated=now)


def _continues(txn: Transaction, producer_id: int, epoch: int) -> bool:
    same = txn.epoch == NOBODY or producer_id == txn.producer_id
    return same or (producer_id == txn.previous_id and epoch >= LAST_EPOCH)


def _may_end(state: State, *, again: bool, current: bool) -> bool:
    if state in PREPARED:
        return again
    return current or (again and state in {State.COMPLETE_COMMIT, State.COMPLETE_ABORT})
