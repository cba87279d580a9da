"""The one address passes requests on as they are, to the parts that there are and to nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from app.gateway import Gateway
from app.web import listen, serving


def part() -> FastAPI:
    """Says back what it was asked."""
    app = FastAPI()

    @app.api_route("/{path:path}", methods=["GET", "POST", "HEAD"])
    async def said(request: Request) -> Response:
        answer = JSONResponse(
            {
                "raw": request.scope["raw_path"].decode("ascii"),
                "root": request.scope["root_path"],
                "query": request.scope["query_string"].decode("latin-1"),
                "headers": [(name.decode(), value.decode("latin-1")) for name, value in request.headers.raw],
                "body": (await request.body()).decode(),
            }
        )
        answer.raw_headers += [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"keep-alive", b"timeout=5")]
        return answer

    return app


@asynccontextmanager
async def passing() -> AsyncIterator[int]:
    """The port of a gateway before one part, and before another that is away."""
    async with serving(part(), listen("127.0.0.1", 0, "land")) as land:
        gateway = Gateway(lambda: {"land": land, "away": "http://127.0.0.1:9"})
        app = FastAPI(lifespan=gateway.lifespan)
        gateway.open(app)
        async with serving(app, listen("127.0.0.1", 0, "gateway")) as here:
            yield int(here.rpartition(":")[2])


async def asked(port: int, target: str, *headers: str, body: str = "", method: str = "GET") -> tuple[int, str, str]:
    """Status, head and body, of a request written byte by byte: no client mends it first."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    length = [f"Content-Length: {len(body.encode())}"] if body else []
    lines = [f"{method} {target} HTTP/1.1", "Host: here", "Connection: close", *length, *headers, "", body]
    writer.write("\r\n".join(lines).encode())
    async with asyncio.timeout(10):
        answer = (await reader.read()).decode()
    writer.close()
    head, _, content = answer.partition("\r\n\r\n")
    return int(head.split()[1]), head, content


@pytest.mark.parametrize(
    ("target", "raw"),
    [
        ("/land", "/"),
        ("/land/", "/"),
        ("/land/thua-dat/06529/1?x=%2F&x=2", "/thua-dat/06529/1"),
        ("/l%61nd/h%E1%BB%93%2Fs%C6%A1", "/h%E1%BB%93%2Fs%C6%A1"),
        ("/land/http://elsewhere.example/@x", "/http://elsewhere.example/@x"),
        ("/land//elsewhere.example/x", "//elsewhere.example/x"),
        ("/land/../tax/x", "/tax/x"),  # of the land office
    ],
)
async def test_the_rest_of_the_path_comes_as_it_was_written(target: str, raw: str) -> None:
    async with passing() as port:
        status, _, content = await asked(port, target)
    assert status == 200
    assert f'"raw":"{raw}"' in content
    assert '"root":"/land"' in content


@pytest.mark.parametrize("target", ["/land%2F@elsewhere.example/x", "/land@elsewhere.example/x", "/@elsewhere.example/x", "/", "//land/x"])
async def test_nobody_but_a_part_is_asked(target: str) -> None:
    async with passing() as port:
        status, head, content = await asked(port, target)
    assert status == 404
    assert "application/problem+json" in head
    assert "there are: land, away" in content


async def test_bytes_beyond_ascii_in_a_header_are_passed_on() -> None:
    async with passing() as port:
        status, _, content = await asked(port, "/land/x?q=%E1%BB%9D", "X-Name: Trần")
    assert status == 200
    assert '"query":"q=%E1%BB%9D"' in content
    assert f'["x-name","{"Trần".encode().decode("latin-1")}"]' in content


async def test_headers_of_one_hop_are_not_passed_on_and_the_others_all_are() -> None:
    hop = ("Proxy-Authorization: x", "TE: trailers", "Keep-Alive: 5", "X-Own: 1", "X-Two: a", "X-Two: b", "X-Forwarded-Prefix: /evil")
    async with passing() as port:
        _, head, content = await asked(port, "/land/x", *hop, "Connection: X-Own", body="ờ", method="POST")
    for name in ("proxy-authorization", "te", "keep-alive", "x-own", "accept-encoding", "user-agent", "evil"):
        assert f'["{name}"' not in content
    assert '["x-two","a"],["x-two","b"]' in content
    assert '"body":"ờ"' in content
    assert (head.count("set-cookie: a=1"), head.count("set-cookie: b=2"), head.count("keep-alive"), head.count("date:")) == (1, 1, 0, 1)


@pytest.mark.parametrize(("said", "root"), [("/gate", "/gate/land"), ("//evil", "/land"), ('/x"><script>', "/land"), ("gate", "/land")])
async def test_a_prefix_before_it_is_kept_where_it_is_a_plain_path(said: str, root: str) -> None:
    async with passing() as port:
        _, _, content = await asked(port, "/land/x", f"X-Forwarded-Prefix: {said}")
    assert f'"root":"{root}"' in content


async def test_a_part_that_is_away_is_told_with_its_name() -> None:
    async with passing() as port:
        status, _, content = await asked(port, "/away/x")
    assert status == 502
    assert "away does not answer at http://127.0.0.1:9 (ConnectError)" in content


async def test_a_body_of_unknown_length_is_passed_on() -> None:
    chunks = "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    async with passing() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = "POST /land/x HTTP/1.1\r\nHost: here\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write((head + chunks).encode())
        async with asyncio.timeout(10):
            answer = (await reader.read()).decode()
        writer.close()
    assert '"body":"abcde"' in answer
