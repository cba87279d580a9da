"""The broker lies in every way it can, on every topic of the path: a dossier ends as if it had not; a corrupt batch is not passed over."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.broker.faulty import FaultyBroker
from tests.e2e.town import Town
from tests.support import eventually

QUICK: dict[str, list[dict[str, Any]]] = {
    "stored twice": [{"stage": "log", "action": "store-twice"}],
    "held back": [{"stage": "log", "action": "hold-back", "count": 1, "for": 0.3}],
    "refused": [
        {"stage": "request", "action": "refuse", "error": error, "times": 4, "when": {"api": api}}
        for api, error in (
            ("Produce", "NOT_LEADER_OR_FOLLOWER"),
            ("Fetch", "NOT_LEADER_OR_FOLLOWER"),
            ("OffsetCommit", "NOT_COORDINATOR"),
            ("Heartbeat", "COORDINATOR_NOT_AVAILABLE"),
        )
    ],
    "acknowledgements cut off": [{"stage": "response", "action": "close", "times": 6, "when": {"api": "Produce"}}],
    "connections cut": [{"stage": "request", "action": "close", "probability": 0.1, "seed": 7, "times": 20}],
    "slow": [{"stage": "response", "action": "delay", "delay": 0.2, "when": {"api": "Produce"}}],
    "members expelled": [{"stage": "group", "action": "expel", "times": 5, "when": {"api": "Heartbeat"}}],
    "groups rebalanced": [{"stage": "group", "action": "rebalance", "times": 5, "when": {"api": "Heartbeat"}}],
    "a pause": [{"stage": "broker", "action": "pause", "for": 1, "skip": 3, "times": 1, "when": {"api": "Produce"}}],
}
SLOW: dict[str, list[dict[str, Any]]] = {
    "acknowledgements lost": [{"stage": "response", "action": "drop", "times": 2, "when": {"api": "Produce"}}],
    "requests lost": [{"stage": "request", "action": "drop", "skip": 20, "times": 2}],
}


@pytest.fixture(scope="module")
async def faulty() -> AsyncIterator[FaultyBroker]:
    async with FaultyBroker(None) as broker:
        yield broker


@pytest.fixture(scope="module")
async def lied_to(faulty: FaultyBroker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """All parts but the broker, in this process."""
    async with Town(faulty.address, f"lied-{uuid4().hex[:6]}", tmp_path_factory.mktemp("lied")) as town:
        yield town


@pytest.fixture(scope="module")
async def calm(lied_to: Town) -> Counter[tuple[str, ...]]:
    """What is said about a dossier in good times."""
    return await lied_to.told(await lied_to.whole(1))


@pytest.mark.parametrize(
    ("number", "rules"),
    [
        *(pytest.param(number, rules, id=name) for number, (name, rules) in enumerate(QUICK.items(), 2)),
        *(pytest.param(number, rules, id=name, marks=pytest.mark.slow) for number, (name, rules) in enumerate(SLOW.items(), 30)),
    ],
)
async def test_a_dossier_ends_as_if_the_broker_had_told_the_truth(
    lied_to: Town, faulty: FaultyBroker, calm: Counter[tuple[str, ...]], number: int, rules: list[dict[str, Any]]
) -> None:
    await faulty.lie(*rules)
    dossiers = [await lied_to.whole(number)]
    while not await faulty.fired():  # it may have ended before anybody asked what the rule is about
        assert len(dossiers) < 30
        dossiers.append(await lied_to.whole(number + 100 * len(dossiers)))
    await faulty.forget()
    await lied_to.healthy()
    assert [await lied_to.told(each) for each in dossiers] == [calm] * len(dossiers)


@pytest.mark.parametrize(("topic", "part"), [("outbox.VN.GOV.H37.10.dvc", "exchange"), ("inbox.VN.GOV.H37.15.ilis", "ilis-adapter")])
async def test_a_corrupt_batch_turns_its_reader_red_with_the_place_and_nothing_behind_it_is_delivered(
    faulty: FaultyBroker, tmp_path: Path, topic: str, part: str
) -> None:
    space = f"corrupt-{uuid4().hex[:6]}"
    async with Town(faulty.address, space, tmp_path) as town:
        await faulty.lie({"stage": "log", "action": "corrupt", "times": 1, "when": {"topic": f"{space}.{topic}"}})
        dossier = await town.submit()
        (fired,) = await faulty.has_fired()
        where = f"{space}.{topic}, partition {fired['partition']}: the batch at offset {fired['offset']} is corrupt"

        async def red() -> bool:
            health = await town.health(part)
            return health["status"] == "failing" and where in health["detail"]

        await eventually(red, within=60)
        assert (await town.case(dossier))["TrangThaiHoSo"] == "1"
        await faulty.forget()
