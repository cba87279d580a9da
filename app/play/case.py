"""Cases of a running exchange: where one stands (`lgsp why`), and a scenario draft of some (`lgsp record`)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.calls import Parts
from app.case import Case, turn
from app.joins import catalogue_of, rules_of
from app.play.record import Draft, draft
from app.play.watch import Watch
from app.play.why import held_up, hop_of, shown, whose
from app.settings import Settings
from app.state import meant
from bus import EXCHANGE, KafkaSettings, Space
from scenarios.verdicts import Turn
from vn.clock import VN
from vn.errors import CannotConnect, Unusable

__all__ = ["Standing", "recorded", "stands"]


@dataclass(frozen=True)
class Standing:
    """In words: the last hop, and whose turn it is; `who` is that in one word."""

    about: str
    hop: str
    who: Turn
    turn: str

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {"about": self.about, "lastHop": self.hop, "who": self.who, "turn": self.turn}


async def stands(about: str, settings: Settings, parts: Parts) -> Standing:
    """Of a dossier or a message id; raises Unusable where nothing was ever sent under that name."""
    async with watching(settings) as (watch, outside):
        hop = await hop_of(watch, about)
        if hop.seen == "nothing":
            raise Unusable(f"{hop.words}; is it right? See: lgsp journal")
        dossier = next((seen.subject for seen in watch if about in (seen.subject, seen.id)), about)
    words = held_up(hop) or await asyncio.to_thread(turn, Case(dossier, ()), parts)
    who = whose(hop, [each.removesuffix("-adapter") for each in outside], words)
    return Standing(about, hop.words, who, f"{who}: {words}")


async def recorded(dossiers: Sequence[str], settings: Settings) -> Draft:
    """A scenario draft of these dossiers; raises Unusable where the topics have nothing, or no beginning, of one."""
    contracts = [contract.short for contract in catalogue_of(settings)]
    async with watching(settings) as (watch, _):
        return draft([shown(seen) for seen in watch if seen.subject in dossiers], dossiers, contracts=contracts)


@asynccontextmanager
async def watching(settings: Settings) -> AsyncIterator[tuple[Watch, Sequence[str]]]:
    """All that the topics of a running exchange hold by now, and which of its parts are not ours."""
    there = meant(settings)
    space = Space(there.space)
    members, _ = rules_of(settings)
    ids = [member.id for member in members if member.id != EXCHANGE]
    kafka = KafkaSettings(there.bootstrap, security=settings.security, connect_within=5.0)
    async with Watch(kafka, ids, outer=space, inner=space, now=lambda: datetime.now(VN)) as watch:
        if why := await watch.busy():
            raise CannotConnect(why)
        yield watch, there.without
