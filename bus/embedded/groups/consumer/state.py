"""What a consumer group is at one moment: a frozen value, the same before and after a restart."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from bus.embedded.groups.consumer.member import Member, Part, Phase, part_from_json, part_to_json
from bus.embedded.groups.consumer.subscribed import Wanted


class State(StrEnum):
    """The states, under the names that ConsumerGroupDescribe shows."""

    EMPTY = "Empty"
    ASSIGNING = "Assigning"
    RECONCILING = "Reconciling"
    STABLE = "Stable"


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """`epoch` counts the group's changes, `target_epoch` is the one that `target`, what each member is to have, was made for."""

    epoch: int = 0
    target_epoch: int = 0
    wanted: Wanted = field(default_factory=dict)
    members: Mapping[str, Member] = field(default_factory=dict)
    target: Mapping[str, Part] = field(default_factory=dict)

    @property
    def state(self) -> State:
        if not self.members:
            return State.EMPTY
        if self.epoch > self.target_epoch:
            return State.ASSIGNING
        there = all(member.phase is Phase.STABLE and member.epoch == self.target_epoch for member in self.members.values())
        return State.STABLE if there else State.RECONCILING

    def having(self, member: Member) -> Self:
        return replace(self, members={**self.members, member.id: member})

    def renamed(self, old: str, new: str) -> Self:
        """The seat of one member, and what was to be there, under another id."""
        members = {(new if id_ == old else id_): member for id_, member in self.members.items()}
        target = {(new if id_ == old else id_): part for id_, part in self.target.items()}
        return replace(self, members=members, target=target)

    def without(self, member_id: str) -> Self:
        members = {id_: member for id_, member in self.members.items() if id_ != member_id}
        target = {id_: part for id_, part in self.target.items() if id_ != member_id}
        return replace(self, members=members, target=target, epoch=self.epoch + 1)

    def to_json(self) -> dict[str, Any]:
        return {
            "epoch": self.epoch,
            "target_epoch": self.target_epoch,
            "wanted": [[name, str(topic), count] for name, (topic, count) in self.wanted.items()],
            "members": [member.to_json() for member in self.members.values()],
            "target": {id_: part_to_json(part) for id_, part in self.target.items()},
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Snapshot":
        members = [Member.from_json(each) for each in kept["members"]]
        return cls(
            epoch=kept["epoch"],
            target_epoch=kept["target_epoch"],
            wanted={name: (UUID(topic), count) for name, topic, count in kept["wanted"]},
            members={member.id: member for member in members},
            target={id_: part_from_json(part) for id_, part in kept["target"].items()},
        )
