"""Steps that wait for messages, or for none."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.play.meeting import Met, at_the_end, fits, met, unlike
from app.play.scene import Scene, StepFailed, Watched
from app.play.watch import Delivery, Seen
from app.play.why import blamed, held_up, is_outside, maker_of, shown, whose
from scenarios.expectations import ByHand, Expect, Message, Never, Refused
from scenarios.report.words import moment
from scenarios.scenario import AnyOf
from scenarios.verdicts import Deadline, Failure

PATIENCE = 600.0  # seconds for a person
TAKEN_WITHIN = 15.0  # seconds; commits are real
LOOK_EVERY = 0.1
ANSWERS = "exchange."  # receipts, and reports of what could not be delivered


async def expect(scene: Scene, act: Expect) -> None:
    """Such messages come, in time; the clock moves to the match, or to the end of the term."""
    won = await _until(scene, [act])
    if won is None:
        raise StepFailed(await failure(scene, act))
    _count(scene, act)


async def any_of(scene: Scene, act: AnyOf) -> None:
    """The first of them that is met; its message is captured as that of the step, too."""
    won = await _until(scene, act.of)
    if won is None:
        failures = [await failure(scene, each) for each in act.of]
        raise StepFailed(replace(failures[0], reason="; nor ".join(each.reason for each in failures)))
    for seen in _count(scene, won)[:1]:
        scene.capture(act.as_, seen.id, seen.payload)


async def never(scene: Scene, act: Never) -> None:
    """From here on; looked at after every step and at the end."""
    scene.nevers.append(Watched(act, scene, scene.watch.delivered, scene.place))


def broken(scene: Scene) -> Watched | None:
    """The first `never` that was not kept."""
    return next((watched for watched in scene.nevers if _came(watched)), None)


async def breach(watched: Watched) -> Failure:
    """What came that must not, and where its case stands; a member outside that made it come is the one under test."""
    scene, (seen, delivery) = watched.scene, _came(watched)[0]
    reason = f"{named(scene, watched.act)} must not come ({watched.place}), and came at {moment(delivery.at)}"
    failure = await standing(scene, Failure(reason, nearest=shown(seen)), seen.subject)
    if not is_outside(maker := maker_of(seen), scene.outside):
        return failure
    return replace(failure, turn="member under test", turn_words=f"{maker}'s: it made this message come")


async def standing(scene: Scene, failure: Failure, about: str, *, answered: bool = False) -> Failure:
    """With the last hop of the case, and whose turn it is (see `blamed`)."""
    hop = await scene.hop(about)
    turn, words = await blamed(hop, scene.agencies.ours, about, scene.outside, answered=answered)
    return replace(failure, hop=hop, turn=turn, turn_words=words)


def _came(watched: Watched) -> list[tuple[Seen, Delivery]]:
    """Every delivery counts, also of a message that had come before."""
    act, scene = watched.act, watched.scene
    until = scene.captured.get(act.until or "")
    dossier = act.about and scene.dossier(act.about)
    most = until.order if until else scene.watch.delivered
    late = [(seen, each) for seen in scene.watch for each in seen.deliveries if watched.since <= each.order < most]
    return [(seen, each) for seen, each in late if fits(act, seen, dossier)]


async def refused(scene: Scene, act: Refused) -> None:
    """A message that was sent is refused with this code, and at least these faults."""
    sent = scene.named(act.message)

    def found() -> Seen | None:
        return next((seen for seen in scene.watch if seen.code and sent.value in (seen.id, _read_at(scene, seen))), None)

    if act.within is not None:
        await scene.advance(act.within.deadline(scene.began), until=lambda: found() is not None)
    else:
        await scene.rest()
    seen = found()
    if seen is None:
        hop = await scene.hop(sent.value)
        reason = f"{act.message} ({sent.value}) was not refused"
        raise StepFailed(Failure(reason, hop=hop, turn=whose(hop, scene.outside), turn_words=held_up(hop)))
    places = {str(each.get("pointer")) for each in seen.faults}
    wrong = [f"code: expected {act.code}, found {seen.code}"] if act.code != seen.code else []
    wrong += [f"fault at {place}: expected, not found" for place in act.faults if place not in places]
    if wrong:
        raise StepFailed(Failure(f"{act.message} ({sent.value}) was refused otherwise", nearest=shown(seen), differences=wrong))
    scene.capture(act.as_, seen.id, {"code": seen.code, "faults": [dict(each) for each in seen.faults]})


async def by_hand(scene: Scene, act: ByHand) -> None:
    """Somebody does something outside, in real time."""
    await scene.ask(act.say)
    limit = act.limit.by.total_seconds() if act.limit else PATIENCE
    deadline = time.monotonic() + limit
    while not _met(scene, act.until).holds:
        if time.monotonic() > deadline:
            raise StepFailed(await failure(scene, act.until, words=f"within {limit:g} s of real time"))
        await asyncio.sleep(LOOK_EVERY)  # a person is no event
        await scene.look()
        await _look_who_took(scene, [act.until])
    _count(scene, act.until)


async def _until(scene: Scene, acts: Sequence[Expect]) -> Expect | None:
    """The first of them that is met, each within its own term; None where all terms are over and none was."""
    due = max((each for act in acts if (each := _due(scene, act)) is not None), default=scene.now)
    waited = [act for act in acts if not at_the_end(act)]
    come = [act.model_copy(update={"at": "delivered"}) if act.at == "taken" else act for act in waited]

    def met_by_now(acts: Sequence[Expect]) -> bool:
        return any(_met(scene, act).holds for act in acts)

    for stage in (come, waited):  # a commit is no event: whether what has come is taken is looked at where it came
        if due <= scene.now:
            break
        await scene.advance(due, until=lambda stage=stage: met_by_now(stage))  # type: ignore[misc]
        await _taken(scene, acts)
        if met_by_now(waited):
            break
    await scene.rest()
    await _taken(scene, acts)
    return next((act for act in acts if _met(scene, act).holds), None)


async def _taken(scene: Scene, acts: Sequence[Expect]) -> None:
    """Until what has come is committed, or nobody is there who could do so; commits are real."""
    deadline = time.monotonic() + TAKEN_WITHIN
    while await _look_who_took(scene, acts) and time.monotonic() < deadline:  # noqa: ASYNC110 - a commit is no event
        await asyncio.sleep(LOOK_EVERY)


async def _look_who_took(scene: Scene, acts: Sequence[Expect]) -> bool:
    """Whether it may be worth looking again."""
    wanted = [act for act in acts if act.at == "taken"]
    if not wanted or scene.saboteurs.cut_off:
        return False
    await scene.watch.look_who_took()
    open_ = {seen.recipient for act in wanted for seen in _fitting(scene, act) if any(not each.taken for each in seen.deliveries)}
    return any(scene.watch.readers.get(member or "") for member in open_)


def _due(scene: Scene, act: Expect) -> datetime | None:
    return act.within.deadline(_begun(scene, act)) if act.within else scene.instant(act.by)


def _begun(scene: Scene, act: Expect) -> datetime:
    return scene.named(act.after).at if act.after else scene.began


def _met(scene: Scene, act: Expect) -> Met:
    return met(act, _fitting(scene, act), by=_due(scene, act))


def _fitting(scene: Scene, act: Message) -> list[Seen]:
    dossier = act.about and scene.dossier(act.about)
    return [seen for seen in scene.watch if fits(act, seen, dossier)]


def _count(scene: Scene, act: Expect) -> Sequence[Seen]:
    """Those that answer to this expectation answer to no other; the first is what the step captures."""
    found = _met(scene, act)
    for seen in found.seens if act.at == "accepted" else ():
        seen.answers = True
    for each in found.deliveries:
        each.answers = True
    judged = [seen.judged_at for seen in found.seens if seen.judged_at] if act.at == "accepted" else []
    _note_term(scene, act, max([*judged, *(each.at for each in found.deliveries)], default=scene.now))
    for seen in found.seens[:1]:
        order = min((each.order for each in found.deliveries if each in seen.deliveries), default=None)
        scene.capture(act.as_, seen.id, seen.payload, order=order)
    return found.seens


def _note_term(scene: Scene, act: Expect, came: datetime | None) -> None:
    due = _due(scene, act)
    if due is not None:
        scene.deadlines.append(Deadline(named(scene, act), _begun(scene, act), due, came))


async def failure(scene: Scene, act: Expect, *, words: str = "") -> Failure:
    """Why an expectation is not met: what there is instead, the nearest message, the last hop, whose turn it is."""
    dossier, due, found = act.about and scene.dossier(act.about), _due(scene, act), _met(scene, act)
    _note_term(scene, act, None)
    others = [seen for seen in scene.watch if act.contract in (None, seen.contract) and seen not in found.seens]
    nearest = min(others, key=lambda seen: _distance(act, seen, dossier), default=None)
    last = nearest or max(scene.watch, key=lambda seen: seen.order, default=None)
    about = dossier or (last.subject if last else "")
    when = words or (f"by {moment(due)}" if due else "by now")
    made = Failure(
        reason=f"expected {act.count} of {named(scene, act)} {when}, found {_told(found)}",
        nearest=None if nearest is None else shown(nearest),
        differences=[_instead(scene, act, dossier)] if nearest is None else unlike(act, nearest, dossier) or [_spent(act, nearest, due)],
    )
    return await standing(scene, made, about, answered=(act.contract or "").startswith(ANSWERS)) if about else made


def _told(found: Met) -> str:
    """`1`; where it is not the same for all, `1 to ilis, 2 to dvc`."""
    if len(found.counted) < 2:
        return str(sum(found.counted.values()))
    return ", ".join(f"{number} to {who or 'nobody'}" for who, number in found.counted.items())


def _spent(act: Expect, seen: Seen, due: datetime | None) -> str:
    """Why a message that is as expected does not count."""
    if act.at == "accepted":
        at, answers = seen.judged_at, seen.answers
    else:
        at, answers = (seen.deliveries[0].at if seen.deliveries else None), any(each.answers for each in seen.deliveries)
    if answers:
        return "it answers to another expectation"
    if at is None:
        return f"it was not {'accepted' if act.at == 'accepted' else 'delivered'}"
    if due is not None and at > due:
        return f"it came at {moment(at)}, after the term"
    return "it was not taken" if act.at == "taken" else "there are not as many"


def _distance(act: Message, seen: Seen, dossier: str | None) -> tuple[int, int]:
    return len(unlike(act, seen, dossier)), -seen.order


def _instead(scene: Scene, act: Expect, dossier: str | None) -> str:
    """What has come of the case, so many of each contract, where nothing more has of the one that was expected."""
    ids = {(seen.contract, seen.id): None for seen in scene.watch if dossier in (None, seen.subject)}
    came = Counter(contract for contract, _ in ids)
    other = "other " if act.contract in came else ""
    told = "; so far: " + ", ".join(f"{number} {contract}" for contract, number in came.items()) if came else ""
    return f"contract: no {other}{act.contract or 'message'} came{' about the dossier' if dossier else ''}{told}"


def named(scene: Scene, act: Message) -> str:
    """Which messages, in the script's words; a dossier with its code."""
    code = act.about and scene.dossier(act.about)
    about = act.about if code in (None, act.about) else f"{act.about} ({code})"
    words = (("from", act.from_), ("to", act.to), ("about", about))
    return " ".join([act.contract or "anything", *(f"{word} {value}" for word, value in words if value)])


def _read_at(scene: Scene, seen: Seen) -> str:
    """Where a message was read, as its sender knows the place: the exchange may work behind a relay."""
    entry = seen.entry or {}
    topic = str(entry.get("topic", "")).removeprefix(f"{scene.ground.inner.name}.")
    return f"{scene.ground.outer.name}.{topic}/{entry.get('partition')}/{entry.get('offset')}"
