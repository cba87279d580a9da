"""Where a case stands: the last hop of its last message, and whose turn it is."""

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from app.calls import Parts
from app.case import Case, turn, waits_for_the_citizen
from app.entries import short
from app.play.outsiders import AGENCY_OF
from app.play.watch import Seen, Sent, Watch
from app.settings import AGENCIES, Settings
from bus import EXCHANGE
from scenarios.verdicts import Hop, Message, Turn

__all__ = ["blamed", "held_up", "hop_of", "is_outside", "maker_of", "shown", "turn_of", "whose"]

COMMITS_WITHIN, LOOK_EVERY = 3.0, 0.1  # seconds
ON_ITS_WAY = "on its way"  # what `turn` says where nobody waits for anybody
NOWHERE = Path("/nonexistent")  # these parts are known by their addresses alone


async def hop_of(watch: Watch, about: str, *, look: bool = True) -> Hop:
    """Of the last message of a dossier, or of the message of that id; without a `look`, taken is what had been by the last one."""
    if look:
        await watch.look_who_took()
    deadline = time.monotonic() + COMMITS_WITHIN
    while look and _read_soon(watch, about) and time.monotonic() < deadline:
        await asyncio.sleep(LOOK_EVERY)  # a commit is no event
        await watch.look_who_took()
    seens = _about(watch, about)
    waiting = _unjudged(watch.sent, watch, about)
    if waiting is not None:
        where = f"{waiting.place.topic}/{waiting.place.partition}/{waiting.offset}"
        said = short(waiting.headers.get("ce_type")) or "a record that is no message"
        return Hop("sent", None, f"{waiting.member} has written {said} ({where}); the exchange has not judged it")
    if not seens:
        return Hop("nothing", None, f"no message about {about} was ever sent")
    return _hop(max(seens, key=lambda seen: seen.last), watch)


def _about(watch: Watch, about: str) -> list[Seen]:
    """Of a dossier or of this id; without what is for the exchange itself, which lies in no inbox, and without receipts of a refusal."""
    found = [seen for seen in watch if about in (seen.subject, seen.id)]
    refused = {seen.id for seen in found if seen.code}
    return [seen for seen in found if seen.recipient != short(EXCHANGE) and not _is_read_receipt(seen, refused)] or found


def _is_read_receipt(seen: Seen, refused: Collection[str]) -> bool:
    """The refusal is the last hop of a case, whether it was seen before or after the word of it."""
    answers = seen.source == short(EXCHANGE) and seen.headers.get("ce_causationid") in refused
    return answers and bool(seen.deliveries) and seen.deliveries[-1].taken


def _read_soon(watch: Watch, about: str) -> bool:
    """Whether the last message lies in an inbox that somebody reads: what has been applied is committed a moment later."""
    seens = [seen for seen in _about(watch, about) if seen.deliveries]
    if not seens:
        return False
    last = max(seens, key=lambda seen: seen.last)
    return not last.deliveries[-1].taken and watch.readers.get(last.recipient or "", 0) > 0


def _hop(seen: Seen, watch: Watch) -> Hop:
    told = shown(seen)
    named = f"{seen.contract} from {seen.source} to {seen.recipient or 'nobody'}"
    if seen.code:
        return Hop("refused", told, f"{named} was refused: {seen.code}{_faults(seen)}")
    if not seen.deliveries:
        return Hop("accepted", told, f"{named} was accepted and is not in the inbox yet")
    last = seen.deliveries[-1]
    where = f"{last.place.topic}/{last.place.partition}/{last.offset}"
    if not last.taken:
        return Hop("delivered", told, f"{named} was delivered ({where}) and not taken by group {watch.group(seen.recipient)}")
    return Hop("taken", told, f"{named} was delivered ({where}) and taken by group {watch.group(seen.recipient)}; nothing since")


def _unjudged(sent: Iterable[Sent], watch: Watch, about: str) -> Sent | None:
    judged = {seen.id for seen in watch if seen.entry is not None}  # whoever it says it is from
    found = [
        each
        for each in sent
        if about in (each.headers.get("ce_subject"), each.headers.get("ce_id")) and each.headers.get("ce_id", "") not in {*judged, ""}
    ]
    return found[-1] if found else None


def _faults(seen: Seen) -> str:
    told = "; ".join(f"{each.get('pointer') or '(whole)'} {each.get('reason')}" for each in seen.faults)
    return f" ({told})" if told else ""


def whose(hop: Hop, outside: Collection[str], words: str = "") -> Turn:
    """Who has to act next, seen from the exchange; `outside`: members and agencies that are not ours, `words`: the same in a sentence."""
    if words.startswith("nobody's"):
        return "nobody"
    if hop.seen in ("sent", "accepted"):
        return "exchange"
    if hop.message is None or (hop.seen == "taken" and waits_for_the_citizen(words)):
        return "simulator"  # citizens are never outside
    member = hop.message.source if hop.seen == "refused" else hop.message.recipient or ""
    return "member under test" if is_outside(member, outside) else "simulator"


def is_outside(member: str, outside: Collection[str]) -> bool:
    """Whether it, or the agency that it speaks for, is not ours."""
    return bool({member, AGENCY_OF.get(member, "")} & set(outside))


def maker_of(seen: Seen) -> str:
    """Who made a message come: its sender; of what the exchange says, who did not take what it is about, or sent what it refused."""
    if seen.source != short(EXCHANGE):
        return seen.source
    told = seen.payload if isinstance(seen.payload, Mapping) else {}
    return short(told.get("recipient")) or seen.recipient or ""


async def blamed(hop: Hop, urls: Mapping[str, str], dossier: str, outside: Collection[str], *, answered: bool = False) -> tuple[Turn, str]:
    """Whose turn it is, and why. Where all is taken and nothing waits at our agencies, whoever is outside has not done its part.

    `answered`: an answer to an earlier message is waited for, for which no citizen has to act.
    """
    words = await turn_of(urls, dossier, hop)
    if answered and waits_for_the_citizen(words) and whose(hop, outside) == "member under test":
        return "member under test", f"{hop.seen}, and no answer came; {', '.join(sorted(outside))} is outside"
    turn = whose(hop, outside, words)
    if turn == "simulator" and outside and words.startswith(ON_ITS_WAY):
        return "member under test", f"{hop.seen}, and nothing waits at an agency of ours; {', '.join(sorted(outside))} is outside"
    return turn, words


def held_up(hop: Hop) -> str:
    """Who holds the last message up, in one sentence; empty where it has arrived, or was refused."""
    if hop.seen in ("sent", "accepted"):
        return f"the exchange's: it has not {'judged' if hop.seen == 'sent' else 'delivered'} it"
    if hop.seen == "delivered" and hop.message is not None:
        return f"{hop.message.recipient}'s: it has not taken what lies in its inbox"
    return ""


async def turn_of(urls: Mapping[str, str], dossier: str, hop: Hop) -> str:
    """Who has to act, in one sentence: who holds the last message up, else from what the agencies say."""
    if said := held_up(hop):
        return said
    there = {agency: urls[agency] for agency in AGENCIES if agency in urls}
    return await asyncio.to_thread(turn, Case(dossier, ()), Parts(Settings(urls=there, state=NOWHERE)))


def shown(seen: Seen) -> Message:
    """A message as a report has it."""
    entry = seen.entry or {}
    place = seen.deliveries[0] if seen.deliveries else None
    read_at = f"{entry.get('topic')}/{entry.get('partition')}/{entry.get('offset')}" if entry else ""
    return Message(
        at=seen.at,
        id=seen.id,
        contract=seen.contract,
        source=seen.source,
        recipient=seen.recipient,
        subject=seen.subject,
        causation=entry.get("causationId"),
        code=seen.code,
        faults=[f"{each.get('pointer') or '(whole)'}: {each.get('reason')}" for each in seen.faults],
        deliveries=len(seen.deliveries),
        place=read_at if place is None else f"{place.place.topic}/{place.place.partition}/{place.offset}",
        taken=bool(seen.deliveries) and all(each.taken for each in seen.deliveries),
        headers=seen.headers,
        payload=seen.payload,
    )
