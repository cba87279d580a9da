"""Good payloads of exchange.*."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from world import at

import contracts as c

MESSAGES = ("0198a1f0-5a3c-7d11-8c55-2f6b8e1d9a01", "0198a1f0-5a3c-7d11-8c55-2f6b8e1d9a02")


def exchanges() -> Iterator[tuple[str, c.Payload]]:
    record: dict[str, Any] = {"message_id": MESSAGES[0], "topic": "lgsp.outbox.VN.GOV.H37.15.ilis", "partition": 3, "offset": 1204}
    slip_type, when = "vn.gov.land.transfer-slip.v1", at(date(2025, 8, 15), 16, 2)
    yield "exchange.receipt/accepted", c.ExchangeReceipt(**record, outcome="accepted", contract=slip_type, at=when)
    fault = c.FaultAt(pointer="/parcels/0/areas/parcel", reason="is not greater than 0")
    refusal = {"code": "client.contract_violation", "message": "1 fault(s) against the contract", "faults": (fault,)}
    yield "exchange.receipt/refused", c.ExchangeReceipt(**record, **refusal, outcome="refused", contract=slip_type, at=when)
    gone = {"recipient": c.TCT, "code": "agency.unknown_dossier", "message": "Không tìm thấy hồ sơ"}
    yield "exchange.receipt/undeliverable", c.ExchangeReceipt(**record, **gone, outcome="undeliverable", contract=slip_type, at=when)
    inbox = {"message_id": MESSAGES[1], "source": c.ILIS, "topic": "lgsp.inbox.VN.GOV.G12.20.tct", "partition": 0, "offset": 77}
    unknown = {"code": "agency.unknown_dossier", "message": "Không tìm thấy hồ sơ"}
    yield "exchange.delivery-failed/unknown-dossier", c.DeliveryFailed(**inbox, **unknown)
    rejected = {"code": "agency.rejected", "message": "Cơ quan từ chối thông điệp", "faults": (fault,)}
    yield "exchange.delivery-failed/rejected", c.DeliveryFailed(**inbox, **rejected)
