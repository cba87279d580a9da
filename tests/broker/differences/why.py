"""Why a difference stays: by the beginning of the probe's name, the longest that fits. A difference without a reason fails a test."""

from typing import Final

_ONE_NODE = "about several brokers, disks or controllers: here is one node"
_NO_SECURITY = "no security on the embedded broker: it is for one machine"
_SHARE = "share groups are left out"
_NOT_LOOKED_INTO = "what is inside a batch is not unpacked: only a broken client sends it, and its consumers tell"
_SETTING = "nothing here acts on it; set, it is refused by name"

WHY: Final[dict[str, str]] = {
    "ApiVersions: 1 fetch": "version 18 is for brokers that replicate",
    **dict.fromkeys([f"ApiVersions: {api} " for api in (27, 34, 35, 43, 45, 55, 57, 64, 80, 81)], _ONE_NODE),
    **dict.fromkeys([f"ApiVersions: {api} " for api in (38, 39, 40, 41, 49, 51)], _NO_SECURITY),
    **dict.fromkeys([f"ApiVersions: {api} " for api in (76, 77, 78, 79, 83, 84, 85, 86, 87, 90, 91, 92)], _SHARE),
    "ApiVersions: 74 ": "tools fall back to the topics that they can list",
    "ApiVersions, feature": "clients do not act on it",
    "DescribeQuorum": _ONE_NODE,
    "DescribeLogDirs": _ONE_NODE,
    "CreateTopics: the broker's own __consumer_offsets": "it keeps offsets in a journal, not in a topic",
    "CreateTopics: ": _SETTING,
    "CreatePartitions: 20,000": "Kafka's answer is a fault of its own",
    "DescribeConfigs, topic: segment.bytes": "a simulator's log is small: --segment-bytes is the default of its topics",
    "DescribeConfigs, topic: ": _SETTING,
    "DescribeConfigs, broker: ": "its settings are options of its command line",
    "DescribeConfigs, kind of value: ": _SETTING,
    "DescribeConfigs: synonyms": "a topic's setting has no default of a broker behind it; tools print less",
    "DescribeConfigs: documentation": "Kafka's documentation says it",
    "DescribeConfigs: the broker's loggers": "it has none to change",
    "IncrementalAlterConfigs: an unknown setting back": "a wrong name is told, even where nothing would change",
    "IncrementalAlterConfigs: an operation that is none": "Kafka's answer is a fault of its own",
    "Produce: a codec that is none": _NOT_LOOKED_INTO,
    "Produce: records that are not what the codec says": _NOT_LOOKED_INTO,
    "JoinGroup: in a group of the new protocol": "all members of one group speak one protocol, see above",
    "Fetch: a new session": "sessions save bytes between brokers; a client without one asks in full",
    "Fetch: a session's second request": "it keeps no sessions",
}
