"""Writes scenarios/README.md, the index of the library, from its files: `python -m tools.scenario_index`."""

from collections.abc import Iterator
from pathlib import Path

from app.known import known_of
from app.settings import Settings
from scenarios.places import Unwritable
from scenarios.reading import Script, read_all

LIBRARY = Path(__file__).resolve().parents[1] / "scenarios"
INDEX = LIBRARY / "README.md"
HEAD = """# The library of scenarios

Generated from the files by `make export`; a test fails when it drifts. `lgsp run scenarios/` plays all of them; how to write one of
your own: [docs/scenarios.md](../docs/scenarios.md).

Each says what an adapter must do to pass. Those about a fault that reaches an adapter have been tried with one that makes the mistake
which the scenario is about (`tests/naive/`): it fails, and the report says why.
"""
GROUPS = {
    "flow": "The way of a dossier",
    "deadlines": "Terms and the working calendar",
    "money": "What is to be paid, and what was",
    "faults": "What goes wrong on the way",
    "dirty-data": "What is not as it should be",
    "rights": "Who may say what",
}
NEEDS = {"embedded-broker": "the embedded broker", "own-network": "a broker started by the run", "virtual-clock": "the virtual clock"}


def page() -> str:
    """The index as it is committed; raises Unwritable where a file cannot be read."""
    scripts, wrong = read_all([LIBRARY], known_of(Settings()))
    if wrong:
        raise Unwritable(wrong)
    parts = [HEAD]
    for group, title in GROUPS.items():
        parts += [f"## {title}\n", *_table([each for each in scripts if each.path.parent.name == group]), ""]
    return "\n".join(parts).rstrip() + "\n"


def _table(scripts: list[Script]) -> Iterator[str]:
    """A line for each file; the rows of its table are counted."""
    yield "| scenario | title | what it teaches | needs |\n|---|---|---|---|"
    cases: dict[Path, list[Script]] = {}
    for each in scripts:
        cases.setdefault(each.path, []).append(each)
    for path, found in sorted(cases.items()):
        said = found[0].scenario
        times = f" ({len(found)} cases)" if len(found) > 1 else ""
        needs = ", ".join(sorted({NEEDS[need] for each in found for need in each.needs if need in NEEDS})) or "-"
        name = f"[{said.scenario}]({path.relative_to(LIBRARY).as_posix()}){times}"
        yield f"| {name} | {said.title.vi}<br>{said.title.en} | {' '.join(said.about.split())} | {needs} |".replace("\n", " ")


if __name__ == "__main__":
    INDEX.write_text(page(), encoding="utf-8")
