"""The public names of the package."""

import ast
from pathlib import Path

import pytest

import contracts


def test_every_public_name_is_there() -> None:
    for name in contracts.__all__:
        assert getattr(contracts, name) is not None


def test_type_checkers_see_the_same_names_as_the_interpreter() -> None:
    tree = ast.parse(Path(contracts.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert imported - {"import_module", "TYPE_CHECKING", "Any"} == set(contracts.__all__)


def test_every_payload_of_the_family_is_public() -> None:
    assert {model.__name__ for declared in contracts.FAMILY for model in declared.models} <= set(contracts.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = contracts.Nothing
