"""The journal, without a broker: what was written is there at the next start, whatever the disk did in between."""

import os
from pathlib import Path

import pytest

from bus.embedded.journal import Journal
from bus.embedded.syncing import Syncing

KEY = ("offset", "g", "t", "0")
LARGE = "x" * 1024 * 1024


def grown(journal: Journal) -> None:
    """Write the same entry until the journal leaves only what still counts."""
    for _ in range(4):
        journal.write({("large",): LARGE})


@pytest.mark.parametrize("failing", ["making the draft", "bringing it to the disk"])
def test_a_journal_that_cannot_be_made_smaller_still_keeps_all_that_is_written(
    tmp_path: Path, failing: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken: list[OSError] = []

    def sync(_handle: int) -> None:
        if broken:
            raise broken[0]

    journal, draft = Journal(tmp_path / "journal", Syncing("interval", sync)), tmp_path / "journal.draft"
    if failing == "making the draft":
        draft.mkdir()
    else:
        broken.append(OSError(5, "Input/output error"))
    grown(journal)
    journal.write({KEY: 1})
    assert "made smaller" in caplog.text
    kept = (tmp_path / "journal").read_bytes()
    assert len(kept) > 4 * len(LARGE)
    (tmp_path / "copy").write_bytes(kept)  # as a kill would leave it
    assert Journal(tmp_path / "copy").get(KEY) == 1
    broken.clear()
    if draft.is_dir():
        draft.rmdir()
    grown(journal)
    assert (tmp_path / "journal").stat().st_size < 2 * len(LARGE)
    assert (journal.get(KEY), Journal(tmp_path / "journal").get(KEY)) == (1, 1)


async def test_what_is_written_behind_a_journal_made_smaller_is_brought_to_the_disk_as_well(tmp_path: Path) -> None:
    synced: list[tuple[int, int]] = []
    syncing = Syncing("interval", lambda handle: synced.append((os.fstat(handle).st_ino, os.fstat(handle).st_size)))
    journal = Journal(tmp_path / "journal", syncing)
    grown(journal)
    journal.write({KEY: 1})
    synced.clear()
    await syncing.catch_up()
    there = (tmp_path / "journal").stat()
    assert there.st_size < 2 * len(LARGE)
    assert synced == [(there.st_ino, there.st_size)]
    journal.close()
