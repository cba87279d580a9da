"""The members of a group by the classic protocol: by id and by instance id, who leads, and which protocol they choose."""

from collections import Counter
from collections.abc import Iterator

from kio.schema.errors import ErrorCode

from bus.embedded.groups.member import Join, Member


class Roster:
    """In the order in which they came; the first of them leads."""

    def __init__(self) -> None:
        self.by_id: dict[str, Member] = {}
        self.leader: str | None = None
        self._statics: dict[str, str] = {}

    def __iter__(self) -> Iterator[Member]:
        return iter(list(self.by_id.values()))

    def __len__(self) -> int:
        return len(self.by_id)

    def of_instance(self, instance_id: str | None) -> Member | None:
        return self.by_id.get(self._statics.get(instance_id, "")) if instance_id is not None else None

    def identity(self, member_id: str, instance_id: str | None) -> ErrorCode:
        """Why someone is not a member under these ids."""
        current = self.of_instance(instance_id) if instance_id is not None else self.by_id.get(member_id)
        if current is None:
            return ErrorCode.unknown_member_id
        return ErrorCode.none if current.id == member_id else ErrorCode.fenced_instance_id

    def add(self, member: Member) -> None:
        self.by_id[member.id] = member
        self.leader = self.leader or member.id
        if member.instance_id is not None:
            self._statics[member.instance_id] = member.id

    def rename(self, member: Member, new_id: str) -> None:
        """A static member goes on under another id, in its old place."""
        old = member.id
        self.by_id = {new_id if id_ == old else id_: each for id_, each in self.by_id.items()}
        self.leader = new_id if self.leader == old else self.leader
        member.id = new_id
        self.add(member)

    def discard(self, member: Member) -> None:
        del self.by_id[member.id]
        if member.instance_id is not None:
            del self._statics[member.instance_id]
        if self.leader == member.id:
            self.leader = next(iter(self.by_id), None)

    def agrees(self, ask: Join, protocol_type: str | None) -> bool:
        """Whether one protocol that all understand can still be chosen with this member among them."""
        names = {name for name, _metadata in ask.protocols}
        if not names or not ask.protocol_type:
            return False
        others = [member for member in self if member.id != ask.member_id]
        return not others or (ask.protocol_type == protocol_type and bool(names & _common(others)))

    def choice(self) -> str:
        """Every member votes for its first protocol that all understand."""
        members = list(self)
        common = _common(members)
        votes = Counter(next(name for name, _metadata in member.protocols if name in common) for member in members)
        return votes.most_common(1)[0][0]

    def patience(self) -> float:
        """How long a rebalance may take: as long as the slowest member says; seconds."""
        return max((member.rebalance for member in self), default=0.0)


def _common(members: list[Member]) -> set[str]:
    return set.intersection(*({name for name, _metadata in member.protocols} for member in members))
