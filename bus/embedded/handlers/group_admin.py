"""Looking at groups, and deleting them."""

from kio.schema.errors import ErrorCode

from bus.embedded.broker import Call
from bus.embedded.groups import Group, State
from bus.embedded.protocol import Tree

OPERATIONS = 3400
"""What everyone may do with a group where nothing is forbidden, as bits: read, delete, describe, describe and alter its settings."""
_DEAD = "Dead"


async def list_groups(call: Call) -> Tree:
    states = {state.lower() for state in getattr(call.body, "states_filter", ())}
    types = {kind.lower() for kind in getattr(call.body, "types_filter", ())}
    groups = [
        {"group_id": group.id, "protocol_type": group.protocol_type or "", "group_state": group.state.value, "group_type": group.kind.value}
        for group in call.broker.groups
        if (not states or group.state.lower() in states) and (not types or group.kind in types)
    ]
    return {"error_code": ErrorCode.none, "groups": groups}


async def describe_groups(call: Call) -> Tree:
    return {"groups": [_described(call, group_id) for group_id in call.body.groups]}


async def delete_groups(call: Call) -> Tree:
    return {"results": [{"group_id": each, "error_code": call.broker.groups.delete(each)} for each in call.body.groups_names]}


def _described(call: Call, group_id: str) -> Tree:
    group = call.broker.groups.classic(group_id)
    if group is None:
        error, message = call.broker.groups.not_classic(group_id) if call.version >= 6 else (ErrorCode.none, None)
        shape = {"group_state": _DEAD, "protocol_type": "", "protocol_data": "", "members": []}
        return {"group_id": group_id, "error_code": error, "error_message": message, **shape}
    return {
        "group_id": group_id,
        "error_code": ErrorCode.none,
        "group_state": group.state.value,
        "protocol_type": group.protocol_type or "",
        "protocol_data": (group.protocol or "") if group.state is State.STABLE else "",
        "members": _members(group),
        **({"authorized_operations": OPERATIONS} if getattr(call.body, "include_authorized_operations", False) else {}),
    }


def _members(group: Group) -> list[Tree]:
    stable = group.state is State.STABLE
    return [
        {
            "member_id": member.id,
            "group_instance_id": member.instance_id,
            "client_id": member.client_id,
            "client_host": member.host,
            "member_metadata": member.metadata(group.protocol) if stable else b"",
            "member_assignment": member.assignment if stable else b"",
        }
        for member in group.members.values()
    ]
