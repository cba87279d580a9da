"""Reads scenario files: text, includes, tables, shapes, then what goes beyond shapes; everything that is wrong is said at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from scenarios.checks import check
from scenarios.english import complaints as in_english
from scenarios.expanding import include, rows
from scenarios.known import Known
from scenarios.needs import needs_of
from scenarios.places import Complaint, Place, Unwritable
from scenarios.scenario import Scenario, Step
from scenarios.tree import Entry, Listed, Mapped, Node, Scalar, scalars, spot, value
from vn.errors import Unusable

__all__ = ["Placed", "Script", "read", "read_all"]


@dataclass(frozen=True)
class Placed:
    """A step and where it stands, FILE:LINE; `inner` are the steps of a repeat."""

    step: Step
    place: str
    inner: tuple["Placed", ...] = ()


@dataclass(frozen=True)
class Script:
    """One scenario to be played, or one row of its table (`row` is the row's id, else empty)."""

    scenario: Scenario
    path: Path
    row: str = ""
    steps: tuple[Placed, ...] = ()
    needs: frozenset[str] = frozenset()
    place: Place = field(default=Place(Path()), compare=False)

    @property
    def id(self) -> str:
        """`name`, or `name[row]`."""
        return f"{self.scenario.scenario}[{self.row}]" if self.row else self.scenario.scenario


def read(path: Path, known: Known) -> list[Script]:
    """The scripts of a file, one for each row where it has a table. Raises Unwritable with everything that is wrong with it."""
    found = rows(include(path))
    wrong = [*found.complaints, *_typed(found.whole)[1]]
    scripts: list[Script] = []
    for row, tree in found.each:
        scenario, complaints = _typed(tree)
        wrong += complaints
        kept, lost = (tree, frozenset[str]()) if scenario else _kept(tree, complaints)
        scenario = scenario or _typed(kept)[0]
        if scenario is not None:
            told = {each.place for each in wrong}  # a value that a row has not is no other fault besides
            wrong += [each for each in check(scenario, kept, known, lost) if each.place not in told]
            scripts.append(_script(scenario, path, row, kept))
    if wrong:
        raise Unwritable(wrong)
    return scripts


def read_all(paths: Iterable[Path], known: Known) -> tuple[list[Script], list[Complaint]]:
    """The scripts of files and folders (`*.yaml`, `*.yml`, sorted; `_*` are for includes only), and what is wrong with the others.

    Raises Unusable where a path does not exist or nothing is found at all.
    """
    scripts: list[Script] = []
    wrong: list[Complaint] = []
    for path in _files(paths):
        try:
            scripts += read(path, known)
        except Unwritable as error:
            wrong += error.complaints
    return scripts, wrong + _twice(scripts)


def _files(paths: Iterable[Path]) -> list[Path]:
    named = list(paths)
    found: dict[Path, Path] = {}
    for path in named:
        if not path.exists():
            raise Unusable(f"{path}: no such file or folder")
        inside = [each for each in sorted(path.rglob("*")) if each.suffix in (".yaml", ".yml") and each.name[0] != "_" and each.is_file()]
        for each in inside if path.is_dir() else [path]:
            found.setdefault(each.resolve(), each)
    if not found:
        raise Unusable(f"no scenario (*.yaml) in {', '.join(map(str, named))}")
    return list(found.values())


def _typed(tree: Node) -> tuple[Scenario | None, list[Complaint]]:
    if not isinstance(tree, Mapped):
        return None, [Complaint(tree.place, "", "a scenario is a mapping that begins with scenario: NAME; a list of steps is for include")]
    try:
        return Scenario.model_validate(value(tree)), []
    except ValidationError as error:
        return None, in_english(error, Scenario, tree)


def _kept(tree: Node, complaints: Sequence[Complaint]) -> tuple[Node, frozenset[str]]:
    """The script with nothing in the place of steps that have no shape, and the names that those would have captured."""
    if not isinstance(tree, Mapped) or "steps" not in tree.entries or not isinstance(steps := tree.entries["steps"].node, Listed):
        return tree, frozenset()
    bad = {int(each.where.split("/")[2]) for each in complaints if each.where.startswith("/steps/")}
    lost = {scalar.text for position in bad for path, scalar in scalars(steps.items[position]) if path[-1:] == ("as",)}
    kept = tuple(_nothing(item) if position in bad else item for position, item in enumerate(steps.items))
    entry = Entry(tree.entries["steps"].key, Listed(kept, steps.place))
    return Mapped({**tree.entries, "steps": entry}, tree.place), frozenset(lost)


def _nothing(step: Node) -> Node:
    """A step in which nothing happens, in the place of one that cannot be read."""
    by = Mapped({"by": Entry(step.place, Scalar("0 seconds", step.place))}, step.place)
    return Mapped({"advance": Entry(step.place, by)}, step.place)


def _script(scenario: Scenario, path: Path, row: str, tree: Node) -> Script:
    steps = _placed(scenario.steps, spot(tree, ("steps",))[0])
    return Script(scenario, path, row, steps, needs_of(scenario), spot(tree, ("scenario",))[1])


def _placed(steps: Sequence[Step], tree: Node) -> tuple[Placed, ...]:
    found = []
    for position, step in enumerate(steps):
        node, place, _ = spot(tree, (position,))
        inner = _placed(step.repeat.steps, spot(node, ("repeat", "steps"))[0]) if step.repeat else ()
        found.append(Placed(step, f"{place.path}:{place.line}", inner))
    return tuple(found)


def _twice(scripts: Sequence[Script]) -> list[Complaint]:
    """Names that two files give to their scenario."""
    first: dict[str, Script] = {}
    wrong = []
    for script in scripts:
        other = first.setdefault(script.scenario.scenario, script)
        if other.path != script.path:
            wrong.append(Complaint(script.place, "/scenario", f"{script.scenario.scenario!r} is the name of {other.path} too"))
    return sorted(set(wrong))
