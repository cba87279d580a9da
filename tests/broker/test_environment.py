"""What the operator got wrong, said in one line."""

import asyncio
from pathlib import Path

import psutil
import pytest

from bus.embedded import BrokerSettings, Listener, serve
from tests.broker.process import BrokerProcess
from vn.errors import BadEnvironment


async def refused(settings: BrokerSettings) -> str:
    def ready(_host: str, _port: int) -> None:
        raise AssertionError("the broker started")

    with pytest.raises(BadEnvironment) as caught:
        await serve(settings, ready=ready, stop=asyncio.Event())
    return str(caught.value)


async def test_a_taken_port_is_named(memory_broker: BrokerProcess) -> None:
    assert "port is taken" in await refused(BrokerSettings(listeners={"main": Listener(port=memory_broker.port)}))


async def test_a_second_broker_on_the_same_folder_is_turned_away_and_a_kill_frees_the_folder(tmp_path: Path) -> None:
    broker = BrokerProcess(tmp_path / "state")
    await broker.start()
    assert "another broker" in await refused(BrokerSettings(state=tmp_path / "state"))
    await broker.kill()
    await broker.start()
    await broker.stop()


async def test_a_folder_of_another_format_or_of_something_else_is_left_alone(tmp_path: Path) -> None:
    newer, other = tmp_path / "newer", tmp_path / "other"
    for folder, file in ((newer, "format"), (other, "thesis.txt")):
        folder.mkdir()
        (folder / file).write_text("format 99")
    assert "another version" in await refused(BrokerSettings(state=newer))
    assert "no broker state" in await refused(BrokerSettings(state=other))
    assert (other / "thesis.txt").read_text() == "format 99"


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert str(tmp_path / "file" / "state") in await refused(BrokerSettings(state=tmp_path / "file" / "state"))


async def test_the_process_ends_with_the_exit_code_of_its_error_and_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    broker = BrokerProcess(tmp_path / "file")
    with pytest.raises(RuntimeError) as caught:
        await broker.start()
    assert "Traceback" not in str(caught.value)
    assert (await broker.ended())[0] == BadEnvironment.exit_code


async def test_an_empty_broker_is_ready_within_a_second_and_small() -> None:
    broker = BrokerProcess()
    async with asyncio.timeout(3):  # a second on a machine with nothing else to do
        await broker.start()
    assert psutil.Process(broker.pid).memory_info().rss < 80 * 2**20
    assert await broker.stop() == (0, "")
