"""The rules of a fault plan: one model per action, closed, in the words of the file (`docs/faults.md`)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from kio.index import load_request_schema
from kio.schema.errors import ErrorCode
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bus.embedded.handlers import HANDLERS

APIS: Final[Mapping[str, int]] = MappingProxyType(
    {load_request_schema(api, known.last).__name__.removesuffix("Request"): api for api, known in HANDLERS.items()}
)
"""What the broker answers, under Kafka's names."""
NAMES: Final[Mapping[int, str]] = MappingProxyType({api: name for name, api in APIS.items()})
ERRORS: Final[Mapping[str, ErrorCode]] = MappingProxyType({each.name.upper(): each for each in ErrorCode if each is not ErrorCode.none})

Seconds = Annotated[float, Field(ge=0, le=86_400)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Pattern = Annotated[str, Field(min_length=1, max_length=300)]


def _known_api(name: str) -> str:
    if name not in APIS:
        raise ValueError(f"no API of this broker is named {name!r}")
    return name


def _known_error(name: str) -> str:
    if name not in ERRORS:
        raise ValueError(f"Kafka has no error {name!r}")
    return name


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=False)


class When(_Closed):
    """Which requests: all that is said must hold; client, topic, key and group are shell patterns (`*`, `?`, `[abc]`)."""

    api: Annotated[str, AfterValidator(_known_api)] | None = None
    client: Pattern | None = None
    topic: Pattern | None = None
    partition: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    key: Pattern | None = None
    """Of at least one record of a batch that is produced."""
    group: Pattern | None = None


class Rule(_Closed):
    """What all rules have: fires at matches after the first `skip`, at most `times`, each with `probability`."""

    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$")]
    stage: str
    action: str
    when: When | None = None
    skip: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    times: Count | None = None
    probability: Annotated[float, Field(gt=0, le=1)] = 1.0
    seed: int = 0

    def to_json(self) -> dict[str, Any]:
        """As it would stand in a file."""
        return self.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True)


class Drop(Rule):
    """Never answered; at `request` the work is not done either."""

    stage: Literal["request", "response"]
    action: Literal["drop"]


class Close(Rule):
    """The connection ends instead of an answer; at `request` the work is not done either."""

    stage: Literal["request", "response"]
    action: Literal["close"]


class Delay(Rule):
    """So many seconds later, before the work or before the answer."""

    stage: Literal["request", "response"]
    action: Literal["delay"]
    delay: Seconds


class Refuse(Rule):
    """Answered with an error of Kafka for everything that was asked; the work is not done."""

    stage: Literal["request"]
    action: Literal["refuse"]
    error: Annotated[str, AfterValidator(_known_error)]


class StoreTwice(Rule):
    """The same batch is appended again, `copies` times, whatever its producer's sequence says."""

    stage: Literal["log"]
    action: Literal["store-twice"]
    copies: Annotated[int, Field(ge=1, le=1000)] = 1


class HoldBack(Rule):
    """Acknowledged at once, stored after `count` later batches of the partition, or after `for` seconds."""

    stage: Literal["log"]
    action: Literal["hold-back"]
    count: Count = 1
    lasting: Seconds = Field(5.0, alias="for")


class Corrupt(Rule):
    """The last `bytes` bytes of the batch are flipped on their way into the log."""

    stage: Literal["log"]
    action: Literal["corrupt"]
    bytes: Count = 1


class Expel(Rule):
    """Members of a group lose their place as if their session were over: who asks, or those whose id or client id is like `member`."""

    stage: Literal["group"]
    action: Literal["expel"]
    group: Pattern | None = None
    member: Pattern | None = None


class Rebalance(Rule):
    """Every member of the group has to join again."""

    stage: Literal["group"]
    action: Literal["rebalance"]
    group: Pattern | None = None


class Pause(Rule):
    """Nothing is taken in or given out of partitions for so many seconds, or until the rule is removed."""

    stage: Literal["broker"]
    action: Literal["pause"]
    topic: Pattern | None = None
    partition: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    lasting: Seconds | None = Field(None, alias="for")


class Stop(Rule):
    """The process ends: `kill` as by kill -9, `clean` as by SIGTERM."""

    stage: Literal["broker"]
    action: Literal["stop"]
    how: Literal["kill", "clean"] = "kill"


ACTIONS: Final[Mapping[str, Mapping[str, type[Rule]]]] = MappingProxyType(
    {
        "request": {"drop": Drop, "delay": Delay, "refuse": Refuse, "close": Close},
        "log": {"store-twice": StoreTwice, "hold-back": HoldBack, "corrupt": Corrupt},
        "response": {"drop": Drop, "delay": Delay, "close": Close},
        "group": {"expel": Expel, "rebalance": Rebalance},
        "broker": {"pause": Pause, "stop": Stop},
    }
)
"""Stage -> action -> model."""
