"""A relay in FastStream with a pydantic model, in the quickest of its ordinary forms: no injected context, unconfirmed publish.

An injected message costs a hop to a thread for each message, a publisher decorator waits for every acknowledgement: both ran at a
third of this. It carries no headers on, which the others do.
"""

import sys
from datetime import date
from typing import Any

from faststream import FastStream
from faststream.kafka import KafkaBroker
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from bench.load import RECEIVER, SENDER
from bus import Space


class Model(BaseModel):
    """camelCase on the wire."""

    model_config = ConfigDict(alias_generator=to_camel, serialize_by_alias=True)


class Slip(Model):
    """The revision of a transfer slip."""

    number: str
    revision: int


class Line(Model):
    """One line of a notice."""

    sub_item: str
    sub_item_name: str
    chapter: str
    base: int
    rate: float
    amount: int
    deadline: date


class Account(Model):
    """Where the money goes."""

    account: str
    treasury: str
    treasury_name: str
    collector: str


class Notice(Model):
    """A payment notice as a team would first write it down."""

    dossier: str
    slip: Slip
    notice: str
    kind: str
    ordinal: int
    of: int
    issued_on: date
    issuer: str
    taxpayer: str
    taxpayer_name: str
    lines: list[Line]
    total: int
    total_in_words: str
    account: Account
    exempted: list[dict[str, Any]] = []


bootstrap, space = sys.argv[1], Space(sys.argv[2])
broker = KafkaBroker(bootstrap, enable_idempotence=True, acks="all", max_batch_size=512 * 1024, logger=None)


@broker.subscriber(space.outbox(SENDER), group_id="faststream", auto_offset_reset="earliest")
async def relay(notice: Notice) -> None:
    """Publish without waiting for the acknowledgement, as its own guide does for speed."""
    await broker.publish(notice, space.inbox(RECEIVER), key=notice.dossier.encode(), no_confirm=True)


if __name__ == "__main__":
    from bench.loop import run

    run(FastStream(broker, logger=None).run())
