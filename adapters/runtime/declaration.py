"""What an adapter declares: who it is, what it takes from the exchange, what it says to it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

from pydantic import AwareDatetime, Field

from adapters.runtime.agency import Agency
from adapters.runtime.answers import Answer, problem
from bus import Message
from bus.envelope import MAX_TEXT
from contracts import Payload
from vn.errors import LgspError

Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
P_co = TypeVar("P_co", bound=Payload, covariant=True)


@dataclass(frozen=True)
class Received(Generic[P_co]):
    """One message for the agency: its payload, decoded, and its envelope."""

    payload: P_co
    message: Message

    @property
    def id(self) -> str:
        """Unique per source."""
        return self.message.id

    @property
    def source(self) -> str:
        """The member that says it."""
        return self.message.source

    @property
    def subject(self) -> str:
        """The dossier code."""
        return self.message.subject

    @property
    def time(self) -> datetime:
        """When it was said."""
        return self.message.time


@dataclass(frozen=True)
class FeedItem:
    """One entry of an agency's outgoing feed, as the agency wrote it; `body` is native JSON, or XML text."""

    seq: int
    id: Text
    kind: str
    subject: Text
    at: AwareDatetime
    body: Any
    cause: str | None = None  # "<source> <id>" of the message that led to it
    correlation: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True)
class To:
    """A payload for one named member, where not everyone with the right shall have it."""

    recipient: str
    payload: Payload


Handler: TypeAlias = Callable[[Received[Any], Agency], Awaitable[None]]
Sender: TypeAlias = Callable[[FeedItem], Payload | To | None]
Receives: TypeAlias = Mapping[type[Payload], Handler]
Sends: TypeAlias = Mapping[str, Sender]


@dataclass(frozen=True)
class Adapter:
    """One adapter, whole: `name` is its part name, `service` the part name of its agency; `read_no` reads a native 4xx answer."""

    name: str
    member: str
    service: str
    receives: Receives
    sends: Sends
    read_no: Callable[[Answer], LgspError] = problem

    def handler(self, payload: Payload) -> Handler | None:
        """The handler of this payload's class, or of the nearest class above it."""
        return next((self.receives[each] for each in type(payload).__mro__ if each in self.receives), None)
