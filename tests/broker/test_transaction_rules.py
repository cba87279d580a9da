"""What may become of a transaction, as a table, without a broker."""

from dataclasses import replace
from itertools import count

import pytest
from kio.schema.errors import ErrorCode

from bus.embedded.transactions import State, Transaction, rules

EMPTY, ONGOING = State.EMPTY, State.ONGOING
P_COMMIT, P_ABORT, COMMITTED, ABORTED = State.PREPARE_COMMIT, State.PREPARE_ABORT, State.COMPLETE_COMMIT, State.COMPLETE_ABORT
FENCED, MAPPING = ErrorCode.producer_fenced, ErrorCode.invalid_producer_id_mapping
INVALID, CONCURRENT = ErrorCode.invalid_txn_state, ErrorCode.concurrent_transactions
ME, AT, NOW = 7, 3, 5000
SAME = "same"
T0 = Transaction(name="t", producer_id=ME, epoch=AT, last_epoch=2, timeout=1000, updated=0)


def txn(state: State, **changes: object) -> Transaction:
    places = frozenset({("a", 0)}) if state in {ONGOING, P_COMMIT, P_ABORT} else frozenset()
    return replace(T0, state=state, places=places, started=100, **changes)  # type: ignore[arg-type]


def end(known: Transaction, epoch: int, *, commit: bool, bump: bool, producer: int = ME) -> rules.Step:
    if bump:
        return rules.ended_with_bump(known, producer, epoch, commit=commit, now=NOW, new_id=count(100).__next__)
    return rules.ended(known, producer, epoch, commit=commit, now=NOW)


@pytest.mark.parametrize(
    ("state", "abort", "commit"),
    [
        (EMPTY, INVALID, INVALID),
        (ONGOING, P_ABORT, P_COMMIT),
        (P_ABORT, CONCURRENT, INVALID),
        (P_COMMIT, INVALID, CONCURRENT),
        (ABORTED, SAME, INVALID),
        (COMMITTED, INVALID, SAME),
    ],
)
def test_a_client_of_before_kip_890_ends_a_transaction_once_and_may_ask_again(state: State, abort: object, commit: object) -> None:
    for decision, expected in ((False, abort), (True, commit)):
        known = txn(state)
        step = end(known, AT, commit=decision, bump=False)
        assert (SAME if step is known else step.state if isinstance(step, Transaction) else step) == expected
        assert end(known, AT - 1, commit=decision, bump=False) is FENCED
        assert end(known, AT + 1, commit=decision, bump=False) is FENCED
        assert not isinstance(step, Transaction) or step.epoch == AT


@pytest.mark.parametrize(
    ("state", "abort_again", "abort", "commit_again", "commit"),
    [
        (EMPTY, FENCED, P_ABORT, FENCED, INVALID),
        (ONGOING, FENCED, P_ABORT, FENCED, P_COMMIT),
        (P_ABORT, CONCURRENT, FENCED, INVALID, FENCED),
        (P_COMMIT, INVALID, FENCED, CONCURRENT, FENCED),
        (ABORTED, SAME, P_ABORT, INVALID, INVALID),
        (COMMITTED, INVALID, P_ABORT, SAME, INVALID),
    ],
)
def test_with_transaction_version_2_the_epoch_tells_an_end_asked_for_again_from_the_next_end(
    state: State, abort_again: object, abort: object, commit_again: object, commit: object
) -> None:
    table = [(AT - 1, False, abort_again), (AT, False, abort), (AT - 1, True, commit_again), (AT, True, commit)]
    for epoch, decision, expected in table:
        known = txn(state)
        step = end(known, epoch, commit=decision, bump=True)
        assert (SAME if step is known else step.state if isinstance(step, Transaction) else step) == expected
        if isinstance(step, Transaction) and step is not known:
            assert (step.epoch, step.last_epoch) == (AT + 1, AT)
    assert end(txn(state), AT + 1, commit=True, bump=True) is FENCED


@pytest.mark.parametrize("bump", [False, True])
@pytest.mark.parametrize("state", list(State)[:6])
def test_another_producers_id_is_told_so_in_every_state(state: State, bump: bool) -> None:
    assert end(txn(state), AT, commit=True, bump=bump, producer=ME + 1) is MAPPING
    assert rules.added(txn(state), ME + 1, AT, frozenset(), now=NOW) is MAPPING


def test_an_exhausted_epoch_gives_the_producer_another_id_when_the_transaction_is_complete() -> None:
    known = txn(ONGOING, epoch=2**15 - 2)
    prepared = end(known, 2**15 - 2, commit=True, bump=True)
    assert isinstance(prepared, Transaction)
    assert (prepared.producer_id, prepared.epoch, prepared.next_id) == (ME, 2**15 - 1, 100)
    done = rules.completed(prepared, now=NOW)
    assert (done.producer_id, done.epoch, done.previous_id, done.next_id, done.state) == (100, 0, ME, -1, COMMITTED)
    assert end(done, 2**15 - 2, commit=True, bump=True) is done  # asked again by who has not heard of the new id


def test_completing_keeps_who_it_was_and_forgets_what_was_in_it() -> None:
    done = rules.completed(txn(P_ABORT), now=NOW)
    assert (done.state, done.places, done.producer_id, done.epoch, done.updated) == (ABORTED, frozenset(), ME, AT, NOW)


@pytest.mark.parametrize("state", [EMPTY, COMMITTED, ABORTED])
def test_the_first_partition_begins_a_transaction_and_sets_its_clock(state: State) -> None:
    step = rules.added(txn(state), ME, AT, frozenset({("b", 1)}), now=NOW)
    assert isinstance(step, Transaction)
    assert (step.state, step.places, step.started) == (ONGOING, {("b", 1)}, NOW)


def test_more_partitions_leave_the_clock_and_known_ones_change_nothing() -> None:
    known = txn(ONGOING)
    step = rules.added(known, ME, AT, frozenset({("b", 1)}), now=NOW)
    assert isinstance(step, Transaction)
    assert (step.places, step.started) == ({("a", 0), ("b", 1)}, 100)
    assert rules.added(known, ME, AT, frozenset({("a", 0)}), now=NOW) is known


@pytest.mark.parametrize("state", [P_COMMIT, P_ABORT])
def test_nothing_is_added_while_markers_are_written(state: State) -> None:
    assert rules.added(txn(state), ME, AT, frozenset({("b", 1)}), now=NOW) is CONCURRENT
    assert rules.added(txn(state), ME, AT - 1, frozenset({("b", 1)}), now=NOW) is FENCED
    assert rules.initialized(txn(state), 1000, None, now=NOW, new_id=count(100).__next__) is CONCURRENT


@pytest.mark.parametrize(
    ("expected", "outcome"),
    [
        (None, (ME, AT + 1, -1)),
        ((ME, AT), (ME, AT + 1, AT)),
        ((ME, 2), (ME, AT, 2)),
        ((ME, 1), FENCED),
        ((ME, AT + 1), FENCED),
        ((ME + 1, AT), FENCED),
    ],
)
def test_a_producer_begins_with_the_next_epoch_or_repeats_its_last_step(expected: tuple[int, int] | None, outcome: object) -> None:
    step = rules.initialized(txn(COMMITTED), 2000, expected, now=NOW, new_id=count(100).__next__)
    found = (step.producer_id, step.epoch, step.last_epoch) if isinstance(step, Transaction) else step
    assert found == outcome
    assert not isinstance(step, Transaction) or (step.state, step.timeout, step.started) == (EMPTY, 2000, -1)


def test_a_producer_whose_epochs_are_used_up_begins_with_another_id() -> None:
    used_up = txn(ABORTED, epoch=2**15 - 2)
    for expected, last_epoch in ((None, -1), ((ME, 2**15 - 2), 2**15 - 2)):
        step = rules.initialized(used_up, 1000, expected, now=NOW, new_id=count(100).__next__)
        assert isinstance(step, Transaction)
        assert (step.producer_id, step.epoch, step.last_epoch, step.previous_id) == (100, 0, last_epoch, ME)


def test_a_fence_shuts_out_whoever_is_at_work_and_leaves_only_an_abort() -> None:
    step = rules.initialized(txn(ONGOING), 1000, None, now=NOW, new_id=count(100).__next__)
    assert isinstance(step, Transaction)
    assert (step.state, step.epoch, step.last_epoch) == (State.FENCE, AT + 1, -1)
    undone = rules.completed(rules.aborted(step, now=NOW), now=NOW)
    assert (undone.state, undone.epoch) == (ABORTED, AT + 1)
    assert end(undone, AT, commit=True, bump=False) is FENCED
    assert rules.fenced(txn(ONGOING, epoch=2**15 - 1)).epoch == 2**15 - 1


@pytest.mark.parametrize("state", list(State)[:6])
def test_what_is_written_down_is_what_is_read_again(state: State) -> None:
    known = txn(state, next_id=9, previous_id=8)
    assert Transaction.from_json("t", known.to_json()) == known


@pytest.mark.parametrize(("now", "overdue"), [(1100, False), (1101, True)])
def test_only_an_ongoing_transaction_is_ever_overdue(now: int, overdue: bool) -> None:
    assert txn(ONGOING).overdue(now) is overdue
    assert not any(txn(state).overdue(now) for state in State if state is not ONGOING)
