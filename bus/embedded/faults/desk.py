"""Where rules meet requests: around every request and every append, while there is anything to do."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from kio.schema.errors import ErrorCode

from bus.embedded.batch import HEADER, Batch
from bus.embedded.broker import Broker, Call
from bus.embedded.faults.aim import About, Spot, about
from bus.embedded.faults.armed import Armed, History
from bus.embedded.faults.crowd import disturbed
from bus.embedded.faults.ending import end_process
from bus.embedded.faults.held import HeldBack, bare
from bus.embedded.faults.pauses import Pauses
from bus.embedded.faults.refusals import looked_up, refused, spoiled
from bus.embedded.faults.rules import (
    ERRORS,
    Close,
    Corrupt,
    Delay,
    Drop,
    Expel,
    HoldBack,
    Pause,
    Rebalance,
    Refuse,
    Rule,
    Stop,
    StoreTwice,
)
from bus.embedded.log import Partition
from bus.embedded.protocol import ProtocolError, Tree
from bus.embedded.topics import Topic

_PRODUCE: Final = 0
_BEFORE: Final = frozenset(("request", "group", "broker"))
_AT_ONCE: Final = frozenset(("group", "broker"))
"""Stages whose rules are done when they are given, unless they say when."""
_logger = logging.getLogger("bus.embedded.faults")


class Faults:
    """The rules in force, what they did, and what they hold. `stop` ends the broker cleanly."""

    def __init__(self, broker: Broker, stop: Callable[[], None]) -> None:
        self._broker = broker
        self._stop = stop
        self._armed: list[Armed] = []
        self._held = HeldBack()
        self._pauses = Pauses(broker)
        self.history = History()

    # ---- the rules

    def to_json(self) -> list[dict[str, Any]]:
        return [each.to_json() for each in self._armed]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each.rule.name for each in self._armed)

    @property
    def broker(self) -> Broker:
        return self._broker

    def add(self, rules: Iterable[Rule]) -> None:
        """From now on these too; what has no `when` is done at once."""
        new = [Armed(rule) for rule in rules]
        self._armed += new
        self._arm()
        for armed in new:
            if armed.rule.when is None and armed.rule.stage in _AT_ONCE:
                armed.fired += 1
                self._act(armed.rule, None, ())

    def clear(self) -> None:
        """No rules; what was held back is stored, what was paused goes on."""
        self.remove(*self.names)
        self._held.release_all()

    def remove(self, *names: str) -> None:
        self._armed = [each for each in self._armed if each.rule.name not in names]
        for name in names:
            self._pauses.end(name)
        self._arm()

    def close(self) -> None:
        """Before a clean end: what was acknowledged is stored."""
        self._held.release_all()

    # ---- around a request

    async def around(self, call: Call, handle: Callable[[Call], Awaitable[Tree | None]], hang_up: Callable[[], None]) -> Tree | None:
        """What is answered; None where nothing is."""
        what = about(call)
        for rule, spots in self._firing(_BEFORE, what):
            if isinstance(rule, Refuse):
                self._note(rule, what, spots)
                return await self._refused(call, ERRORS[rule.error], handle)
            if isinstance(rule, Expel | Rebalance | Pause | Stop):
                self._act(rule, what, spots)
            elif await self._held_up(rule, what, spots, hang_up):
                return None
        if call.api == _PRODUCE and self._pauses and not await self._pauses.over(what, call.body.timeout.total_seconds()):
            return await self._refused(call, ErrorCode.request_timed_out, handle)
        tree = await handle(call)
        for rule, spots in self._firing({"response"}, what):
            if await self._held_up(rule, what, spots, hang_up):
                return None
        return tree

    def _firing(self, stages: Iterable[str], what: About) -> Iterable[tuple[Rule, tuple[Spot, ...]]]:
        """Rules of these stages that fire for a request, in their order, each counted when it is its turn."""
        for armed in tuple(self._armed):
            rule = armed.rule
            if rule.stage in stages and (rule.when is not None or rule.stage not in _AT_ONCE):
                spots = armed.meets(what)
                if spots is not None:
                    yield rule, spots

    async def _held_up(self, rule: Rule, what: About, spots: tuple[Spot, ...], hang_up: Callable[[], None]) -> bool:
        """Do what request and response have in common; whether there will be no answer."""
        self._note(rule, what, spots)
        if isinstance(rule, Delay):
            await asyncio.sleep(rule.delay)
            return False
        if isinstance(rule, Drop):  # answers keep the order of requests: without this one, none comes on this connection any more
            await asyncio.Event().wait()
        if isinstance(rule, Close):
            hang_up()
        return True

    async def _refused(self, call: Call, error: ErrorCode, handle: Callable[[Call], Awaitable[Tree | None]]) -> Tree:
        if call.api == _PRODUCE and call.body.acks == 0:
            raise ProtocolError(f"a batch sent with acks=0 is refused with {error.name.upper()}")
        if looked_up(call) and (tree := await handle(call)) is not None:
            return spoiled(call, tree, error)
        return refused(call, error)

    # ---- around an append

    def appending(self, call: Call, topic: Topic, index: int) -> Callable[[Batch, bytes], tuple[ErrorCode, int]]:
        """In the place of a partition's own `append`."""

        def append(batch: Batch, records: bytes) -> tuple[ErrorCode, int]:
            partition = topic.partitions[index]
            if partition.judge(batch)[0] is not ErrorCode.none:
                return partition.append(batch, records)  # sent again, or out of order: nothing is stored
            what = About("Produce", call.client_id, (Spot(topic.name, index, records),))
            return self._append(partition, what, batch, records)

        return append

    def _append(self, partition: Partition, what: About, batch: Batch, records: bytes) -> tuple[ErrorCode, int]:
        fired = (rule for rule, _spots in self._firing({"log"}, what))
        # What is held back of a transaction might be stored after its end.
        rules = [rule for rule in fired if not (batch.transactional and isinstance(rule, HoldBack))]
        for corrupt in (rule for rule in rules if isinstance(rule, Corrupt)):
            records = flipped(records, corrupt.bytes)
        hold = next((rule for rule in rules if isinstance(rule, HoldBack)), None)
        if hold is not None:
            error, offset = ErrorCode.none, self._hold(hold, partition, batch, records, spot=what.spots[0])
        else:
            error, offset = partition.append(batch, records)
        if error is not ErrorCode.none:
            return error, offset
        for rule in rules:
            self._note(rule, what, what.spots, offset=offset)
        for twice in (rule for rule in rules if isinstance(rule, StoreTwice)):
            for _ in range(twice.copies):
                partition.append(bare(batch), records)
        if hold is None:
            self._held.passed(partition)
            self._arm()
        return error, offset

    def _hold(self, rule: HoldBack, partition: Partition, batch: Batch, records: bytes, *, spot: Spot) -> int:
        def released(error: ErrorCode, offset: int) -> None:
            late = {"released_at": offset} if error is ErrorCode.none else {"lost": error.name.upper()}
            _logger.warning("fault %s: held back no longer: %s", rule.name, {"topic": spot.topic, "partition": spot.partition, **late})
            self._arm()

        return self._held.hold(partition, batch, records, count=rule.count, seconds=rule.lasting, released=released)

    # ---- groups and the broker itself

    def _act(self, rule: Rule, what: About | None, spots: tuple[Spot, ...]) -> None:
        """`what` is None where a rule is done at once."""
        if isinstance(rule, Expel | Rebalance):
            for group_id, member in disturbed(self._broker.groups, rule, what):
                self._note(rule, what, (), group=group_id, **({"member": member} if member else {}))
        elif isinstance(rule, Pause):
            places = tuple((spot.topic, spot.partition) for spot in spots if spot.partition is not None)
            paused = self._pauses.begin(rule, places)
            self._note(rule, what, tuple(Spot(*place) for place in paused))
        elif isinstance(rule, Stop):
            self._note(rule, what, spots)
            if rule.how == "kill":
                end_process()
            self._stop()

    # ---- what is told, and whether anybody has to ask us

    def _note(self, rule: Rule, what: About | None, spots: tuple[Spot, ...], **more: Any) -> None:
        said: dict[str, Any] = {"api": what.api, "client": what.client} if what else {}
        if what and what.member:
            said["member"] = what.member
        if what and what.groups:
            said["group"] = what.groups[0]
        if spots:
            said |= {"topic": spots[0].topic, "partition": spots[0].partition, "others": len(spots) - 1}
        fired = self.history.note(rule, **(said | more))
        shown = " ".join(f"{name}={value}" for name, value in fired.to_json().items() if name not in ("time", "rule"))
        _logger.warning("fault %s fired: %s", rule.name, shown)

    def _arm(self) -> None:
        """While there is nothing to do, a request pays for one `is None`."""
        self._broker.faults = self if self._armed or len(self._held) or self._pauses else None


def flipped(records: bytes, count: int) -> bytes:
    """The batch with its last so many bytes turned over, but never its header: its length must still be true."""
    first = max(len(records) - count, HEADER.size)
    return records[:first] + bytes(each ^ 0xFF for each in records[first:])
