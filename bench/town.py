"""A province with citizens, in the three processes of `lgsp demo`, and dossiers taken from submission to register.

The broker is one, the agencies are one, the exchange, the adapters and the citizens are this one.
"""

import asyncio
import ssl
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import orjson

from adapters.runtime.client import AgencyClient
from app.commands.options import environment
from app.messages import Archive
from app.province import Province
from app.samples import sample
from app.settings import Settings
from app.stage import Stage
from bench.bare import JSON, TLS
from bench.way import Entry, noticed, registered
from bus import Admin, KafkaSettings
from vn.clock import VN

WITHIN = 60.0  # seconds for one dossier, 64 of them at a time on a busy machine
LONGEST_LOOK = 2.0
SEEDS_EACH = 20  # samples tried for each form that is wanted

Form = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Transfer:
    """One dossier: seconds from the citizen's first call to the register's change, all that crossed the exchange, notices paid."""

    seconds: float
    entries: tuple[Entry, ...]
    paid: int


class Town:
    """Citizens of a province; `async with town(bootstrap, space, look=...) as it`. They look again after `look` seconds, doubling."""

    def __init__(self, province: Province, look: float) -> None:
        self._look = look
        self._dvc, self._land = province.urls["dvc"], province.urls["land"]
        self._seed = 0
        self._entries: defaultdict[str, list[Entry]] = defaultdict(list)
        self._news: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def listen(self, archive: Archive) -> None:
        """Follow the journal, for as long as it is not cancelled."""
        async for entry in archive.follow(since_start=True):
            self._entries[entry["subject"]].append(entry)
            self._news[entry["subject"]].set()

    async def forms(self, count: int) -> list[Form]:
        """So many transfers, each of a parcel of its own that is free now."""
        forms: list[Form] = []
        used: set[tuple[Any, ...]] = set()
        async with httpx.AsyncClient(base_url=self._land, transport=_AsItStands(verify=TLS)) as land:
            last = self._seed + SEEDS_EACH * count
            while len(forms) < count:
                self._seed += 1
                if self._seed > last:
                    raise RuntimeError(f"the register has no {count} parcels that are free for a transfer")
                form = await sample("transfer", seed=self._seed, land=land, on=datetime.now(VN).date())
                parcel = tuple(form["ThuaDat"][0][name] for name in ("MaXa", "SoToBanDo", "SoThua"))
                if parcel not in used:
                    used.add(parcel)
                    forms.append(form)
        return forms

    def citizen(self) -> "Citizen":
        """Somebody before the portal."""
        return Citizen(self._dvc)

    async def transfer(self, citizen: "Citizen", form: Form) -> Transfer:
        """Submit, pay every notice as soon as all are there, and wait for the register."""
        async with asyncio.timeout(WITHIN):
            began = time.time()
            dossier = (await citizen.post("/ho-so", form))["MaHoSo"]
            await self._until(dossier, noticed)
            notices = await self._notices(citizen, dossier)
            for notice in notices:
                await citizen.post(f"/ho-so/{dossier}/thanh-toan", {"SoThongBao": notice["SoThongBao"]})
            ended = await self._until(dossier, registered)
        return Transfer(ended - began, tuple(self._entries[dossier]), len(notices))

    async def _notices(self, citizen: "Citizen", dossier: str) -> list[Form]:
        pause = self._look
        while True:
            found: list[Form] = (await citizen.get(f"/ho-so/{dossier}"))["ThongBaoThue"]
            if found and len(found) >= int(found[0]["ThuTu"].partition("/")[2]):
                return found
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_LOOK)

    async def _until(self, dossier: str, holds: Callable[[Sequence[Entry]], T | None]) -> T:
        while not (found := holds(self._entries[dossier])):
            self._news[dossier].clear()
            await self._news[dossier].wait()
        return found


class Citizen:
    """One connection to the portal, by the client that adapters use; `async with` it."""

    def __init__(self, url: str) -> None:
        self._client = AgencyClient(url, call_timeout=WITHIN)

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def post(self, path: str, body: Form) -> Any:
        """What the portal answers."""
        return (await self._client.call("POST", path, headers=JSON, content=orjson.dumps(body))).json()

    async def get(self, path: str) -> Any:
        """What the portal answers."""
        return (await self._client.call("GET", path)).json()


class _AsItStands(httpx.AsyncHTTPTransport):
    """Asks each question once and gives that answer to all who ask it again."""

    def __init__(self, verify: ssl.SSLContext) -> None:
        super().__init__(verify=verify)
        self._answers: dict[str, bytes] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path not in self._answers:
            self._answers[path] = await (await super().handle_async_request(request)).aread()
        return httpx.Response(200, content=self._answers[path])


@asynccontextmanager
async def town(bootstrap: str, space: str, *, look: float) -> AsyncIterator[Town]:
    """A fresh province on this broker."""
    async with Stage.of(Settings(bootstrap=bootstrap), None, environment()) as stage:
        settings = Settings(bootstrap=bootstrap, space=space, state=stage.folder)
        async with Province(settings, bootstrap, urls=await stage.urls()) as province, Archive.open(settings) as archive:
            made = Town(province, look)
            listening = asyncio.create_task(made.listen(archive))
            try:
                yield made
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)
        await _clear(settings)


async def _clear(settings: Settings) -> None:
    """Leave nothing on a broker that is somebody else's."""
    async with Admin(KafkaSettings(settings.bootstrap or "")) as admin:
        await admin.delete([name for name in await admin.topics() if name.startswith(f"{settings.space}.")])
