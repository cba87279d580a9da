"""What the broker says of itself, and what it does with requests that are none."""

import struct
from datetime import timedelta
from typing import Any

from kio.index import load_request_schema

from tests.broker.differences.asking import Asker, Probe, said
from tests.broker.raw import frame


async def versions(ask: Asker) -> dict[str, str]:
    answer = await ask.ask(18, 4, client_software_name="probe", client_software_version="1")
    return {f"{each.api_key} {name(each.api_key)}".strip(): f"{each.min_version}-{each.max_version}" for each in answer.api_keys}


def name(api: int) -> str:
    """Of an API, where the schemas know it."""
    for version in range(16):
        try:
            return str(load_request_schema(api, version).__module__.split(".")[2])
        except Exception:  # noqa: BLE001 - that version it does not know
            continue
    return ""


async def features(ask: Asker) -> dict[str, str]:
    answer = await ask.ask(18, 4, client_software_name="probe", client_software_version="1")
    supported = {each.name: f"{each.min_version}-{each.max_version}" for each in answer.supported_features}
    final = {each.name: f", finalized {each.max_version_level}" for each in answer.finalized_features}
    return {each: supported[each] + final.get(each, "") for each in supported}


async def bytes_sent(ask: Asker, content: bytes) -> str:
    ask.raw.writer.write(content)
    return "closes the connection" if await ask.raw.closed() else "answers"


async def unknown_api(ask: Asker) -> str:
    return await bytes_sent(ask, struct.pack(">ihhih", 10, 999, 0, 1, -1))


async def unknown_version(ask: Asker) -> str:
    return await bytes_sent(ask, struct.pack(">ihhih", 10, 3, 99, 1, -1))


async def negative_frame(ask: Asker) -> str:
    return await bytes_sent(ask, struct.pack(">i", -5))


async def huge_frame(ask: Asker) -> str:
    return await bytes_sent(ask, struct.pack(">i", 2**31 - 1))


async def cut_body(ask: Asker) -> str:
    whole = frame(19, 7, 1, topics=[], timeout=_NO_TIME, validate_only=True)
    return await bytes_sent(ask, struct.pack(">i", len(whole) - 6) + whole[4:-2])


async def newest_api_versions(ask: Asker) -> str:
    """From a client of the future: answered in the oldest form."""
    text = b"\x06probe"
    ask.raw.writer.write(struct.pack(">ihhih", 24, 18, 99, 7, -1) + b"\0" + text + text + b"\0")
    content = await ask.raw.receive()
    correlation, error, count = struct.unpack_from(">ihi", content)
    keys = struct.unpack_from(">hhh", content, 10) if count else ()
    return f"correlation {correlation}, error {error}, {count} keys: {keys}"


async def nameless_client(ask: Asker) -> str:
    return await ask.codes(18, 4, client_software_name="", client_software_version="")


async def cluster_of(ask: Asker, endpoint: int) -> str:
    return said(await ask.ask(60, 2, include_cluster_authorized_operations=False, endpoint_type=endpoint, include_fenced_brokers=False))


async def leader(ask: Asker) -> str:
    answer: Any = await ask.ask(3, 13, topics=[{"topic_id": _NO_ID, "name": ask.topic}], **_METADATA)
    part = answer.topics[0].partitions[0]
    return f"leader {part.leader_id}, epoch {part.leader_epoch}, replicas {list(part.replica_nodes)}, controller {answer.controller_id}"


_NO_ID = None
_ACL = {"resource_pattern_type": 3, "principal": "User:x", "host": "*", "operation": 3, "permission_type": 3}
_FILTER = {"principal_filter": None, "host_filter": None, "operation": 1, "permission_type": 1}
_NO_TIME = timedelta(0)
_METADATA = {"allow_auto_topic_creation": False, "include_topic_authorized_operations": False}


def described(asked: str) -> Probe:
    return lambda ask: ask.codes(3, 13, topics=[{"topic_id": _NO_ID, "name": asked}], **_METADATA)


PROBES: dict[str, Probe] = {
    "ApiVersions:": versions,
    "ApiVersions, feature": features,
    "ApiVersions of version 99": newest_api_versions,
    "ApiVersions: a client without a name": nameless_client,
    "A request of an unknown API": unknown_api,
    "A request of an unknown version": unknown_version,
    "A frame of negative length": negative_frame,
    "A frame of 2 GiB": huge_frame,
    "A request whose body is cut short": cut_body,
    "Metadata: a topic": leader,
    "Metadata: a topic that is not there": described("nowhere"),
    "Metadata: a name no topic can have": described("a b"),
    "Metadata: an empty name": described(""),
    "DescribeCluster: brokers": lambda ask: cluster_of(ask, 1),
    "DescribeCluster: controllers": lambda ask: cluster_of(ask, 2),
    "DescribeCluster: endpoints of no kind": lambda ask: cluster_of(ask, 9),
    "SaslHandshake without SASL": lambda ask: ask.codes(17, 1, mechanism="PLAIN"),
    "SaslAuthenticate without SASL": lambda ask: ask.codes(36, 2, auth_bytes=b"x"),
    "CreateAcls without an authorizer": lambda ask: ask.codes(30, 3, creations=[{**_ACL, "resource_type": 2, "resource_name": "x"}]),
    "DeleteAcls without an authorizer": lambda ask: ask.codes(
        31, 3, filters=[{**_FILTER, "resource_type_filter": 2, "resource_name_filter": "x", "pattern_type_filter": 3}]
    ),
    "DescribeAcls without an authorizer": lambda ask: ask.codes(
        29, 3, **_FILTER, resource_type_filter=2, resource_name_filter=None, pattern_type_filter=3
    ),
    "DescribeQuorum: of no topic": lambda ask: ask.codes(55, 2, topics=[]),
    "DescribeLogDirs: of no topic": lambda ask: ask.codes(35, 4, topics=[]),
    "DescribeClientQuotas: all": lambda ask: ask.codes(48, 1, components=[], strict=False),
    "DescribeUserScramCredentials: of a user that is not there": lambda ask: ask.codes(50, 0, users=[{"name": "nobody"}]),
    "DescribeUserScramCredentials: all": lambda ask: ask.codes(50, 0, users=[]),
    "ListPartitionReassignments: all": lambda ask: ask.codes(46, 0, timeout=_NO_TIME, topics=None),
}
