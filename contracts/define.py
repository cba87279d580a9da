"""Turns payload models into contracts: who says them, why, and the JSON Schema that the exchange holds them to."""

from dataclasses import dataclass
from functools import cached_property
from inspect import cleandoc
from types import UnionType
from typing import Annotated, Any, cast, get_args

from pydantic import Discriminator, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from contracts.base import Payload
from contracts.contract import ANY, DIALECT, METADATA, Contract, urn


class _Wire(GenerateJsonSchema):
    """Schemas as they are on the wire: no titles on fields, what is optional is absent rather than null, tags are required."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # the parent's signature
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        wire = super().default_schema(schema)
        if wire.get("default", ...) is None:
            del wire["default"]
        return wire

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        wire = super().model_schema(schema)
        properties = wire.get("properties", {})
        tags = {name for name, field in properties.items() if "const" in field and field.pop("default", None)}
        required = tags | set(wire.pop("required", ()))
        return wire | ({"required": [name for name in properties if name in required]} if required else {})

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        wire = super().tagged_union_schema(schema)
        wire.pop("discriminator", None)  # OpenAPI's word; the constants of the tags say the same
        return wire


Model = type[Payload]


@dataclass(frozen=True)
class Declared:
    """One row of the family: a contract whose payload is a Python model, or a union of them told apart by `form` or `kind`."""

    name: str
    owner: str
    recipients: tuple[str, ...]
    shape: Model | UnionType
    title: str
    version: int = 1
    discriminator: str = "form"

    @property
    def type(self) -> str:
        """The wire name, as in `ce_type`."""
        return f"vn.gov.{self.name}.v{self.version}"

    @property
    def models(self) -> tuple[Model, ...]:
        """The models of the payload: one, or the members of the union."""
        return get_args(self.shape) or (cast(Model, self.shape),)

    @cached_property
    def adapter(self) -> TypeAdapter[Payload]:
        """Reads a payload; built at first use."""
        shape: Any = self.shape
        return TypeAdapter(Annotated[shape, Discriminator(self.discriminator)] if get_args(shape) else shape)

    @cached_property
    def contract(self) -> Contract:
        """The contract with its schema generated from the models; slow, for the export and its tests."""
        senders = (self.owner,)
        owner = self.recipients[0] if self.owner == ANY else self.owner
        purpose = "\n".join(cleandoc(model.__doc__ or "") for model in self.models)
        body = self.adapter.json_schema(by_alias=True, schema_generator=_Wire, mode="validation")
        schema = {
            "$schema": DIALECT,
            "$id": urn(self.name, self.version),
            "title": self.title,
            "description": purpose,
            METADATA: {
                "name": self.name,
                "version": self.version,
                "owner": owner,
                "from": list(senders),
                "to": list(self.recipients),
            },
        }
        schema |= {key: value for key, value in body.items() if key not in schema}
        return Contract(self.name, self.version, owner, self.title, purpose, senders, self.recipients, schema)


define = Declared
