"""Steps in which parts end and begin, time passes, and all comes to rest."""

from typing import Any

from app.play.scene import Scene, StepFailed
from scenarios.acts import Advance, Part
from scenarios.expectations import Condition, State
from scenarios.matching import differences, shown
from scenarios.verdicts import Failure
from vn.errors import Unusable


async def stop(scene: Scene, act: Part) -> None:
    """As SIGTERM would; what is written for it waits."""
    await scene.ground.stop(act.part)


async def start(scene: Scene, act: Part) -> None:
    """Again, at the scenario's time and at its earlier address."""
    await scene.ground.start(act.part)
    await scene.clock.turn(act.part)


async def advance(scene: Scene, act: Advance) -> None:
    """Time passes, from one due instant to the next, each time until all is at rest."""
    to = act.to or (act.by.after(scene.now) if act.by else scene.now)
    if to < scene.now:
        raise Unusable(f"time cannot run backwards: it is {scene.at(scene.now)} already, and this advances to {scene.at(to)}")
    await scene.clock.advance(to)
    await scene.clock.quiet()


async def state(scene: Scene, act: State) -> None:
    """What an agency says of a parcel, a dossier or anything else, once all is at rest."""
    await scene.clock.quiet()
    if act.parcel is not None:
        found = await scene.get("land", scene.cast.path(act.parcel))
        wrong = _holders(scene, act, found)
    elif act.dossier is not None:
        found = await scene.get(act.at, f"/ho-so/{scene.dossier(act.dossier)}")
        wrong = _status(act, found)
    else:
        found, wrong = await scene.get(act.at, str(act.path)), []
    wrong += differences(act.where, found, scene.resolve)
    if wrong:
        hop = await scene.hop(act.dossier)
        words = await scene.turn_of(scene.dossier(act.dossier)) if act.dossier else ""
        raise StepFailed(Failure(f"the state at {act.at} is another", differences=wrong, hop=hop, turn=scene.whose(hop), turn_words=words))
    scene.capture(act.as_, str(act.dossier or act.parcel or act.path), found)


def _holders(scene: Scene, act: State, parcel: Any) -> list[str]:
    if act.holder is None:
        return []
    wanted = [act.holder] if isinstance(act.holder, str) else act.holder
    found = sorted(each["ChuSuDung"]["SoDinhDanh"] for each in parcel["NguoiSuDung"])
    if found == sorted(scene.cast.number(name) for name in wanted):
        return []
    return [f"holder: expected {', '.join(wanted)}, found {', '.join(scene.cast.name_of(number) for number in found)}"]


def _status(act: State, dossier: Any) -> list[str]:
    if act.status is None:
        return []
    wanted = [act.status] if isinstance(act.status, str) else act.status
    status = dossier.get("TrangThaiHoSo", dossier.get("TrangThai"))
    if str(status) in wanted:
        return []
    return differences({"/TrangThaiHoSo": Condition(one_of=list(wanted))}, {"TrangThaiHoSo": status}) or [f"status: found {shown(status)}"]
