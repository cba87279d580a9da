"""A broker with a control address: rules given over HTTP, what fired read back."""

import asyncio
from typing import Any

import httpx

from tests.broker.process import DEADLINE, BrokerProcess
from tests.support import eventually

Said = dict[str, Any]


class FaultyBroker(BrokerProcess):
    """One broker in memory, or with a folder, that can be told its faults."""

    async def start(self) -> None:
        self._options = (*self._options, "--control", "127.0.0.1:0") if "--control" not in self._options else self._options
        await super().start()
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), DEADLINE)
        self.control = line.decode().split()[-1]

    async def http(self, method: str, path: str, body: Any = None) -> httpx.Response:
        async with httpx.AsyncClient(timeout=DEADLINE) as client:
            return await client.request(method, f"{self.control}/_lgsp{path}", json=body)

    async def lie(self, *rules: Said) -> None:
        """These rules, and no others."""
        answer = await self.http("POST", "/faults", [{"name": f"rule-{number}", **rule} for number, rule in enumerate(rules)])
        assert answer.status_code == 200, answer.text

    async def also(self, rule: Said) -> None:
        answer = await self.http("PATCH", "/faults", rule)
        assert answer.status_code == 200, answer.text

    async def fired(self) -> list[Said]:
        found: list[Said] = (await self.http("GET", "/faults/fired")).json()["fired"]
        return found

    async def has_fired(self, times: int = 1) -> list[Said]:
        """What fired, once it is so many times."""

        async def enough() -> list[Said]:
            found = await self.fired()
            return found if len(found) >= times else []

        return await eventually(enough)

    async def forget(self) -> None:
        await self.http("DELETE", "/faults")
        await self.http("DELETE", "/faults/fired")
