"""Why a difference stays: by the beginning of the probe's name, the first that fits. Without a reason it is a defect."""

from typing import Final

WHY: Final[dict[str, str]] = {}
