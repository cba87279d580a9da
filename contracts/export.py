"""Writes the contracts out as files: one JSON Schema each, and one AsyncAPI document of them all."""

import json
from pathlib import Path
from typing import Any

from contracts.asyncapi import document
from contracts.contract import Contract
from contracts.family import DVC, FAMILY, ILIS, PAYPLAT, TCT

HERE = Path(__file__).parent
MEMBERS = {"dvc": DVC, "ilis": ILIS, "tct": TCT, "payplat": PAYPLAT}  # the exchange writes into inboxes and has no topics of its own


def documents() -> dict[str, str]:
    """Every exported file, by its path inside the folder, as text."""
    contracts = [declared.contract for declared in FAMILY]
    schemas = {f"schemas/{schema_file(contract)}": _pretty(contract.schema) for contract in contracts}
    return schemas | {"asyncapi.json": _pretty(document(contracts, MEMBERS))}


def schema_file(contract: Contract) -> str:
    """The name of a contract's schema file."""
    return f"{contract.name}.v{contract.version}.json"


def export(folder: Path = HERE) -> None:
    """Writes all files into a folder, which is made where it is missing."""
    (folder / "schemas").mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    export()
