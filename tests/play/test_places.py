"""A report of a failed delivery means the same record on both sides of a relay."""

from typing import NamedTuple

import orjson

from app.play.places import Places
from bus import Record

TYPE = ("ce_type", b"vn.gov.exchange.delivery-failed.v1")


class Carried(NamedTuple):
    """A record as it was read."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


def report(**told: object) -> Record:
    body = {"topic": "s.inbox.a", "partition": 2, "offset": 7, "messageId": "m-1", **told}
    return Record("s-x.outbox.a", b"k", orjson.dumps(body), [TYPE])


def places() -> Places:
    found = Places({"s-x.inbox.a": "s.inbox.a"})
    found.note(Carried("s-x.inbox.a", 2, 5, 0, b"k", b"{}", (("ce_id", b"m-1"),)))
    found.note(Carried("s-x.inbox.a", 2, 6, 0, b"k", b"{}", (("ce_id", b"m-1"),)))
    return found


def test_the_exchange_is_told_its_own_place_of_the_message() -> None:
    told = orjson.loads(places().translated(report()).value or b"")
    assert (told["topic"], told["partition"], told["offset"], told["messageId"]) == ("s-x.inbox.a", 2, 5, "m-1")


def test_what_makes_no_sense_goes_on_as_it_is_for_the_exchange_to_refuse() -> None:
    for odd in (report(messageId="m-2"), report(topic="elsewhere"), report(partition="2"), Record("s-x.outbox.a", b"k", b"{", [TYPE])):
        assert places().translated(odd) == odd


def test_another_contract_is_not_looked_into() -> None:
    other = report()._replace(headers=[("ce_type", b"vn.gov.exchange.receipt.v1")])
    assert places().translated(other) == other
