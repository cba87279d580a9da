"""The seam: one program per foreign client, told what to do in JSON lines, so that one set of tests judges them all.

A driver is started with the broker's address as its one argument. It reads one JSON object per line from standard input and answers each
with one line on standard output, `{"ok": VALUE}` or `{"error": TEXT}`; at the end of its input it ends. Whatever it logs goes to standard
error. Records have their key twenty times over as their value. The steps and what they answer:

    codecs                                                  the codecs the client has, without "none"
    create    topic, partitions                             null
    produce   topic, partitions, keys, codec                null; key i goes to partition i % partitions, all acknowledged
    read      topic, until, isolation                       keys of partition 0 from its beginning up to, without, the key `until`
    join      topic, partitions, group, members, protocol   partitions of each member, once every partition and member has one
    consume   wanted                                        [member, partition, offset, key] of so many records, then committed
    leave                                                   the last member goes; partitions of each that stays, once all are given out
    end                                                     null; the others go too
    transact  topic, id, keys, commit                       null; one transaction of these keys to partition 0
    offsets   id, topic, group, offset, commit              null; one transaction of a group's offset in partition 0; where the client can
    committed topic, partitions, group                      offset of each partition, -1 where there is none
    delete    topic, group                                  null; the group first
    topics                                                  names of the topics there are
"""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

WITHIN = 120.0
"""Seconds for one step; a driver gives up by itself before."""
ENDS_WITHIN = 20.0


class Driver:
    """One driver in a process of its own."""

    def __init__(self, command: Sequence[str | Path], said: Path) -> None:
        """`said` is the file that takes what it logs."""
        self._command = command
        self._said = said

    async def start(self) -> None:
        with self._said.open("wb") as errors:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors, limit=2**24
            )

    async def stop(self) -> None:
        """Let it end by itself; it is killed where it does not."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), ENDS_WITHIN)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def __call__(self, step: str, **fields: Any) -> Any:
        """What the step answers; AssertionError with the driver's reason where it fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"step": step, **fields}).encode() + b"\n")
        line = await asyncio.wait_for(self._process.stdout.readline(), WITHIN)
        answer = json.loads(line) if line else {"error": f"the driver ended: {self.logged()}"}
        assert "error" not in answer, f"{step}: {answer['error']}\n{self.logged()}"
        return answer["ok"]

    def logged(self) -> str:
        """The end of what it logged."""
        return self._said.read_text(errors="replace")[-3000:]
