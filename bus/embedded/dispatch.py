"""The one way that every request takes: read, handled, written."""

from typing import Final

from bus.embedded.broker import Broker, Call
from bus.embedded.connection import Connection
from bus.embedded.handlers import HANDLERS, unknown_version
from bus.embedded.protocol import ProtocolError, head, read, write

_API_VERSIONS: Final = 18


async def answered(broker: Broker, frame: bytes, connection: Connection) -> bytes | None:
    """From a request frame to its response frame; None where the protocol has no response. Raises ProtocolError."""
    api, version, correlation = head(frame)
    handler = HANDLERS.get(api)
    if handler is None:
        raise ProtocolError(f"api {api} is not known")
    if not handler.first <= version <= handler.last:
        if api == _API_VERSIONS:
            return write(api, 0, correlation, unknown_version())
        raise ProtocolError(f"api {api} has no version {version}")
    client_id, body = read(api, version, frame)
    call = Call(broker, api, version, body, client_id or "", connection.peer, connection.here)
    tree = await (handler.handle(call) if broker.faults is None else broker.faults.around(call, handler.handle, connection.close))
    return None if tree is None else write(api, version, correlation, tree)
