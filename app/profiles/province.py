"""Plays a profile: a province of some months at speed, and what came of it beside what was published."""

import asyncio
import time as real
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx
import yaml

from adapters.runtime import AgencyClient
from app import parts
from app.child import child
from app.play.broker import Broker
from app.play.canonical import digest_of
from app.play.clock import ScenarioClock
from app.play.parts import Parts
from app.profiles.citizens import INTEREST, Citizens
from app.profiles.compared import compared, course_point
from app.profiles.forms import Forms, people_for
from app.profiles.history import History
from app.profiles.memory import Memory
from app.profiles.planned import plan
from app.profiles.profile import Profile
from app.profiles.watcher import Watcher
from app.security import VARIABLES
from app.settings import ADAPTERS, AGENCIES, SERVICE_OF, Settings
from bus import Admin, KafkaSettings, Members, Space
from scenarios.verdicts import Case, Point, Verdict
from vn.clock import VN
from vn.errors import LgspError

__all__ = ["Report", "play"]

Report = Callable[[float, str], None]
"""How much of the run is done, from 0 to 1, and where it stands, in words."""
OPENING, EVENING = time(8), time(23)
TOGETHER = (("dvc", "tax"), ("land", "payment"))
"""Agencies in two processes, about as busy as each other: on two cores neither waits for the other."""
CALL_TIMEOUT, DIGEST_TIMEOUT = 60.0, 300.0  # seconds; a digest is of a whole database


@dataclass(frozen=True)
class Started:
    """A province that runs: where its parts are, on which broker, in which space, in which processes."""

    settings: Settings
    bootstrap: str
    urls: Mapping[str, str]
    pids: Mapping[str, int]


async def play(
    profile: Profile,
    settings: Settings,
    environ: Mapping[str, str],
    *,
    scale: float = 1.0,
    exchanges: int = 1,
    progress: Report = lambda _, __: None,
    stop: asyncio.Event | None = None,
) -> Case:
    """The whole run, on the settings' broker or an embedded one of its own.

    `scale`: the part of the dossiers that is played. `exchanges`: processes of the exchange. Raises what hinders its start; what goes wrong
    later ends the case with the reason.
    """
    seed = profile.seed
    stop = stop or asyncio.Event()
    began = real.monotonic()
    planned = plan(profile, scale=scale, seed=seed)
    people = people_for(len(planned))
    played = _Played(profile, scale=scale, seed=seed, progress=progress)
    async with _province(replace(settings, seed=seed, people=people), environ, profile, exchanges=exchanges) as there:
        forms = await asyncio.to_thread(Forms, seed, people)
        async with AgencyClient(there.urls["dvc"], call_timeout=CALL_TIMEOUT) as portal:
            citizens = Citizens(portal, forms, planned, profile=profile, seed=seed)
            await played.run(there, citizens, stop)
    return played.case(citizens, real.monotonic() - began)


class _Played:
    """One run in the making."""

    def __init__(self, profile: Profile, *, scale: float, seed: int, progress: Report) -> None:
        self._profile, self._scale, self._seed, self._progress = profile, scale, seed, progress
        self._history = History()
        self._memory = Memory()
        self._course: list[Point] = []
        self._digest = ""
        self._verdict, self._reason = Verdict.PASSED, ""

    async def run(self, there: Started, citizens: Citizens, stop: asyncio.Event) -> None:
        """Day after day, then the digests."""
        kafka, space = KafkaSettings(there.bootstrap, security=there.settings.security), Space(there.settings.space)
        members = Members.read(there.settings.members).ids
        portal = next(each for each in members if each.endswith("/dvc"))
        watcher = Watcher(kafka, space, portal, history=self._history, heard=citizens.heard, interest=INTEREST)
        async with Parts(lambda: there.urls, kafka, space, members) as counters, watcher:
            period = self._profile.period
            clock = ScenarioClock(counters, citizens, watcher, start=datetime.combine(period.first, OPENING, VN), within=CALL_TIMEOUT)
            try:
                await clock.begin()
                if await self._days(clock, citizens, there.pids, stop):
                    self._progress(1.0, "digests")
                    async with httpx.AsyncClient(timeout=DIGEST_TIMEOUT, trust_env=False) as http:
                        self._digest = await digest_of(self._history.digests, {name: there.urls[name] for name in AGENCIES}, http)
            except LgspError as error:
                self._verdict, self._reason = Verdict.ERROR, str(error)

    async def _days(self, clock: ScenarioClock, citizens: Citizens, pids: Mapping[str, int], stop: asyncio.Event) -> bool:
        """Whether it came to the end."""
        period = self._profile.period
        total = (period.last - period.first).days + 1
        for day in (period.first + timedelta(n) for n in range(total)):
            if not await _unless(stop, clock.advance(datetime.combine(day, EVENING, VN))):
                self._verdict, self._reason = Verdict.INTERRUPTED, f"interrupted on {day}"
                return False
            self._course.append(course_point(day, citizens))
            self._memory.sample({"runner": None, **pids})
            self._progress(
                ((day - period.first).days + 1) / total, f"{day} {citizens.received} dossiers, {self._history.deliveries} messages"
            )
        self._history.fold()
        return True

    def case(self, citizens: Citizens, seconds: float) -> Case:
        """What was found."""
        profile, history = self._profile, self._history
        return Case(
            name=profile.profile,
            row="",
            path=profile.path,
            title_vi=profile.title.vi,
            title_en=profile.title.en,
            about=profile.about,
            verdict=self._verdict,
            reason=self._reason,
            seed=self._seed,
            began=datetime.combine(profile.period.first, OPENING, VN),
            ended=self._course[-1].at if self._course else None,
            seconds=seconds,
            course=self._course,
            figures={
                "legs": history.legs(),
                "refusals": dict(sorted((history.refusals + citizens.refused).items())),
                "compared": compared(profile, history, citizens, scale=self._scale),
                "dossiers": citizens.received,
                "messages": history.deliveries,
                "memory": self._memory.figures(),
            },
            digest=self._digest,
        )


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, object]) -> bool:
    """Whether it came to its end before the stop."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        working.result()
        return not stop.is_set()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    return False


@asynccontextmanager
async def _province(settings: Settings, environ: Mapping[str, str], profile: Profile, *, exchanges: int) -> AsyncIterator[Started]:
    """Broker (if none is given), agencies and exchanges as processes of their own; the adapters here."""
    with TemporaryDirectory(prefix="lgsp-profile-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        policy = folder / "policy.yaml"
        policy.write_text(yaml.safe_dump(profile.policy), encoding="utf-8")
        space = f"{settings.space}-{uuid4().hex[:8]}" if settings.bootstrap else settings.space
        # nothing of it outlives the run, so nothing waits for the disk
        databases = {name: f"sqlite:///{folder / name}.db?synchronous=off" for name in AGENCIES}
        quiet = replace(settings, log="json", log_level="warning", ports={}, urls={}, databases=databases)
        settings = replace(quiet, state=folder, space=space, policy=policy)
        async with AsyncExitStack() as stack:
            enter, told = stack.enter_async_context, {**environ, **settings.environ(), **dict.fromkeys(VARIABLES, "")}
            agencies = {names: await enter(child("app", "serve", *names, environ=told)) for names in TOGETHER}
            pids = {"+".join(names): each.pid for names, each in agencies.items()}
            bootstrap = settings.bootstrap
            if bootstrap is None:
                broker = await enter(Broker.of(environ, state=folder / "broker"))
                bootstrap, pids["broker"] = broker.bootstrap, broker.pid
            else:
                stack.push_async_callback(_clear, settings, bootstrap)
            settings = replace(settings, bootstrap=bootstrap)
            urls = {name: url for names, each in agencies.items() for name, url in (await each.ready(len(names))).items()}
            # several exchanges of one instance, which those that are supervised share by default, would expel each other from their group
            told = {**environ, **settings.environ()}
            names = ["exchange", *(f"exchange-{n}" for n in range(2, exchanges + 1))]
            started = {name: await enter(child("app", "exchange", environ={**told, "LGSP_EXCHANGE_INSTANCE": name})) for name in names}
            for name, each in started.items():
                urls[name], pids[name] = (await each.ready())["exchange"], each.pid
            for name in ADAPTERS:
                urls[f"{name}-adapter"] = await enter(parts.adapter(settings, name, bootstrap=bootstrap, url=urls[SERVICE_OF[name]]))
            yield Started(settings, bootstrap, urls, pids)


async def _clear(settings: Settings, bootstrap: str) -> None:
    """Leave nothing on a broker that is somebody else's."""
    async with Admin(KafkaSettings(bootstrap, security=settings.security)) as admin:
        await admin.delete([name for name in await admin.topics() if name.startswith(f"{settings.space}.")])
