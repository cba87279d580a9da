"""What citizens do with a dossier, from handing it in to its end; each told to two towns, one of which is in trouble."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from app.samples import Wish
from tests.e2e.town import Shown, Town

__all__ = ["PAID", "STORIES", "Story"]

Live = Callable[[Town, str, Mapping[str, Any]], Coroutine[Any, Any, None]]


def as_it_is(form: Mapping[str, Any]) -> Mapping[str, Any]:
    """Hand in the whole form."""
    return form


@dataclass(frozen=True)
class Story:
    """A sample's kind (and what is wrong with it), what of it is handed in, and what happens then."""

    kind: str
    live: Live
    fault: str | None = None
    handed_in: Callable[[Mapping[str, Any]], Mapping[str, Any]] = as_it_is

    async def form(self, town: Town, *, seed: int, only: Wish) -> Shown:
        """Of a parcel that `only` lets through; raises Unusable where the register has none that fits."""
        return await town.form(self.kind, fault=self.fault, seed=seed, only=only)

    async def begin(self, town: Town, form: Mapping[str, Any]) -> str:
        """Hand it in; the dossier's code."""
        return await town.hand_in(self.handed_in(form))


async def _paid(town: Town, dossier: str, _: Mapping[str, Any]) -> None:
    """All notices paid, the register changed, the result returned."""
    await town.pay_all(dossier)
    await town.status(dossier, 10)


async def _free(town: Town, dossier: str, _: Mapping[str, Any]) -> None:
    """Nothing to pay."""
    await town.status(dossier, 10)


async def _refused(town: Town, dossier: str, _: Mapping[str, Any]) -> None:
    """The land office does not take it."""
    await town.status(dossier, 3)


async def _withdrawn(town: Town, dossier: str, _: Mapping[str, Any]) -> None:
    """Withdrawn after the notices, which are cancelled."""
    await town.notices(dossier)
    assert (await town.withdraw(dossier)).is_success
    await town.status(dossier, 8)
    await town.until("dvc", f"/ho-so/{dossier}", lambda case: {each["TrangThai"] for each in case["ThongBaoThue"]} == {"DA_HUY"})


async def _supplemented(town: Town, dossier: str, form: Mapping[str, Any]) -> None:
    """The contract is asked for, given, and all is paid."""
    await town.status(dossier, 5)
    papers = [each for each in form["TaiLieuNop"] if each["LoaiGiayTo"] == "HOP_DONG"]
    await town.post("dvc", f"/ho-so/{dossier}/bo-sung", {"TaiLieuNop": papers})
    await _paid(town, dossier, form)


def _without_contract(form: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**form, "TaiLieuNop": [each for each in form["TaiLieuNop"] if each["LoaiGiayTo"] != "HOP_DONG"]}


PAID = tuple(Story(kind, _paid) for kind in ("transfer", "couple", "company", "only-home", "gift-outside", "shared"))
"""Those that take every hop from the portal to the register, money included."""

STORIES = (
    *PAID,
    Story("change-purpose", _paid),
    Story("gift", _free),
    Story("spouse", _free),
    Story("transfer", _paid, fault="area"),  # tax returns the slip, a new revision follows
    Story("transfer", _refused, fault="certificate"),
    Story("transfer", _withdrawn),
    Story("transfer", _supplemented, handed_in=_without_contract),
)
"""Every path that a citizen can take without an officer's help."""
