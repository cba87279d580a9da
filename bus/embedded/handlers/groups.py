"""The consumer group protocol on the wire."""

from datetime import timedelta
from typing import Any

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Call
from bus.embedded.groups import Join, Joined, Who
from bus.embedded.protocol import Tree


async def join_group(call: Call) -> Tree:
    body = call.body
    session = body.session_timeout.total_seconds()
    ask = Join(
        member_id=body.member_id,
        instance_id=getattr(body, "group_instance_id", None),
        client_id=call.client_id,
        host=f"/{call.peer[0]}",
        session=session,
        rebalance=getattr(body, "rebalance_timeout", timedelta(seconds=session)).total_seconds(),
        protocol_type=body.protocol_type,
        protocols=tuple((each.name, each.metadata) for each in body.protocols),
        id_first=call.version >= 4,
        may_skip=call.version >= 9,
    )
    return _joined(await call.broker.groups.join(body.group_id, ask), call.version)


async def sync_group(call: Call) -> Tree:
    body, group = call.body, call.broker.groups.classic(call.body.group_id)
    protocol = getattr(body, "protocol_type", None), getattr(body, "protocol_name", None)
    if call.version >= 5 and None in protocol:
        return {"error_code": ErrorCode.inconsistent_group_protocol, "assignment": b""}
    if group is None:
        return {"error_code": _nobody(body.group_id), "assignment": b""}
    answer = await group.sync(_who(body), protocol, {each.member_id: each.assignment for each in body.assignments})
    return {
        "error_code": answer.error,
        "protocol_type": answer.protocol_type,
        "protocol_name": answer.protocol,
        "assignment": answer.assignment,
    }


async def heartbeat(call: Call) -> Tree:
    group = call.broker.groups.classic(call.body.group_id)
    return {"error_code": group.heartbeat(_who(call.body)) if group else _nobody(call.body.group_id)}


async def leave_group(call: Call) -> Tree:
    """One member up to version 2, from 3 on several at once, each with its own result."""
    if not call.body.group_id:
        return {"error_code": ErrorCode.invalid_group_id, "members": []}
    group = call.broker.groups.classic(call.body.group_id)
    leavers = call.body.members if call.version >= 3 else [call.body]
    answers = []
    for each in leavers:
        instance_id = getattr(each, "group_instance_id", None)
        error = group.leave(each.member_id, instance_id) if group else ErrorCode.unknown_member_id
        answers.append({"member_id": each.member_id, "group_instance_id": instance_id, "error_code": error})
    return {"error_code": answers[0]["error_code"] if call.version < 3 else ErrorCode.none, "members": answers}


def _nobody(group_id: str) -> ErrorCode:
    """What is answered where there is no such classic group."""
    return ErrorCode.unknown_member_id if group_id else ErrorCode.invalid_group_id


def _who(body: Any) -> Who:
    return Who(body.member_id, getattr(body, "group_instance_id", None), body.generation_id)


def _joined(answer: Joined, version: int) -> Tree:
    return {
        "error_code": answer.error,
        "generation_id": answer.generation,
        "protocol_type": answer.protocol_type,
        "protocol_name": answer.protocol if version >= 7 else answer.protocol or "",
        "leader": answer.leader,
        "member_id": answer.member_id,
        "skip_assignment": answer.skip,
        "members": [{"member_id": id_, "group_instance_id": instance, "metadata": data} for id_, instance, data in answer.members],
    }
