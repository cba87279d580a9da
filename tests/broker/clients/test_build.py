"""What is missing on a machine is named, and hides nothing where every client is asked for."""

import asyncio
from pathlib import Path

import pytest

from tests.broker.clients import build
from tests.broker.clients.conftest import left_out


@pytest.mark.parametrize(("client", "absent"), [("java", "java, javac, mvn"), ("kafkajs", "node, npm"), ("franz-go", "go")])
async def test_what_a_client_needs_and_is_not_installed_is_named(client: str, absent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(build.Missing, match=f"{absent} not installed"):
        await build.CLIENTS[client]()


def test_a_missing_client_is_skipped_with_its_reason_and_fails_where_all_are_asked_for() -> None:
    with pytest.raises(pytest.skip.Exception, match="go not installed"):
        left_out("franz-go: go not installed", all_needed=False)
    with pytest.raises(pytest.fail.Exception, match="LGSP_TEST_CLIENTS=all"):
        left_out("franz-go: go not installed", all_needed=True)


async def test_a_driver_is_built_once_from_the_same_sources_and_again_from_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LGSP_CACHE", str(tmp_path / "cache"))
    source, made = tmp_path / "source", []

    async def make(into: Path) -> None:
        made.append(into)
        await asyncio.to_thread((into / "driver").write_bytes, source.read_bytes())

    folders = []
    for content in ("one", "one", "two"):
        source.write_text(content)
        folders.append(await build.built("x", [source], make))
    assert len(made) == 2
    assert folders[0] == folders[1] != folders[2]
    assert (folders[2] / "driver").read_text() == "two"
