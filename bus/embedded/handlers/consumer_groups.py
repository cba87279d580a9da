"""The new consumer group protocol (KIP-848) on the wire."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any
from uuid import uuid4

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Call
from bus.embedded.groups import Beat, ConsumerGroup, Part, Place, Refusal, by_topic
from bus.embedded.handlers.group_admin import OPERATIONS
from bus.embedded.protocol import Tree

_BY_NEW_PROTOCOL = 1


async def heartbeat(call: Call) -> Tree:
    body = call.body
    answer = call.broker.groups.beat(_beat(call, body))
    if isinstance(answer, Refusal):
        none = {"member_id": None, "member_epoch": 0, "heartbeat_interval": timedelta(0)}
        return {"error_code": answer.error, "error_message": answer.message, **none}
    return {
        "error_code": ErrorCode.none,
        "member_id": answer.member_id,
        "member_epoch": answer.epoch,
        "heartbeat_interval": timedelta(seconds=answer.interval),
        "assignment": None if answer.assigned is None else {"topic_partitions": _by_id(answer.assigned)},
    }


async def describe(call: Call) -> Tree:
    """In the order asked for, but what is no group id at all comes first, as in Kafka."""
    ids = sorted(call.body.group_ids, key=bool)
    return {"groups": [_described(call, group_id) for group_id in ids]}


def _beat(call: Call, body: Any) -> Beat:
    owned = body.topic_partitions
    names = body.subscribed_topic_names
    return Beat(
        group_id=body.group_id,
        member_id=body.member_id or (_new_id() if call.version == 0 and body.member_epoch == 0 else ""),
        epoch=body.member_epoch,
        version=call.version,
        client_id=call.client_id,
        host=f"/{call.peer[0]}",
        instance_id=body.instance_id,
        rack=body.rack_id,
        rebalance=seconds if (seconds := body.rebalance_timeout.total_seconds()) >= 0 else None,
        topics=None if names is None else frozenset(names),
        regex=getattr(body, "subscribed_topic_regex", None),
        assignor=body.server_assignor,
        owned=None if owned is None else frozenset(Place(each.topic_id, index) for each in owned for index in each.partitions),
    )


def _new_id() -> str:
    """In the form of Kafka's own ids, never with a dash in front."""
    return urlsafe_b64encode(uuid4().bytes).decode().rstrip("=").replace("-", "_")


def _described(call: Call, group_id: str) -> Tree:
    group = call.broker.groups.consumer(group_id)
    if isinstance(group, Refusal):
        nothing = {"group_state": "", "group_epoch": 0, "assignment_epoch": 0, "assignor_name": "", "members": []}
        return {"error_code": group.error, "error_message": group.message, "group_id": group_id, **nothing}
    return {
        "error_code": ErrorCode.none,
        "group_id": group_id,
        "group_state": group.state.value,
        "group_epoch": group.now.epoch,
        "assignment_epoch": group.now.target_epoch,
        "assignor_name": group.assignor,
        "members": _members(call, group),
        **({"authorized_operations": OPERATIONS} if call.body.include_authorized_operations else {}),
    }


def _members(call: Call, group: ConsumerGroup) -> list[Tree]:
    return [
        {
            "member_id": member.id,
            "instance_id": member.instance_id,
            "rack_id": member.rack,
            "member_epoch": member.epoch,
            "client_id": member.client_id,
            "client_host": member.host,
            "subscribed_topic_names": tuple(sorted(member.topics)),
            "subscribed_topic_regex": member.regex,
            "assignment": {"topic_partitions": _by_name(call, member.assigned)},
            "target_assignment": {"topic_partitions": _by_name(call, group.now.target.get(member.id, frozenset()))},
            "member_type": _BY_NEW_PROTOCOL,
        }
        for member in group.members.values()
    ]


def _by_id(part: Part) -> list[Tree]:
    return [{"topic_id": topic, "partitions": indexes} for topic, indexes in by_topic(part)]


def _by_name(call: Call, part: Part) -> list[Tree]:
    """Topics that are gone by now have no name to be shown under."""
    known = [(call.broker.topics.get(topic), indexes) for topic, indexes in by_topic(part)]
    return [{"topic_id": topic.id, "topic_name": topic.name, "partitions": indexes} for topic, indexes in known if topic is not None]
