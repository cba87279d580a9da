"""One member's step towards what it is to have, as a table."""

from uuid import UUID

import pytest

from bus.embedded.groups.consumer.member import Member, Part, Phase, Place
from bus.embedded.groups.consumer.reconcile import reconciled

STABLE, UNREVOKED, UNRELEASED = Phase.STABLE, Phase.UNREVOKED, Phase.UNRELEASED


def part(text: str) -> Part:
    return frozenset(Place(UUID(int=1), int(digit)) for digit in text)


def member(phase: Phase, epoch: int, assigned: str, revoking: str = "") -> Member:
    return Member(id="m", phase=phase, epoch=epoch, previous=epoch - 1, assigned=part(assigned), revoking=part(revoking))


@pytest.mark.parametrize(
    ("before", "target", "owned", "others", "after"),
    [
        pytest.param(member(STABLE, 5, "01"), "23", None, "", member(STABLE, 5, "01"), id="who is there stays as it is"),
        pytest.param(member(STABLE, 4, ""), "01", None, "", (STABLE, 5, "01", ""), id="a new one gets what is free"),
        pytest.param(member(STABLE, 4, ""), "01", None, "1", (UNRELEASED, 5, "0", ""), id="what another holds comes later"),
        pytest.param(member(STABLE, 4, ""), "01", None, "01", (UNRELEASED, 5, "", ""), id="perhaps all of it"),
        pytest.param(
            member(STABLE, 4, "01"), "0", None, "", (UNREVOKED, 4, "0", "1"), id="what is too much must go first, in the old epoch"
        ),
        pytest.param(member(STABLE, 4, "01"), "02", None, "", (UNREVOKED, 4, "0", "1"), id="before anything comes"),
        pytest.param(member(STABLE, 4, "01"), "0", "0", "", (STABLE, 5, "0", ""), id="unless it does not own it anyway"),
        pytest.param(member(UNREVOKED, 4, "0", "1"), "0", None, "", member(UNREVOKED, 4, "0", "1"), id="who says nothing still owns it"),
        pytest.param(member(UNREVOKED, 4, "0", "1"), "0", "01", "", member(UNREVOKED, 4, "0", "1"), id="who says so still owns it"),
        pytest.param(member(UNREVOKED, 4, "0", "1"), "0", "0", "", (STABLE, 5, "0", ""), id="given up, it comes to the new epoch"),
        pytest.param(member(UNREVOKED, 3, "0", "1"), "2", "0", "", (UNREVOKED, 4, "", "0"), id="or to the next one, with more to give up"),
        pytest.param(member(UNREVOKED, 4, "0", "1"), "01", "0", "", (UNRELEASED, 5, "0", ""), id="what was its own comes back later"),
        pytest.param(member(UNRELEASED, 5, "0"), "01", None, "1", (UNRELEASED, 5, "0", ""), id="it waits"),
        pytest.param(member(UNRELEASED, 5, "0"), "01", None, "", (STABLE, 5, "01", ""), id="and has it once it is free"),
        pytest.param(member(UNRELEASED, 4, "0"), "1", None, "", (UNREVOKED, 4, "", "0"), id="or is told something new"),
    ],
)
def test_what_is_too_much_goes_first_and_what_is_missing_comes_once_nobody_holds_it(
    before: Member, target: str, owned: str | None, others: str, after: Member | tuple[Phase, int, str, str]
) -> None:
    got = reconciled(before, target=part(target), epoch=5, owned=None if owned is None else part(owned), taken=before.held | part(others))
    if isinstance(after, Member):
        assert got == after
    else:
        phase, epoch, assigned, revoking = after
        assert (got.phase, got.epoch, got.assigned, got.revoking) == (phase, epoch, part(assigned), part(revoking))
        assert got.previous == before.epoch
