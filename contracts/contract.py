"""What a contract is: a name, a version, an owner, a purpose, who says it to whom, and the shape of its payload."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

METADATA = "x-lgsp"  # who says it to whom, inside an exported schema, so that the file alone is the contract
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ANY = "*"


def urn(name: str, version: int) -> str:
    """The identifier of a contract's schema, as in `ce_dataschema`; nothing is fetched from it."""
    return f"urn:lgsp-sim:contract:{name}:v{version}"


@dataclass(frozen=True)
class Contract:
    """One message contract; `senders` and `recipients` are member ids ("*": any member), `schema` is JSON Schema 2020-12."""

    name: str
    version: int
    owner: str
    title: str
    purpose: str
    senders: tuple[str, ...]
    recipients: tuple[str, ...]
    schema: Mapping[str, Any] = field(repr=False, compare=False)
    origin: str = "built-in"

    @cached_property
    def type(self) -> str:
        """The wire name, as in `ce_type`."""
        return f"vn.gov.{self.name}.v{self.version}"

    @property
    def short(self) -> str:
        """The name in every listing; the version shows only where it is not the first."""
        return self.name if self.version == 1 else f"{self.name}.v{self.version}"

    @property
    def dataschema(self) -> str:
        """The URI of the schema: its own `$id`, or the one made from name and version."""
        return str(self.schema.get("$id") or urn(self.name, self.version))
