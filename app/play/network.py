"""Cuts the network before the broker, where the broker tells its clients the address of a link that was put there."""

from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from app.play.faults import Firing, Ledger
from app.play.link import Link
from scenarios.faults import Fault

__all__ = ["Network"]


class Network:
    """`async with` it; the link is somebody else's, and whole again at the end of the block.

    A cut fires when it is armed: nobody reaches the broker by the address that it advertises, an observer neither.
    """

    def __init__(self, link: Link, *, now: Callable[[], datetime]) -> None:
        self._link = link
        self._now = now
        self._ledger: Ledger[Fault] = Ledger()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._link.mend()

    async def arm(self, name: str, fault: Fault, about: str | None = None) -> None:  # noqa: ARG002 - bytes are about no dossier
        """No byte passes from now on."""
        self._ledger.arm(name, fault).firings.append((self._now(), "everybody's way to the broker"))
        self._link.cut()

    async def heal(self, name: str) -> None:
        """Bytes pass again, unless another cut is left."""
        self._ledger.heal(name)
        if not self._ledger.live:
            self._link.mend()

    async def fired(self, name: str) -> Sequence[Firing]:
        """When the cut began, in scenario time."""
        return self._ledger.fired(name)

    @property
    def armed(self) -> tuple[str, ...]:
        """The cuts that are not healed."""
        return self._ledger.live
