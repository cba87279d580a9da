"""What a contract is: a name, a version, an owner, a purpose, who says it to whom, and the shape of its payload."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Payload(BaseModel):
    """A frozen value with closed content; camelCase on the wire, snake_case in Python."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


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
    models: tuple[type[Payload], ...] = field(default=(), repr=False)
    origin: str = "built-in"

    @property
    def type(self) -> str:
        """The wire name, as in `ce_type`."""
        return f"vn.gov.{self.name}.v{self.version}"

    @property
    def short(self) -> str:
        """The name in every listing; the version shows only where it is not the first."""
        return self.name if self.version == 1 else f"{self.name}.v{self.version}"
