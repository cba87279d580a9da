"""Steps that wait for messages, or for none."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime

from app.play.meeting import fits, met, unlike
from app.play.scene import Scene, StepFailed, Watched
from app.play.watch import Delivery, Seen
from app.play.why import blamed, hop_of, shown, shown_at, whose
from scenarios.expectations import ByHand, Expect, Message, Never, Refused
from scenarios.scenario import AnyOf
from scenarios.verdicts import Deadline, Failure

PATIENCE = 600.0  # seconds for a person
TAKEN_WITHIN = 15.0  # seconds; commits are real
LOOK_EVERY = 0.1


async def expect(scene: Scene, act: Expect) -> None:
    """Such messages come, in time; the clock moves to the match, or to the end of the term."""
    due, found = await _until(scene, [act])
    if found is None:
        raise StepFailed(await failure(scene, act, due))
    _count(scene, act, *found, due=due)


async def any_of(scene: Scene, act: AnyOf) -> None:
    """The first of them that is met."""
    due, found = await _until(scene, act.of)
    if found is None:
        raise StepFailed(await failure(scene, act.of[0], due))
    one = next(each for each in act.of if _met(scene, each)[0])
    _count(scene, one, *found, due=due)
    scene.capture(act.as_, one.as_ or one.contract or "")


async def never(scene: Scene, act: Never) -> None:
    """From here on; looked at after every step and at the end."""
    scene.nevers.append(Watched(act, scene.number, scene.watch.delivered))


def broken(scene: Scene) -> Watched | None:
    """The first `never` that was not kept."""
    for watched in scene.nevers:
        if _came(scene, watched):
            return watched
    return None


def breach(scene: Scene, watched: Watched) -> Failure:
    """What came that must not."""
    seen = _came(scene, watched)[0]
    return Failure(f"{_named(watched.act)} must never come, and came at {shown_at(seen.deliveries[-1].at)}", nearest=shown(seen))


def _came(scene: Scene, watched: Watched) -> list[Seen]:
    act, until = watched.act, scene.captured.get(watched.act.until or "")
    dossier = act.about and scene.dossier(act.about)
    most = until.order if until else scene.watch.delivered
    late = (seen for seen in scene.watch if any(watched.since <= each.order < most for each in seen.deliveries))
    return [seen for seen in late if fits(act, seen, dossier, scene.resolve)]


async def refused(scene: Scene, act: Refused) -> None:
    """A message that was sent is refused with this code, and at least these faults."""
    sent = scene.captured[act.message]

    def found() -> Seen | None:
        return next((seen for seen in scene.watch if seen.code and sent.value in (seen.id, _read_at(seen))), None)

    due = act.within.deadline(scene.began) if act.within else None
    if due is not None:
        await scene.clock.advance(due, until=lambda: found() is not None)
    else:
        await scene.rest()
    seen = found()
    if seen is None:
        hop = await hop_of(scene.watch, sent.value)
        raise StepFailed(Failure(f"{act.message} was not refused", hop=hop, turn=whose(hop, scene.outside)))
    places = {str(each.get("pointer")) for each in seen.faults}
    wrong = [f"code: expected {act.code}, found {seen.code}"] if act.code != seen.code else []
    wrong += [f"fault at {place}: expected, not found" for place in act.faults if place not in places]
    if wrong:
        raise StepFailed(Failure(f"{act.message} was refused otherwise", nearest=shown(seen), differences=wrong))


async def by_hand(scene: Scene, act: ByHand) -> None:
    """Somebody does something outside, in real time."""
    await scene.ask(act.say)
    limit = act.limit.by.total_seconds() if act.limit else PATIENCE
    deadline = time.monotonic() + limit
    while not _met(scene, act.until)[0]:
        if time.monotonic() > deadline:
            raise StepFailed(await failure(scene, act.until, scene.now, words=f"within {limit:g} s of real time"))
        await asyncio.sleep(LOOK_EVERY)  # a person is no event
        await scene.look()
    _count(scene, act.until, *_met(scene, act.until)[1:], due=None)


Found = tuple[Sequence[Seen], Sequence[Delivery]]


async def _until(scene: Scene, acts: Sequence[Expect]) -> tuple[datetime | None, Found | None]:
    """Until one of them is met, and the end of the longest term; None where the term is over and none was."""
    dues = [_due(scene, act) for act in acts]
    due = None if None in dues else max(each for each in dues if each is not None)

    def one() -> Found | None:
        return next((found[1:] for act in acts if (found := _met(scene, act))[0]), None)

    if due is not None and due > scene.now:
        await scene.clock.advance(due, until=lambda: one() is not None)
    else:
        await scene.rest()
    if any(act.at == "taken" for act in acts):
        deadline = time.monotonic() + TAKEN_WITHIN
        await scene.watch.look_who_took()
        while one() is None and time.monotonic() < deadline:
            await asyncio.sleep(LOOK_EVERY)  # a commit is no event
            await scene.watch.look_who_took()
    return due, one()


def _due(scene: Scene, act: Expect) -> datetime | None:
    if act.within is None:
        return act.by
    return act.within.deadline(scene.captured[act.after].at if act.after else scene.began)


def _met(scene: Scene, act: Expect) -> tuple[bool, Sequence[Seen], Sequence[Delivery]]:
    return met(act, _fitting(scene, act), by=_due(scene, act))


def _fitting(scene: Scene, act: Message) -> list[Seen]:
    dossier = act.about and scene.dossier(act.about)
    return [seen for seen in scene.watch if fits(act, seen, dossier, scene.resolve)]


def _count(scene: Scene, act: Expect, seens: Sequence[Seen], deliveries: Sequence[Delivery], *, due: datetime | None) -> None:
    """These answer to this expectation, and to no other."""
    for seen in seens if act.at == "accepted" else ():
        seen.answers = True
    for each in deliveries:
        each.answers = True
    if act.within is not None and due is not None:
        came = max((each.at for each in deliveries), default=scene.now)
        begun = scene.captured[act.after].at if act.after else scene.began
        scene.deadlines.append(Deadline(_named(act), begun, due, came))
    if seens:
        scene.capture(act.as_, seens[0].id, seens[0].payload)


async def failure(scene: Scene, act: Expect, due: datetime | None, *, words: str = "") -> Failure:
    """Why an expectation is not met: what there is instead, the nearest message, the last hop, whose turn it is."""
    dossier = act.about and scene.dossier(act.about)
    if due is not None and act.within is not None:
        scene.deadlines.append(Deadline(_named(act), scene.began, due, None))
    _, fitting, counted = met(act, _fitting(scene, act), by=due)
    others = [seen for seen in scene.watch if seen not in fitting]
    nearest = min(others, key=lambda seen: _distance(act, seen, dossier, scene), default=None)
    hop = await hop_of(scene.watch, dossier) if dossier else None
    turn, turn_words = await blamed(hop, scene.agencies.ours, dossier, scene.outside) if hop and dossier else (None, "")
    when = words or (f"by {shown_at(due)}" if due else "by now")
    return Failure(
        reason=f"expected {act.count} of {_named(act)} {when}, found {len(counted or fitting)}",
        nearest=None if nearest is None else shown(nearest),
        differences=[]
        if nearest is None
        else unlike(act, nearest, dossier, scene.resolve) or ["it answers to another expectation, or came late"],
        hop=hop,
        turn=turn,
        turn_words=turn_words,
    )


def _distance(act: Message, seen: Seen, dossier: str | None, scene: Scene) -> tuple[bool, int, int]:
    return act.contract not in (None, seen.contract), len(unlike(act, seen, dossier, scene.resolve)), -seen.order


def _named(act: Message) -> str:
    said = [
        act.contract or "anything",
        *(f"{word} {value}" for word, value in (("from", act.from_), ("to", act.to), ("about", act.about)) if value),
    ]
    return " ".join(said)


def _read_at(seen: Seen) -> str:
    entry = seen.entry or {}
    return f"{entry.get('topic')}/{entry.get('partition')}/{entry.get('offset')}"
