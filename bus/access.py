"""The access rights: which contract may go from whom to whom. What no rule allows is denied."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bus.listed import Entries, Entry
from bus.members import EXCHANGE, Members
from contracts import Catalogue, Contract
from vn.errors import Unusable
from vn.lines import read_yaml
from vn.near import suggestion

DEFAULT = Path(__file__).parent / "data" / "access.yaml"
ANY = "*"
BUILT_IN = "built-in"
NOBODY: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One right: these contracts (wire types) from any of the sources to any of the recipients; `place` is its file and line."""

    types: frozenset[str]
    sources: frozenset[str]
    recipients: frozenset[str]
    place: str


@dataclass(frozen=True)
class Explanation:
    """Why something is allowed or not, in one sentence; `rule` is the one that allows it."""

    allowed: bool
    reason: str
    rule: Rule | None = None


class Rights:
    """All rules, laid out as a table that answers in one look-up."""

    def __init__(self, rules: Iterable[Rule], members: Members) -> None:
        self._rules = tuple(rules)
        self._members = members
        self._table: dict[tuple[str, str], tuple[str, ...]] = {}
        self._receivable: set[str] = set()
        for rule in self._rules:
            for member in members:
                for type_ in rule.types if _covers(rule.sources, member.id) else ():
                    known = self._table.get((type_, member.id), NOBODY)
                    self._table[type_, member.id] = tuple(dict.fromkeys((*known, *self._of(rule, member.id))))
            self._receivable.update(rule.types)

    @classmethod
    def read(cls, path: Path | None = None, *, members: Members, contracts: Catalogue) -> "Rights":
        """The rights in a file (the built-in one without) and those that dropped-in contracts bring.

        Raises Unusable with every fault at once, each with file and line.
        """
        entries = Entries(read_yaml(path or DEFAULT), "rights")
        rules = [rule for entry in entries if (rule := _rule(entry, members, contracts))]
        entries.check()
        return cls([*rules, *(_brought(contract, members) for contract in contracts if contract.origin != BUILT_IN)], members)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every right, in the order of the file."""
        return self._rules

    def recipients(self, contract: Contract, source: str) -> tuple[str, ...]:
        """The active members that may receive this contract from this source, in the order of the rules."""
        return self._table.get((contract.type, source), NOBODY)

    def receivable(self, contract: Contract) -> bool:
        """Whether any rule lets anyone receive this contract."""
        return contract.type in self._receivable

    def sendable(self, contract: Contract, source: str) -> bool:
        """Whether any rule lets this source send this contract, be its recipients active or not."""
        return (contract.type, source) in self._table

    def why(self, contract: Contract, from_: str, to: str) -> Explanation:
        """Which rule lets this contract go from one member to the other, or what is missing for it."""
        about = [rule for rule in self._rules if contract.type in rule.types]
        sent = [rule for rule in about if _covers(rule.sources, from_)]
        rule = next((rule for rule in sent if to in rule.recipients or (ANY in rule.recipients and to in self._everyone(from_))), None)
        if rule is not None:
            suspended = [name for name in (from_, to) if (member := self._members.get(name)) and not member.active]
            if suspended:
                return Explanation(False, f"{rule.place} allows it, but {suspended[0]} is suspended", rule)
            return Explanation(True, f"{rule.place} allows {contract.short} from {from_} to {to}", rule)
        if sent:
            others = sorted({name for rule in sent for name in rule.recipients})
            return Explanation(False, f"{sent[0].place} allows {contract.short} from {from_} to {', '.join(others)}, but not to {to}")
        if about:
            others = sorted({name for rule in about for name in rule.sources})
            return Explanation(False, f"{about[0].place} allows {contract.short} from {', '.join(others)}, but not from {from_}")
        return Explanation(False, f"no rule names {contract.short}")

    def _of(self, rule: Rule, source: str) -> list[str]:
        named = [member.id for member in self._members if member.active and member.id in rule.recipients]
        return named + [name for name in self._everyone(source) if ANY in rule.recipients]

    def _everyone(self, but: str) -> list[str]:
        return [member.id for member in self._members if member.active and member.id not in (but, EXCHANGE)]


def _covers(names: frozenset[str], name: str) -> bool:
    return name in names or ANY in names


def _rule(entry: Entry, members: Members, contracts: Catalogue) -> Rule | None:
    if not entry.has(("contract", "from", "to")):
        return None
    named = entry["contract"]
    types = frozenset(contract.type for contract in contracts if named in (contract.name, f"{contract.name}.v{contract.version}"))
    if not types:
        entry.fault(f"unknown contract {named!r}{suggestion(named, {each.name for each in contracts})}", "contract")
    return Rule(types, _named(entry, "from", members), _named(entry, "to", members), entry.place)


def _named(entry: Entry, key: str, members: Members) -> frozenset[str]:
    given = entry[key] if isinstance(entry[key], list) else [entry[key]]
    known = {each.short: each.id for each in members} | {each.id: each.id for each in members} | {ANY: ANY}
    if not given:
        entry.fault(f"{key!r} names nobody", key)
    for index, name in enumerate(given):
        if str(name) not in known:
            entry.fault(f"unknown member {name!r}{members.suggestion(str(name))}", key, index)
    return frozenset(known[str(name)] for name in given if str(name) in known)


def _brought(contract: Contract, members: Members) -> Rule:
    """A dropped-in contract says itself who sends it and who receives it."""
    for name in (*contract.senders, *contract.recipients):
        if name != ANY and members.get(name) is None:
            raise Unusable(f"{contract.origin}: unknown member {name!r}{members.suggestion(name)}")
    return Rule(frozenset({contract.type}), frozenset(contract.senders), frozenset(contract.recipients), contract.origin)
