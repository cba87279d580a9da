"""What a partition remembers of its producers, without a broker."""

import json
from itertools import islice

from kio.schema.errors import ErrorCode

from bus.embedded.batch import Batch, header
from bus.embedded.log import Marker
from bus.embedded.log.aborted import AbortedIndex, AbortedTransaction
from bus.embedded.log.windows import PRODUCERS, Windows
from tests.broker.raw import batch


def sent(producer: int, offset: int, *, epoch: int = 0, sequence: int = 0, transactional: bool = False, time: int = 1000) -> Batch:
    content = batch(b"x", producer=producer, epoch=epoch, sequence=sequence, transactional=transactional, times=[time])
    return header(content)._replace(base_offset=offset)


def ended(windows: Windows, marker: Marker, offset: int) -> None:
    windows.note(header(marker.batch())._replace(base_offset=offset), marker)


def test_the_idle_are_forgotten_first_and_never_one_in_a_transaction() -> None:
    windows = Windows()
    windows.note(sent(0, 0, transactional=True))
    for number in range(1, PRODUCERS + 10):
        windows.note(sent(number, number))
    assert len(list(windows)) == PRODUCERS
    assert (windows.knows(0), windows.knows(1), windows.knows(PRODUCERS + 9), windows.first_unstable) == (True, False, True, 0)


def test_who_is_long_gone_is_forgotten_unless_in_a_transaction() -> None:
    windows = Windows()
    windows.note(sent(1, 0, transactional=True))
    windows.note(sent(2, 1))
    windows.note(sent(3, 2, time=9000))
    windows.expire(5000)
    assert [each.id for each in windows] == [1, 3]
    assert windows.check(sent(2, 3, sequence=7)) == (ErrorCode.none, -1)  # begins anywhere, since nothing is known


def test_a_marker_of_a_new_epoch_begins_a_new_window() -> None:
    windows = Windows()
    windows.note(sent(1, 0, transactional=True))
    assert windows.is_open(1, 0)
    ended(windows, Marker(1, 1, committed=True, coordinator_epoch=0, timestamp=2000), 1)
    assert not windows.is_open(1, 0)
    assert windows.check(sent(1, 2, sequence=1))[0] is ErrorCode.invalid_producer_epoch
    assert windows.check(sent(1, 2, epoch=1, sequence=1))[0] is ErrorCode.out_of_order_sequence_number
    assert windows.check(sent(1, 2, epoch=1))[0] is ErrorCode.none
    assert windows.marker_refusal(Marker(1, 0, False, 0, 0)) is ErrorCode.invalid_producer_epoch
    assert windows.marker_refusal(Marker(1, 1, False, -1, 0)) is ErrorCode.transaction_coordinator_fenced


def test_all_that_is_known_is_written_down_and_read_again() -> None:
    windows = Windows()
    for producer in (1, 2, 3):
        windows.note(sent(producer, producer, transactional=True))
    ended(windows, Marker(2, 0, committed=False, coordinator_epoch=0, timestamp=2000), 4)
    again = Windows()
    again.load(json.loads(json.dumps(windows.to_json())))
    assert list(again) == list(windows)
    assert (again.first_unstable, list(again.aborted.within(0, 9))) == (1, [(2, 2, 4, 1)])
    ended(again, Marker(1, 0, committed=True, coordinator_epoch=0, timestamp=2000), 5)
    assert again.first_unstable == 3


def test_what_was_written_before_there_were_transactions_is_understood() -> None:
    windows = Windows()
    windows.load([[7, 2, [[0, 4, 10]]]])
    assert windows.check(sent(7, 15, epoch=2, sequence=5)) == (ErrorCode.none, -1)
    assert (windows.first_unstable, bool(windows.aborted)) == (None, False)


def test_the_index_gives_what_overlaps_and_stops_where_nothing_can() -> None:
    index = AbortedIndex()
    entries = [AbortedTransaction(1, 0, 5, 2), AbortedTransaction(2, 2, 9, 10), AbortedTransaction(3, 12, 13, 14)]
    for entry in entries:
        index.add(entry)
    spans = {(0, 3): [1, 2], (0, 2): [1], (6, 8): [2], (6, 20): [2, 3], (10, 12): [], (14, 20): []}
    assert {span: [each.producer_id for each in index.within(*span)] for span in spans} == spans
    again = AbortedIndex()
    again.load(index.to_json())
    again.forget(9)
    assert list(islice(again.within(0, 99), 9)) == entries[1:]
    again.forget(14)
    assert not again
