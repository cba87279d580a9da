"""What a slip's parties owe, and why they owe nothing: registration fee, income tax, land-use fee."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from services.tax.grounds import below_threshold, not_an_individual, only_home, related, rounds_to_nothing
from services.tax.slip import Claim, Kind, Parcel, Procedure, Relation, Slip, Taxpayer
from vn.fidelity import Fact
from vn.money import formatted, half_up, split

REGISTRATION_FEE_RATE = Decimal("0.005")  # NĐ 10/2022/NĐ-CP art. 8, as amended by NĐ 175/2025/NĐ-CP
REGISTRATION_FEE_CAP = 500_000_000  # per asset and registration (a)
TRANSFER_TAX_RATE = Decimal("0.02")  # Luật Thuế TNCN art. 29; kept by Luật 109/2025/QH15 [M]
GIFT_TAX_RATE = Decimal("0.1")  # Luật Thuế TNCN art. 30 [M]
GIFT_THRESHOLDS = (  # in force from; the part above it is taxed [M]
    (date.min, 10_000_000),  # Luật Thuế TNCN 04/2007/QH12 art. 18
    (date(2026, 7, 1), 20_000_000),  # Luật 109/2025/QH15
)
ONLY_HOME_DAYS = 183  # held at least so long before the transfer [C]
HOUSE_LAND = frozenset({"ONT", "ODT"})


@dataclass(frozen=True)
class Due:
    """A duty to pay: `amount` is at least one đồng, `base` the part of the base that this taxpayer answers for."""

    kind: Kind
    taxpayer: str
    base: int
    rate: Decimal
    amount: int


@dataclass(frozen=True)
class Nil:
    """A duty that is nil, and the legal ground, in Vietnamese."""

    kind: Kind
    taxpayer: str
    ground: str


Duty = Due | Nil
Exempt = Callable[[int, int], bool]


def base_of(contract_value: int, table_price: int, area: Decimal) -> int:
    """The base of one parcel: the larger of contract value and table price times area, in whole đồng.

    Luật Thuế TNCN art. 14; NĐ 10/2022/NĐ-CP art. 7.
    """
    return max(contract_value, half_up(table_price * area))


def registration_fee(base: int) -> int:
    """Registration fee (lệ phí trước bạ) on one parcel: 0.5 % of its base, at most the cap."""
    return min(half_up(base * REGISTRATION_FEE_RATE), REGISTRATION_FEE_CAP)


def transfer_tax(base: int) -> int:
    """Income tax on a transfer: 2 % of the base."""
    return half_up(base * TRANSFER_TAX_RATE)


def gift_threshold(on: date) -> int:
    """Up to which value a gift is not taxed, on this date."""
    return next(amount for since, amount in reversed(GIFT_THRESHOLDS) if since <= on)


def gift_tax(value: int, on: date) -> int:
    """Income tax of the receiver of a gift from outside the family: 10 % of what is above the threshold in force."""
    return half_up(max(0, value - gift_threshold(on)) * GIFT_TAX_RATE)


def answered_for(amount: int, own: Sequence[Fraction], other: Sequence[Fraction], exempt: Exempt) -> list[int]:
    """What of `amount` each taxpayer answers for, by its share and without the pairs that are exempt.

    `own` are the shares of the taxpayers, `other` those of the other side; what rounding leaves goes to the last listed.
    """
    parts = split(amount, own)
    return [sum(piece for j, piece in enumerate(split(part, other)) if not exempt(i, j)) for i, part in enumerate(parts)]


def held_long_enough(used_since: date, transferred_on: date) -> bool:
    """Whether an only home was held for the days that the exemption asks for (NĐ 65/2013/NĐ-CP art. 4 [M])."""
    return (transferred_on - used_since).days >= ONLY_HOME_DAYS


def is_only_home(parcels: Sequence[Parcel], transferred_on: date) -> bool:
    """Whether what is sold can be somebody's only home: one parcel of house land, held long enough (a)."""
    return len(parcels) == 1 and parcels[0].use in HOUSE_LAND and held_long_enough(parcels[0].used_since, transferred_on)


def bases_of(slip: Slip) -> list[int]:
    """The base of every parcel, in the slip's order."""
    values = dict(slip.declarations.values)
    return [base_of(values.get(parcel.key, 0), parcel.table_price, parcel.areas.parcel) for parcel in slip.parcels]


def transfer_duties(slip: Slip) -> list[Duty]:
    """All duties of a checked slip of a transfer or a gift: transferees' registration fee, then income tax."""
    if slip.procedure is Procedure.GIFT:
        return [*_registration(slip), *_gift(slip)]
    return [*_registration(slip), *_transfer(slip)]


def _registration(slip: Slip) -> list[Duty]:
    bases = bases_of(slip)
    own, other = slip.transferees, slip.transferors
    claims = _claims(slip.declarations.claims)
    fees = _answered(sum(map(registration_fee, bases)), own, other, claims)
    return [
        _duty(
            Kind.REGISTRATION_FEE,
            payer,
            (base, REGISTRATION_FEE_RATE, fee),
            relations=_relations(payer, other, claims),
            on=slip.complete_on,
        )
        for payer, base, fee in zip(own, _answered(sum(bases), own, other, claims), fees, strict=True)
    ]


def _transfer(slip: Slip) -> list[Duty]:
    total = sum(bases_of(slip))
    own, other = slip.transferors, slip.transferees
    claims = _claims(slip.declarations.claims)
    taxes = _answered(transfer_tax(total), own, other, claims)
    return [
        _no_transfer_tax(slip, payer)
        or _duty(Kind.INCOME_TAX, payer, (base, TRANSFER_TAX_RATE, tax), relations=_relations(payer, other, claims), on=slip.complete_on)
        for payer, base, tax in zip(own, _answered(total, own, other, claims), taxes, strict=True)
    ]


def _no_transfer_tax(slip: Slip, payer: Taxpayer) -> Nil | None:
    if payer.organisation:
        return Nil(Kind.INCOME_TAX, payer.id, not_an_individual())
    sold_on = slip.declarations.contract_signed_on or slip.complete_on
    if payer.id in slip.declarations.only_home and is_only_home(slip.parcels, sold_on):
        return Nil(Kind.INCOME_TAX, payer.id, only_home(slip.complete_on))
    return None


def _gift(slip: Slip) -> list[Duty]:
    # The receiver pays; the threshold is taken off once per receiver and dossier (a).
    own, other = slip.transferees, slip.transferors
    claims = _claims(slip.declarations.claims)
    on = slip.complete_on
    duties: list[Duty] = []
    for payer, value in zip(own, _answered(sum(bases_of(slip)), own, other, claims), strict=True):
        if payer.organisation:
            duties.append(Nil(Kind.INCOME_TAX, payer.id, not_an_individual()))
        elif 0 < value <= gift_threshold(on):
            duties.append(Nil(Kind.INCOME_TAX, payer.id, below_threshold(value, gift_threshold(on), on)))
        else:
            taxed = max(0, value - gift_threshold(on))
            figures = (taxed, GIFT_TAX_RATE, gift_tax(value, on))
            duties.append(_duty(Kind.INCOME_TAX, payer, figures, relations=_relations(payer, other, claims), on=on))
    return duties


def _duty(kind: Kind, payer: Taxpayer, figures: tuple[int, Decimal, int], *, relations: Sequence[Relation], on: date) -> Duty:
    base, rate, amount = figures
    if amount:
        return Due(kind, payer.id, base, rate, amount)
    return Nil(kind, payer.id, related(kind, relations, on) if relations and not base else rounds_to_nothing())


_Claims = dict[frozenset[str], Relation]


def _claims(claims: Sequence[Claim]) -> _Claims:
    return {frozenset((claim.transferor, claim.transferee)): claim.relation for claim in claims}


def _relations(payer: Taxpayer, other: Sequence[Taxpayer], claims: _Claims) -> list[Relation]:
    pairs = (frozenset((payer.id, each.id)) for each in other)
    return list(dict.fromkeys(claims[pair] for pair in pairs if pair in claims))


def _answered(amount: int, own: Sequence[Taxpayer], other: Sequence[Taxpayer], claims: _Claims) -> list[int]:
    return answered_for(
        amount,
        [each.share for each in own],
        [each.share for each in other],
        lambda i, j: frozenset((own[i].id, other[j].id)) in claims,
    )


FACTS = (
    Fact("Registration fee, rate", f"{REGISTRATION_FEE_RATE:%}", "NĐ 10/2022/NĐ-CP art. 8; NĐ 175/2025/NĐ-CP", "observed"),
    Fact("Registration fee, cap per asset", formatted(REGISTRATION_FEE_CAP), "NĐ 10/2022/NĐ-CP", "assumption"),
    Fact("Income tax on a transfer of real estate", f"{TRANSFER_TAX_RATE:%}", "Luật Thuế TNCN art. 29; Luật 109/2025/QH15", "observed"),
    Fact("Income tax on a gift from outside the family", f"{GIFT_TAX_RATE:%} above the threshold", "Luật Thuế TNCN art. 30", "assumption"),
    Fact(
        "Threshold of a gift",
        ", ".join(f"{formatted(amount)}" + (f" from {since}" if since > date.min else "") for since, amount in GIFT_THRESHOLDS),
        "Luật 04/2007/QH12 art. 18; Luật 109/2025/QH15; by the day on which the dossier was complete, once per receiver and dossier",
        "assumption",
    ),
    Fact("Only home, held at least", f"{ONLY_HOME_DAYS} days", "NĐ 65/2013/NĐ-CP art. 4", "secondary"),
    Fact(
        "Only home, what it can be",
        "one parcel of house land; else the tax is due",
        "",
        "assumption",
    ),
    Fact(
        "Exemption between relatives",
        "income tax and registration fee, per pair of transferor and transferee by the pair's share; the claim is taken as proved",
        "Luật Thuế TNCN art. 4; NĐ 10/2022/NĐ-CP art. 10 (which speaks of inheritance and gifts; that a sale is free too is assumed)",
        "assumption",
    ),
    Fact("Organisations as transferors", "no income tax of individuals; corporate income tax is not simulated", "", "simulator"),
    Fact("Buildings", "described in the slip, not valued", "", "simulator"),
)
