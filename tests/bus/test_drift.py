"""How topics differ from what is planned, and what that costs."""

import pytest

from bus.drift import Difference, Found, differences
from bus.topics import AS_BUILT, KINDS, Shape, Space, Topic

MEMBER = "VN/GOV/H37.15/ilis"
SPACE = Space("s")
CONFIG = Shape().config(4)


def of(topic: Topic, partitions: int = 6, replication: int = 1, **config: str) -> dict[str, Found]:
    return {topic.name: Found(partitions, replication, {**topic.config, **{name.replace("_", "."): text for name, text in config.items()}})}


def compared(topic: Topic, found: dict[str, Found], replication: int | None = None) -> list[Difference]:
    return list(differences([topic], found, replication=replication, box=SPACE.is_box))


TOPIC = Topic("s.journal", 6, CONFIG)
LIMITED = Topic("s.journal", 6, Shape(retention_ms=1000).config(4))


def test_what_is_as_planned_shows_no_difference() -> None:
    plan = SPACE.plan([MEMBER])
    found = {topic.name: Found(6, 3, {**topic.config, "segment.bytes": "7"}) for topic in plan}
    assert differences(plan, found, replication=None, box=SPACE.is_box) == ()


def test_every_topic_that_is_missing_is_to_be_made() -> None:
    plan = SPACE.plan([MEMBER])
    assert [each.topic for each in differences(plan, {}, replication=3, box=SPACE.is_box) if each.act == "create"] == [t.name for t in plan]


@pytest.mark.parametrize(
    ("topic", "found", "setting", "act"),
    [
        (TOPIC, of(TOPIC, partitions=4), "partitions", "grow"),
        (TOPIC, of(TOPIC, partitions=8), "partitions", "impossible"),
        (LIMITED, of(LIMITED, retention_ms="500"), "retention.ms", "alter"),
        (LIMITED, of(LIMITED, retention_ms="2000"), "retention.ms", "lossy"),
        (LIMITED, of(LIMITED, retention_ms="-1"), "retention.ms", "lossy"),
        (TOPIC, of(TOPIC, retention_ms="2000"), "retention.ms", "alter"),
        (TOPIC, of(TOPIC, max_message_bytes="3"), "max.message.bytes", "alter"),
        (TOPIC, of(TOPIC, max_message_bytes="5"), "max.message.bytes", "lossy"),
        (TOPIC, of(TOPIC, cleanup_policy="compact,delete"), "cleanup.policy", "alter"),
        (Topic("s.journal", 6, Shape(cleanup="compact").config(4)), of(TOPIC), "cleanup.policy", "lossy"),
    ],
)
def test_a_difference_names_what_mends_it_and_whether_that_loses_records(
    topic: Topic, found: dict[str, Found], setting: str, act: str
) -> None:
    (difference,) = compared(topic, found)
    assert (difference.setting, difference.act) == (setting, act)
    assert difference.loses == (act == "lossy")


def test_the_order_of_a_list_is_no_difference() -> None:
    topic = Topic("s.journal", 6, Shape(cleanup="compact,delete").config(4))
    assert compared(topic, of(topic, cleanup_policy="delete,compact")) == []


def test_replication_is_looked_at_where_it_is_said_and_never_changed() -> None:
    assert compared(TOPIC, of(TOPIC, replication=1)) == []
    (difference,) = compared(TOPIC, of(TOPIC, replication=1), replication=3)
    assert (difference.setting, difference.found, difference.planned, difference.act) == ("replication.factor", "1", "3", "impossible")


def test_only_boxes_of_nobody_are_to_be_deleted_and_no_other_topic() -> None:
    found = {name: Found(1, 1, {}) for name in ("s.inbox.VN.GOV.X.gone", "s.outbox.VN.GOV.X.gone", "s.own-topic", "s2.inbox.VN", "other")}
    left = [each for each in differences(SPACE.plan([]), found, replication=None, box=SPACE.is_box) if each.act == "delete"]
    assert [(each.topic, each.loses) for each in left] == [("s.inbox.VN.GOV.X.gone", True), ("s.outbox.VN.GOV.X.gone", True)]


def test_each_kind_of_topic_has_its_own_shape() -> None:
    shapes = {**AS_BUILT, "inbox": Shape(partitions=2), "journal": Shape(retention_ms=5)}
    made = {topic.name.split(".")[1]: topic for topic in SPACE.plan([MEMBER], shapes=shapes)}
    assert tuple(made) == KINDS
    assert (made["inbox"].partitions, made["outbox"].partitions) == (2, 6)
    assert (made["journal"].config["retention.ms"], made["dead-letter"].config["retention.ms"]) == ("5", "-1")
