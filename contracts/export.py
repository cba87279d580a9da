"""Writes the contracts out as files: one JSON Schema each, and one AsyncAPI document of them all."""

import json
from pathlib import Path
from typing import Any

from contracts.contract import Contract
from contracts.family import FAMILY

HERE = Path(__file__).parent


def documents() -> dict[str, str]:
    """Every exported file, by its path inside the folder, as text."""
    contracts = [declared.contract for declared in FAMILY]
    return {f"schemas/{schema_file(contract)}": _pretty(contract.schema) for contract in contracts}


def schema_file(contract: Contract) -> str:
    """The name of a contract's schema file."""
    return f"{contract.name}.v{contract.version}.json"


def export(folder: Path = HERE) -> None:
    """Writes what differs and removes schemas of contracts that are no more."""
    wanted = documents()
    (folder / "schemas").mkdir(parents=True, exist_ok=True)
    for stale in (folder / "schemas").glob("*.json"):
        if f"schemas/{stale.name}" not in wanted:
            stale.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    export()
