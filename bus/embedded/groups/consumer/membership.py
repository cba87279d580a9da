"""Whether someone is the member that it says it is: ids, instance ids and epochs, in Kafka's order and words."""

from collections.abc import Mapping
from dataclasses import replace

from kio.schema.errors import ErrorCode

from bus.embedded.groups.consumer.member import AWAY, JOINS, NOTHING, Beat, Member, Part, Refusal

Members = Mapping[str, Member]


def found(members: Members, group_id: str, ask: Beat) -> Member | Refusal:
    """The member that sends this heartbeat, a new one where it joins."""
    if ask.instance_id is not None:
        return _static(members, ask.instance_id, ask)
    member = members.get(ask.member_id)
    if member is None:
        return Member(id=ask.member_id) if ask.epoch == JOINS else _unknown(group_id, ask.member_id)
    return _epoch_refusal(member, ask.epoch, ask.owned) or member


def leaving(members: Members, group_id: str, ask: Beat) -> Member | Refusal:
    """The member that says it goes."""
    if ask.instance_id is None:
        return members.get(ask.member_id) or _unknown(group_id, ask.member_id)
    return _same(_of_instance(members, ask.instance_id), ask.instance_id, ask)


def _static(members: Members, instance_id: str, ask: Beat) -> Member | Refusal:
    former = _of_instance(members, instance_id)
    if ask.epoch != JOINS:
        member = _same(former, instance_id, ask)
        return member if isinstance(member, Refusal) else _epoch_refusal(member, ask.epoch, ask.owned) or member
    if former is None:
        member = members.get(ask.member_id) or Member(id=ask.member_id)
        return _epoch_refusal(member, ask.epoch, ask.owned) or member
    if former.epoch != AWAY:
        owner = f"the instance id is owned by {former.id} member"
        message = f"Static member {ask.member_id} with instance id {instance_id} cannot join the group because {owner}."
        return Refusal(ErrorCode.unreleased_instance_id, message)
    return replace(former, id=ask.member_id, epoch=JOINS, previous=JOINS, revoking=NOTHING)


def _same(former: Member | None, instance_id: str, ask: Beat) -> Member | Refusal:
    if former is None:
        return Refusal(ErrorCode.unknown_member_id, f"Instance id {instance_id} is unknown.")
    if former.id != ask.member_id:
        message = f"Static member {ask.member_id} with instance id {instance_id} was fenced by member {former.id}."
        return Refusal(ErrorCode.fenced_instance_id, message)
    return former


def _of_instance(members: Members, instance_id: str) -> Member | None:
    return next((member for member in members.values() if member.instance_id == instance_id), None)


def _unknown(group_id: str, member_id: str) -> Refusal:
    return Refusal(ErrorCode.unknown_member_id, f"Member {member_id} is not a member of group {group_id}.")


def _epoch_refusal(member: Member, received: int, owned: Part | None) -> Refusal | None:
    """An epoch must be the member's own; the one before is taken too where the answer with the new one may have been lost."""
    if received == member.epoch:
        return None
    if received == member.previous and received < member.epoch and owned is not None and owned <= member.assigned:
        return None
    relation = "greater" if received > member.epoch else "smaller"
    known = f"({received}) than the one known by the group coordinator ({member.epoch})"
    return Refusal(
        ErrorCode.fenced_member_epoch,
        f"The consumer group member has a {relation} member epoch {known}. The member must abandon all its partitions and rejoin.",
    )
