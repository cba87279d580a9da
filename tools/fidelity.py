"""Writes docs/fidelity.md from the facts that stand beside the code they describe: `python -m tools.fidelity > docs/fidelity.md`."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from types import ModuleType

from vn.fidelity import Fact

PACKAGES = ("vn", "contracts", "bus", "adapters", "services", "app")
WORDS = {
    "law": "law: read in the text of the law or plan itself",
    "observed": "observed: seen in a running client's messages; practice, not law",
    "secondary": "secondary: read in a secondary source; plausible, not authoritative",
    "assumption": "assumption: from memory or chosen to be plausible; unverified",
    "simulator": "simulator's own: a choice of this project, no claim about real systems",
}
HEAD = """# How faithful the simulator is

Generated from the code by `make export`; a test fails when it drifts. Every endpoint, header, form of identifier, status, code,
deadline and rate that the simulator claims something about stands here with its source and how sure it is.
"""


def modules() -> Iterator[ModuleType]:
    """Every module of the packages."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def facts() -> list[tuple[str, Fact]]:
    """Every fact with the module that holds it; a tuple that two modules show is named once."""
    seen: dict[str, tuple[str, Fact]] = {}
    for module in modules():
        for fact in getattr(module, "FACTS", ()):
            seen.setdefault(fact.what, (module.__name__, fact))
    return sorted(seen.values(), key=lambda each: (each[0], each[1].what))


def document() -> str:
    """The whole page."""
    found = facts()
    parts = [HEAD, *(f"- **{name}** - {text.partition(': ')[2]}" for name, text in WORDS.items()), ""]
    counts = {name: len([1 for _, fact in found if fact.certainty == name]) for name in WORDS}
    parts += [f"{len(found)} facts: " + ", ".join(f"{count} {name}" for name, count in counts.items()) + ".", ""]
    for package in PACKAGES:
        rows = [(module, fact) for module, fact in found if module.split(".")[0] == package]
        if rows:
            parts += [f"## {package}", "", "| what | value | source | how sure | may differ | where |", "|---|---|---|---|---|---|"]
            parts += [_row(module, fact) for module, fact in rows] + [""]
    return "\n".join(parts)


def _row(module: str, fact: Fact) -> str:
    cells = (fact.what, fact.value, fact.source, fact.certainty, fact.varies, f"`{module}`")
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(document())
