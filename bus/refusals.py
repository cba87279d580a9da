"""Why the exchange says no: the codes, in the order in which they are checked, and whose fault each is."""

from collections.abc import Iterable
from enum import StrEnum

from vn.errors import Fault, Refused
from vn.fidelity import Fact

MAX_MESSAGE = 1000  # characters of a refusal's sentence
MAX_FAULT_BYTES = 256 * 1024  # of all faults of one dead letter or receipt


class Code(StrEnum):
    """A refusal in X-Road's manner; what begins with `client.` is the sender's fault and is never tried again."""

    MALFORMED_ENVELOPE = "client.malformed_envelope"
    MESSAGE_TOO_LARGE = "client.message_too_large"
    UNKNOWN_MEMBER = "client.unknown_member"
    SENDER_MISMATCH = "client.sender_mismatch"
    SIGNATURE_INVALID = "client.signature_invalid"  # once members sign
    UNKNOWN_CONTRACT = "client.unknown_contract"
    CONTRACT_VIOLATION = "client.contract_violation"
    EXPIRED = "client.expired"
    UNKNOWN_RECIPIENT = "client.unknown_recipient"
    ACCESS_DENIED = "client.access_denied"
    ID_REUSED = "client.id_reused"
    EXCHANGE_FAILED = "server.exchange_failed"  # never a dead letter, always tried again

    @property
    def fault_of(self) -> str:
        """`sender` or `exchange`."""
        return "sender" if self.startswith("client.") else "exchange"


def refusal(code: Code, message: str, pointer: str = "") -> Refused:
    """A refusal with one fault, which is the whole story."""
    return Refused(code.value, message[:MAX_MESSAGE], (Fault(pointer, message[:MAX_MESSAGE]),))


def bounded(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """Faults as they are written on the wire, cut where a hostile message would make them endless."""
    written: list[dict[str, str]] = []
    room, rest = MAX_FAULT_BYTES, 0
    for fault in faults:
        room -= len(fault.pointer.encode()) + len(fault.reason.encode()) + 30
        if room < 0:
            rest += 1
        else:
            written.append({"pointer": fault.pointer, "reason": fault.reason})
    return [*written, {"pointer": "", "reason": f"{rest} more fault(s)"}] if rest else written


def quoted(name: str) -> str:
    """A name that a sender gave, short enough for a sentence."""
    return repr(name if len(name) <= 100 else name[:99] + "…")


FACTS = (
    Fact("Codes of refusals", ", ".join(Code), "X-Road's manner of naming whose fault it is; the codes are ours", "simulator", "exchange"),
)
