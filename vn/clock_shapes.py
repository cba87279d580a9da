"""How a part's clock is shown and turned over HTTP, the same at every part."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, FiniteFloat, model_validator
from pydantic_core import PydanticCustomError

from vn.clock import Clock, ClockSetting

__all__ = ["ClockShape", "Jump"]

TEN_YEARS = 10 * 366 * 86400.0


class ClockShape(BaseModel):
    """How the clock runs, and what it shows."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    mode: Literal["real", "offset", "frozen"]
    offsetSeconds: Annotated[FiniteFloat, Field(ge=-TEN_YEARS, le=TEN_YEARS)] = 0  # noqa: N815 - the name on the wire
    at: AwareDatetime | None = None
    now: datetime | None = None

    @model_validator(mode="after")
    def fits(self) -> Self:
        """`at` with frozen, `offsetSeconds` with offset."""
        if (self.mode == "frozen") != (self.at is not None):
            raise _invalid("at phải có khi mode là frozen, và chỉ khi đó")
        if self.mode != "offset" and self.offsetSeconds:
            raise _invalid("offsetSeconds chỉ có khi mode là offset")
        return self

    @classmethod
    def of(cls, clock: Clock) -> Self:
        """What a clock shows now."""
        setting = clock.setting()
        return cls(mode=setting.mode, offsetSeconds=setting.offset_seconds, at=setting.at, now=clock.now())

    def setting(self) -> ClockSetting:
        """What was asked for."""
        return ClockSetting(self.mode, self.offsetSeconds, self.at)


class Jump(BaseModel):
    """How far to move the clock."""

    model_config = ConfigDict(extra="forbid")

    seconds: Annotated[FiniteFloat, Field(ge=-TEN_YEARS, le=TEN_YEARS)]

    @property
    def by(self) -> timedelta:
        """The same as a span of time."""
        return timedelta(seconds=self.seconds)


def _invalid(reason: str) -> PydanticCustomError:
    return PydanticCustomError("vietnamese", "{reason}", {"reason": reason})
