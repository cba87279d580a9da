"""One record of the inbox to its end: applied by the agency, or reported as not deliverable."""

import time
from dataclasses import replace

import structlog

from adapters.runtime.agency import Agency
from adapters.runtime.client import AgencyClient
from adapters.runtime.declaration import Adapter, Received
from adapters.runtime.gate import Gate
from adapters.runtime.health import Health
from adapters.runtime.letters import failure
from adapters.runtime.origins import in_terms_of_the_contract
from adapters.runtime.outbox import Outbox
from adapters.runtime.policy import Again, GiveUp, History, after
from adapters.runtime.settings import Settings
from bus import Failure, Message, decode
from bus import Received as Record
from bus.envelope import readable
from bus.measures import EXCEPTIONS, FAILED_DELIVERIES, KAFKA, PROCESSED, PROCESSING, RETRIES
from bus.operating import span_of
from bus.refusals import Code
from contracts import Catalogue, ExchangeReceipt
from vn.errors import AgencyAnsweredNo, Fault, Refused, Unknown

log = structlog.get_logger("adapters.runtime")
CODES = frozenset((*Failure, *Code))  # an agency may have words of its own; their number is not ours to bound


class Delivery:
    """Hands records to the agency through the adapter's handlers."""

    def __init__(
        self,
        adapter: Adapter,
        client: AgencyClient,
        *,
        catalogue: Catalogue,
        outbox: Outbox,
        health: Health,
        settings: Settings,
        group: str,
    ) -> None:
        self._adapter = adapter
        self._client = client
        self._catalogue = catalogue
        self._outbox = outbox
        self._health = health
        self._settings = settings
        self._group = group
        self._meter = health.vitals.meter

    async def settle(self, record: Record, gate: Gate) -> None:
        """Returns when this record may be acknowledged, however long that takes."""
        where = f"inbox {record.partition}/{record.offset}"
        self._health.in_flight += 1
        began = time.monotonic()
        try:
            while True:
                try:
                    await self._to_the_end(record, gate, where)
                    self._meter.note(PROCESSING, KAFKA, record.topic, seconds=time.monotonic() - began)
                    return
                except Exception as error:  # noqa: BLE001  # a mistake of the runtime itself; no record is lost for it
                    self._health.trouble(where, f"inbox: the adapter fails ({type(error).__name__})")
                    log.error("the adapter fails", member=self._adapter.name, error=type(error).__name__, **_about(record))
                    await gate.wait(self._settings.backoff.most)
        finally:
            self._health.in_flight -= 1
            self._health.forget(where)

    async def _to_the_end(self, record: Record, gate: Gate, where: str) -> None:
        history = History()
        while (step := await self._try(record, gate, history)) is not None:
            if isinstance(step, GiveUp):
                await self._report(record, step)
                self._meter.add(PROCESSED, KAFKA, record.topic, "rejected")
                return
            history = step.history
            self._meter.add(PROCESSED, KAFKA, record.topic, "nacked")
            self._meter.add(RETRIES, "agency" if step.away else "message")
            if step.away:
                gate.close(record.offset)
                self._health.trouble(where, f"inbox: {step.why}")
            await gate.wait(step.wait)
        self._meter.add(PROCESSED, KAFKA, record.topic, "acked")
        self._health.well(where)

    async def _try(self, record: Record, gate: Gate, history: History) -> Again | GiveUp | None:
        async with gate.turn(record.offset):
            try:
                await self._apply(record)
            except Exception as error:  # noqa: BLE001  # whatever a handler raises is about this one message
                step = after(error, history, self._settings)
                self._meter.add(EXCEPTIONS, KAFKA, record.topic, type(error).__name__)
                tell = log.warning if history == History() or isinstance(step, GiveUp) else log.debug
                tell("not applied", member=self._adapter.name, error=type(error).__name__, again=isinstance(step, Again), **_about(record))
                return step
        return None

    async def _apply(self, record: Record) -> None:
        message = decode(record.key, record.value, record.headers)
        tracer = self._settings.operating.tracer
        if tracer is None:
            await self._hand_over(message)
            return
        span = span_of(tracer, record, message, self._group)
        try:
            await self._hand_over(replace(message, traceparent=span.traceparent))
        except BaseException as error:
            span.end(type(error).__name__)
            raise
        span.end()

    async def _hand_over(self, message: Message) -> None:
        payload = self._catalogue.decode(message.type, message.payload)
        if isinstance(payload, ExchangeReceipt):
            await self._receipt(message, payload)
            return
        handler = self._adapter.handler(payload)
        if handler is None:
            raise Refused(Failure.NO_HANDLER, f"this member has no use for {message.type}")
        said, agency = Received(payload, message), Agency(self._client, message)
        try:
            await handler(said, agency)
        except AgencyAnsweredNo as no:
            if agency.last_written is None:
                raise  # it is the adapter's own no, about the payload
            raise await in_terms_of_the_contract(no, handler, said, agency.last_written) from no

    async def _receipt(self, message: Message, receipt: ExchangeReceipt) -> None:
        """A receipt is never answered: where the agency has no such entry, the log has to do."""
        entry = message.causation_id or receipt.message_id
        if receipt.outcome == "accepted":
            return
        log.warning(
            "message refused", entry=entry, outcome=receipt.outcome, code=receipt.code, member=self._adapter.name, dossier=message.subject
        )
        if entry is None:
            return
        try:
            await self._client.outcome(
                entry,
                code=receipt.code or f"exchange.{receipt.outcome}",
                message=receipt.message or "",
                faults=[Fault(each.pointer, each.reason) for each in receipt.faults],
                recipient=receipt.recipient,
            )
        except (Unknown, AgencyAnsweredNo) as error:
            log.error("receipt for no entry of the feed", entry=entry, error=type(error).__name__, dossier=message.subject)

    async def _report(self, record: Record, reason: GiveUp) -> None:
        """Into the own outbox, however long the broker is away."""
        letter = failure(record, reason, member=self._adapter.member, catalogue=self._catalogue, now=self._health.now())
        await self._outbox.send([letter])
        self._meter.add(FAILED_DELIVERIES, reason.code if reason.code in CODES else "other")
        log.error("delivery failed", code=reason.code, faults=len(reason.faults), member=self._adapter.name, **_about(record))


def _about(record: Record) -> dict[str, object]:
    said = readable(record.headers)
    return {
        "dossier": said.get("ce_subject"),
        "correlation": said.get("ce_correlationid"),
        "message": said.get("ce_id"),
        "contract": said.get("ce_type"),
        "place": f"{record.partition}/{record.offset}",
    }
