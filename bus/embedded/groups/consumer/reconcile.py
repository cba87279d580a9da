"""One member's step towards what it is to have: what it holds too much goes first, what it lacks comes once nobody holds it."""

from dataclasses import replace

from bus.embedded.groups.consumer.member import NOTHING, Member, Part, Phase


def reconciled(member: Member, *, target: Part, epoch: int, owned: Part | None, taken: Part) -> Member:
    """The member after its heartbeat.

    `target` and `epoch` are what it is to have and since when; `owned` is what it says it holds, None where it does not say;
    `taken` is what any member holds now, this one too.
    """
    if member.phase is Phase.STABLE and member.epoch == epoch:
        return member
    reached = member.epoch
    if member.phase is Phase.UNREVOKED:
        if _still_owned(member.revoking, owned):
            return member
        reached += 1
    keeps, gives_up, wants = member.assigned & target, member.assigned - target, target - member.assigned
    if gives_up and _still_owned(gives_up, owned):
        return replace(member, phase=Phase.UNREVOKED, previous=member.epoch, epoch=reached, assigned=keeps, revoking=gives_up)
    phase = Phase.UNRELEASED if wants & taken else Phase.STABLE
    return replace(member, phase=phase, previous=member.epoch, epoch=epoch, assigned=keeps | (wants - taken), revoking=NOTHING)


def _still_owned(part: Part, owned: Part | None) -> bool:
    """Who does not say what it owns is taken to own all it was given."""
    return owned is None or bool(part & owned)
