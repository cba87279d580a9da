"""What our HTTP servers make of clients that nobody here wrote."""

import asyncio
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from uvicorn.server import ServerState

from app.web import Http11, listen, serving
from tests.support import eventually

JAVA = (
    "POST /said HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: 12\r\nHost: here\r\n"
    "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nUpgrade: h2c\r\nUser-Agent: Java-http-client/17\r\n\r\n"
)


async def test_a_client_that_offers_http_2_with_each_request_is_heard_in_http_1_1_and_its_body_is_left_as_it_is() -> None:
    app, asked, heard = FastAPI(), asyncio.Semaphore(0), []

    @app.post("/said")
    async def said(request: Request) -> None:
        asked.release()
        heard.append(await request.body())

    async with asyncio.timeout(10), serving(app, listen("127.0.0.1", 0, "test")) as address:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        for body in (b"\r\nupgrade: x", b"ab\r\nupgrade:"):
            writer.write(JAVA.encode())
            await asked.acquire()  # Java sends them one after the other
            writer.write(body)
            assert (await reader.readuntil(b"\r\n\r\nnull")).startswith(b"HTTP/1.1 200 OK")
        writer.write(JAVA.encode() + b"all at once!")
        assert (await reader.readuntil(b"\r\n\r\nnull")).startswith(b"HTTP/1.1 200 OK")
        writer.close()
    assert heard == [b"\r\nupgrade: x", b"ab\r\nupgrade:", b"all at once!"]


class Written(asyncio.Transport):
    """What an application answers, without a network."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.all = b""

    def write(self, data: Any) -> None:
        self.all += bytes(data)

    def is_closing(self) -> bool:
        return False

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


@pytest.mark.parametrize("cut", [5, JAVA.index("HTTP2-Settings:") + 20, JAVA.index("Upgrade:") + 4, len(JAVA) - 3, len(JAVA) - 1])
async def test_its_head_may_come_in_pieces(cut: int) -> None:
    app, heard, answer = FastAPI(), [], Written()

    @app.post("/said")
    async def said(request: Request) -> None:
        heard.append((await request.body(), request.headers["user-agent"]))

    config = uvicorn.Config(app, http=Http11, log_config=None, access_log=False)
    config.load()
    protocol = Http11(config, ServerState(), {})
    protocol.connection_made(answer)
    protocol.data_received(JAVA.encode()[:cut])
    protocol.data_received(JAVA.encode()[cut:] + b"upgrade: abc")

    async def answered() -> bool:
        return answer.all.endswith(b"\r\n\r\nnull")

    await eventually(answered)
    assert answer.all.startswith(b"HTTP/1.1 200 OK")
    assert heard == [(b"upgrade: abc", "Java-http-client/17")]


async def test_an_answer_before_the_body_has_come_costs_the_next_request_nothing() -> None:
    app, heard = FastAPI(), []

    @app.post("/said")
    async def said(request: Request) -> None:
        heard.append(await request.body())

    async with asyncio.timeout(10), serving(app, listen("127.0.0.1", 0, "test")) as address:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        writer.write(JAVA.replace("/said", "/nowhere").encode())
        assert (await reader.readuntil(b'"Not Found"}')).startswith(b"HTTP/1.1 404")
        writer.write(b"first body..")
        writer.write(JAVA.encode() + b"second body.")
        assert (await reader.readuntil(b"\r\n\r\nnull")).startswith(b"HTTP/1.1 200 OK")
        writer.close()
    assert heard == [b"second body."]


async def test_a_body_in_chunks_is_heard_and_the_request_after_it_too() -> None:
    app, heard = FastAPI(), []

    @app.post("/said")
    async def said(request: Request) -> None:
        heard.append(await request.body())

    chunked = JAVA.replace("Content-Length: 12", "Transfer-Encoding: chunked").encode()
    async with asyncio.timeout(10), serving(app, listen("127.0.0.1", 0, "test")) as address:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        for request in (chunked + b"3\r\nabc\r\n4\r\n\r\n\r\n\r\n0\r\n\r\n", JAVA.encode() + b"twelve bytes"):
            writer.write(request)
            assert (await reader.readuntil(b"\r\n\r\nnull")).startswith(b"HTTP/1.1 200 OK")
        writer.close()
    assert heard == [b"abc\r\n\r\n", b"twelve bytes"]
