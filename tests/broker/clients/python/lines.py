"""The loop of a driver: a line in, a line out."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

WITHIN = 60.0
"""Seconds that anything may take."""
Step = Callable[..., Awaitable[Any]]


async def serve(steps: Mapping[str, Step]) -> None:
    """Carry out one step after the other until the input ends."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        fields = json.loads(line)
        try:
            answer = {"ok": await steps[fields.pop("step")](**fields)}
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is told
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)  # noqa: T201 - this is what a driver is for


def value(key: str) -> bytes:
    return key.encode() * 20
