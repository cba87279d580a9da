"""What a script says of contracts: names that are in force, members that may say and hear them, places that their payloads have."""

from collections.abc import Collection, Iterator

from contracts import ANY, Contract
from scenarios.acts import Send
from scenarios.expectations import Condition, Message
from scenarios.fields import impossible_value, unknown_field
from scenarios.known import Known
from scenarios.places import Complaint
from scenarios.scalars import Ref
from scenarios.scenario import Scenario
from scenarios.sites import Cursor, Site, messages, sites
from scenarios.tree import Node, scalars
from vn.errors import Unusable
from vn.near import suggestion

__all__ = ["contracts"]


def contracts(scenario: Scenario, tree: Node, known: Known) -> Iterator[Complaint]:
    """Everything that is wrong with contracts, members, hops, examples and places in payloads."""
    every = list(sites(scenario, tree))
    wrong = {site.act.message for site in every if site.step.refused}
    forced = {site.step.send.contract for site in every if site.step.send}  # what is sent on purpose need not be allowed
    tampered = {at for site in every if site.step.fault and site.step.fault.tamper for at in site.step.fault.tamper.with_}
    for site in every:
        if site.step.send:
            yield from _send(site.step.send, site.inside, known, on_purpose=site.step.send.as_ in wrong)
        for message, cursor in messages(site):
            yield from _message(message, cursor, known, forced=forced, tampered=tampered)
        yield from _hop(site, known, forced)
    yield from _references(every, known)


def _message(message: Message, cursor: Cursor, known: Known, *, forced: Collection[str], tampered: Collection[str]) -> Iterator[Complaint]:
    """`tampered`: places that may hold anything by the time a message comes."""
    if message.contract is None:
        return
    contract = _named(message.contract, known)
    if isinstance(contract, str):
        if message.contract not in forced:
            yield cursor.at("contract").says(contract)
        return
    if message.contract not in forced:
        yield from _rights(contract, message.from_, message.to, cursor)
    for at, condition in message.where.items():
        if reason := unknown_field(contract, at):
            yield cursor.at("where", at).says(reason, key=True)
        elif at not in tampered:
            yield from _values(contract, at, condition, cursor.at("where", at))


def _values(contract: Contract, at: str, condition: Condition, cursor: Cursor) -> Iterator[Complaint]:
    """Values that no payload can have: an expectation would never be met, and a `never` would hold whatever comes."""
    named = [(condition.is_, cursor.at("is"))] if "is_" in condition.model_fields_set else []
    named += [(each, cursor.at("one-of", position)) for position, each in enumerate(condition.one_of or ())]
    for value, place in named:
        if reason := impossible_value(contract, at, value):
            yield place.says(reason)


def _send(send: Send, cursor: Cursor, known: Known, *, on_purpose: bool) -> Iterator[Complaint]:
    contract = _named(send.contract, known)
    if isinstance(contract, str):
        if not on_purpose:
            yield cursor.at("contract").says(f"{contract} (a send may be wrong only where a refused step names it)")
        elif send.body is None and send.like is None:
            yield cursor.says(f"there is no example of {send.contract!r}; give like or body")
        return
    if not on_purpose:
        yield from _rights(contract, send.from_, send.to, cursor)
    if send.body is None and send.like is None:
        yield from _example(send.example, contract, known, cursor)
    for at in send.with_:
        reason = unknown_field(contract, at)
        if reason and "did you mean" in reason:  # a field that no payload has may be put there on purpose
            yield cursor.at("with", at).says(reason, key=True)


def _example(name: str | None, contract: Contract, known: Known, cursor: Cursor) -> Iterator[Complaint]:
    there = sorted(path.stem.replace("-", "/", 1) for path in (known.examples / contract.name).glob("*.json"))
    if name is None and not any(each.startswith("good/") for each in there):
        yield cursor.says(f"{contract.short} has no example; give like or body")
    elif name is not None and name.removesuffix(".json").replace("-", "/", "/" not in name) not in there:
        yield cursor.at("example").says(f"{contract.short} has no example {name!r}{suggestion(name, there) or _listed(there)}")


def _hop(site: Site, known: Known, forced: Collection[str]) -> Iterator[Complaint]:
    selection = site.step.fault.on_hop if site.step.fault else None
    if site.step.fault is None or selection is None or selection.contract is None:
        return
    cursor = site.inside.at(site.step.fault.kind)
    contract = _named(selection.contract, known)
    if isinstance(contract, str):
        yield cursor.at("contract").says(contract)
        return
    from_, _, to = selection.hop.partition("->")
    member, goes = (to, contract.recipients) if from_ == "exchange" else (from_, contract.senders)
    if selection.contract not in forced and not _among(member, goes):
        verb = "reaches" if from_ == "exchange" else "comes from"
        yield cursor.at("hop").says(f"{contract.short} never {verb} {member}, only {_shorts(goes)}: this fault could not fire")
    for at in getattr(selection, "with_", {}):
        reason = unknown_field(contract, at)
        if reason and "did you mean" in reason:
            yield cursor.at("with", at).says(reason, key=True)


def _rights(contract: Contract, from_: str | None, to: str | None, cursor: Cursor) -> Iterator[Complaint]:
    if from_ is not None and not _among(from_, contract.senders):
        yield cursor.at("from").says(f"{from_} may not send {contract.short}; its sender is {_shorts(contract.senders)}")
    if to is not None and not _among(to, contract.recipients):
        yield cursor.at("to").says(f"nobody may send {contract.short} to {to}; it goes to {_shorts(contract.recipients)}")


def _references(every: list[Site], known: Known) -> Iterator[Complaint]:
    """Places in captured messages that no payload of their contract has."""
    captured: dict[str, Contract] = {}
    for site in every:
        for path, scalar in scalars(site.inside.node) if not site.step.repeat else ():
            for ref in Ref.all_in(scalar.text):
                if ref.name in captured and (reason := unknown_field(captured[ref.name], ref.pointer)):
                    yield site.inside.at(*path).says(f"{ref}: {reason}")
        said: list[Send | Message] = [message for message, _ in messages(site)]
        for each in [*said, *([site.step.send] if site.step.send else ())]:
            contract = _named(each.contract, known) if each.contract else None
            if isinstance(contract, Contract) and (name := getattr(each, "as_", None)) and not getattr(each, "body", None):
                captured[name] = contract


def _named(name: str, known: Known) -> Contract | str:
    """The contract, or why there is none."""
    try:
        return known.catalogue.by_short(name)
    except Unusable as error:
        return str(error)


def _among(short: str, ids: Collection[str]) -> bool:
    return ANY in ids or short in {each.rsplit("/", 1)[-1] for each in ids}


def _shorts(ids: Collection[str]) -> str:
    return ", ".join(each.rsplit("/", 1)[-1] for each in ids)


def _listed(there: list[str]) -> str:
    return f"; there are {', '.join(there)}" if there else ""
