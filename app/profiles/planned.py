"""What citizens will do in a profile: which dossier on which day, right or wrong; drawn from the seed before anything runs."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from math import floor
from typing import TypeVar

from app.profiles.profile import AT_THE_PORTAL, HUNDRED, Profile
from vn.calendar import add_working_days
from vn.chance import draw

__all__ = ["Planned", "plan", "quotas"]

Key = TypeVar("Key", bound=Hashable)

ONLY_FOR: Mapping[str, str] = {
    "relation": "gift",
    "tax-code": "company",
    **dict.fromkeys(("same-party", "mortgage", "dispute", "price"), "transfer"),
}
"""The kind of dossier that a fault is shown on, where it is not to be any."""


@dataclass(frozen=True)
class Planned:
    """One dossier to be handed in; `number` counts them all from 0, `fault` is how it is wrong."""

    number: int
    day: date
    kind: str
    fault: str | None = None
    withdraws: bool = False


def plan(profile: Profile, *, scale: float, seed: int) -> list[Planned]:
    """All dossiers in the order in which they are handed in; so many as were received, times `scale`.

    Shares are kept exactly (as whole dossiers allow), and a hash of the seed says whom they fall on.
    """
    count = max(1, round(profile.published.received * scale))
    days = sorted(day for month, number in quotas(profile.months.shares, count).items() for day in _days(profile, month, number))
    kinds = _dealt(profile.procedures.shares, count, seed, "kind")
    rest: dict[str | None, float] = {None: HUNDRED - sum(profile.errors.shares.values())}
    rest.update(profile.errors.shares)
    faults = _dealt(rest, count, seed, "fault")
    leave = profile.citizens.withdraw.share
    withdraws = _dealt({True: leave, False: HUNDRED - leave}, count, seed, "withdraw")
    made = [
        Planned(number, days[number], ONLY_FOR.get(faults[number] or "", kinds[number]), faults[number], withdraws[number])
        for number in range(count)
    ]
    # what the portal refuses is handed in again, corrected, on the next working day
    again = [
        Planned(count + place, add_working_days(each.day, 1), each.kind, None, each.withdraws)
        for place, each in enumerate(each for each in made if each.fault in AT_THE_PORTAL)
    ]
    return sorted([*made, *again], key=lambda each: (each.day, each.number))


def quotas(shares: Mapping[Key, float], count: int) -> dict[Key, int]:
    """`count` things by shares, in whole ones: what rounding leaves goes to the largest remainders, the first listed first."""
    total = sum(shares.values())
    exact = {key: count * share / total for key, share in shares.items()}
    whole = {key: floor(each) for key, each in exact.items()}
    left = count - sum(whole.values())
    for key in sorted(exact, key=lambda key: whole[key] - exact[key])[:left]:
        whole[key] += 1
    return whole


def _dealt(shares: Mapping[Key, float], count: int, seed: int, what: str) -> list[Key]:
    """For each number which share it falls to."""
    order = sorted(range(count), key=lambda number: draw(seed, "profile", what, number))
    dealt: dict[int, Key] = {}
    for key, number in quotas(shares, count).items():
        dealt.update(dict.fromkeys(order[len(dealt) : len(dealt) + number], key))
    return [dealt[number] for number in range(count)]


def _days(profile: Profile, month: str, count: int) -> list[date]:
    """The days on which so many dossiers are handed in: the month's working days, about as many on each."""
    days = profile.period.working_days(month)
    return [days[number * len(days) // count] for number in range(count)]
