"""Where a request goes within an application, by whichever prefix it came."""

from collections.abc import Mapping
from typing import Any

__all__ = ["own_path"]


def own_path(scope: Mapping[str, Any]) -> str:
    """The path of an ASGI scope below its `root_path`."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
