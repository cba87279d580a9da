"""What a member calls a place in its inbox, and what the exchange calls it, where a relay stands between them."""

from collections.abc import Mapping

import orjson

from bus import Received, Record

__all__ = ["Places"]

FAILED = b"vn.gov.exchange.delivery-failed.v1"


class Places:
    """`inboxes`: of each of the exchange's, the member's. A report of a failed delivery names the one, the exchange looks at the other."""

    def __init__(self, inboxes: Mapping[str, str]) -> None:
        self._inner = {outer: inner for inner, outer in inboxes.items()}
        self._offsets: dict[tuple[str, int, bytes], int] = {}

    def note(self, carried: Received) -> None:
        """A record of one of the exchange's inboxes goes on to its member."""
        id_ = dict(carried.headers).get("ce_id") or b""
        self._offsets.setdefault((carried.topic, carried.partition, id_), carried.offset)

    def translated(self, record: Record) -> Record:
        """A report in the exchange's own terms; anything else, and a report that makes no sense, as it is."""
        if dict(record.headers).get("ce_type") != FAILED:
            return record
        try:
            told = orjson.loads(record.value or b"")
            inner = self._inner[told["topic"]]
            offset = self._offsets[inner, told["partition"], str(told["messageId"]).encode()]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return record
        return record._replace(value=orjson.dumps({**told, "topic": inner, "offset": offset}))
