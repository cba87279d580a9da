"""Reads a bindings file, with the variables that it names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from app.play.bindings import Bindings
from scenarios.english import complaints
from scenarios.places import Complaint, Unwritable
from scenarios.text import read_tree
from scenarios.tree import Mapped, Node, spot, value
from vn.near import suggestion
from vn.pointer import pointer

__all__ = ["Bound", "read"]

ENV = "env:"
NONE = Bindings()


@dataclass(frozen=True)
class Bound:
    """Bindings, the folder in which their commands run, and the values of the variables that they name."""

    bindings: Bindings = NONE
    folder: Path = Path()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def headers(self, agency: str) -> dict[str, str]:
        """Of every call to this agency, secrets put in."""
        found = self.bindings.agency(agency)
        return {name: self.secrets.get(said, said) for name, said in found.headers.items()}


def read(path: Path, environ: Mapping[str, str]) -> Bound:
    """The bindings of a file; raises Unwritable with everything that is wrong with it."""
    tree = read_tree(path)
    if not isinstance(tree, Mapped):
        raise Unwritable([Complaint(tree.place, "", "bindings are a mapping, e.g. outside: [land, ilis]")])
    try:
        found = Bindings.model_validate(value(tree))
    except ValidationError as error:
        raise Unwritable(complaints(error, Bindings, tree)) from None
    if unset := list(_unset(found, tree, environ)):
        raise Unwritable(unset)
    named = [said for each in found.agencies.values() for said in each.headers.values() if said.startswith(ENV)]
    secrets = {said: environ[said.removeprefix(ENV)] for said in named}
    return Bound(found, path.absolute().parent, secrets)


def _unset(found: Bindings, tree: Node, environ: Mapping[str, str]) -> Iterator[Complaint]:
    for agency, each in found.agencies.items():
        for header, said in each.headers.items():
            if said.startswith(ENV) and not environ.get(name := said.removeprefix(ENV)):
                where = ("agencies", agency, "headers", header)
                yield Complaint(spot(tree, where)[1], pointer(where), f"the environment has no {name}{suggestion(name, environ)}")
