"""Failed deliveries: a member says that it cannot apply a message from its inbox; the exchange looks it up before it believes it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import orjson

from bus.envelope import Message, decode
from bus.kafka.settings import Place, Received
from bus.refusals import Code, refusal
from bus.stages import Letter
from bus.topics import Space
from vn.errors import Fault, Refused

TYPE = "vn.gov.exchange.delivery-failed.v1"


class Failure(StrEnum):
    """Why our adapters could not apply a message; an agency may have codes of its own, `agency.<its word>`."""

    ANSWERED_NO = "agency.answered_no"
    NONSENSE = "agency.nonsense"
    UNKNOWN_DOSSIER = "agency.unknown_dossier"
    UNTRANSLATABLE = "adapter.untranslatable"
    NO_HANDLER = "adapter.no_handler"
    FAILED = "adapter.failed"


class Records(Protocol):
    """Where records are looked up by their place; raises Retry while that cannot be done."""

    async def at(self, place: Place, offset: int) -> Received | None: ...


@dataclass(frozen=True)
class GivenBack:
    """The message that could not be applied, where it lies, and the reporter's reason."""

    message: Message
    record: Received
    fault: Refused


async def look_up(letter: Letter, space: Space, records: Records) -> GivenBack:
    """What a `delivery-failed` message is about; raises Refused where it is not the reporter's own, or not there."""
    told = orjson.loads(letter.message.payload)  # valid against its contract, or it would not be here
    if told["topic"] != space.inbox(letter.message.source):
        raise refusal(Code.ACCESS_DENIED, "only what lies in the reporter's own inbox can be given back", "/topic")
    record = await records.at(Place(told["topic"], told["partition"]), told["offset"])
    if record is None:
        raise refusal(Code.CONTRACT_VIOLATION, "there is no record at this partition and offset", "/offset")
    message = decode(record.key, record.value, record.headers)
    if (message.id, message.source) != (told["messageId"], told["source"]):
        raise refusal(Code.CONTRACT_VIOLATION, "the record at this partition and offset is another message", "/messageId")
    faults = tuple(Fault(each["pointer"], each["reason"]) for each in told.get("faults") or ())
    return GivenBack(message, record, Refused(told["code"], told["message"], faults))
