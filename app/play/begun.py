"""Dossiers that are on their way when a scenario begins."""

from collections.abc import Awaitable, Callable
from datetime import date

from app.play import acts
from app.play.acts import Done
from app.play.agencies import Agencies
from app.play.given import Cast
from app.play.policies import instant
from scenarios.acts import Pay, Submit
from scenarios.scenario import Begun
from vn.errors import Unusable

__all__ = ["begin"]

HELD = {"accepted": {"land": "slip"}, "awaiting-payment": {"payment": "payment"}, "paid": {"land": "update"}}
"""What is left to be decided where each dossier stands."""
STATUS = {"accepted": "4", "awaiting-payment": "6", "paid": "4"}


async def begin(begun: Begun, cast: Cast, agencies: Agencies, *, on: date, settle: Callable[[], Awaitable[None]]) -> Done:
    """Hand a dossier in and bring it to where it must stand, all at the present instant; `settle` lets the exchange come to rest.

    It stays there only as far as the scenario's own policies let it: what they decide at once goes on as soon as they hold again.
    Raises Unusable where it did not come that far.
    """
    asked = begun.submit or Submit(sample="transfer")
    async with instant(agencies, but=HELD[begun.at]):
        done = await acts.submit(agencies, await cast.form(asked, on=on))
        await settle()
        if begun.at == "paid":
            done = await _paid(agencies, done)
            await settle()
        shown = await agencies.ask("dvc", f"/ho-so/{done.dossier}")
    if shown["TrangThaiHoSo"] != STATUS[begun.at]:
        reasons = "; ".join(each["NoiDung"] for each in shown["YeuCauBoSung"]) or shown["LichSu"][-1]["NoiDungXuLy"]
        raise Unusable(f"given.dossier {begun.as_!r} is {shown['TenTrangThai']!r}, not {begun.at}: {reasons}")
    return done


async def _paid(agencies: Agencies, done: Done) -> Done:
    paid = await acts.pay(agencies, str(done.dossier), Pay(dossier="begun", all="true"))
    return Done(done.answer, done.dossier, paid.attempts, done.form)
