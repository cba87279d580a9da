"""A compacted segment takes the place of those it was made from, so that a kill at any point leaves the old ones or the new one.

A draft that is complete gets a name with the offsets it covers: from then on it counts, and whoever opens the folder next finishes
what was begun. A draft without that name counts for nothing.
"""

import os
from pathlib import Path
from typing import Final

from bus.embedded.log.store import INDEX

LOG: Final = ".log"
DRAFT: Final = ".cleaned"
_COMPLETE: Final = ".swap"


def draft_of(folder: Path, base: int) -> Path:
    """Where the segment is written that is to begin at an offset."""
    return folder / f"{base:020}.new{DRAFT}"  # an index beside it is not that of the log it comes from


def take_place(draft: Path, base: int, end: int) -> Path:
    """The draft becomes the one file of the log for its offsets; where it is then."""
    complete = draft.with_name(f"{base:020}-{end:020}{_COMPLETE}")
    os.replace(draft, complete)
    return _finish(complete)


def tidy(folder: Path) -> None:
    """Finish or forget what a killed broker was about."""
    for draft in folder.glob(f"*{DRAFT}"):
        draft.unlink()
    for complete in folder.glob(f"*{_COMPLETE}"):
        _finish(complete)


def _finish(complete: Path) -> Path:
    base, end = (int(part) for part in complete.stem.split("-"))
    for suffix in (INDEX, LOG):
        for old in complete.parent.glob(f"*{suffix}"):
            if base <= int(old.stem) < end:
                old.unlink()
    log = complete.with_name(f"{base:020}{LOG}")
    os.replace(complete, log)
    return log
