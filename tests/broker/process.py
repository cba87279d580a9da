"""The broker in a real process, started, killed and started again by a test."""

import asyncio
import signal
import sys
import tempfile
from pathlib import Path
from typing import Self

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

DEADLINE = 15.0


class BrokerProcess:
    """One broker; after the first start it keeps its port."""

    def __init__(self, state: Path | None = None, *options: str) -> None:
        self.state = state
        self._where = ["--memory"] if state is None else ["--state", str(state)]
        self._options = options
        self.address = "127.0.0.1:0"

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    @property
    def pid(self) -> int:
        return self._process.pid

    async def start(self) -> None:
        command = [sys.executable, "-m", "bus.embedded", "--listen", self.address, *self._where, *self._options]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - a pipe that nobody reads would stop the broker; `ended` closes it
        self._process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=self._errors)
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), DEADLINE)
        if not line:
            raise RuntimeError((await self.ended())[1])
        self.address = line.decode().split()[-1]

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        """It ends when told to, and never told a traceback."""
        code, errors = await self.stop()
        assert code == 0
        assert "Traceback" not in errors

    async def kill(self) -> str:
        """`kill -9`; what it had written to stderr."""
        self._process.kill()
        return (await self.ended())[1]

    async def stop(self) -> tuple[int, str]:
        """Ask it to end; exit code and stderr."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def ended(self) -> tuple[int, str]:
        code = await asyncio.wait_for(self._process.wait(), DEADLINE)
        if not self._errors.closed:
            self._errors.seek(0)
            self._said = self._errors.read().decode()
            self._errors.close()
        return code, self._said

    async def topic(self, name: str, partitions: int = 1, **settings: str) -> str:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.address)
        await admin.start()
        try:
            configs = {key.replace("_", "."): value for key, value in settings.items()}
            await admin.create_topics([NewTopic(name, partitions, 1, topic_configs=configs)])
        finally:
            await admin.close()
        return name
