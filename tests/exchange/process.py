"""An exchange in a process of its own, for tests that kill it: `python -m tests.exchange.process BOOTSTRAP SPACE INSTANCE`."""

import asyncio
import sys

from bus import Exchange, KafkaSettings, Members, Rights, Space
from contracts import Catalogue
from vn.clock import Clock


async def main(bootstrap: str, space: str, instance: str) -> None:
    """Until killed."""
    members, contracts = Members.read(), Catalogue.load()
    rights = Rights.read(members=members, contracts=contracts)
    exchange = Exchange(
        KafkaSettings(bootstrap), Space(space), members=members, rights=rights, contracts=contracts, clock=Clock(), instance=instance
    )
    await exchange.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
