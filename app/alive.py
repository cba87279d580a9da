"""`python -m app.alive`: whether all is well here, for the health check of a container, every other second: it imports next to nothing."""

import os
import sys
from http.client import HTTPConnection, HTTPException


def main() -> int:
    """0 if `/_lgsp/health` at LGSP_SUPERVISOR_PORT answers 200, else 1 with what it answers."""
    port = os.environ.get("LGSP_SUPERVISOR_PORT", "8080")  # noqa: TID251  # reading all settings would take longer than asking
    try:
        connection = HTTPConnection("127.0.0.1", int(port), timeout=2)
        connection.request("GET", "/_lgsp/health")
        answer = connection.getresponse()
        said = answer.read().decode("utf-8", "replace")
    except (OSError, HTTPException, ValueError) as error:
        said, status = f"nothing answers at port {port}: {error}", 0
    else:
        status = answer.status
    sys.stdout.write(said + "\n")
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
