"""Writes docs/fidelity.md from the facts that stand beside the code they describe: `python -m tools.fidelity > docs/fidelity.md`."""

import importlib
import pkgutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from app.settings import AGENCIES
from services.kit import AgencySettings
from vn.errors import BadEnvironment, CannotConnect, Unusable
from vn.fidelity import Certainty, Fact

PACKAGES = ("vn", "contracts", "bus", "adapters", "services", "app")
WORDS = {
    "law": "law: read in the text of the law or plan itself",
    "observed": "observed: seen in a running client's messages; practice, not law",
    "secondary": "secondary: read in a secondary source; plausible, not authoritative",
    "assumption": "assumption: from memory or chosen to be plausible; unverified",
    "simulator": "simulator's own: a choice of this project, no claim about real systems",
}
OBSERVED = {  # a part of the path, and where it was seen
    "/TiepNhanHoSo": "iLIS integration services of a running client",
    "/BoSungHoSo": "iLIS integration services of a running client",
    "/CapNhatKetQuaThongBaoThue": "iLIS integration services of a running client",
    "/ThueChuyenTraHoSoDoSai": "VBDLIS integration services of a running client",
    "/DongBoHoSoMC": "synchronisation with the national portal, three code bases",
    "/CapNhatTienDoHoSoMC": "synchronisation with the national portal, three code bases",
    "/ImportThongBaoThue": "import of notices through the national portal, a running client",
    "/ImportChungTuThue": "import of receipts through the national portal, a running client",
    "/gip": "the gateway's XML was seen in a bank's messages; the path is ours",
    "/payplat/init": "PayPlat's INIT was seen in a running client; the path is ours",
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


def endpoints() -> list[Fact]:
    """Every endpoint of an agency; those that running systems were seen to have are named in OBSERVED."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name in AGENCIES:
            database = f"sqlite:///{Path(folder, name).as_posix()}.db"
            app = importlib.import_module(f"services.{name}").create_app(AgencySettings(part=name, database_url=database))
            for path, methods in sorted(app.openapi()["paths"].items()):
                source = next((text for seen, text in OBSERVED.items() if seen in path), "chosen by us")
                sure: Certainty = "simulator" if source == "chosen by us" else "observed"
                text = "; ".join(f"{method.upper()} {what.get('summary', '')}" for method, what in methods.items())
                found.append(Fact(f"{name} {path}", text, source, sure))
            app.state.agency.close()
    return found


def exit_codes() -> Fact:
    """What a command leaves with."""
    codes = {each.__name__: each.exit_code for each in (Unusable, CannotConnect, BadEnvironment)}
    value = ", ".join(["0 as expected", "1 did not conform", *(f"{code} {name}" for name, code in codes.items()), "130 interrupted"])
    return Fact("Exit codes of lgsp", value, "the habits of pytest and microcks", "simulator")


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
    parts += ["## Endpoints and commands", "", "| what | value | source | how sure | may differ | where |", "|---|---|---|---|---|---|"]
    parts += [_row("app.cli", exit_codes()), *(_row(f"services.{fact.what.split()[0]}", fact) for fact in endpoints()), ""]
    return "\n".join(parts)


def _row(module: str, fact: Fact) -> str:
    cells = (fact.what, fact.value, fact.source, fact.certainty, fact.varies, f"`{module}`")
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(document())
