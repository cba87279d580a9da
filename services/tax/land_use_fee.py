"""The land-use fee (tiền sử dụng đất) on a change of purpose: what it costs, and the once-only right that makes it cheaper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from services.tax.duties import HOUSE_LAND, Due, Duty, Nil
from services.tax.grounds import no_difference, rounds_to_nothing
from services.tax.slip import Kind, Parcel, Slip
from vn.fidelity import Fact
from vn.money import half_up, split

REDUCED_FROM = date(2026, 1, 1)  # NQ 254/2025/QH15 art. 10; NĐ 50/2026/NĐ-CP art. 6
RIGHT_COUNTS_FROM = date(2024, 8, 1)  # uses since then count, also those that paid 100 %
WITHIN_QUOTA = Decimal("0.3")
UP_TO_ONE_MORE = Decimal("0.5")
BEYOND = Decimal(1)
AGRICULTURAL = frozenset({"LUC", "LUK", "LUN", "HNK", "BHK", "NHK", "CLN", "NTS", "NKH"})  # garden, pond, fields; TT 08/2024
SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True)
class Use:
    """One use of the once-only right: by which household, in which dossier, by a decision of when."""

    household: str
    dossier: str
    decided_on: date


def right_is_free(household: str, dossier: str, uses: Sequence[Use]) -> bool:
    """Whether the household may still use its once-only right in this dossier.

    NQ 254/2025/QH15 art. 10 §2c: once per household, counted from 1 August 2024. An earlier revision of the same slip does not count.
    """
    return not any(use.household == household and use.dossier != dossier and use.decided_on >= RIGHT_COUNTS_FROM for use in uses)


def use_of(slip: Slip) -> Use | None:
    """The use of the right that this slip is, also under the rates before 2026; None where it is no change to house land."""
    decision = slip.declarations.purpose_change
    if decision is None or decision.from_use not in AGRICULTURAL or decision.to_use not in HOUSE_LAND:
        return None
    return Use(decision.household, slip.dossier, decision.decided_on)


def weighted_area(area: Decimal, quota: Decimal) -> Decimal:
    """The area as it is paid for: 30 % within the quota, 50 % for one more quota, 100 % beyond (NĐ 50/2026/NĐ-CP art. 6)."""
    within = min(area, quota)
    next_part = min(area - within, quota)
    return within * WITHIN_QUOTA + next_part * UP_TO_ONE_MORE + (area - within - next_part) * BEYOND


def is_reduced(decided_on: date, from_use: str, to_use: str, *, right_free: bool) -> bool:
    """Whether the reduced rates hold: decided since 1 January 2026, from agricultural to house land, the right not used yet."""
    return decided_on >= REDUCED_FROM and from_use in AGRICULTURAL and to_use in HOUSE_LAND and right_free


def land_use_fee(area: Decimal, difference: int, quota: Decimal, *, reduced: bool) -> int:
    """The fee in whole đồng: 100 % of the price difference (NĐ 103/2024/NĐ-CP art. 8), or the reduced rates."""
    return half_up(difference * (weighted_area(area, quota) if reduced else area))


def difference_of(parcel: Parcel) -> int:
    """Table price after minus before, đồng per m², at least nothing."""
    return max(0, parcel.table_price - (parcel.price_before or 0))


def change_duties(slip: Slip, *, right_free: bool) -> list[Duty]:
    """The land-use fee of every land user of a checked slip, by share; the right holds for one parcel, the first that changes."""
    decision = slip.declarations.purpose_change
    if decision is None:
        raise ValueError("a slip of a change of purpose that was checked names its decision")
    reduced = is_reduced(decision.decided_on, decision.from_use, decision.to_use, right_free=right_free)
    base = fee = 0
    for order, parcel in enumerate(parcel for parcel in slip.parcels if parcel.changed):
        difference = difference_of(parcel)
        base += half_up(difference * parcel.changed)
        fee += land_use_fee(parcel.changed, difference, parcel.quota or Decimal(0), reduced=reduced and order == 0)
    return _by_share(slip, base, fee)


def _by_share(slip: Slip, base: int, fee: int) -> list[Duty]:
    shares: list[Fraction] = [each.share for each in slip.transferees]
    rate = (Decimal(fee) / base).quantize(SIX_PLACES) if base else BEYOND
    return [
        Due(Kind.LAND_USE_FEE, payer.id, part, rate, amount)
        if amount
        else Nil(Kind.LAND_USE_FEE, payer.id, rounds_to_nothing() if base else no_difference())
        for payer, part, amount in zip(slip.transferees, split(base, shares), split(fee, shares), strict=True)
    ]


FACTS = (
    Fact(
        "Land-use fee before 2026",
        f"{BEYOND:%} of the difference at table prices, decisions before {REDUCED_FROM.isoformat()}",
        "NĐ 103/2024/NĐ-CP art. 8",
        "secondary",
    ),
    Fact(
        "Land-use fee from 2026",
        f"{WITHIN_QUOTA:%} within the quota, {UP_TO_ONE_MORE:%} for one more quota, {BEYOND:%} beyond",
        "NQ 254/2025/QH15 art. 10 §2c; NĐ 50/2026/NĐ-CP art. 6",
        "law",
        "province: prices and quota, which the land office gives in the slip",
    ),
    Fact(
        "Once-only right to the reduced fee",
        f"per household, one parcel, counted from {RIGHT_COUNTS_FROM.isoformat()}; a use that was paid in full counts",
        "NQ 254/2025/QH15 art. 10 §2c",
        "law",
    ),
    Fact(
        "Agricultural land beside house land",
        f"taken to be so where the use before is one of {', '.join(sorted(AGRICULTURAL))}",
        "NQ 254/2025/QH15 art. 10 §2c",
        "assumption",
    ),
    Fact("Once-only right of a cancelled slip", "free again", "", "assumption"),
    Fact("Registration fee on a change of purpose", "not simulated", "", "simulator"),
)
