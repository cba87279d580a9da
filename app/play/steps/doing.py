"""Steps in which somebody acts: a citizen, an officer, a payer, a member that writes to the bus, a caller of a native API."""

from uuid import uuid4

from app.play import acts
from app.play.acts import Done
from app.play.scene import Scene, StepFailed
from app.play.sending import Outbox
from app.play.steps import elsewhere
from app.play.why import shown
from bus import Producer
from scenarios.acts import Call, Decide, Pay, Send, Submit, Supplement, Withdraw
from scenarios.verdicts import Failure


async def submit(scene: Scene, act: Submit) -> None:
    """A citizen hands a dossier in."""
    form = await scene.cast.form(act, on=scene.now.date())
    done = await acts.submit(scene.agencies, form, refused=act.refused)
    begun(scene, act.as_, done)


def begun(scene: Scene, name: str | None, done: Done) -> None:
    """A dossier that is on its way, or was refused; what was handed in is kept for a supplement."""
    if done.dossier is not None:
        scene.forms[done.dossier] = done.form or {}
    scene.capture(name, done.dossier or "", done.answer)


async def decide(scene: Scene, act: Decide) -> None:
    """What waits for an officer is decided; first all that is on its way may come."""
    await scene.rest()
    code = scene.dossier(act.dossier)
    if act.at in scene.agencies.outsiders.agencies:
        await elsewhere.decide(scene, act, code)
        return
    for attempt in scene.attempts.get(act.attempt or "", ()) or (None,):
        done = await acts.decide(scene.agencies, code, act, attempts=() if attempt is None else (attempt,))
    scene.capture(act.as_, code, done.answer)


async def pay(scene: Scene, act: Pay) -> None:
    """Every notice that has come by now, or one of them."""
    await scene.rest()
    done = await acts.pay(scene.agencies, scene.dossier(act.dossier), act)
    answer = done.answer[0] if len(done.answer) == 1 else done.answer
    if act.as_ is not None:
        scene.attempts[act.as_] = done.attempts
    scene.capture(act.as_, done.attempts[0] if done.attempts else "", answer)


async def withdraw(scene: Scene, act: Withdraw) -> None:
    """The citizen wants out."""
    done = await acts.withdraw(scene.agencies, scene.dossier(act.dossier), act)
    scene.capture(act.as_, str(done.dossier), done.answer)


async def supplement(scene: Scene, act: Supplement) -> None:
    """What was asked for is given."""
    await scene.rest()
    code = scene.dossier(act.dossier)
    form = await scene.cast.supplement(act, scene.forms.get(code, {}), on=scene.now.date())
    done = await acts.supplement(scene.agencies, code, form, refused=act.refused)
    scene.capture(act.as_, code, done.answer)


async def send(scene: Scene, act: Send) -> None:
    """A member writes to its outbox, past its agency and adapter."""
    like = None
    if act.like is not None:
        sent = scene.named(act.like)
        await scene.look()
        like = next((shown(seen) for seen in scene.watch if seen.id == sent.value), None)
        if like is None:
            raise StepFailed(Failure(f"like: {act.like} is no message that was seen"))
    outbox = Outbox(scene.ground.catalogue, scene.ground.register, scene.ground.outer)
    dossier = scene.dossier(act.about) if act.about else None
    letter = outbox.letter(act, id_=str(uuid4()), at=scene.now, dossier=dossier, like=like)
    async with Producer(scene.ground.kafka) as producer:
        (ack,) = await producer.send_all([letter.record])
    place = f"{letter.record.topic}/{ack.partition}/{ack.offset}"
    scene.capture(act.as_, letter.id or place, letter.payload)


async def call(scene: Scene, act: Call) -> None:
    """A call of a native API, once all is at rest."""
    await scene.rest()
    done = await acts.call(scene.agencies, act)
    scene.capture(act.as_, act.path, done.answer)
