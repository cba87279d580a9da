"""Who is related to whom, in the relations that free a gift or inheritance from tax."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from vn.fidelity import Fact

__all__ = ["EXEMPT", "FACTS", "Kin", "Relation"]

Relation = Literal["spouse", "parent-child", "adoptive-parent-child", "parent-in-law", "grandparent-grandchild", "sibling"]

EXEMPT: Mapping[Relation, str] = {
    "spouse": "vợ - chồng",
    "parent-child": "cha đẻ, mẹ đẻ - con đẻ",
    "adoptive-parent-child": "cha nuôi, mẹ nuôi - con nuôi",
    "parent-in-law": "cha chồng, mẹ chồng - con dâu; cha vợ, mẹ vợ - con rể",
    "grandparent-grandchild": "ông, bà - cháu",
    "sibling": "anh, chị, em ruột",
}


@dataclass(frozen=True)
class Kin:
    """Marriages and descent among people who are known by their personal ids; `adopted` are children by adoption."""

    spouses: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    adopted: frozenset[str] = frozenset()

    def relation(self, one: str, other: str) -> Relation | None:
        """The exempt relation between two people, whichever is named first, or None.

        Law on Personal Income Tax 04/2007/QH12, article 4; the same list frees from the registration fee [C].
        Adoption makes no grandparents and no siblings here [M].
        """
        if one == other:
            return None
        if self.spouses.get(one) == other:
            return "spouse"
        return self._descent(one, other) or self._descent(other, one) or self._sibling(one, other)

    def _descent(self, elder: str, younger: str) -> Relation | None:
        if elder in self.parents.get(younger, ()):
            return "adoptive-parent-child" if younger in self.adopted else "parent-child"
        if elder in self.parents.get(self.spouses.get(younger, ""), ()):
            return "parent-in-law"
        if any(elder in self._by_birth(parent) for parent in self._by_birth(younger)):
            return "grandparent-grandchild"
        return None

    def _sibling(self, one: str, other: str) -> Relation | None:
        return "sibling" if set(self._by_birth(one)) & set(self._by_birth(other)) else None

    def _by_birth(self, child: str) -> tuple[str, ...]:
        return () if child in self.adopted else self.parents.get(child, ())


FACTS = (
    Fact(
        "Relations free of income tax and registration fee",
        "; ".join(EXEMPT.values()),
        "Law on Personal Income Tax, art. 4; Decree 10/2022/NĐ-CP, art. 10",
        "secondary",
    ),
    Fact("Grandparents and siblings by adoption", "not exempt", "", "assumption"),
)
