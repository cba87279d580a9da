"""The two kinds of groups, and who speaks to them."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """By which protocol a group lives, under the names that ListGroups shows."""

    CLASSIC = "classic"
    CONSUMER = "consumer"


@dataclass(frozen=True)
class Who:
    """Who a member says it is; `generation` is its epoch in a group of the new protocol."""

    member_id: str
    instance_id: str | None
    generation: int = -1
