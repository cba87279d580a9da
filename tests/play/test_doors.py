"""A door passes on what comes, as it came, and answers in the agency's place where it is told to."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from app.play.doors import METHODS, Doors
from app.settings import Settings
from app.web import listen, serving
from scenarios.faults import Reply
from scenarios.scalars import Plain
from tests.support import eventually
from vn.clock import VN
from vn.errors import Unusable

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=VN)


def reply(path: str = "/ho-so", **said: Any) -> Reply:
    return Reply.model_validate({"as": "r", "at": "land", "path": path, **said})


@dataclass
class Agency:
    """Whatever it is asked, it says what it heard; it holds calls of its feed until it is told."""

    heard: list[tuple[str, str, bytes]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: Request) -> Response:
        self.headers = dict(request.headers)
        self.heard.append((request.method, f"{request.scope['raw_path'].decode()}?{request.url.query}", await request.body()))
        if request.url.path == "/_feed":
            await self.news.wait()
        answer = Response(gzip.compress("đã tiếp nhận".encode()), 201, {"content-encoding": "gzip", "connection": "x-own", "x-own": "1"})
        answer.headers.append("set-cookie", "a=1")
        answer.headers.append("set-cookie", "b=2")
        return answer


@pytest.fixture
async def agency() -> Agency:
    return Agency()


@pytest.fixture
async def doors(agency: Agency) -> AsyncIterator[Doors]:
    app = FastAPI(title="land")
    app.add_route("/{path:path}", agency.answer, methods=METHODS)
    async with serving(app, listen("127.0.0.1", 0, "land")) as url, Doors(Settings(), now=lambda: MORNING) as made:
        made.url = await made.open("land", url)  # type: ignore[attr-defined]
        yield made


@pytest.fixture
async def caller(doors: Doors) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=doors.url, timeout=20) as client:  # type: ignore[attr-defined]
        yield client


async def test_a_call_and_its_answer_pass_as_they_are_but_for_what_belongs_to_one_connection(
    agency: Agency, caller: httpx.AsyncClient
) -> None:
    headers = {"Connection": "x-hop", "x-hop": "1", "x-own": "2", "accept-encoding": "identity"}
    answer = await caller.post("/th%E1%BB%ADa/a%2Fb?x=%C4%91", content=b"\x00\xff", headers=headers)
    assert agency.heard == [("POST", "/th%E1%BB%ADa/a%2Fb?x=%C4%91", b"\x00\xff")]
    assert agency.headers["x-own"] == "2"
    assert "x-hop" not in agency.headers
    assert agency.headers["accept-encoding"] == "identity"
    assert (answer.status_code, answer.text, answer.headers.get_list("set-cookie")) == (201, "đã tiếp nhận", ["a=1", "b=2"])
    assert "x-own" not in answer.headers


async def test_a_reply_stands_in_the_place_of_the_agency_so_often_as_it_says(
    doors: Doors, agency: Agency, caller: httpx.AsyncClient
) -> None:
    await doors.arm("broken", reply("/ho-so/*", method="POST", status="500", times="2"))
    assert [(await caller.post("/ho-so/7")).status_code for _ in range(3)] == [500, 500, 201]
    assert [each[0] for each in agency.heard] == ["POST"]
    assert await doors.fired("broken") == ((MORNING, "POST /ho-so/7 at land"),) * 2
    assert doors.armed == ()


@pytest.mark.parametrize(
    ("call", "path"), [("GET", "/ho-so"), ("POST", "/ho-so/x"), ("POST", "/ho+so"), ("POST", "/_lgsp/reset"), ("POST", "/_feed/7/outcome")]
)
async def test_another_call_is_not_answered(doors: Doors, caller: httpx.AsyncClient, call: str, path: str) -> None:
    await doors.arm("r", reply("/ho-so", method="post", status="500"))
    await doors.arm("admin", reply("/_lgsp/*", status="500"))
    await doors.arm("all", reply("*", method="PUT", status="500"))
    assert (await caller.request(call, path)).status_code == 201


@pytest.mark.parametrize(
    ("body", "kind", "sent"),
    [
        ({"data": Plain("0"), "message": "đã tồn tại"}, "application/json", '{"data":0,"message":"đã tồn tại"}'),
        ("<DATA/>", "application/xml", "<DATA/>"),
        (Plain("bận"), "text/plain; charset=utf-8", "bận"),
        (None, None, ""),
    ],
)
async def test_the_body_is_what_the_script_says(doors: Doors, caller: httpx.AsyncClient, body: Any, kind: str | None, sent: str) -> None:
    await doors.arm("r", reply(status="200", body=body))
    answer = await caller.get("/ho-so")
    assert (answer.status_code, answer.headers.get("content-type"), answer.text) == (200, kind, sent)


async def test_with_after_the_agency_does_it_and_only_its_answer_is_lost(doors: Doors, agency: Agency, caller: httpx.AsyncClient) -> None:
    await doors.arm("lost", reply(status="504", after="true", times="1"))
    assert (await caller.post("/ho-so", content=b"x")).status_code == 504
    assert agency.heard == [("POST", "/ho-so?", b"x")]


async def test_a_late_answer_keeps_the_run_busy_until_it_is_healed(doors: Doors, agency: Agency, caller: httpx.AsyncClient) -> None:
    await doors.arm("slow", reply(late="1 hour"))
    call = asyncio.create_task(caller.get("/ho-so"))

    async def waits() -> bool:
        return bool(await doors.fired("slow"))

    await eventually(waits)
    assert await doors.busy() == "1 call(s) open at land"
    assert agency.heard == []
    await doors.heal("slow")
    assert (await call).status_code == 201
    assert await doors.busy() is None


async def test_a_reader_of_the_feed_waits_as_long_as_it_likes_and_keeps_nobody_busy(
    doors: Doors, agency: Agency, caller: httpx.AsyncClient
) -> None:
    await doors.arm("all", reply("*", status="500"))
    call = asyncio.create_task(caller.get("/_feed?wait=20"))

    async def reads() -> bool:
        return bool(agency.heard)

    await eventually(reads)
    assert await doors.busy() is None
    agency.news.set()
    assert (await call).status_code == 201


async def test_an_agency_that_is_away_is_a_bad_gateway_and_a_door_that_is_not_open_an_error() -> None:
    async with Doors(Settings(), now=lambda: MORNING) as doors, httpx.AsyncClient(timeout=20) as client:
        url = await doors.open("tax", "http://127.0.0.1:1")
        assert (await client.get(f"{url}/x")).status_code == 502
        with pytest.raises(Unusable, match="no door is open before land"):
            await doors.arm("r", reply(status="500"))


async def test_a_door_gives_the_keys_of_an_agency_outside_to_every_call_that_passes(agency: Agency, doors: Doors) -> None:
    url = await doors.open("land", doors._agencies["land"], {"Authorization": "Bearer key"})
    async with httpx.AsyncClient(base_url=url, timeout=20) as client:
        await client.get("/thua-dat")
    assert agency.headers["authorization"] == "Bearer key"
