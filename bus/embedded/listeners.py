"""The addresses at which clients come in, and what those who came in there are told to connect to."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from bus.premises import cannot_listen

__all__ = ["Address", "Listener", "Listeners"]

Address: TypeAlias = tuple[str, int]
ANYWHERE = "*"


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
        self._by_place: dict[Address, str] = {}
        self._servers: list[asyncio.Server] = []
        self._told = {name: each.advertised for name, each in wanted.items() if each.advertised is not None}

    @property
    def awaited(self) -> list[str]:
        """Listeners of which nobody has said yet what their clients are told, though somebody wants to."""
        return [name for name, each in self._wanted.items() if each.awaited and name not in self._told]

    def __contains__(self, name: str) -> bool:
        return name in self._wanted

    def advertised(self, here: Address) -> Address:
        """What a client is told that came in there."""
        return self._told.get(self._by_place.get(here) or self._by_place.get((ANYWHERE, here[1]), ""), here)

    def tell(self, name: str, address: Address) -> None:
        """From now on its clients are told this one; it is forgotten with the end of the broker."""
        self._told[name] = address

    async def open(self, connection: Callable[[], asyncio.Protocol]) -> Address:
        """Take connections at each; gives the first one's address. Raises BadEnvironment where a port cannot be had."""
        for name, each in self._wanted.items():
            try:
                server = await asyncio.get_running_loop().create_server(connection, each.host, each.port, backlog=512)
            except OSError as error:
                self.close()
                raise cannot_listen(each.host, each.port, error, listener=name) from error
            self._servers.append(server)
            self._by_place |= {(_place(bound.getsockname()[0]), bound.getsockname()[1]): name for bound in server.sockets}
        host, port = self._servers[0].sockets[0].getsockname()[:2]
        return host, port

    def close(self) -> None:
        """Take no connections any more."""
        for server in self._servers:
            server.close()

    def to_json(self) -> dict[str, Any]:
        """By name: where it is, and what its clients are told; null: the address on which they came in."""
        ports = {name: port for (_, port), name in self._by_place.items()}
        return {
            name: {
                "listening": _written((each.host, ports.get(name, each.port))),
                "advertised": _written(self._told[name]) if name in self._told else None,
                **({"awaited": True} if name in self.awaited else {}),
            }
            for name, each in self._wanted.items()
        }


def _place(host: str) -> str:
    return ANYWHERE if host in ("0.0.0.0", "::") else host


def _written(address: Address) -> str:
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
