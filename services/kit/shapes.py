"""What native shapes are made of: a closed model, and dates written the agency's way."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from vn.clock import VN


class Native(BaseModel):
    """A frozen native shape with closed content; faults never show the value, it may be personal."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def invalid(reason: str) -> PydanticCustomError:
    """For a shape's own validator: `raise invalid("lý do bằng tiếng Việt")`."""
    return PydanticCustomError("vietnamese", "{reason}", {"reason": reason})


@lru_cache(maxsize=4096)  # the same days come again and again, and reading one costs as much as looking up a record
def _moment(text: str, form: str) -> datetime | None:
    try:
        moment = datetime.strptime(text, form).replace(tzinfo=VN)
    except ValueError:
        return None
    return moment if moment.strftime(form) == text else None  # strptime takes "1/7/2025" for dd/MM/yyyy


_WORDS = {"%d": "dd", "%m": "MM", "%Y": "yyyy", "%H": "HH", "%M": "mm", "%S": "ss"}


@dataclass(frozen=True)
class Written:
    """How a date or an instant (Viet Nam's time) is written: `Annotated[date, Written("%d/%m/%Y")]`."""

    form: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Text in that form in, `date` or aware `datetime` inside, the same text out."""
        form, day = self.form, source is date
        shown = self.shown

        def read(value: object) -> date | datetime:
            if isinstance(value, datetime) or (day and isinstance(value, date)):
                return value
            moment = _moment(value, form) if isinstance(value, str) else None
            if moment is None:
                raise invalid(f"phải là {'ngày' if day else 'ngày giờ'} có thật, dạng {shown}")
            return moment.date() if day else moment

        def write(value: date | datetime) -> str:
            return (value.astimezone(VN) if isinstance(value, datetime) else value).strftime(form)

        return core_schema.no_info_plain_validator_function(
            read, serialization=core_schema.plain_serializer_function_ser_schema(write, return_schema=core_schema.str_schema())
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """A string, for the API's documentation."""
        return {"type": "string", "description": f"dạng {self.shown}", "examples": [datetime(2025, 7, 1, 8, 0).strftime(self.form)]}

    @property
    def shown(self) -> str:
        """The form as people write it: dd/MM/yyyy."""
        shown = self.form
        for code, word in _WORDS.items():
            shown = shown.replace(code, word)
        return shown
