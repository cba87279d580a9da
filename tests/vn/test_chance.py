"""Draws are a function of what they are for."""

import subprocess
import sys

import pytest

from vn.chance import choice, draw, integer


def test_a_draw_is_the_same_whenever_it_is_made():
    first = draw(2024, "H37.15-250701-0001", "fault")
    for other in range(100):
        draw(2024, other)
    assert draw(2024, "H37.15-250701-0001", "fault") == first


def test_a_draw_is_the_same_in_a_process_with_another_hash_seed():
    code = "from vn.chance import draw; print(draw(2024, 'a', 7))"
    answers = {subprocess.check_output([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, text=True) for seed in ("1", "2")}
    assert answers == {f"{draw(2024, 'a', 7)}\n"}


def test_a_draw_is_never_one():
    assert all(0 <= draw(1, n) < 1 for n in range(2_000))


@pytest.mark.parametrize(("one", "other"), [(("a", "bc"), ("ab", "c")), (("a", "b"), ("b", "a")), (("a",), ("a", ""))])
def test_draws_for_different_things_differ(one, other):
    assert draw(1, *one) != draw(1, *other)


def test_draws_of_different_seeds_differ():
    assert draw(1, "a") != draw(2, "a")


def test_draws_spread_evenly():
    tenths = [0] * 10
    for n in range(10_000):
        tenths[int(draw(7, n) * 10)] += 1
    assert all(850 < count < 1_150 for count in tenths)


def test_whole_numbers_reach_both_ends():
    assert {integer(3, 5, 1, n) for n in range(100)} == {3, 4, 5}


def test_a_range_that_is_empty_is_refused():
    with pytest.raises(ValueError, match="from 5 to 3"):
        integer(5, 3, 1)


def test_every_option_is_chosen_some_time():
    assert {choice("abc", 1, n) for n in range(100)} == {"a", "b", "c"}
