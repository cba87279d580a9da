"""Steps that make something go wrong, end it, and ask whether it has."""

from app.play.scene import Scene, StepFailed
from scenarios.faults import Fault, Fired, Heal, Reply
from scenarios.verdicts import Failure


async def fault(scene: Scene, act: Fault) -> None:
    """Armed from now on."""
    about = act.on_hop and act.on_hop.about
    await scene.saboteurs.arm(scene.prefix + act.as_, act, scene.dossier(about) if about else None)


async def reply(scene: Scene, act: Reply) -> None:
    """An agency's door answers so from now on."""
    await scene.saboteurs.reply(scene.prefix + act.as_, act)


async def heal(scene: Scene, act: Heal) -> None:
    """It is over."""
    await scene.saboteurs.heal(_name(scene, act.fault))


async def fired(scene: Scene, act: Fired) -> None:
    """As often as said by now, once all is at rest."""
    await scene.rest()
    times = await scene.saboteurs.fired(_name(scene, act.fault))
    bounds = {"at least": act.at_least, "at most": act.at_most, "exactly": act.exactly}
    if not any(bound is not None for bound in bounds.values()):
        bounds["at least"] = 1
    holds = {"at least": lambda bound: times >= bound, "at most": lambda bound: times <= bound, "exactly": lambda bound: times == bound}
    wrong = [f"expected {word} {bound}" for word, bound in bounds.items() if bound is not None and not holds[word](bound)]
    if wrong:
        raise StepFailed(Failure(f"fault {act.fault} has fired {times} times: {', '.join(wrong)}"))


def _name(scene: Scene, fault: str) -> str:
    """The fault of this run of a repeat, else the one that was armed around it."""
    prefix = scene.prefix
    while prefix and f"{prefix}{fault}" not in scene.saboteurs:
        prefix = prefix[:-1].rpartition(".")[0]
        prefix += "." if prefix else ""
    return f"{prefix}{fault}"
