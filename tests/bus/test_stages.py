"""The stages: the first that fails names the refusal, in the stated order, and nothing behind it is looked at."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import orjson

from bus import Code, Members, Message, Received, Rights
from bus.reused_ids import ReusedIds
from bus.stages import STAGES, Letter, Rules, judge
from contracts import Catalogue
from tests.bus.samples import DVC, ILIS, TCT, example, slip_cancelled
from tests.bus.test_parts import Kept

CONTRACTS = Catalogue.load()
MEMBERS = Members.read()
RIGHTS = Rights.read(members=MEMBERS, contracts=CONTRACTS)
SLIP = example("land.slip-cancelled", "good-withdrawn")
NOBODY = "VN/GOV/H37.99/nobody"


def rules() -> Rules:
    return Rules(MEMBERS, RIGHTS, CONTRACTS, datetime(2025, 8, 20, tzinfo=UTC), ReusedIds())


def record(message: Message) -> Received:
    return Kept("outbox", 0, 0, 0, message.key, message.payload, tuple(message.to_headers()))


def judged(message: Message, by: Rules, *, owner: str = ILIS) -> Letter:
    letter = Letter(record(message), owner)
    judge([letter], by)
    return letter


# Everything is wrong with this message; each step mends what the refusal before it named.
WRONG = slip_cancelled(
    id="x" * 300,
    source=NOBODY,
    type="vn.gov.land.nothing.v1",
    payload=b"<" * (1024 * 1024 + 1),
    expiry=datetime(2020, 1, 1, tzinfo=UTC),
    recipient=NOBODY,
)
MENDED: list[tuple[Code, Callable[[Message], Message]]] = [
    (Code.MALFORMED_ENVELOPE, lambda m: replace(m, id="used")),
    (Code.MESSAGE_TOO_LARGE, lambda m: replace(m, payload=b"{}")),
    (Code.UNKNOWN_MEMBER, lambda m: replace(m, source=TCT)),
    (Code.SENDER_MISMATCH, lambda m: replace(m, source=ILIS)),
    (Code.UNKNOWN_CONTRACT, lambda m: replace(m, type="vn.gov.land.slip-cancelled.v1")),
    (Code.CONTRACT_VIOLATION, lambda m: replace(m, payload=orjson.dumps(SLIP))),
    (Code.EXPIRED, lambda m: replace(m, expiry=None)),
    (Code.UNKNOWN_RECIPIENT, lambda m: replace(m, recipient=DVC)),
    (Code.ACCESS_DENIED, lambda m: replace(m, recipient=None)),
    (Code.ID_REUSED, lambda m: replace(m, id="fresh")),
]


def test_the_first_stage_that_fails_names_the_refusal_in_the_order_of_the_codes() -> None:
    by = rules()
    assert judged(slip_cancelled(id="used", payload=orjson.dumps(SLIP | {"reason": "Khác."})), by).fault is None
    message, found = WRONG, []
    for _, mend in MENDED:
        fault = judged(message, by).fault
        found.append(fault.code if fault else None)
        message = mend(message)
    assert found == [code for code, _ in MENDED]
    assert judged(message, by).fault is None
    checked = [code for code in Code if code not in (Code.SIGNATURE_INVALID, Code.EXCHANGE_FAILED)]
    assert [code for code, _ in MENDED] == checked
    assert len(STAGES) == len(checked)


def test_letters_are_judged_side_by_side_as_they_would_be_one_by_one() -> None:
    said = [slip_cancelled(id=f"{number % 90}", payload=b"{}" if number % 7 == 0 else orjson.dumps(SLIP)) for number in range(250)]
    together = [Letter(record(message), ILIS) for message in said]
    judge(together, rules())
    by = rules()
    alone = [judged(message, by) for message in said]
    assert [letter.fault and letter.fault.code for letter in together] == [letter.fault and letter.fault.code for letter in alone]
    assert [letter.recipients for letter in together] == [letter.recipients for letter in alone]


def test_an_expiry_counts_in_the_time_of_the_exchange() -> None:
    at = datetime(2025, 8, 20, tzinfo=UTC)
    fault = judged(slip_cancelled(expiry=at), rules()).fault
    assert fault is not None
    assert fault.code == Code.EXPIRED
    assert judged(slip_cancelled(expiry=at), replace(rules(), now=datetime(2025, 8, 19, tzinfo=UTC))).fault is None


def test_a_near_miss_of_a_name_is_suggested() -> None:
    fault = judged(slip_cancelled(type="vn.gov.land.slip-canceled.v1"), rules()).fault
    assert fault is not None
    assert "did you mean 'vn.gov.land.slip-cancelled.v1'?" in fault.message
