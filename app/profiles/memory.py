"""How much memory processes take while a run goes on, and whether it stays flat."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import psutil

__all__ = ["Memory"]

MIB = 1 << 20
WARM = 0.25
"""The part of the samples after which a process has what it needs, and should need no more."""
FLAT = 48.0
"""MiB that a flat process may have grown by from then on: an allocator's unrest, and a digest for each dossier."""


class Memory:
    """Resident memory, sampled by whoever plays."""

    def __init__(self) -> None:
        self._samples: defaultdict[str, list[float]] = defaultdict(list)

    def sample(self, processes: Mapping[str, int | None]) -> None:
        """Once more: name to process id, None for this process."""
        for name, pid in processes.items():
            with suppress(psutil.Error):  # it has ended
                self._samples[name].append(psutil.Process(pid).memory_info().rss / MIB)

    def figures(self) -> Mapping[str, Mapping[str, Any]]:
        """For each process MiB when it was warm, at the end, at most, and whether that is flat."""
        found = {}
        for name, all_ in self._samples.items():
            warm, last = all_[int(len(all_) * WARM)], all_[-1]
            found[name] = {"warm": round(warm), "last": round(last), "most": round(max(all_)), "flat": last - warm <= FLAT}
        return found
