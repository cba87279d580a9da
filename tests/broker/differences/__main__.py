"""`python -m tests.broker.differences embedded apache`: asks the brokers that are named, and writes their columns into docs/brokers.md."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.apache.node import Node
from tests.broker.differences import table
from tests.broker.process import BrokerProcess


async def ask(address: str, broker: str) -> None:
    page = table.PAGE.read_text(encoding="utf-8")
    found = table.read(page)
    for section in table.SECTIONS:
        table.refreshed(found, section, broker, await table.column(address, section))
    table.PAGE.write_text(table.written(page, found), encoding="utf-8")


async def main(brokers: list[str]) -> None:
    if table.APACHE in brokers:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as state:
            node = Node(Path(state))
            await asyncio.to_thread(node.start)
            await ask(node.address, table.APACHE)
            await asyncio.to_thread(node.stop)
    if table.EMBEDDED in brokers:
        broker = BrokerProcess(None)
        await broker.start()
        await ask(broker.address, table.EMBEDDED)
        await broker.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or [table.EMBEDDED, table.APACHE]))
