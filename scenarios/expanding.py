"""Takes a script apart before it is typed: included files into their place, one script for every row of a table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from scenarios.places import Complaint, Unwritable
from scenarios.scalars import Ref
from scenarios.text import read_tree
from scenarios.tree import Entry, Listed, Mapped, Node, Scalar, put, scalars
from vn.near import suggestion

__all__ = ["Rows", "include", "rows"]

ROW = "row"
MAX_ROWS = 1000
MAX_STEPS = 10_000


@dataclass(frozen=True)
class Rows:
    """The trees of a script: one without a table (its row is ""), else one a row; `whole` has the table, its steps as in row 1."""

    whole: Node
    each: tuple[tuple[str, Node], ...]
    complaints: tuple[Complaint, ...] = ()


def include(path: Path) -> Node:
    """The tree of a file with all its includes in place. Raises Unwritable with everything that is wrong with them."""
    reader = _Including()
    tree = _in_steps(read_tree(path), lambda steps: reader.steps(steps, (path.resolve(),)))
    if reader.complaints:
        raise Unwritable(reader.complaints)
    return tree


def rows(tree: Node) -> Rows:
    """The script, or the scripts of its table."""
    tables = [(position, found) for position, step in enumerate(_steps(tree)) if (found := _table(step))]
    if not tables:
        return Rows(tree, (("", tree),))
    position, (repeat, table) = tables[0]
    complaints = [_said(_steps(tree)[other], "a second table; a scenario has one at most") for other, _ in tables[1:]]
    if len(table) > MAX_ROWS:
        return Rows(tree, (), (*complaints, _said(table[0], f"{len(table)} rows; {MAX_ROWS} at most")))
    alone = _in_steps(tree, lambda every: [*every[:position], *_items(repeat.entries["steps"].node), *every[position + 1 :]])
    names = _names(table, complaints)
    each: list[tuple[str, Node]] = []
    for name, row in zip(names, table, strict=True):
        values = {key: entry.node for key, entry in row.entries.items()}
        complaints += _missing(alone, values, name)
        each.append((name, put(alone, ROW, values)))
    whole = put(tree, ROW, {key: entry.node for key, entry in table[0].entries.items()})
    return Rows(whole, tuple(each), tuple(complaints))


def _names(table: Sequence[Mapped], complaints: list[Complaint]) -> list[str]:
    """The rows' ids, or their numbers; one that is there twice is complained about."""
    names: list[str] = []
    for number, row in enumerate(table, 1):
        named = row.entries["id"].node if "id" in row.entries else None
        name = named.text if isinstance(named, Scalar) else str(number)
        if name in names:
            complaints.append(_said(named or row, f"the row {name!r} is there already, as number {names.index(name) + 1}"))
        names.append(name)
    return names


@dataclass
class _Including:
    complaints: list[Complaint] = field(default_factory=list)
    count: int = 0
    read: dict[Path, Node] = field(default_factory=dict)

    def steps(self, steps: Sequence[Node], above: tuple[Path, ...]) -> list[Node]:
        """The steps with every include among them, and in repeats, replaced by what it names."""
        return [one for step in steps for one in self._one(step, above)]

    def _one(self, step: Node, above: tuple[Path, ...]) -> Iterator[Node]:
        self.count += 1
        if self.count == MAX_STEPS:
            self.complaints.append(_said(step, f"more than {MAX_STEPS:,} steps, includes included"))
        if self.count >= MAX_STEPS:
            return
        if (named := _named_file(step)) is not None:
            yield from self._file(named, above)
        elif isinstance(step, Mapped) and "repeat" in step.entries:
            inner = _in_steps(step.entries["repeat"].node, lambda steps: self.steps(steps, above))
            yield replace(step, entries={**step.entries, "repeat": replace(step.entries["repeat"], node=inner)})
        else:
            yield step

    def _file(self, named: Scalar, above: tuple[Path, ...]) -> Iterator[Node]:
        path = named.place.path.parent / named.text
        if path.resolve() in above:
            self.complaints.append(_said(named, f"{named.text} includes itself"))
            return
        try:
            tree = self.read[path] = self.read.get(path) or read_tree(path)
        except Unwritable as error:
            missing = not path.is_file()
            near = suggestion(named.text, _neighbours(path)) if missing else ""
            self.complaints += [_said(named, f"no file {path}{near}")] if missing else error.complaints
            return
        if not isinstance(tree, Listed):
            self.complaints.append(_said(tree, "an included file is a list of steps"))
            return
        yield from self.steps(tree.items, (*above, path.resolve()))


def _neighbours(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.glob("*.y*ml")) if path.parent.is_dir() else []


def _named_file(step: Node) -> Scalar | None:
    """The file that a step includes, where it is an include as it should be."""
    if not isinstance(step, Mapped) or set(step.entries) != {"include"}:
        return None
    node = step.entries["include"].node
    if isinstance(node, Mapped) and set(node.entries) == {"file"}:
        node = node.entries["file"].node
    return node if isinstance(node, Scalar) and node.text else None


def _table(step: Node) -> tuple[Mapped, list[Mapped]] | None:
    """A repeat with a table, and the table's rows, where both are as they should be."""
    repeat = step.entries["repeat"].node if isinstance(step, Mapped) and set(step.entries) == {"repeat"} else None
    if not isinstance(repeat, Mapped) or not {"table", "steps"} <= set(repeat.entries):
        return None
    table = _items(repeat.entries["table"].node)
    found = [row for row in table if isinstance(row, Mapped)]
    return (repeat, found) if found and len(found) == len(table) and _items(repeat.entries["steps"].node) else None


def _missing(tree: Node, row: dict[str, Node], name: str) -> Iterator[Complaint]:
    for _, scalar in scalars(tree):
        for ref in Ref.all_in(scalar.text):
            if ref.name == ROW and ref.pointer[1:] not in row:
                yield _said(scalar, f"the row {name!r} has no {ref.pointer[1:]!r}{suggestion(ref.pointer[1:], row)}")


def _in_steps(tree: Node, change: Callable[[Sequence[Node]], Sequence[Node]]) -> Node:
    entry = tree.entries.get("steps") if isinstance(tree, Mapped) else None
    if not isinstance(tree, Mapped) or entry is None or not isinstance(entry.node, Listed):
        return tree
    new = Entry(entry.key, replace(entry.node, items=tuple(change(entry.node.items))))
    return replace(tree, entries={**tree.entries, "steps": new})


def _steps(tree: Node) -> Sequence[Node]:
    return _items(tree.entries["steps"].node) if isinstance(tree, Mapped) and "steps" in tree.entries else ()


def _items(node: Node) -> Sequence[Node]:
    return node.items if isinstance(node, Listed) else ()


def _said(node: Node, reason: str) -> Complaint:
    return Complaint(node.place, "", reason)
