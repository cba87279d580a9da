"""The garbage collector is calmed for as long as something runs, by whoever began first."""

import gc

from vn.collector import YOUNG, calm


def test_within_a_calm_block_another_changes_nothing_and_at_the_end_all_is_as_before() -> None:
    before = gc.get_threshold()
    with calm():
        frozen = gc.get_freeze_count()
        with calm():
            assert gc.get_freeze_count() <= frozen
        assert gc.get_threshold()[0] == YOUNG
    assert gc.get_threshold() == before
