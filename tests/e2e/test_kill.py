"""Path 14: real processes are killed in the middle of the work; no dossier is lost, nothing happens twice."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.houses import HouseTown
from tests.e2e.town import Town
from tests.e2e.watch import Watch, effects

KINDS = (
    "transfer",
    "couple",
    "company",
    "gift-outside",
    "shared",
    "only-home",
    "transfer",
    "change-purpose",
    "company",
    "transfer",
    "transfer",
)
KILLED_AT = {
    "exchange": "dossier.submitted",
    "land": "dossier.submitted",
    "ilis-adapter": "land.transfer-slip",
    "tax-adapter": "land.transfer-slip",
    "tax": "land.transfer-slip",
    "dvc-adapter": "tax.payment-notice",
    "payment": "payment.requested",
    "payment-adapter": "payment.requested",
    "broker": "payment.receipt",
    "dvc": "tax.obligation-completed",
}
AFTER_PAYMENT = ("payment.requested", "payment.receipt", "tax.obligation-completed")
"""Each part, and the record of its own dossier that is in the journal when it is killed."""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[HouseTown]:
    """Every part a process of its own, the broker too."""
    async with HouseTown(tmp_path / "house") as running:
        yield running


async def test_whatever_part_is_killed_every_dossier_ends_as_if_nothing_had_happened(town: Town, house: HouseTown) -> None:
    forms = await _forms(town)
    calm = [await town.hand_in(form) for form in forms]
    await asyncio.gather(*(_to_the_end(town, dossier) for dossier in calm))
    await town.at_rest()

    async with Watch(house.settings) as watch:
        patient, *shaken = await _shaken(house, watch, forms)
    await house.at_rest()

    assert [patient, *shaken] == calm
    assert await house.databases() == await town.databases()
    assert effects(await house.journal()) == effects(await town.journal())


async def _shaken(house: HouseTown, watch: Watch, forms: list[dict[str, Any]]) -> list[str]:
    """One dossier per kill, and one that waits for its citizen through all of them."""
    patient = await house.hand_in(forms[0])
    await house.notices(patient)
    dossiers = [patient]
    endings: list[asyncio.Task[None]] = []
    for (part, contract), form in zip(KILLED_AT.items(), forms[1:], strict=True):
        if part == "dvc":  # what the citizens of the others have begun at the portal is not cut off
            await asyncio.gather(*endings)
            await house.pay_all(patient)
        dossiers.append(await house.hand_in(form))
        paid = contract in AFTER_PAYMENT
        if paid:
            await house.pay_all(dossiers[-1])
        await watch.seen(dossiers[-1], contract)
        await house.kill(part)
        endings.append(asyncio.create_task(_to_the_end(house, dossiers[-1], paid=paid)))
    await asyncio.gather(*endings, house.status(patient, 10))
    return dossiers


async def _to_the_end(town: Town, dossier: str, *, paid: bool = False) -> None:
    if not paid:
        await town.pay_all(dossier)
    await town.status(dossier, 10)


async def _forms(town: Town) -> list[dict[str, Any]]:
    """One form of each kind, all about parcels of their own."""
    forms: list[dict[str, Any]] = []
    taken: set[tuple[str, str]] = set()
    for seed, kind in enumerate(KINDS, start=1):
        for other in range(20):
            form = await town.form(kind, seed=seed + 100 * other)
            parcels = {(each["SoToBanDo"], each["SoThua"]) for each in form["ThuaDat"]}
            if not parcels & taken:
                taken |= parcels
                forms.append(form)
                break
    assert len(forms) == len(KINDS)
    return forms
