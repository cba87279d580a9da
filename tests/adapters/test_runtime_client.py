"""One call of the agency over a real socket: what it carries, and what every way of going wrong means."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from adapters.runtime import Agency, Nonsense
from adapters.runtime.client import AgencyClient
from bus import Message
from tests.adapters.fake_agency import FakeAgency, agency, until
from vn.clock import VN
from vn.errors import Retry


def message(**other: str) -> Message:
    return Message(
        **{
            "id": "m-1",
            "source": "VN/GOV/H37.10/dvc",
            "type": "vn.gov.dossier.withdrawal-requested.v1",
            "subject": "H37.10-250701-0001",
            "correlation_id": "case-1",
            "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            **other,
        },
        time=datetime(2025, 7, 1, 8, tzinfo=VN),
        payload=b"{}",
    )


@asynccontextmanager
async def answering(*pieces: bytes | float, within: float = 0.3) -> AsyncIterator[AgencyClient]:
    """A client of a peer that reads a request, then writes these pieces (a number: seconds of silence), then hangs up."""

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            if isinstance(piece, bytes):
                writer.write(piece)
                await writer.drain()
            else:
                await asyncio.sleep(piece)
        writer.close()

    server = await asyncio.start_server(peer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, AgencyClient(f"http://127.0.0.1:{port}", call_timeout=within) as client:
        yield client


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((), id="hangs up"),
        pytest.param((HEAD + b"Content-Length: 10\r\n\r\n{",), id="hangs up in the middle"),
        pytest.param((5.0,), id="says nothing"),
        pytest.param((HEAD, *(b"X: y\r\n", 0.1) * 20), id="drips"),
        pytest.param((b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",), id="its proxy answers for it"),
    ],
)
async def test_an_agency_that_goes_away_or_takes_too_long_is_asked_again(pieces: tuple[bytes | float, ...]):
    async with answering(*pieces) as client:
        with pytest.raises(Retry):
            await client.call("GET", "/ho-so")


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((b"SSH-2.0-OpenSSH_9.6\r\n\r\n",), id="not HTTP"),
        pytest.param((HEAD + b"Content-Length: 1\r\n\r\n{",), id="not JSON"),
        pytest.param((HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",), id="not gzip"),
    ],
)
async def test_nonsense_in_answer_to_a_message_is_the_message_s_trouble(pieces: tuple[bytes, ...]):
    async with answering(*pieces, within=5) as client:
        with pytest.raises(Nonsense):
            await client.call("GET", "/ho-so")


async def test_nobody_at_the_address_means_again_later():
    async with AgencyClient(FakeAgency().url) as client:
        with pytest.raises(Retry):
            await client.call("GET", "/ho-so")


async def test_a_call_carries_key_case_and_trace_of_the_message():
    async with agency() as fake, AgencyClient(fake.url) as client:
        await Agency(client, message()).post("/rut-ho-so", {"lyDo": "đổi ý"})
    (call,) = fake.calls
    assert call.key == "VN/GOV/H37.10/dvc m-1"
    assert call.headers["x-correlation-id"] == "case-1"
    assert call.headers["traceparent"] == message().traceparent
    assert call.body == {"lyDo": "đổi ý"}


async def test_an_id_that_no_header_can_carry_arrives_encoded_and_injects_nothing():
    async with agency() as fake, AgencyClient(fake.url) as client:
        await Agency(client, message(id="hồ sơ\r\nX-Evil: 1", correlation_id="vụ 1")).post("/rut-ho-so")
    (call,) = fake.calls
    assert call.key == "VN/GOV/H37.10/dvc h%E1%BB%93%20s%C6%A1%0D%0AX-Evil:%201"
    assert "x-evil" not in call.headers


async def test_the_same_path_is_not_written_twice_for_one_message():
    async with agency() as fake, AgencyClient(fake.url) as client:
        bound = Agency(client, message())
        await bound.get("/ho-so")
        await bound.post("/ho-so")
        with pytest.raises(RuntimeError, match="second time"):
            await bound.post("/ho-so")


async def test_calls_share_their_connections():
    async with agency() as fake, AgencyClient(fake.url) as client:
        for number in range(20):
            await Agency(client, message(id=str(number))).post("/ho-so")
        await until(lambda: len(fake.calls) == 20)
        assert fake.connections == 1


async def test_a_call_after_the_adapter_has_closed_its_session_is_for_later():
    async with AgencyClient("http://127.0.0.1:9") as client:
        pass
    with pytest.raises(Retry, match="cannot be reached"):
        await client.call("GET", "/")
