"""Partitions that take nothing in and give nothing out for a while."""

import asyncio
from fnmatch import fnmatchcase

from bus.embedded.broker import Broker
from bus.embedded.faults.aim import About
from bus.embedded.faults.rules import Pause
from bus.embedded.log import Partition

Place = tuple[str, int]


class Pauses:
    """What is paused by which rule."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._by: dict[str, tuple[tuple[tuple[Place, Partition], ...], asyncio.TimerHandle | None]] = {}
        self._over = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._by)

    def begin(self, rule: Pause, spots: tuple[Place, ...] = ()) -> tuple[Place, ...]:
        """Pause the rule's own topic, or the spots of the request that triggered it; which partitions these are."""
        meant = tuple((place, partition) for place, partition in self._all() if _meant(rule, place, spots))
        if not meant:
            return ()
        self.end(rule.name)
        timer = asyncio.get_running_loop().call_later(rule.lasting, self.end, rule.name) if rule.lasting is not None else None
        self._by[rule.name] = (meant, timer)
        for _place, partition in meant:
            partition.paused = True
        return tuple(place for place, _partition in meant)

    def end(self, name: str) -> None:
        """The rule pauses nothing any more."""
        ended, timer = self._by.pop(name, ((), None))
        if timer:
            timer.cancel()
        still = {partition for partitions, _timer in self._by.values() for _place, partition in partitions}
        for _place, partition in ended:
            if partition not in still:
                partition.paused = False
                for event in partition.waiting:
                    event.set()
        self._over.set()
        self._over = asyncio.Event()

    async def over(self, what: About, within: float) -> bool:
        """Wait until none of a request's partitions is paused; False where that takes longer than so many seconds."""
        try:
            async with asyncio.timeout(within):
                while self._touches(what):
                    await self._over.wait()
        except TimeoutError:
            return False
        return True

    def _touches(self, what: About) -> bool:
        paused = {place for partitions, _timer in self._by.values() for place, _partition in partitions}
        return any((spot.topic, spot.partition) in paused for spot in what.spots)

    def _all(self) -> list[tuple[Place, Partition]]:
        return [((topic.name, index), each) for topic in self._broker.topics for index, each in enumerate(topic.partitions)]


def _meant(rule: Pause, place: Place, spots: tuple[Place, ...]) -> bool:
    topic, index = place
    if rule.topic is None and rule.partition is None:
        return place in spots
    of_topic = fnmatchcase(topic, rule.topic) if rule.topic is not None else any(topic == name for name, _index in spots)
    return of_topic and rule.partition in (None, index)
