"""The exchange with everything on, as it runs in a province."""

import asyncio
import sys

from bus import Exchange, KafkaSettings, Members, Rights, Space
from contracts import Catalogue
from vn.clock import Clock


async def relay(bootstrap: str, space: Space) -> None:
    """Until killed."""
    members, contracts = Members.read(), Catalogue.load()
    rights = Rights.read(members=members, contracts=contracts)
    exchange = Exchange(KafkaSettings(bootstrap), space, members=members, rights=rights, contracts=contracts, clock=Clock())
    await exchange.run(asyncio.Event())


if __name__ == "__main__":
    from app.logs import configure
    from bench.loop import run

    configure("text", "warning", "exchange")
    run(relay(sys.argv[1], Space(sys.argv[2])))
