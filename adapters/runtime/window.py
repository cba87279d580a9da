"""What of one partition is taken, finished, and therefore safe to commit. Pure."""

from collections import deque


class Window:
    """Offsets in the order they were taken; only the finished prefix counts."""

    def __init__(self) -> None:
        self._open: deque[int] = deque()
        self._done: set[int] = set()
        self._position: int | None = None
        self._committed: int | None = None

    def __len__(self) -> int:
        """Records taken and not yet in the finished prefix."""
        return len(self._open)

    @property
    def first_open(self) -> int | None:
        """The first that is taken and not finished; None where all is."""
        return self._open[0] if self._open else None

    def take(self, offset: int) -> bool:
        """A record was handed out; False where it is being worked on already, as after a consumer was made anew."""
        if self._open and offset <= self._open[-1]:
            return False
        self._open.append(offset)
        return True

    def finish(self, offset: int) -> None:
        """A record was applied, or reported as not deliverable."""
        self._done.add(offset)
        while self._open and self._open[0] in self._done:
            first = self._open.popleft()
            self._done.remove(first)
            self._position = first + 1

    def to_commit(self) -> int | None:
        """The offset to go on from after a restart, where it has moved since the last `committed`."""
        return self._position if self._position != self._committed else None

    def committed(self, position: int) -> None:
        """The broker has it."""
        self._committed = position
