"""Kafka's server-side assignors, as tables: who wants what and had what, and what everyone gets."""

from collections.abc import Mapping
from itertools import chain
from random import Random
from uuid import UUID

import pytest

from bus.embedded.groups.consumer.assignors import Wish, by_range, uniform
from bus.embedded.groups.consumer.member import Part, Place

A, B, C = (UUID(int=number) for number in (1, 2, 3))
TOPIC = {"a": A, "b": B, "c": C}


def part(text: str) -> Part:
    """`a0 a1 b2` as partitions."""
    return frozenset(Place(TOPIC[each[0]], int(each[1:])) for each in text.split())


def text(of: Part) -> str:
    letters = {topic: letter for letter, topic in TOPIC.items()}
    return " ".join(f"{letters[place.topic]}{place.partition}" for place in sorted(of))


def wish(name: str, topics: str, had: str = "", instance: str | None = None) -> Wish:
    return Wish(id=name, topics=frozenset(TOPIC[letter] for letter in topics), had=part(had), instance_id=instance)


@pytest.mark.parametrize(
    ("wishes", "partitions", "expected"),
    [
        pytest.param([wish("m", "a")], {A: 3}, {"m": "a0 a1 a2"}, id="one member gets all"),
        pytest.param([wish("m", "a"), wish("n", "a")], {A: 3}, {"m": "a0 a1", "n": "a2"}, id="what is left over goes to the first"),
        pytest.param([wish("m", "a"), wish("n", "a")], {A: 1}, {"m": "a0", "n": ""}, id="more members than partitions"),
        pytest.param([wish("m", "ab"), wish("n", "ab")], {A: 2, B: 2}, {"m": "a0 a1", "n": "b0 b1"}, id="all topics are one heap"),
        pytest.param([wish("m", "ac")], {A: 1}, {"m": "a0"}, id="a topic that is not there is left out"),
        pytest.param([wish("m", "")], {A: 1}, {"m": ""}, id="who wants nothing gets nothing"),
        pytest.param([wish("m", "a", "a0 a1 a2 a3"), wish("n", "a")], {A: 4}, {"m": "a0 a1", "n": "a2 a3"}, id="a newcomer gets half"),
        pytest.param(
            [wish("m", "a", "a3"), wish("n", "a", "a0")], {A: 4}, {"m": "a1 a3", "n": "a0 a2"}, id="who left leaves the others theirs"
        ),
        pytest.param([wish("m", "a", "a0"), wish("n", "a", "a1 a2")], {A: 3}, {"m": "a0", "n": "a1 a2"}, id="who has one more keeps it"),
        pytest.param(
            [wish("m", "a", "a0 b0"), wish("n", "a", "a1")], {A: 2, B: 1}, {"m": "a0", "n": "a1"}, id="what is not wanted now goes"
        ),
        pytest.param([wish("m", "a", "a0 a1")], {A: 1}, {"m": "a0"}, id="a topic made anew with fewer partitions"),
        pytest.param([wish("m", "ab"), wish("n", "a")], {A: 2, B: 2}, {"m": "b0 b1", "n": "a0 a1"}, id="different wishes are levelled"),
        pytest.param([wish("m", "ab", "a0 a1 b0"), wish("n", "a")], {A: 2, B: 1}, {"m": "a0 b0", "n": "a1"}, id="the loaded one gives"),
        pytest.param(
            [wish("m", "a", "a0 a1"), wish("n", "b")], {A: 2, B: 1}, {"m": "a0 a1", "n": "b0"}, id="nobody gets what it does not want"
        ),
    ],
)
def test_uniform_gives_everyone_the_same_number_and_leaves_everyone_what_it_had(
    wishes: list[Wish], partitions: Mapping[UUID, int], expected: dict[str, str]
) -> None:
    assert {member: text(got) for member, got in uniform(wishes, partitions).items()} == expected


@pytest.mark.parametrize(
    ("wishes", "partitions", "expected"),
    [
        pytest.param([wish("m", "a")], {A: 3}, {"m": "a0 a1 a2"}, id="one member gets all"),
        pytest.param(
            [wish("n", "ab"), wish("m", "ab")], {A: 3, B: 3}, {"m": "a0 a1 b0 b1", "n": "a2 b2"}, id="the same numbers of every topic"
        ),
        pytest.param([wish("m", "a", "a2"), wish("n", "a", "a0")], {A: 3}, {"m": "a0 a1", "n": "a2"}, id="what it had does not count"),
        pytest.param([wish("m", "a"), wish("z", "a", "", "i")], {A: 2}, {"z": "a0", "m": "a1"}, id="static members come first"),
        pytest.param(
            [wish("m", "ab"), wish("n", "b")], {A: 2, B: 2}, {"m": "a0 a1 b0", "n": "b1"}, id="every topic among those who want it"
        ),
        pytest.param(
            [wish("m", "a"), wish("n", "a"), wish("o", "a")], {A: 1}, {"m": "a0", "n": "", "o": ""}, id="more members than partitions"
        ),
        pytest.param([wish("m", "c")], {A: 2}, {"m": ""}, id="a topic that is not there is left out"),
    ],
)
def test_range_gives_neighbours_of_every_topic(wishes: list[Wish], partitions: Mapping[UUID, int], expected: dict[str, str]) -> None:
    assert {member: text(got) for member, got in by_range(wishes, partitions).items()} == expected


@pytest.mark.parametrize("seed", range(30))
def test_whoever_comes_and_goes_every_wanted_partition_has_one_owner_who_wants_it_and_uniform_is_level(seed: int) -> None:
    chance = Random(seed)
    same = chance.random() < 0.5
    had: dict[str, Part] = {}
    for _ in range(8):
        partitions = {topic: chance.randint(1, 9) for topic in (A, B, C)}
        members = chance.sample("klmnopqr", chance.randint(1, 6))
        wishes = [
            Wish(id=each, topics=frozenset((A, B) if same else chance.sample((A, B, C), 2)), had=had.get(each, frozenset()))
            for each in members
        ]
        wanted = {topic for each in wishes for topic in each.topics}
        for assign in (by_range, uniform):
            got = assign(wishes, partitions)
            places = list(chain.from_iterable(got.values()))
            assert sorted(places) == sorted(Place(topic, index) for topic in wanted for index in range(partitions[topic]))
            assert all(place.topic in each.topics for each in wishes for place in got[each.id])
        sizes = {each.id: len(got[each.id]) for each in wishes}
        for giver in wishes:
            for taker in wishes:
                shared = [place for place in got[giver.id] if place.topic in taker.topics]
                assert not shared or sizes[giver.id] - sizes[taker.id] <= 1
        had = got


def test_uniform_moves_no_more_than_it_must_when_a_member_leaves() -> None:
    members = [wish(name, "ab") for name in "mnop"]
    before = uniform(members, {A: 6, B: 6})
    after = uniform([Wish(id=each.id, topics=each.topics, had=before[each.id]) for each in members[1:]], {A: 6, B: 6})
    assert all(before[name] <= after[name] for name in "nop")
