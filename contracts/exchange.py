"""What the exchange itself says and hears: receipts and failed deliveries."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Payload
from contracts.parties import FaultAt, LongText

MemberId = Annotated[str, Field(pattern=r"^[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9.]+/[a-z0-9-]+$", description="INSTANCE/CLASS/MEMBER/SUBSYSTEM")]
MessageId = Annotated[str, Field(min_length=1, max_length=255)]
Code = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z0-9_]+)+$", max_length=100, description="e.g. client.contract_violation")]
Topic = Annotated[str, Field(min_length=1, max_length=249)]
Position = Annotated[int, Field(ge=0)]


class ExchangeReceipt(Payload):
    """The exchange's answer to the sender of one message."""

    outcome: Literal["accepted", "refused", "undeliverable"]
    message_id: MessageId | None = Field(None, description="absent where the envelope had none that can be read")
    contract: Annotated[str, Field(max_length=255)] | None = Field(None, description="ce_type as it was given")
    recipient: MemberId | None = Field(None, description="undeliverable: to whom")
    code: Code | None = Field(None, description="absent where accepted")
    message: LongText | None = None
    faults: Annotated[tuple[FaultAt, ...], Field(max_length=1000)] = ()
    topic: Topic
    partition: Position
    offset: Position
    at: AwareDatetime


class DeliveryFailed(Payload):
    """A message from my inbox that I cannot apply."""

    message_id: MessageId
    source: MemberId
    topic: Topic
    partition: Position
    offset: Position
    code: Code
    message: LongText
    faults: Annotated[tuple[FaultAt, ...], Field(max_length=1000)] = ()
