"""What one run of the harness is told."""

import hashlib
from dataclasses import dataclass

EMBEDDED, APACHE = "embedded", "apache"


@dataclass(frozen=True)
class Plan:
    """`seed` makes the plan: which dossier, which part, at which record; not how processes interleave. `broker`: embedded or apache."""

    seed: int = 1
    short: bool = False
    broker: str = EMBEDDED

    def amount(self, full: int, short: int) -> int:
        """How many of something."""
        return short if self.short else full

    def draw(self, below: int, *about: object) -> int:
        """A number from 0 to `below` - 1: a hash of the seed and what it is about, never the next of a shared generator."""
        text = "/".join(str(each) for each in (self.seed, *about))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % below
