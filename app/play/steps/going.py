"""Steps in which parts end and begin, time passes, and all comes to rest."""

from typing import Any

from app.play.scene import Scene, StepFailed
from app.play.steps import elsewhere
from app.play.steps.elsewhere import statuses
from app.play.steps.meeting import standing
from scenarios.acts import Advance, Part
from scenarios.expectations import State
from scenarios.matching import differences, shown
from scenarios.report.words import moment
from scenarios.verdicts import Failure
from vn.errors import Unusable


async def stop(scene: Scene, act: Part) -> None:
    """As SIGTERM would; what is written for it waits."""
    if not await scene.systems.stop(act.part):
        await scene.ground.province.stop(act.part)


async def start(scene: Scene, act: Part) -> None:
    """Again, at the scenario's time and at its earlier address."""
    if not await scene.systems.start(act.part):
        await scene.ground.province.start(act.part)


async def advance(scene: Scene, act: Advance) -> None:
    """Time passes, from one due instant to the next, each time until all is at rest."""
    to = scene.instant(act.to) or (act.by.after(scene.now) if act.by else scene.now)
    if to < scene.now:
        raise Unusable(f"time cannot run backwards: it is {moment(scene.now)} already, and this advances to {moment(to)}")
    await scene.advance(to)
    await scene.rest()


async def state(scene: Scene, act: State) -> None:
    """What an agency says of a parcel, a dossier or anything else, once all is at rest."""
    await scene.rest()
    if act.at in scene.agencies.outsiders.agencies:
        found, wrong = await elsewhere.look(scene, act)
    else:
        found, wrong = await _look(scene, act)
    if wrong:
        raise StepFailed(await _otherwise(scene, act, wrong))
    scene.capture(act.as_, str(act.dossier or act.parcel or act.path), found)


async def _look(scene: Scene, act: State) -> tuple[Any, list[str]]:
    """What an agency of ours says, and what of it is not as it must be."""
    wrong: list[str] = []
    if act.parcel is not None:
        found = await scene.agencies.ask("land", scene.cast.parcel(act.parcel).path)
        wrong = _holders(scene, act, found)
    elif act.dossier is not None:
        found = await scene.agencies.ask(act.at, f"/ho-so/{scene.dossier(act.dossier)}")
        wrong = _status(act, found)
    else:
        found = await scene.agencies.ask(act.at, str(act.path))
    return found, [*wrong, *differences(act.where, found)]


async def _otherwise(scene: Scene, act: State, wrong: list[str]) -> Failure:
    """Where the case stands, if it is about one."""
    failure = Failure(f"the state at {act.at} is another", differences=wrong)
    if act.dossier is None:
        return failure
    return await standing(scene, failure, scene.dossier(act.dossier))


def _name(scene: Scene, number: str) -> str:
    """What the script calls whoever has this number."""
    return next((name for name in scene.cast.people if scene.cast.identity(name) == number), "somebody else")


def _holders(scene: Scene, act: State, parcel: Any) -> list[str]:
    if act.holder is None:
        return []
    wanted = [act.holder] if isinstance(act.holder, str) else act.holder
    found = sorted(each["ChuSuDung"]["SoDinhDanh"] for each in parcel["NguoiSuDung"])
    if found == sorted(scene.cast.identity(name) for name in wanted):
        return []
    return [f"holder: expected {', '.join(wanted)}, found {', '.join(_name(scene, number) for number in found)}"]


def _status(act: State, dossier: Any) -> list[str]:
    if act.status is None:
        return []
    wanted = statuses(act)
    status = dossier.get("TrangThaiHoSo", dossier.get("TrangThai"))
    if str(status) in wanted:
        return []
    return [f"status: expected {' or '.join(wanted)}, found {shown(status)}"]
