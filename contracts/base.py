"""The base of every payload model: a frozen value with closed content."""

from typing import Any

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer
from pydantic.alias_generators import to_camel


class Payload(BaseModel):
    """A frozen value with closed content; camelCase on the wire, snake_case in Python; what is None is absent on the wire."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )

    @model_serializer(mode="wrap")
    def _without_absent(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in dump(self).items() if value is not None}

    def to_wire(self) -> bytes:
        """The payload as the bytes of a message."""
        return self.model_dump_json().encode()
