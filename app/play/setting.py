"""Sets a scenario up: its parts, its clock, its observer, who and what is given, who makes things go wrong."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.joins import Maker
from app.play.agencies import Agencies
from app.play.begun import begin
from app.play.bound import Bound
from app.play.broker import Broker
from app.play.broker_faults import BrokerFaults
from app.play.clock import FIVE_YEARS, ScenarioClock, Speed
from app.play.faults import Saboteur
from app.play.given import Cast
from app.play.ground import Ground
from app.play.link import Link
from app.play.network import Network
from app.play.outsiders import Outsiders
from app.play.parts import Parts
from app.play.people import needed
from app.play.policies import set_policies
from app.play.quiet import WITHIN, Participant
from app.play.sabotage import Saboteurs
from app.play.scene import Scene
from app.play.steps.doing import begun
from app.play.systems import Systems
from app.play.watch import Watch
from app.settings import AGENCIES, Settings
from scenarios.reading import Script
from scenarios.scenario import Scenario
from vn.clock import ClockSetting

__all__ = ["Setting", "set_up"]

_numbers = count(1)


async def _nobody(_: str) -> None:
    """There is nobody to ask."""


@dataclass(frozen=True)
class Setting:
    """What all scenarios of a run share. `broker` is the run's own embedded one; None where another is named (`settings.bootstrap`)."""

    settings: Settings
    environ: Mapping[str, str]
    broker: Broker | None
    speed: Speed = field(default_factory=Speed)
    ask: Callable[[str], Awaitable[None]] = _nobody
    prefix: str = "run"
    space: str | None = None
    """The space of every scenario with a member outside, one after the other, where it was said; else each has one of its own."""
    bound: Bound = field(default_factory=Bound)
    makers: Mapping[str, Maker] = field(default_factory=dict)
    """Who makes an adapter in the place of ours, by part: its member is under test."""
    within: float = WITHIN


@asynccontextmanager
async def set_up(script: Script, setting: Setting) -> AsyncIterator[Scene]:
    """Everything runs, stands at the scenario's start and is at rest; all of it is gone afterwards."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        bootstrap, by_kind = await _broker(script, setting, stack)
        scenario, held, outsiders = script.scenario, _Held(script.scenario.start), Outsiders.of(script, setting.bound)
        ground = _ground(script, setting, bootstrap, outsiders=outsiders, held=held, stack=stack)
        ground.province.makers |= setting.makers
        await enter(ground.running())
        if (network := by_kind.get("network")) is not None:
            by_kind["network"] = await enter(Network(network, now=held.now))
        if ground.relay is not None:
            by_kind["relay"] = ground.relay
        groups = {name: group for name in outsiders.members if (group := outsiders.member(name).group)}
        watch = await enter(Watch(ground.kafka, ground.members, outer=ground.outer, inner=ground.inner, now=held.now, groups=groups))
        parts = await enter(Parts.of(ground.province, outside=outsiders.left_out))
        systems = Systems(outsiders, ground, lambda: parts.counters.ends, environ=setting.environ, title=script.id)
        await enter(systems.running())
        others = [each for each in (ground.relay, ground.doors, watch, *systems.participants.values()) if each is not None]
        speed = Speed.read("real") if scenario.real_time else setting.speed
        held.clock = clock = _clock(scenario, parts, others, speed=speed, within=setting.within)
        await clock.begin()
        agencies = Agencies(ground.http, ground.urls, outsiders)
        doors: Mapping[str, Saboteur[Any]] = dict.fromkeys(AGENCIES, ground.doors) if ground.doors else {}
        outside = (*outsiders.names, *(part.removesuffix("-adapter") for part in setting.makers))
        scene = Scene(
            script=script,
            ground=ground,
            agencies=agencies,
            clock=clock,
            watch=watch,
            cast=await Cast.settled(scenario.given, seed=scenario.seed, agencies=agencies, on=scenario.start.date()),
            saboteurs=Saboteurs(by_kind, doors),
            ask=setting.ask,
            began=scenario.start,
            outside=outside,
            systems=systems,
            exact=not speed.runs and not outside,
        )
        await _given(scene)
        yield scene


def _ground(script: Script, setting: Setting, bootstrap: str, *, outsiders: Outsiders, held: "_Held", stack: AsyncExitStack) -> Ground:
    """The parts, in a folder and in topics that are gone afterwards."""
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="lgsp-run-", ignore_cleanup_errors=True)))
    fixed = setting.space if outsiders.members else None
    settings = replace(
        setting.settings,
        space=fixed or f"{setting.prefix}-{next(_numbers)}",
        seed=script.scenario.seed,
        people=max(setting.settings.people, needed(script.scenario.given.people)),
        clock=ClockSetting("frozen", at=script.scenario.start),
    )
    return Ground(
        settings,
        bootstrap,
        folder,
        now=held.now,
        needs=script.needs,
        outsiders=outsiders,
        anew=fixed is not None,
    )


def _clock(scenario: Scenario, parts: Parts, others: Sequence[Participant], *, speed: Speed, within: float) -> ScenarioClock:
    limit = scenario.limits.virtual
    most = limit.after(scenario.start) - scenario.start if limit else FIVE_YEARS
    return ScenarioClock(parts, *others, start=scenario.start, speed=speed, limit=most, within=within)


@dataclass
class _Held:
    """The scenario's time for those who are made before its clock."""

    start: datetime
    clock: ScenarioClock | None = None

    def now(self) -> datetime:
        return self.start if self.clock is None else self.clock.now


async def _broker(script: Script, setting: Setting, stack: AsyncExitStack) -> tuple[str, dict[str, Any]]:
    """Where the scenario's broker is, and who makes it, or the network before it, do wrong."""
    if setting.broker is None:
        return setting.settings.bootstrap or "", {}
    broker = setting.broker
    by_kind: dict[str, Any] = {}
    if "own-network" in script.needs:
        link = await stack.enter_async_context(Link())
        broker = await stack.enter_async_context(Broker.of(setting.environ, advertised=f"127.0.0.1:{link.port}"))
        link.to = broker.inner
        by_kind["network"] = link
    if "embedded-broker" in script.needs:
        by_kind["broker"] = await stack.enter_async_context(BrokerFaults(broker.control))
    return broker.bootstrap, by_kind


async def _given(scene: Scene) -> None:
    """Policies first, then the dossiers that are on their way."""
    given = scene.script.scenario.given
    policies = {str(agency): policy for agency, policy in given.policies.items() if agency in scene.agencies.ours}
    await set_policies(scene.agencies, policies)  # an agency outside decides as it does
    for name, code in scene.agencies.outsiders.bound.bindings.codes.items():
        scene.capture(name, code, code)
    for name, value in scene.cast.values().items():
        scene.capture(name, value.get("identity") or value["path"], value)
    for each in given.dossier:
        done = await begin(each, scene.cast, scene.agencies, on=scene.now.date(), settle=scene.rest)
        begun(scene, each.as_, done)
    await scene.rest()
    scene.began = scene.now
