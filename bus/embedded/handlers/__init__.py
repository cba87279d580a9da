"""What the broker answers, as one table: API -> versions and handler."""

import re
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Call
from bus.embedded.handlers import (
    absent,
    cluster,
    configs,
    consumer_groups,
    fetch,
    group_admin,
    groups,
    offsets,
    positions,
    produce,
    topics,
    transaction_admin,
    transactions,
)
from bus.embedded.protocol import Tree

__all__ = ["HANDLERS", "Handler", "unknown_version"]

Handle = Callable[[Call], Awaitable[Tree | None]]


class Handler(NamedTuple):
    """First and last version answered, and by what."""

    first: int
    last: int
    handle: Handle


class Feature(NamedTuple):
    """Versions that are there, and the one that clients and brokers have agreed on; 0 is none."""

    name: str
    first: int
    last: int
    level: int


_PRODUCE: Final = 0
_NO_NOUGHT: Final = 3
_FEATURES: Final = (  # as a newly made cluster of Apache Kafka 4.1 answers them
    Feature("group.version", 0, 1, 1),
    Feature("kraft.version", 0, 1, 0),
    Feature("metadata.version", 7, 27, 27),
    Feature("share.version", 0, 1, 0),
    Feature("transaction.version", 0, 2, 2),
    Feature("eligible.leader.replicas.version", 0, 1, 1),
)
_SOFTWARE: Final = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?")
"""What a client may be called."""


async def api_versions(call: Call) -> Tree:
    """The APIs, and the features that clients go by; version 3 has no words for a feature whose lowest version is 0."""
    names = (getattr(call.body, field, "unnamed") for field in ("client_software_name", "client_software_version"))
    if not all(map(_SOFTWARE.fullmatch, names)):
        return {"error_code": ErrorCode.invalid_request, "api_keys": []}
    # Kafka 4 too announces Produce from 0, or librdkafka takes the broker for an ancient one; it answers from 3.
    ranges = [(api, 0 if api == _PRODUCE else handler.first, handler.last) for api, handler in sorted(HANDLERS.items())]
    keys = [{"api_key": api, "min_version": first, "max_version": last} for api, first, last in ranges]
    supported = [each for each in _FEATURES if each.first > 0 or call.version > _NO_NOUGHT]
    return {
        "error_code": ErrorCode.none,
        "api_keys": keys,
        "supported_features": [{"name": each.name, "min_version": each.first, "max_version": each.last} for each in supported],
        "finalized_features_epoch": 0,
        "finalized_features": [
            {"name": each.name, "min_version_level": each.level, "max_version_level": each.level} for each in _FEATURES if each.level
        ],
    }


def unknown_version() -> Tree:
    """The answer to ApiVersions of a version from the future, written as version 0."""
    keys = [{"api_key": 18, "min_version": HANDLERS[18].first, "max_version": HANDLERS[18].last}]
    return {"error_code": ErrorCode.unsupported_version, "api_keys": keys}


HANDLERS: Final[dict[int, Handler]] = {
    0: Handler(3, 13, produce.produce),
    1: Handler(4, 18, fetch.fetch),
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
    17: Handler(0, 1, absent.sasl_handshake),
    18: Handler(0, 4, api_versions),
    19: Handler(2, 7, topics.create_topics),
    20: Handler(1, 6, topics.delete_topics),
    21: Handler(0, 2, topics.delete_records),
    22: Handler(0, 5, transactions.init_producer_id),
    23: Handler(2, 4, positions.offset_for_leader_epoch),
    24: Handler(0, 5, transactions.add_partitions_to_txn),
    25: Handler(0, 4, transactions.add_offsets_to_txn),
    26: Handler(0, 5, transactions.end_txn),
    27: Handler(1, 1, transaction_admin.write_txn_markers),
    28: Handler(0, 5, transactions.txn_offset_commit),
    29: Handler(1, 3, absent.describe_acls),
    30: Handler(1, 3, absent.create_acls),
    31: Handler(1, 3, absent.delete_acls),
    32: Handler(1, 4, configs.describe_configs),
    33: Handler(0, 2, configs.alter_configs),
    36: Handler(0, 2, absent.sasl_authenticate),
    37: Handler(0, 3, topics.create_partitions),
    42: Handler(0, 2, group_admin.delete_groups),
    44: Handler(0, 1, configs.incremental_alter_configs),
    46: Handler(0, 0, absent.list_partition_reassignments),
    47: Handler(0, 0, offsets.offset_delete),
    48: Handler(0, 1, absent.describe_client_quotas),
    50: Handler(0, 0, absent.describe_user_scram_credentials),
    60: Handler(0, 2, cluster.describe_cluster),
    61: Handler(0, 0, transaction_admin.describe_producers),
    65: Handler(0, 0, transaction_admin.describe_transactions),
    66: Handler(0, 2, transaction_admin.list_transactions),
    68: Handler(0, 1, consumer_groups.heartbeat),
    69: Handler(0, 1, consumer_groups.describe),
    75: Handler(0, 0, cluster.describe_topic_partitions),
}
