"""SIGKILL when a given record stands in the journal: every part at every hop of the transfer's path, and the broker's own restarts."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from torture.case import Case
from torture.ground import Ground, Recovery
from torture.stories import PAID
from torture.town import WITHIN

__all__ = ["CASES", "revived"]

PARTS = ("exchange", "dvc-adapter", "ilis-adapter", "tax-adapter", "payment-adapter", "dvc", "land", "tax", "payment", "broker")
HOPS = (
    "dossier.submitted",
    "dossier.status-changed",
    "land.transfer-slip",
    "tax.payment-notice",
    "payment.requested",
    "payment.receipt",
    "tax.receipt-reconciled",
    "tax.obligation-completed",
    "land.register-updated",
)
"""In the order in which a transfer passes them."""
SIGNALS = {"kill": "SIGKILL", "stop": "SIGTERM"}


async def revived(ground: Ground, part: str, *, alone: bool = False) -> None:
    """Start a part that was killed, and note how long it takes to be well and until the journal goes on."""
    seen = len(ground.journal.entries)
    began = await ground.shaken.launch(part)
    await ground.shaken.well(part)
    ground.recoveries.append(Recovery(part, began, time.monotonic() - began, seen, alone))


def _at(part: str, hop: str, end: str) -> Callable[[Ground], Awaitable[None]]:
    async def run(ground: Ground) -> None:
        story, form = await ground.form(PAID[ground.plan.draw(len(PAID), part, hop)])
        dossier = await ground.begin(story, form)
        async with asyncio.TaskGroup() as living:
            living.create_task(story.live(ground.shaken, dossier, form))
            await ground.journal.seen(dossier, hop, WITHIN)
            await ground.end(part, end)
            await revived(ground, part, alone=True)

    return run


CASES = (
    *(
        Case("kill", f"{part}@{hop}", _at(part, hop, "kill"), f"SIGKILL to {part} when {hop} stands in the journal", 3.0)
        for hop in HOPS
        for part in PARTS
    ),
    *(
        Case("broker", f"{end}@{hop}", _at("broker", hop, end), f"{SIGNALS[end]} to the broker when {hop} stands in the journal", 3.5)
        for end in SIGNALS
        for hop in ("land.transfer-slip", "payment.receipt")
    ),
)
