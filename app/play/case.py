"""Where a case of a running exchange stands: what `lgsp why` prints."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.calls import Parts
from app.case import Case, turn
from app.joins import rules_of
from app.play.watch import Watch
from app.play.why import held_up, hop_of, whose
from app.settings import Settings
from app.state import running
from bus import EXCHANGE, KafkaSettings, Space
from scenarios.verdicts import Turn
from vn.clock import VN
from vn.errors import Unusable

__all__ = ["Standing", "stands"]


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
    there = None if settings.bootstrap else running(settings.state)
    bootstrap = settings.bootstrap or (there.bootstrap if there else "")
    space = Space(there.space if there else settings.space)
    members, _ = rules_of(settings)
    ids = [member.id for member in members if member.id != EXCHANGE]
    kafka = KafkaSettings(bootstrap, security=settings.security, connect_within=5.0)
    async with Watch(kafka, ids, outer=space, inner=space, now=lambda: datetime.now(VN)) as watch:
        await watch.busy()
        hop = await hop_of(watch, about)
        if hop.seen == "nothing":
            raise Unusable(f"{hop.words}; is it right? See: lgsp journal")
        dossier = next((seen.subject for seen in watch if about in (seen.subject, seen.id)), about)
        outside = there.without if there else ()
    words = held_up(hop) or await asyncio.to_thread(turn, Case(dossier, ()), parts)
    who = whose(hop, [each.removesuffix("-adapter") for each in outside], words)
    return Standing(about, hop.words, who, f"{who}: {words}")
