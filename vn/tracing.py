"""What a part needs of a tracing library, in our own words; without one nothing of this is called."""

from collections.abc import Mapping
from typing import Literal, Protocol

__all__ = ["Kind", "Span", "Tracer"]

Kind = Literal["server", "client", "producer", "consumer"]


class Span(Protocol):
    """One thing that is being done."""

    @property
    def traceparent(self) -> str:
        """As W3C Trace Context writes it, for whoever does what follows from this."""

    def end(self, error: str | None = None) -> None:
        """It is done; `error` is the code or the kind of what went wrong."""


class Tracer(Protocol):
    """Makes spans."""

    def begin(
        self, name: str, kind: Kind, *, parent: str | None, attributes: Mapping[str, str | int | bool], since: int | None = None
    ) -> Span:
        """`parent`: a traceparent, believed where it is well formed; a consumer's span is linked to it as well. `since`: nanoseconds since
        1970 where it began earlier."""
