"""Where something stands in a script, and what is wrong there."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vn.errors import Unusable

__all__ = ["Complaint", "Place", "Unwritable"]


@dataclass(frozen=True, order=True)
class Place:
    """A file, a line and a column, both counted from 1."""

    path: Path
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Complaint:
    """One thing that is wrong: its place, where that is in the script (JSON Pointer; empty for the whole file), and why."""

    place: Place
    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.where}: {self.reason}" if self.where else f"{self.place}: {self.reason}"


class Unwritable(Unusable):
    """A script that means nothing; holds every complaint about it, each once, in the order of the file."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        once = {(each.place, each.reason): each for each in sorted(complaints, reverse=True)}  # a table's steps are looked at for every row
        self.complaints = tuple(sorted(once.values()))
        super().__init__("\n".join(str(each) for each in self.complaints))

    def __reduce__(self) -> tuple[type["Unwritable"], tuple[tuple[Complaint, ...]]]:
        """A process of a run hands it to the one that shows it."""
        return Unwritable, (self.complaints,)
