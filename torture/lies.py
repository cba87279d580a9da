"""The embedded broker is told to lie: every action of its fault plan on every topic of the path, through its control address."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bus import Admin, Place
from contracts import DVC, ILIS, PAYPLAT, TCT
from tests.support import eventually
from torture.case import LYING, Case
from torture.ground import Ground
from torture.kills import revived
from torture.plan import EMBEDDED
from torture.trouble import drawn, under_load

__all__ = ["CASES"]

MEMBERS = {"dvc": DVC, "ilis": ILIS, "tct": TCT, "payplat": PAYPLAT}
PART_OF = {"dvc": "dvc-adapter", "ilis": "ilis-adapter", "tct": "tax-adapter", "payplat": "payment-adapter"}
TOPICS = (*(f"{box}.{name}" for box in ("outbox", "inbox") for name in MEMBERS), "journal")
GROUPS = ("exchange", *MEMBERS)
CORRUPT = re.compile(r"(?P<topic>\S+), partition (?P<partition>\d+): the batch at offset (?P<offset>\d+) is corrupt")
MORE = 6  # times that two more dossiers are lived, where a rule has had no occasion yet
STILL = 3.0  # seconds without a new record of the journal

Rule = dict[str, Any]

ACTIONS: dict[str, tuple[Rule, ...]] = {
    "request-drop": ({"stage": "request", "action": "drop", "times": 1},),
    "request-delay": ({"stage": "request", "action": "delay", "delay": 2.0, "times": 4},),
    "request-refuse": ({"stage": "request", "action": "refuse", "error": "NOT_LEADER_OR_FOLLOWER", "times": 4},),
    "request-close": ({"stage": "request", "action": "close", "times": 4},),
    "response-drop": ({"stage": "response", "action": "drop", "times": 1},),
    "response-delay": ({"stage": "response", "action": "delay", "delay": 2.0, "times": 4},),
    "response-close": ({"stage": "response", "action": "close", "times": 4},),
}
"""Each on what is produced and on what is fetched."""


def _space(ground: Ground, topic: str) -> str:
    """`outbox.ilis` as the broker knows it."""
    space, (box, _, name) = ground.shaken.space, topic.partition(".")
    return space.journal if box == "journal" else getattr(space, box)(MEMBERS[name])


def _group(ground: Ground, name: str) -> str:
    return ground.shaken.space.exchange_group if name == "exchange" else ground.shaken.space.group(MEMBERS[name])


async def _idle(ground: Ground, rules: Sequence[Rule]) -> list[str]:
    """Those of these rules that have not fired."""
    fired = {each["rule"] for each in (await ground.shaken.lies("GET", "/fired"))["fired"]}
    return [rule["name"] for rule in rules if rule["name"] not in fired]


async def _lived(ground: Ground, rules: Sequence[Rule], count: int, about: str, *, every: float = 0.2) -> None:
    """Dossiers until each rule has fired: a few may give one no occasion, then two more are lived. Raises AssertionError."""
    await ground.shaken.lies("POST", "", list(rules))
    await ground.live(drawn(ground, count, about), every=every)
    for more in range(MORE):
        if not await _idle(ground, rules):
            break
        await ground.live(drawn(ground, 2, about, more), every=every)
    idle = await _idle(ground, rules)
    assert not idle, f"{about}: {', '.join(idle)} never fired"
    await _quiet(ground)


async def _quiet(ground: Ground) -> None:
    await ground.shaken.lies("DELETE", "")
    await ground.shaken.lies("DELETE", "/fired")


def _on_requests(topic: str, action: str) -> Callable[[Ground], Awaitable[None]]:
    async def run(ground: Ground) -> None:
        place = _space(ground, topic)
        rules = [
            {**rule, "name": f"{api}-{number}".lower(), "when": {"api": api, "topic": place}}
            for number, rule in enumerate(ACTIONS[action])
            for api in ("Produce", "Fetch")
        ]
        await _lived(ground, rules, 4, f"{action}@{topic}")

    return run


def _once(topic: str, rule: Rule) -> Callable[[Ground], Awaitable[None]]:
    """A rule about what is produced to a topic."""

    async def run(ground: Ground) -> None:
        when = {"api": "Produce", "topic": _space(ground, topic)}
        await _lived(ground, [{**rule, "name": "told", "when": when}], 4, f"{rule['action']}@{topic}")

    return run


def _in_group(name: str, action: str) -> Callable[[Ground], Awaitable[None]]:
    async def run(ground: Ground) -> None:
        group = _group(ground, name)
        when = {"api": "Heartbeat", "group": group}
        rule = {"name": "told", "stage": "group", "action": action, "group": group, "when": when, "times": 3}
        await _lived(ground, [rule], 6, f"{action}@{name}", every=0.5)

    return run


def _stopped(topic: str, how: str) -> Callable[[Ground], Awaitable[None]]:
    async def run(ground: Ground) -> None:
        when = {"api": "Produce", "topic": _space(ground, topic)}
        await ground.shaken.lies("POST", "", [{"name": "told", "stage": "broker", "action": "stop", "how": how, "when": when, "times": 1}])
        async with under_load(ground, drawn(ground, 4, "stop", how, topic), every=0.2):
            await ground.shaken.process("broker").over(ground.shaken.within)
            ground.ended += 1
            await revived(ground, "broker")

    return run


def _reordered(topic: str) -> Callable[[Ground], Awaitable[None]]:
    """Order is as stored; a dossier may end otherwise than with the right order, so citizens are not waited for."""

    async def run(ground: Ground) -> None:
        ground.stored_order = True
        rule = {"name": "told", "stage": "log", "action": "hold-back", "count": 1, "for": 1.0, "probability": 0.3, "seed": ground.plan.seed}
        await ground.shaken.lies("POST", "", [{**rule, "when": {"api": "Produce", "topic": _space(ground, topic)}}])
        living = asyncio.create_task(ground.live(drawn(ground, 8, f"hold-back@{topic}"), every=0.2))
        await _still(ground, living)
        assert not await _idle(ground, [rule]), f"hold-back@{topic} never fired"
        await _quiet(ground)
        await _still(ground, living)
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)

    return run


async def _still(ground: Ground, living: "asyncio.Task[None]") -> None:
    """Until all dossiers have ended, or nothing happens any more."""
    count = -1
    while not living.done() and count != len(ground.journal.entries):
        count = len(ground.journal.entries)
        await asyncio.wait({living}, timeout=STILL)
        await ground.shaken.at_rest()


def _corrupt(topic: str) -> Callable[[Ground], Awaitable[None]]:
    """Who reads it stops there, is red and names the place, and skips nothing."""

    async def run(ground: Ground) -> None:
        town, place = ground.shaken, _space(ground, topic)
        box, _, name = topic.partition(".")
        reader, group = ("exchange", town.space.exchange_group) if box == "outbox" else (PART_OF[name], town.space.group(MEMBERS[name]))
        rule = {"name": "told", "stage": "log", "action": "corrupt", "times": 1, "skip": 1}
        await town.lies("POST", "", [{**rule, "when": {"api": "Produce", "topic": place}}])
        living = asyncio.create_task(ground.live(drawn(ground, 8, f"corrupt@{topic}"), every=0.2))

        async def red() -> tuple[Place, int]:
            said = await town.health(reader)
            found = CORRUPT.search(str(said.get("detail") or said))
            assert said["status"] == "failing", f"{reader} is not red: {said}"
            assert found, f"{reader} does not name the place: {said}"
            return Place(found["topic"], int(found["partition"])), int(found["offset"])

        try:
            where, offset = await eventually(red, within=town.within)
            await _still_committed(ground, group, where, offset)
            assert where.topic == place, f"the corrupt batch is in {place}, {reader} names {where.topic}"
        finally:
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)

    return run


async def _still_committed(ground: Ground, group: str, where: Place, offset: int) -> None:
    """Nothing at or behind the corrupt batch is ever committed."""
    for _ in range(10):
        async with Admin(ground.shaken.kafka) as admin:
            committed = (await admin.group(group)).committed.get(where, 0)
        assert committed <= offset, f"{group} has skipped the corrupt batch at {where.topic}/{where.partition}/{offset}: {committed}"
        await asyncio.sleep(0.3)


def _case(what: str, run: Callable[[Ground], Awaitable[None]], about: str, seconds: float = 6.0, **more: Any) -> Case:
    return Case("lie", what, run, about, seconds, LYING, brokers=(EMBEDDED,), **more)


STORED_TWICE = {"stage": "log", "action": "store-twice", "probability": 0.5, "seed": 1}
PAUSED = {"stage": "broker", "action": "pause", "for": 3.0, "times": 2}

CASES = (
    *(
        _case(f"{action}@{topic}", _on_requests(topic, action), f"{action} of what is produced to and fetched from {topic}")
        for action in ACTIONS
        for topic in TOPICS
    ),
    *(_case(f"store-twice@{topic}", _once(topic, STORED_TWICE), f"batches of {topic} are stored twice") for topic in TOPICS),
    *(_case(f"pause@{topic}", _once(topic, PAUSED), f"{topic} is paused for 3 s, twice") for topic in TOPICS),
    *(
        _case(f"{action}@{name}", _in_group(name, action), f"{action} in the group of {name}, at heartbeats, three times", 10.0)
        for action in ("expel", "rebalance")
        for name in GROUPS
    ),
    *(
        _case(f"stop-{how}@{topic}", _stopped(topic, how), f"the broker ends ({how}) at a write to {topic}")
        for how in ("kill", "clean")
        for topic in TOPICS
    ),
    *(
        _case(
            f"hold-back@{topic}",
            _reordered(topic),
            f"batches of {topic} are stored out of order",
            25.0,
            fresh=True,
            points=(1, 2, 3, 4, 5, 6),
        )
        for topic in TOPICS
    ),
    *(
        _case(
            f"corrupt@{topic}", _corrupt(topic), f"a batch of {topic} is corrupt: its reader stops there, red", 25.0, fresh=True, points=()
        )
        for topic in TOPICS
        if topic != "journal"
    ),
)
