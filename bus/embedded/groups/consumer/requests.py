"""What Kafka checks in a heartbeat before it looks at any group."""

from kio.schema.errors import ErrorCode

from bus.embedded import pattern
from bus.embedded.groups.consumer.assignors import ASSIGNORS
from bus.embedded.groups.consumer.member import AWAY, JOINS, LEAVES, Beat, Refusal

_OWN_ID_FROM = 1
"""From this version on a client makes its member id itself."""


def refusal_of(ask: Beat) -> Refusal | None:
    """Why this heartbeat says nothing that could be done, whatever the group."""
    if fault := _fault(ask):
        return Refusal(ErrorCode.invalid_request, fault)
    if ask.assignor is not None and ask.assignor not in ASSIGNORS:
        known = ", ".join(ASSIGNORS)
        return Refusal(ErrorCode.unsupported_assignor, f"ServerAssignor {ask.assignor} is not supported. Supported assignors: {known}.")
    return None


def regex_refusal(regex: str) -> Refusal | None:
    """Why this is no pattern of topics."""
    if fault := pattern.fault(regex):
        return Refusal(ErrorCode.invalid_regular_expression, f"SubscribedTopicRegex `{regex}` is not a valid regular expression: {fault}.")
    return None


def _fault(ask: Beat) -> str | None:
    if not ask.member_id.strip() and (ask.version >= _OWN_ID_FROM or ask.epoch != JOINS):
        return "MemberId can't be empty."
    for name, value in (("GroupId", ask.group_id), ("InstanceId", ask.instance_id), ("RackId", ask.rack)):
        if value is not None and not value.strip():
            return f"{name} can't be empty."
    if ask.epoch == JOINS:
        return _joining_fault(ask)
    if ask.epoch == AWAY and ask.instance_id is None:
        return "InstanceId can't be null."
    return "MemberEpoch is invalid." if ask.epoch < min(LEAVES, AWAY) else None


def _joining_fault(ask: Beat) -> str | None:
    if ask.rebalance is None:
        return "RebalanceTimeoutMs must be provided in first request."
    if ask.owned is None or ask.owned:
        return "TopicPartitions must be empty when (re-)joining."
    if ask.topics is None and ask.regex is None:
        return "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining."
    return None
