"""Dossiers that are on their way when a scenario begins."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

from app.play import acts
from app.play.acts import Done
from app.play.agencies import Agencies
from app.play.given import Cast
from app.play.policies import all_by_hand
from scenarios.acts import Decide, Pay, Submit
from scenarios.scenario import Begun
from vn.errors import AgencyAnsweredNo, Unusable

__all__ = ["begin"]

Settle = Callable[[], Awaitable[None]]


async def begin(begun: Begun, cast: Cast, agencies: Agencies, *, on: date, settle: Settle) -> Done:
    """Hand a dossier in and bring it to where it must stand, all at the present instant; `settle` lets the exchange come to rest.

    Every step is an officer's or citizen's own, so that other dossiers stay where they are. It stays there only as far as the
    scenario's policies let it: what they decide at once goes on as soon as they hold again. Raises Unusable with the agency's reasons.
    """
    try:
        async with all_by_hand(agencies):
            form = await cast.form(begun.submit or Submit(sample="transfer"), on=on)
            done = await _Way(agencies, settle, await acts.submit(agencies, form)).to(begun.at)
    except (AgencyAnsweredNo, Unusable) as error:
        raise Unusable(f"given.dossier {begun.as_!r} does not come to {begun.at}: {error}") from None
    return done


class _Way:
    """The way of one dossier, step by step."""

    def __init__(self, agencies: Agencies, settle: Settle, done: Done) -> None:
        self.agencies, self.settle, self.done = agencies, settle, done
        self.dossier = str(done.dossier)

    async def to(self, at: str) -> Done:
        """It stands there, and all is at rest."""
        await self.settle()
        await self._decide("land", "accept")
        if at == "accepted":
            return self.done
        await self._decide("land", "send-slip")
        await self._decide("tax", "assess")
        case = await self.agencies.ask("dvc", f"/ho-so/{self.dossier}")
        if not case["ThongBaoThue"]:
            raise Unusable(f"no notice came; it is {case['TenTrangThai']!r}")
        return self.done if at == "awaiting-payment" else await self._paid()

    async def _paid(self) -> Done:
        paid = await acts.pay(self.agencies, self.dossier, Pay.model_validate({"dossier": "begun", "all": "true"}))
        await self.settle()
        for attempt in paid.attempts:
            asked = Decide.model_validate({"at": "payment", "dossier": "begun", "action": "pay", "attempt": "begun"})
            await acts.decide(self.agencies, self.dossier, asked, attempts=[attempt])
        await self.settle()
        await self._decide("tax", "reconcile")
        return replace(self.done, attempts=paid.attempts)

    async def _decide(self, at: str, action: str) -> None:
        await acts.decide(self.agencies, self.dossier, Decide.model_validate({"at": at, "dossier": "begun", "action": action}))
        await self.settle()
