"""Each foreign client as a program, against whichever broker the run has."""

import os
import uuid
from collections.abc import AsyncIterator
from typing import NoReturn

import pytest

from tests.broker.clients.build import CLIENTS, Missing
from tests.broker.clients.driver import Driver

ALL = os.environ.get("LGSP_TEST_CLIENTS") == "all"  # noqa: TID251 - CI says that no client may be left out


@pytest.fixture(scope="session")
def broker(chosen_broker: str) -> str:
    """Not one of the brokers of the tests beside these: the one that the whole run is about."""
    return chosen_broker


@pytest.fixture
def name() -> str:
    """A name nobody else uses, for a topic, group or transactional id."""
    return f"clients-{uuid.uuid4().hex[:10]}"


@pytest.fixture(scope="session")
async def drivers(broker: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator["Drivers"]:
    drivers = Drivers(broker, tmp_path_factory)
    yield drivers
    await drivers.stop()


class Drivers:
    """The drivers of this run, each started when it is first asked for."""

    def __init__(self, broker: str, folders: pytest.TempPathFactory) -> None:
        self._broker = broker
        self._folder = folders.mktemp("drivers")
        self._running: dict[str, Driver] = {}

    async def of(self, client: str) -> Driver:
        """Skips the test where the client cannot be had, fails it where LGSP_TEST_CLIENTS=all."""
        if client not in self._running:
            try:
                command = await CLIENTS[client]()
            except Missing as error:
                left_out(f"{client}: {error}", all_needed=ALL)
            driver = Driver((*command, self._broker), self._folder / f"{client}.log")
            await driver.start()
            self._running[client] = driver
        return self._running[client]

    async def stop(self) -> None:
        for driver in self._running.values():
            await driver.stop()


def left_out(reason: str, *, all_needed: bool) -> NoReturn:
    """A client that is not here is skipped, but where all are asked for it must not go unseen."""
    if all_needed:
        pytest.fail(f"{reason}, and LGSP_TEST_CLIENTS=all asks for every client")
    pytest.skip(reason)


@pytest.fixture(params=list(CLIENTS))
async def client(request: pytest.FixtureRequest, drivers: Drivers) -> Driver:
    """Each client in its turn."""
    return await drivers.of(request.param)
