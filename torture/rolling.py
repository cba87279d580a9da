"""SIGTERM to every part in turn, each started again before the next is told to end, while citizens go on."""

from app.settings import AGENCIES
from torture.case import Case
from torture.ground import Ground
from torture.kills import revived
from torture.town import MOVERS
from torture.trouble import drawn, under_load

__all__ = ["CASES"]

ORDER = ("exchange", "broker", *AGENCIES, *MOVERS[1:])


async def _rolling(ground: Ground) -> None:
    count = ground.plan.amount(20, 8)
    async with under_load(ground, drawn(ground, count, "rolling"), every=0.3):
        for part in ORDER:
            code = await ground.end(part, "stop")
            assert code == 0, f"{part} ended with exit code {code} on SIGTERM: {ground.shaken.process(part).said()[:300]}"
            await revived(ground, part)


CASES = (Case("rolling", "everything", _rolling, "SIGTERM to every part in turn, each well again before the next, under load", 30.0),)
