"""One adapter at work: its agency's feed into its outbox, its inbox into its agency."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from adapters.runtime.client import AgencyClient
from adapters.runtime.declaration import Adapter
from adapters.runtime.delivery import Delivery
from adapters.runtime.feed import Feed
from adapters.runtime.health import Health, HealthSnapshot
from adapters.runtime.inbox import Inbox
from adapters.runtime.settings import Settings
from bus.topics import Space
from contracts import Catalogue
from vn.clock import Clock

if TYPE_CHECKING:
    from bus.kafka import KafkaSettings


class Runtime:
    """Joined by `app`: `url` is the agency's, `pause` stands in for sleeping in tests."""

    def __init__(
        self,
        adapter: Adapter,
        url: str,
        *,
        kafka: "KafkaSettings",
        space: Space,
        catalogue: Catalogue,
        clock: Clock,
        settings: Settings | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None: ...

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; then within 2 seconds."""

    def health(self) -> HealthSnapshot:
        """How it is doing now."""
