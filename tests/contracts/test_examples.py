"""The good and bad examples that every contract carries."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import contracts
from contracts import Catalogue, canonical
from vn.errors import ContractViolation

FOLDER = Path(contracts.__file__).parent / "examples"
GOOD = sorted(FOLDER.glob("*/good-*.json"))
BAD = sorted(FOLDER.glob("*/bad-*.json"))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def label(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def differences(one: Any, other: Any, at: str = "") -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            yield from differences(one.get(key, ...), other.get(key, ...), f"{at}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for position, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{at}/{position}")
    elif one != other or type(one) is not type(other):
        yield at


def test_every_contract_has_two_good_and_five_bad_examples(catalogue: Catalogue) -> None:
    assert {path.parent.name for path in (*GOOD, *BAD)} == {contract.short for contract in catalogue}
    for contract in catalogue:
        assert len(list((FOLDER / contract.short).glob("good-*.json"))) >= 2, contract.short
        assert len(list((FOLDER / contract.short).glob("bad-*.json"))) >= 5, contract.short


@pytest.mark.parametrize("path", GOOD, ids=label)
def test_a_good_example_conforms_and_comes_back_from_its_model_as_it_was(catalogue: Catalogue, path: Path) -> None:
    contract = catalogue.by_short(path.parent.name)
    value = json.loads(path.read_text(encoding="utf-8"))
    assert catalogue.faults(contract, value) == []
    payload = catalogue.decode(contract.type, path.read_bytes())
    assert canonical(json.loads(payload.to_wire())) == canonical(value)
    assert catalogue.decode(contract.type, payload.to_wire()) == payload


@pytest.mark.parametrize("path", BAD, ids=label)
def test_a_bad_example_fails_only_where_it_says(catalogue: Catalogue, path: Path) -> None:
    contract = catalogue.by_short(path.parent.name)
    bad = json.loads(path.read_text(encoding="utf-8"))
    assert {fault.pointer for fault in catalogue.faults(contract, bad["payload"])} == {bad["pointer"]}
    with pytest.raises(ContractViolation) as caught:
        catalogue.decode(contract.type, canonical(bad["payload"]))
    assert caught.value.faults[0].pointer == bad["pointer"]


@pytest.mark.parametrize("path", BAD, ids=label)
def test_a_bad_example_differs_from_a_good_one_by_one_thing(path: Path) -> None:
    bad = json.loads(path.read_text(encoding="utf-8"))
    good = json.loads((path.parent / bad["differsFrom"]).read_text(encoding="utf-8"))
    assert len(list(differences(good, bad["payload"]))) == 1
