"""Record batches that cannot be read, by their checksum or the broker's own word: a consumer stops just before one and says where."""

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CorruptRecordException

from bus.kafka.settings import Place, Received, log

AGAIN = 5.0
"""Seconds after which a corrupt batch is read again: it may have been the network, or an operator may have mended the log."""
_WAIT_MS = 500
_FETCH = 1  # the request's number in the protocol


@dataclass
class _Stop:
    """The offset of a corrupt batch; when it is looked at again, on the monotonic clock; whether it was told."""

    offset: int
    again: float = 0.0
    told: bool = False


class Corruption:
    """The places at which a consumer has met such a batch, each read record by record up to it and paused from there on.

    aiokafka throws away what it has read with the corrupt batch, other partitions' records too: the consumer is made anew then, and the
    place is from then on read by `read` alone.
    """

    def __init__(self) -> None:
        self._stops: dict[Place, _Stop] = {}

    def __contains__(self, place: Place) -> bool:
        return place in self._stops

    def met(self, client: AIOKafkaConsumer) -> None:
        """The client has just raised CorruptRecordException: note where."""
        for place, offset in spoilt(client):
            if place not in self._stops or self._stops[place].offset != offset:
                self._stops[place] = _Stop(offset)

    def refused(self, place: Place, offset: int) -> None:
        """The broker itself has no batch at this offset that it could give."""
        stop = self._stops.get(place)
        if stop is None or stop.offset != offset:
            stop = self._stops[place] = _Stop(offset)
        stop.again = time.monotonic() + AGAIN
        self._tell(place, stop)

    def hold(self, client: AIOKafkaConsumer) -> None:
        """Let the client fetch nothing of these places by itself."""
        mine = client.assignment()
        client.pause(*(TopicPartition(*place) for place in self._stops if place in mine))

    async def read(self, client: AIOKafkaConsumer, most: int, paused: Collection[Place]) -> dict[Place, list[Received]]:
        """Up to `most` records that lie before the corrupt batch of one place, or what it holds once it can be read."""
        for place, stop in tuple(self._stops.items()):
            if place in client.assignment() and place not in paused and time.monotonic() >= stop.again:
                records = await self._before(client, place, stop, most)
                if records:
                    return {place: records}
        return {}

    def trouble(self, assigned: Iterable[Any]) -> str | None:
        """Where the consumer stands still, for a health answer."""
        stands = [(place, self._stops[place]) for place in sorted(map(tuple, assigned)) if place in self._stops]
        return "; ".join(corrupt(Place(*place), stop.offset) for place, stop in stands) or None

    async def _before(self, client: AIOKafkaConsumer, place: Place, stop: _Stop, most: int) -> list[Received]:
        """One record at a time: whole batches would be lost together with the corrupt one behind them."""
        there = TopicPartition(*place)
        records: list[Received] = []
        client.resume(there)
        try:
            while len(records) < most:
                taken = (await client.getmany(there, timeout_ms=0 if records else _WAIT_MS, max_records=1)).get(there, ())
                records += taken
                if not taken:
                    break
                if records[-1].offset >= stop.offset:
                    del self._stops[place]
                    log.warning("a corrupt batch can be read again", topic=place.topic, partition=place.partition, offset=stop.offset)
                    break
        except CorruptRecordException:
            self.met(client)
            self._stops[place].again = time.monotonic() + AGAIN
            self._tell(place, self._stops[place])
        if place in self._stops:
            client.pause(there)
        return records

    def _tell(self, place: Place, stop: _Stop) -> None:
        if not stop.told:
            where = {"topic": place.topic, "partition": place.partition, "offset": stop.offset}
            log.error("a corrupt batch: nothing is taken from this partition until it can be read", **where)
        stop.told = True


def corrupt(place: Place, offset: int) -> str:
    """What is told of a corrupt batch."""
    return f"{place.topic}, partition {place.partition}: the batch at offset {offset} is corrupt"


def spoilt(client: AIOKafkaConsumer) -> list[tuple[Place, int]]:
    """The partitions whose batch has just failed its checksum, each with the offset of that batch."""
    found = []
    for place, result in client._fetcher._records.items():
        held = getattr(result, "_partition_records", None)
        unpacking = getattr(held, "_records_iterator", None)
        if held is not None and unpacking is not None and unpacking.gi_frame is None:  # it ended with an error
            found.append((Place(*place), held.next_fetch_offset))
    return found


def overhear(client: AIOKafkaConsumer, refused: Callable[[Place, int], None]) -> None:
    """Let `refused` know of each place whose fetch the broker answers with CORRUPT_MESSAGE; the place is paused then.

    aiokafka writes a line to its log, which names no place, and asks again at once and for ever.
    """
    send = client._client.send

    async def sent(node: int, request: Any, **options: Any) -> Any:
        response = await send(node, request, **options)
        if getattr(response, "API_KEY", None) == _FETCH:
            for topic, partitions in response.topics:
                for partition, code, *_ in partitions:
                    if code == CorruptRecordException.errno:
                        there, offset = TopicPartition(topic, partition), _asked(request, topic, partition)
                        if _stands(client, there, offset):
                            client.pause(there)
                            refused(Place(*there), offset)
        return response

    client._client.send = sent


def _asked(request: Any, topic: str, partition: int) -> int:
    """The offset from which a fetch wants records of this place."""
    return next(int(offset) for name, asked in request.topics if name == topic for index, offset, _ in asked if index == partition)


def _stands(client: AIOKafkaConsumer, there: TopicPartition, offset: int) -> bool:
    """Whether that is still where the client is: an answer may come after a rebalance or a seek."""
    if there not in client.assignment():
        return False
    state = client._subscription.subscription.assignment.state_value(there)
    return bool(state.has_valid_position and state.position == offset)
