"""A member of a consumer group, and what it asks and is answered."""

import asyncio
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Any

from kio.schema.errors import ErrorCode

from bus.embedded.groups.timer import SessionTimer


@dataclass(frozen=True, kw_only=True)
class Join:
    """What a consumer says when it joins; times in seconds, `protocols` as (name, metadata) in its order of preference."""

    member_id: str
    instance_id: str | None
    client_id: str
    host: str
    session: float
    rebalance: float
    protocol_type: str
    protocols: tuple[tuple[str, bytes], ...]
    id_first: bool
    """A new member is sent away once to come back with its id (JoinGroup from version 4)."""
    may_skip: bool
    """The client can be told to skip the assignment (JoinGroup from version 9)."""


@dataclass(frozen=True, kw_only=True)
class Joined:
    """The answer; only the leader sees `members` as (member id, instance id, metadata)."""

    error: ErrorCode = ErrorCode.none
    generation: int = -1
    protocol_type: str | None = None
    protocol: str | None = None
    leader: str = ""
    member_id: str = ""
    members: tuple[tuple[str, str | None, bytes], ...] = ()
    skip: bool = False


@dataclass(frozen=True, kw_only=True)
class Synced:
    """What a member is to consume, in its client's own encoding."""

    error: ErrorCode = ErrorCode.none
    protocol_type: str | None = None
    protocol: str | None = None
    assignment: bytes = b""


@dataclass
class Member:
    """One member; `joining` and `syncing` are set while it waits for that answer."""

    id: str
    instance_id: str | None
    client_id: str
    host: str
    session: float
    rebalance: float
    protocols: tuple[tuple[str, bytes], ...]
    assignment: bytes = b""
    joining: asyncio.Future[Joined] | None = None
    syncing: asyncio.Future[Synced] | None = None
    synced: bool = False
    new: bool = False
    """It still waits for the answer to its first join."""
    timer: SessionTimer | None = field(default=None, repr=False)

    def metadata(self, protocol: str | None) -> bytes:
        return next((metadata for name, metadata in self.protocols if name == protocol), b"")

    def answer_join(self, answer: Joined) -> None:
        if self.joining is not None and not self.joining.done():
            self.joining.set_result(answer)
        self.joining = None

    def answer_sync(self, answer: Synced) -> None:
        if self.syncing is not None and not self.syncing.done():
            self.syncing.set_result(answer)
        self.syncing = None

    def to_json(self) -> list[Any]:
        protocols = [[name, b64encode(metadata).decode()] for name, metadata in self.protocols]
        assignment = b64encode(self.assignment).decode()
        return [self.id, self.instance_id, self.client_id, self.host, self.session, self.rebalance, protocols, assignment]

    @classmethod
    def from_json(cls, values: list[Any]) -> "Member":
        id_, instance_id, client_id, host, session, rebalance, protocols, assignment = values
        known = tuple((name, b64decode(metadata)) for name, metadata in protocols)
        return cls(id_, instance_id, client_id, host, session, rebalance, known, b64decode(assignment))
