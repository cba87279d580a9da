"""Every contract is said by somebody and heard by everybody it is for."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

from adapters.runtime import Adapter
from contracts.family import ANY, FAMILY, LGSP

ROOT = Path(__file__).resolve().parents[2]
ADAPTERS: dict[str, Adapter] = {
    each.member: each for each in (getattr(import_module(f"adapters.{name}"), name.upper()) for name in ("dvc", "ilis", "tax", "payment"))
}


def returned(adapter: Adapter) -> set[str]:
    """The types that the functions of an adapter's folder say they return."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "adapters" / adapter.name).glob("*.py")]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.returns]
    return {name.id for node in functions if node.returns for name in ast.walk(node.returns) if isinstance(name, ast.Name)}


@pytest.mark.parametrize("declared", [each for each in FAMILY if each.owner not in (LGSP, ANY)], ids=lambda each: each.name)
def test_the_adapter_of_the_owner_makes_the_contract(declared) -> None:  # type: ignore[no-untyped-def]
    assert {model.__name__ for model in declared.models} <= returned(ADAPTERS[declared.owner])


@pytest.mark.parametrize("declared", [each for each in FAMILY if each.recipients not in ((LGSP,), (ANY,))], ids=lambda each: each.name)
def test_the_adapter_of_every_recipient_handles_the_contract(declared) -> None:  # type: ignore[no-untyped-def]
    deaf = [
        member
        for member in declared.recipients
        if not all(any(issubclass(m, k) for k in ADAPTERS[member].receives) for m in declared.models)
    ]
    assert deaf == []


def test_no_adapter_handles_what_its_member_is_never_told() -> None:
    told = {member: {m for each in FAMILY if member in each.recipients for m in each.models} for member in ADAPTERS}
    assert {member: set(adapter.receives) - told[member] for member, adapter in ADAPTERS.items()} == {member: set() for member in ADAPTERS}
