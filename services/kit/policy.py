"""How an agency decides: at once, when an officer says so, or after some working days."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from vn.calendar import due_date


class WorkingDays(BaseModel):
    """So many working days (ngày làm việc) after it was asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workingDays: Annotated[int, Field(ge=1, le=1000)]  # noqa: N815 - the name on the wire


Manner: TypeAlias = Literal["instant", "manual"] | WorkingDays
Policy: TypeAlias = Mapping[str, Manner]


def due(manner: Manner, asked: datetime) -> datetime | None:
    """When a decision asked for at `asked` is due; None: when an officer says so."""
    if manner == "instant":
        return asked
    if manner == "manual":
        return None
    return due_date(asked, manner.workingDays)
