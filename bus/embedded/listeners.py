"""The addresses at which clients come in, and what those who came in there are told to connect to."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from bus.premises import cannot_listen

__all__ = ["Address", "Listener", "Listeners"]

Address: TypeAlias = tuple[str, int]


@dataclass(frozen=True)
class Listener:
    """One address. `advertised`: what its clients are told; None: the address on which each of them came in.

    `awaited`: it is to be said once the broker runs, which is not well before.
    """

    host: str = "127.0.0.1"
    port: int = 0
    advertised: Address | None = None
    awaited: bool = False


class Listeners:
    """All of a broker by name, as in Kafka: parts in the same container, in the same network and on the host know it by other names."""

    def __init__(self, wanted: Mapping[str, Listener]) -> None:
        self._wanted = dict(wanted)
        self._by_port: dict[int, str] = {}
        self._servers: list[asyncio.Server] = []
        self.told = {name: each.advertised for name, each in wanted.items() if each.advertised is not None}

    @property
    def awaited(self) -> list[str]:
        """Listeners of which nobody has said yet what their clients are told, though somebody wants to."""
        return [name for name, each in self._wanted.items() if each.awaited and name not in self.told]

    def __contains__(self, name: str) -> bool:
        return name in self._wanted

    def advertised(self, here: Address) -> Address:
        """What a client is told that came in there."""
        return self.told.get(self._by_port.get(here[1], ""), here)

    async def open(self, connection: Callable[[], asyncio.Protocol]) -> Address:
        """Take connections at each; gives the first one's address. Raises BadEnvironment where a port cannot be had."""
        for name, each in self._wanted.items():
            try:
                server = await asyncio.get_running_loop().create_server(connection, each.host, each.port, backlog=512)
            except OSError as error:
                self.close()
                raise cannot_listen(each.host, each.port, error) from error
            self._servers.append(server)
            self._by_port |= {bound.getsockname()[1]: name for bound in server.sockets}
        host, port = self._servers[0].sockets[0].getsockname()[:2]
        return host, port

    def close(self) -> None:
        """Take no connections any more."""
        for server in self._servers:
            server.close()

    def to_json(self) -> dict[str, Any]:
        """By name: where it is, and what its clients are told; null: the address on which they came in."""
        ports = {name: port for port, name in self._by_port.items()}
        return {
            name: {
                "listening": f"{each.host}:{ports.get(name, each.port)}",
                "advertised": "{}:{}".format(*self.told[name]) if name in self.told else None,
                **({"awaited": True} if name in self.awaited else {}),
            }
            for name, each in self._wanted.items()
        }
