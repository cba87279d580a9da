"""`python -m app.alive`: whether all is well here, for the health check of a container, every other second: it imports next to nothing."""

import os
import socket
import sys

ASKED = b"GET /_lgsp/health HTTP/1.0\r\nHost: localhost\r\n\r\n"
PATIENCE = 3.0  # seconds
WELL = b" 200 "


def main() -> int:
    """0 if `/_lgsp/health` at LGSP_SUPERVISOR_PORT answers 200, else 1; prints what it answers."""
    port = os.environ.get("LGSP_SUPERVISOR_PORT", "8080")  # noqa: TID251  # reading all settings would take longer than asking
    said = b""
    try:
        with socket.create_connection(("127.0.0.1", int(port)), PATIENCE) as connection:
            connection.sendall(ASKED)
            while piece := connection.recv(65_536):
                said += piece
    except (OSError, ValueError) as error:
        sys.stdout.write(f"nothing answers at port {port}: {error}\n")
        return 1
    head, _, body = said.partition(b"\r\n\r\n")
    sys.stdout.write(body.decode("utf-8", "replace") + "\n")
    return 0 if WELL in head[:16] else 1


if __name__ == "__main__":
    sys.exit(main())
