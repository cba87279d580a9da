"""The names that scripts may use and that the language itself does not know."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts import Catalogue

__all__ = ["Known"]


@dataclass(frozen=True)
class Known:
    """Contracts in force, ready samples and the ways in which they can be wrong, kinds of papers, decisions an agency has a policy for.

    `examples`: the folder of example payloads, `<contract>/good-*.json` and `<contract>/bad-*.json`. `codes`: names that stand for
    something beside what a script captures.
    """

    catalogue: Catalogue
    samples: Collection[str]
    sample_faults: Collection[str]
    papers: Collection[str]
    policies: Mapping[str, Collection[str]]
    examples: Path
    codes: Collection[str] = ()
