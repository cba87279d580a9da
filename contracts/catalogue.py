"""All contracts by name: the built-in family, read from its exported schemas, and those an operator drops into a folder."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from jsonschema_rs import Draft202012Validator

from contracts.contract import METADATA, Contract
from contracts.dropped_in import dropped_in
from contracts.faults import listed
from contracts.json import parse
from vn.errors import ContractViolation, Fault, Refused, Unusable
from vn.near import suggestion

if TYPE_CHECKING:
    from contracts.base import Payload

SCHEMAS = Path(__file__).parent / "schemas"


class Catalogue:
    """The contracts in force; validates payloads against compiled schemas and decodes them into their models."""

    def __init__(self, contracts: Iterable[Contract]) -> None:
        self._by_type = {contract.type: contract for contract in contracts}
        self._validators: dict[str, Draft202012Validator] = {}

    @classmethod
    def load(cls, folder: Path | None = None) -> "Catalogue":
        """The built-in family and the contracts in `folder`; raises Unusable with file and line for what is wrong there."""
        own = [_from_schema(path) for path in sorted(SCHEMAS.glob("*.json"))]
        return cls([*own, *dropped_in(folder, taken={contract.type: contract for contract in own})] if folder else own)

    def __iter__(self) -> Iterator[Contract]:
        return iter(self._by_type.values())

    def __len__(self) -> int:
        return len(self._by_type)

    def get(self, type_: str) -> Contract | None:
        """The contract of a wire type, as in `ce_type`."""
        return self._by_type.get(type_)

    def by_short(self, short: str) -> Contract:
        """The contract of a short name (its latest version), of a short name with `.v<n>`, or of a wire type."""
        named = [contract for contract in self if short in (contract.name, f"{contract.name}.v{contract.version}", contract.type)]
        if named:
            return max(named, key=lambda contract: contract.version)
        near = suggestion(short, (contract.short for contract in self))
        raise Unusable(f"unknown contract {short!r}{near or '; `lgsp contracts list` names them'}")

    def of(self, payload: "Payload") -> Contract:
        """The contract of a payload."""
        from contracts.models import type_of  # the exchange never needs the models

        return self._by_type[type_of(payload)]

    def faults(self, contract: Contract, value: object) -> list[Fault]:
        """Everything that is wrong with a parsed payload, ordered by pointer and reason; empty when it conforms."""
        validator = self._validators.get(contract.type)
        if validator is None:
            validator = self._validators[contract.type] = compiled(contract)
        return [] if validator.is_valid(value) else listed(validator.iter_errors(value), value)

    def decode(self, type_: str, raw: bytes) -> "Payload":
        """The payload as its model; raises ContractViolation with every fault, Refused where no contract or model has that type."""
        from contracts.models import has_model, modelled  # as above

        contract = self.get(type_)
        if contract is None or not has_model(type_):
            raise Refused("client.unknown_contract", f"no contract with a Python model is called {type_!r}")
        value = parse(raw)
        if faults := self.faults(contract, value):
            raise ContractViolation(faults)
        return modelled(type_, value)


def compiled(contract: Contract) -> Draft202012Validator:
    """The validator of a contract: formats are asserted, nothing is fetched."""
    return Draft202012Validator(dict(contract.schema), validate_formats=True, offline=True)


def _from_schema(path: Path) -> Contract:
    schema = orjson.loads(path.read_bytes())
    about = schema[METADATA]
    return Contract(
        name=about["name"],
        version=about["version"],
        owner=about["owner"],
        title=schema["title"],
        purpose=schema["description"],
        senders=tuple(about["from"]),
        recipients=tuple(about["to"]),
        schema=schema,
    )
