"""What an integrator's own part must do where one was left out: topics, group, contracts, headers, addresses."""

from app.house import SUPERVISOR, House
from app.joins import catalogue_of, rules_of
from app.settings import SERVICE_OF
from bus import Members, Rights, Space
from contracts import Catalogue, Contract

__all__ = ["invitation"]

MEMBER_OF = {"dvc": "dvc", "ilis": "ilis", "tax": "tct", "payment": "payplat"}  # adapter -> member

_HEADERS = """\
  headers   ce_specversion 1.0 | ce_id (the same on a resend) | ce_source /{member} | ce_type as above | ce_subject (dossier, also the key)
            ce_time (RFC 3339) | ce_correlationid | ce_causationid | content-type application/json
            ce_recipient only where one member is addressed; without it, everyone with the right gets the message
  group     begins at the earliest offset; commit after applying; the same (ce_source, ce_id) may come twice: apply it once"""


def invitation(house: House) -> str:
    """One paragraph per part that was left out."""
    catalogue = catalogue_of(house.settings)
    texts = []
    for part in house.left_out:
        if part.endswith("-adapter"):
            texts.append(_adapter(house, part.removesuffix("-adapter"), catalogue))
        else:
            texts.append(_agency(house, part))
    return "\n".join(texts)


def _agency(house: House, name: str) -> str:
    adapter = next(adapter for adapter, service in SERVICE_OF.items() if service == name)
    if f"{adapter}-adapter" in house.left_out:
        return f"\n{name}: left out with its adapter; your system needs no HTTP API for us."
    address = house.settings.urls.get(name)
    where = f"called at {address}" if address else f"set LGSP_{name.upper()}_URL to its address"
    return f"\n{name}: left out; the {adapter} adapter expects its API ({where}): the one that `lgsp serve {name}` documents under /docs."


def _adapter(house: House, name: str, catalogue: Catalogue) -> str:
    members, rights = rules_of(house.settings)
    space, member = Space(house.settings.space), members.named(MEMBER_OF[name]).id
    lines = [
        f"\n{name} adapter: left out; yours takes its place as member {member}.",
        f"  Kafka     {_kafka(house)}",
        f"  consume   {space.inbox(member)}  as group {space.group(member)}",
        *(f"            {contract.type:38} from {source}" for contract, source in _heard(member, members, rights, catalogue)),
        f"  produce   {space.outbox(member)}",
        *(f"            {contract.type:38} to {', '.join(to)}" for contract, to in _said(member, rights, catalogue)),
        _HEADERS.format(member=member),
        f"  agency    {_called_at(house, SERVICE_OF[name])}",
        "  schemas   lgsp contracts show NAME, or: lgsp contracts export DIR; good and bad payloads: contracts/examples/",
        "  order     docs/case.md has the order of a case; lgsp trace DOSSIER shows that of one that runs",
    ]
    return "\n".join(lines)


def _kafka(house: House) -> str:
    """Where clients find it; those outside of a container by what its listeners tell."""
    return ", ".join(f"{address} ({name})" for name, address in house.told_to_clients.items()) or house.bootstrap


def _called_at(house: House, agency: str) -> str:
    if house.compact and agency in house.parts:
        return f"{house.url(SUPERVISOR)}/{agency}: its feed is /_feed, all else stands under /docs"
    return house.settings.urls.get(agency, "your own")


def _heard(member: str, members: Members, rights: Rights, catalogue: Catalogue) -> list[tuple[Contract, str]]:
    return [(contract, source.id) for contract in catalogue for source in members if member in rights.recipients(contract, source.id)]


def _said(member: str, rights: Rights, catalogue: Catalogue) -> list[tuple[Contract, tuple[str, ...]]]:
    return [(contract, to) for contract in catalogue if (to := rights.recipients(contract, member))]
