"""What the broker answers, as one table: API -> versions and handler."""

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Call
from bus.embedded.handlers import cluster, configs, consumer_groups, fetch, group_admin, groups, offsets, positions, produce, topics
from bus.embedded.protocol import Tree

__all__ = ["HANDLERS", "Handler", "unknown_version"]

Handle = Callable[[Call], Awaitable[Tree | None]]


class Handler(NamedTuple):
    """First and last version answered, and by what."""

    first: int
    last: int
    handle: Handle


_PRODUCE: Final = 0


async def api_versions(_call: Call) -> Tree:
    # Kafka 4 too announces Produce from 0, or librdkafka takes the broker for an ancient one; it answers from 3.
    ranges = [(api, 0 if api == _PRODUCE else handler.first, handler.last) for api, handler in sorted(HANDLERS.items())]
    keys = [{"api_key": api, "min_version": first, "max_version": last} for api, first, last in ranges]
    return {"error_code": ErrorCode.none, "api_keys": keys}


def unknown_version() -> Tree:
    """The answer to ApiVersions of a version from the future, written as version 0."""
    keys = [{"api_key": 18, "min_version": HANDLERS[18].first, "max_version": HANDLERS[18].last}]
    return {"error_code": ErrorCode.unsupported_version, "api_keys": keys}


HANDLERS: Final[dict[int, Handler]] = {
    0: Handler(3, 13, produce.produce),
    1: Handler(4, 17, fetch.fetch),
    2: Handler(1, 10, positions.list_offsets),
    3: Handler(0, 13, cluster.metadata),
    8: Handler(2, 9, offsets.offset_commit),
    9: Handler(1, 9, offsets.offset_fetch),
    10: Handler(0, 6, cluster.find_coordinator),
    11: Handler(0, 9, groups.join_group),
    12: Handler(0, 4, groups.heartbeat),
    13: Handler(0, 5, groups.leave_group),
    14: Handler(0, 5, groups.sync_group),
    15: Handler(0, 6, group_admin.describe_groups),
    16: Handler(0, 5, group_admin.list_groups),
    18: Handler(0, 4, api_versions),
    19: Handler(2, 7, topics.create_topics),
    20: Handler(1, 6, topics.delete_topics),
    21: Handler(0, 2, topics.delete_records),
    22: Handler(0, 5, produce.init_producer_id),
    23: Handler(2, 4, positions.offset_for_leader_epoch),
    32: Handler(1, 4, configs.describe_configs),
    33: Handler(0, 2, configs.alter_configs),
    37: Handler(0, 3, topics.create_partitions),
    42: Handler(0, 2, group_admin.delete_groups),
    44: Handler(0, 1, configs.incremental_alter_configs),
    47: Handler(0, 0, offsets.offset_delete),
    60: Handler(0, 2, cluster.describe_cluster),
    68: Handler(0, 1, consumer_groups.heartbeat),
    69: Handler(0, 1, consumer_groups.describe),
    75: Handler(0, 0, cluster.describe_topic_partitions),
}
