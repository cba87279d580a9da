"""The topics of one adapter, seen from the exchange: what it puts into the inbox and finds in the outbox."""

from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from bus import Admin, KafkaSettings, Message, Producer, Reader, Record, Space, decode
from contracts import DVC, ILIS, LGSP, Catalogue, DeliveryFailed, ExchangeReceipt, Payload, WithdrawalRequested
from tests.adapters.fake_agency import until_async
from vn.clock import VN

CATALOGUE = Catalogue.load()
NOW = datetime(2025, 12, 1, 8, tzinfo=VN)


def dossier(number: int) -> str:
    return f"H37.15.01-251201-{number:04d}"


def entry(number: int = 1, **other: Any) -> dict[str, Any]:
    """A feed entry of the toy agency."""
    body = {"trangThai": 4, "thoiDiem": "2025-12-01T08:00:00+07:00", "nguoiXuLy": "Bộ phận một cửa"}
    return {
        "id": str(uuid4()),
        "kind": "TRANG_THAI",
        "subject": dossier(number),
        "at": "2025-12-01T08:00:00+07:00",
        "cause": None,
        "correlation": None,
        "traceparent": None,
        "body": body,
        **other,
    }


def message(payload: Payload, *, subject: str, source: str = DVC, **other: Any) -> Message:
    return Message(
        **{
            "id": str(uuid4()),
            "source": source,
            "type": CATALOGUE.of(payload).type,
            "subject": subject,
            "time": NOW,
            "payload": payload.to_wire(),
            "correlation_id": f"case of {subject}",
            **other,
        }
    )


def withdrawal(number: int = 1, reason: str = "đổi ý", **other: Any) -> Message:
    payload = WithdrawalRequested(dossier=dossier(number), requested_at=NOW, reason=reason)
    return message(payload, subject=dossier(number), **other)


def receipt(outcome: str, cause: str | None, **other: Any) -> Message:
    payload = ExchangeReceipt(outcome=outcome, message_id=cause, topic="t", partition=0, offset=0, at=NOW, **other)
    return message(payload, subject=dossier(1), source=LGSP, causation_id=cause)


class ExchangeSide:
    """Topics of its own for one adapter (the land office's) on a running broker."""

    def __init__(self, bootstrap: str, space: str, *, largest: int = 4 * 1024 * 1024) -> None:
        self._largest = str(largest)
        self.bootstrap = bootstrap
        self.space = Space(space)
        self._kafka = KafkaSettings(bootstrap)
        self._producer = Producer(self._kafka)
        self._reader = Reader(self._kafka)

    async def __aenter__(self) -> Self:
        async with Admin(self._kafka) as admin:
            plan = self.space.plan([ILIS])
            await admin.ensure(replace(each, config={**each.config, "max.message.bytes": self._largest}) for each in plan)
        await self._producer.__aenter__()
        await self._reader.__aenter__()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._reader.__aexit__(kind, error, trace)
        await self._producer.__aexit__(kind, error, trace)

    async def deliver(self, *messages: Message, partition: int | None = None) -> None:
        inbox = self.space.inbox(ILIS)
        await self._producer.send_all([Record(inbox, each.key, each.payload, [*each.to_headers()], partition) for each in messages])

    async def deliver_raw(self, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes | None]]) -> None:
        await self._producer.send_all([Record(self.space.inbox(ILIS), key, value, headers)])

    async def said(self) -> list[Message]:
        """All of the outbox up to now."""
        records = [record async for record in self._reader.everything(self.space.outbox(ILIS))]
        return [decode(record.key, record.value, record.headers) for record in records]

    async def heard(self, number: int) -> list[Message]:
        """Wait until the outbox holds so many."""
        found: list[Message] = []

        async def enough() -> bool:
            found[:] = await self.said()
            return len(found) >= number

        await until_async(enough)
        return found

    async def failures(self, number: int) -> list[DeliveryFailed]:
        """Wait for so many reports of failed deliveries, and nothing else, in the outbox."""
        found = [CATALOGUE.decode(each.type, each.payload) for each in await self.heard(number)]
        assert len(found) == number
        assert all(isinstance(each, DeliveryFailed) for each in found)
        return found  # type: ignore[return-value]
