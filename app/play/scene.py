"""One scenario while it is played: what was captured, what must never come, what each step found."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.play.agencies import Agencies
from app.play.given import Cast
from app.play.ground import Ground
from app.play.rounds import Timekeeper
from app.play.sabotage import Saboteurs
from app.play.systems import Systems
from app.play.watch import Watch
from app.play.why import hop_of
from scenarios.acts import Send
from scenarios.expectations import Never
from scenarios.matching import at
from scenarios.reading import Script
from scenarios.scalars import Plain, Ref, Shape, instant
from scenarios.typed import NOTHING
from scenarios.verdicts import Deadline, Failure, Hop
from vn.errors import LgspError, Unusable

__all__ = ["Captured", "Scene", "StepFailed", "StepNotRun", "Watched"]


class StepFailed(LgspError):
    """What a step asks for is not so; why, with what was found instead."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class StepNotRun(LgspError):
    """A step that cannot be done here, so that nothing is known of it; the scenario goes on."""


@dataclass(frozen=True)
class Captured:
    """What a step has captured under its `as`: what `{name}` stands for, and what `{name./pointer}` looks into."""

    value: str
    body: Any
    at: datetime
    order: int
    """How many deliveries had been seen by then."""


@dataclass(frozen=True)
class Watched:
    """Something that must never come, from this place (FILE:LINE) on; `scene` knows the names that hold there."""

    act: Never
    scene: "Scene"
    since: int
    place: str


@dataclass
class Scene:
    """What every step is given; `began` is where terms begin, `ask` shows somebody what to do by hand, `systems` are those outside."""

    script: Script
    ground: Ground
    agencies: Agencies
    clock: Timekeeper
    watch: Watch
    cast: Cast
    saboteurs: Saboteurs
    ask: Callable[[str], Awaitable[None]]
    systems: Systems
    began: datetime
    outside: Collection[str] = ()
    exact: bool = True
    """Whether the clock stands still between jumps, so that a second run sees the same instants."""
    prefix: str = ""
    """Of the names of faults in a run of a repeat: each run has its own."""
    captured: dict[str, Captured] = field(default_factory=dict)
    forms: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    attempts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nevers: list[Watched] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    decided: set[str] = field(default_factory=set)
    """Messages that have shown that somebody outside decided."""
    figures: dict[str, Any] = field(default_factory=dict)
    place: str = ""
    """Of the step that is being done, FILE:LINE."""

    @property
    def now(self) -> datetime:
        """The scenario's instant."""
        return self.clock.now

    async def rest(self) -> None:
        """Until nothing is on its way; while the network is cut nobody can know."""
        if not self.saboteurs.cut_off:
            await self.clock.quiet()

    async def advance(self, to: datetime, *, until: Callable[[], bool] | None = None) -> None:
        """Time passes up to an instant, or to where `until` holds; raises Unusable while the network is cut."""
        if self.saboteurs.cut_off:
            raise Unusable("time cannot pass while the network is cut, for nobody knows what is on its way: heal the cut before")
        await self.clock.advance(to, until=until)

    async def look(self) -> None:
        """Read what has come; while the network is cut nothing has."""
        if not self.saboteurs.cut_off:
            await self.watch.busy()

    async def hop(self, about: str) -> Hop:
        """The last hop of a dossier or message; while the network is cut, as of the last look."""
        return await hop_of(self.watch, about, look=not self.saboteurs.cut_off)

    def capture(self, name: str | None, value: str, body: Any = None, *, order: int | None = None) -> None:
        """Under the step's `as`, where it has one; `order`: how many deliveries came before a message that is captured."""
        if name is not None:
            self.captured[name] = Captured(value, body, self.now, self.watch.delivered if order is None else order)

    def named(self, name: str) -> Captured:
        """What was captured so; raises StepFailed where nothing was, e.g. because none of so many had to come."""
        if name not in self.captured:
            raise StepFailed(Failure(f"nothing was captured as {name!r} by now"))
        return self.captured[name]

    def run(self, number: int, clock: Timekeeper, began: datetime) -> "Scene":
        """The scene of one run of a repeat: what is captured in it is its own."""
        here = Captured(str(number), None, began, self.watch.delivered)
        own = replace(self, clock=clock, began=began, prefix=f"{self.prefix}{number}.")
        own.captured, own.attempts = {**self.captured, "run": here}, {**self.attempts}
        return own

    def dossier(self, name: str) -> str:
        """The code of a dossier that was captured, or a code as it is written."""
        return self.captured[name].value if name in self.captured else name

    def instant(self, said: Any) -> datetime | None:
        """An instant that was written, or found by a reference; raises StepFailed where what was found is none."""
        if said is None or isinstance(said, datetime):
            return said
        try:
            return instant(said)
        except ValueError:
            raise StepFailed(Failure(f"{said!r} is not an instant, and not a date")) from None

    def resolve(self, given: Any) -> Any:
        """The same with every reference replaced by what it stands for; a whole reference keeps the type of what it finds."""
        match given:
            case Ref():
                return self._looked_up(given)
            case str():
                ref = Ref.whole(given)
                if ref is not None:
                    return self._looked_up(ref)
                made = Ref.replace(given, self._looked_up)
                return Plain(made) if isinstance(given, Plain) else made
            case Send(body=str(text)):  # whatever text it is
                return self.resolve(given.model_copy(update={"body": None})).model_copy(update={"body": text})
            case Shape():
                return given.model_copy(update={name: self.resolve(getattr(given, name)) for name in given.model_fields_set})
            case Mapping():
                return {name: self.resolve(each) for name, each in given.items()}
            case list() | tuple():
                return type(given)(self.resolve(each) for each in given)
            case _:
                return given

    def _looked_up(self, ref: Ref) -> Any:
        """What a reference finds; raises StepFailed where nothing is there."""
        captured = self.named(ref.name)
        if not ref.pointer:
            return captured.value
        found = at(captured.body, ref.pointer)
        if found is NOTHING:
            raise StepFailed(Failure(f"{ref}: what was captured as {ref.name!r} has nothing at {ref.pointer}"))
        return found
