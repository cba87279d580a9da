"""What a request is about, and whether a rule means it."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple
from uuid import UUID

from kio.schema.errors import ErrorCode

from bus.embedded.batch import refusal
from bus.embedded.broker import Call
from bus.embedded.faults.rules import NAMES, When
from bus.embedded.records import UnreadableError, records_in
from bus.embedded.topics import Topics

_TOPICS: Final = ("topic_data", "topics", "topic_names", "v3_and_below_topics")
_PARTITIONS: Final = ("partition_data", "partitions", "partition_indexes")
_INDEX: Final = ("index", "partition", "partition_index")
_GROUPS: Final = ("groups", "groups_names", "group_ids")
_OF_GROUPS: Final = 0
_ANY_SIZE: Final = 2**62


class Spot(NamedTuple):
    """A topic or partition that a request names; with the records that are produced to it."""

    topic: str
    partition: int | None = None
    records: bytes | None = None


class About(NamedTuple):
    """One request; `member` is the id of who asks, where a request says it."""

    api: str
    client: str
    spots: tuple[Spot, ...] = ()
    groups: tuple[str, ...] = ()
    member: str = ""


def about(call: Call) -> About:
    """Read off a request what rules ask for."""
    body = call.body
    outer = [body, *(each for name in (*_GROUPS, "transactions") for each in getattr(body, name, None) or () if not isinstance(each, str))]
    spots = tuple(spot for each in outer for spot in _spots(each, call.broker.topics))
    return About(NAMES.get(call.api, str(call.api)), call.client_id, spots, tuple(_groups(body)), getattr(body, "member_id", "") or "")


def hits(when: When, what: About) -> tuple[Spot, ...] | None:
    """The spots that are meant, perhaps none where topics do not matter; None: this request is not."""
    if when.api not in (None, what.api) or (when.client is not None and not fnmatchcase(what.client, when.client)):
        return None
    if when.group is not None and not any(fnmatchcase(group, when.group) for group in what.groups):
        return None
    if when.topic is None and when.partition is None and when.key is None:
        return what.spots
    return tuple(spot for spot in what.spots if _meant(when, spot)) or None


def _meant(when: When, spot: Spot) -> bool:
    return (
        (when.topic is None or fnmatchcase(spot.topic, when.topic))
        and when.partition in (None, spot.partition)
        and (when.key is None or _has_key(spot.records, when.key))
    )


def _has_key(records: bytes | None, pattern: str) -> bool:
    """Whether a batch holds a record with such a key; the only question for which a batch is decoded."""
    if records is None or refusal(records, _ANY_SIZE, _ANY_SIZE) is not ErrorCode.none:
        return False
    try:
        return any(fnmatchcase((each.key or b"").decode("utf-8", "replace"), pattern) for each in records_in(records))
    except UnreadableError:
        return False


def _spots(outer: Any, topics: Topics) -> Iterator[Spot]:
    for asked in _items(outer, _TOPICS):
        name = _name(asked, topics)
        partitions = list(_items(asked, _PARTITIONS))
        if name and not partitions:
            yield Spot(name)
        elif name:
            yield from (Spot(name, _index(each), getattr(each, "records", None)) for each in partitions)


def _items(outer: Any, names: Iterable[str]) -> Iterator[Any]:
    for name in names:
        found = getattr(outer, name, None)
        yield from found if isinstance(found, tuple) else ()


def _name(asked: Any, topics: Topics) -> str | None:
    if isinstance(asked, str):
        return asked
    which = getattr(asked, "name", None) or getattr(asked, "topic", None) or getattr(asked, "topic_id", None)
    if isinstance(which, UUID):
        topic = topics.get(which)
        return topic.name if topic else None
    return which


def _index(asked: Any) -> int | None:
    if isinstance(asked, int):
        return asked
    return next((getattr(asked, name) for name in _INDEX if hasattr(asked, name)), None)


def _groups(body: Any) -> Iterator[str]:
    if group := getattr(body, "group_id", None):
        yield group
    for each in _items(body, _GROUPS):
        yield each if isinstance(each, str) else each.group_id
    if getattr(body, "key_type", None) == _OF_GROUPS:  # FindCoordinator
        yield from getattr(body, "coordinator_keys", None) or (body.key,)
    elif hasattr(body, "key"):  # its version 0 knows of groups only
        yield body.key
