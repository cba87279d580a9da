"""Commands that show the rules: contracts, members, access rights."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.options import AsJson, settings
from app.listing import lines, table
from vn.errors import BadEnvironment, ContractViolation, Unusable

if TYPE_CHECKING:
    from bus import Members, Rights
    from contracts import Catalogue, Contract

__all__ = ["access", "contracts", "members"]

contracts = typer.Typer(help="Message contracts: list, show, check a payload, compare two versions, export.", no_args_is_help=True)
access = typer.Typer(help="Access rights: who may say what to whom.", no_args_is_help=True)


@contracts.command("list")
def list_contracts(json_: AsJson = False) -> None:
    """Every contract in force: the built-in family, and those of LGSP_CONTRACTS."""
    known = list(_catalogue())
    if json_:
        lines(_contract(each) for each in known)
    else:
        rows = ((each.short, each.title, _short(each.senders), _short(each.recipients)) for each in known)
        table(("contract", "title", "from", "to"), rows)


@contracts.command("show")
def show_contract(name: Annotated[str, typer.Argument(help="Short name or type, e.g. land.transfer-slip.")], json_: AsJson = False) -> None:
    """One contract: who says it, why, and its JSON Schema; with --json in one line."""
    typer.echo(json.dumps(_catalogue().by_short(name).schema, ensure_ascii=False, indent=None if json_ else 2))


@contracts.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="A payload, or a CloudEvent with `type` and `data`.")],
    contract: Annotated[str | None, typer.Option(help="Against which contract; a CloudEvent names its own.")] = None,
    json_: AsJson = False,
) -> int:
    """Check a payload against its contract: every fault at once, with its place; exit code 1 if there is any."""
    from contracts import parse

    known = _catalogue()
    raw = _bytes(file)
    try:
        value: Any = parse(raw)
        if isinstance(value, dict) and "specversion" in value and "data" in value:
            contract, value = contract or str(value.get("type")), value["data"]
        if contract is None:
            raise Unusable(f"{file}: which contract? Say --contract NAME; `lgsp contracts list` names them")
        held = known.by_short(contract)
        faults = known.faults(held, value)
    except ContractViolation as broken:
        faults = list(broken.faults)
    if json_:
        lines({"pointer": fault.pointer, "reason": fault.reason} for fault in faults)
        return 1 if faults else 0
    for fault in faults:
        typer.echo(f"{file}: {fault}")
    if not faults:
        typer.echo(f"{file}: conforms to {held.short}")
    return 1 if faults else 0


@contracts.command("diff")
def diff(
    old: Annotated[str, typer.Argument(help="A JSON Schema file, or the name of a contract in force.")],
    new: Annotated[str, typer.Argument(help="The same.")],
    mode: Annotated[str, typer.Option(help="Exit code 1 unless compatible so: backward, forward, full or none.")] = "backward",
    json_: AsJson = False,
) -> int:
    """Compare two versions of a contract: can readers of the new one read what was written with the old one, and the reverse?"""
    from contracts import compare

    if mode.upper() not in ("BACKWARD", "FORWARD", "FULL", "NONE"):
        raise Unusable(f"--mode {mode}: say backward, forward, full or none")
    found = compare(_schema(old), _schema(new))
    directions = {"backward": found.backward, "forward": found.forward, "full": found.full}
    if json_:
        lines([{name: [str(each) for each in faults] for name, faults in directions.items()}])
    else:
        for name, faults in directions.items():
            typer.echo(f"{name:9} {'no' if faults else 'yes'}")
            if name != "full":
                for each in faults:
                    typer.echo(f"  {each}")
    return 0 if found.allowed(mode.upper()) else 1


@contracts.command("export")
def export(folder: Annotated[Path, typer.Argument(help="Where to write schemas/*.json and asyncapi.json.")]) -> None:
    """Write every JSON Schema and the AsyncAPI 3 document."""
    from contracts.export import export as write

    try:
        write(folder)
    except OSError as error:
        raise BadEnvironment(f"{folder}: {error.strerror}; choose a folder you can write to") from None
    typer.echo(f"written to {folder}")


def members(json_: AsJson = False) -> None:
    """Every member of the exchange: id, names, status, receipts."""
    register, _ = _rules()
    rows: list[dict[str, Any]] = [
        {"member": each.id, "short": each.short, "nameVi": each.name_vi, "nameEn": each.name_en, "status": each.status}
        | {"receipts": each.receipts, "contact": each.contact}
        for each in register
    ]
    if json_:
        lines(rows)
    else:
        shown = ((row["member"], row["short"], f"{row['nameVi']}\n{row['nameEn']}", row["status"], row["receipts"]) for row in rows)
        table(("member", "short", "name", "status", "receipts"), shown)


@access.command("list")
def list_access(json_: AsJson = False) -> None:
    """Every right: contract, from, to, and the line of the file that gives it."""
    _, rights = _rules()
    rows = [
        {"contract": ", ".join(sorted(each.types)), "from": ", ".join(sorted(each.sources)), "to": ", ".join(sorted(each.recipients))}
        | {"rule": each.place}
        for each in rights.rules
    ]
    if json_:
        lines(rows)
    else:
        table(("contract", "from", "to", "rule"), (tuple(row.values()) for row in rows))


@access.command("why")
def why(
    contract: Annotated[str, typer.Argument(metavar="CONTRACT")],
    source: Annotated[str, typer.Argument(metavar="FROM", help="Member id or short name.")],
    recipient: Annotated[str, typer.Argument(metavar="TO", help="Member id or short name.")],
    json_: AsJson = False,
) -> int:
    """Say which rule lets a message through, or what is missing; exit code 1 if it may not pass."""
    register, rights = _rules()
    held = _catalogue().by_short(contract)
    found = rights.why(held, register.named(source).id, register.named(recipient).id)
    typer.echo(json.dumps({"allowed": found.allowed, "reason": found.reason}, ensure_ascii=False) if json_ else found.reason)
    return 0 if found.allowed else 1


def _catalogue() -> "Catalogue":
    from app.joins import catalogue_of

    return catalogue_of(settings())


def _rules() -> "tuple[Members, Rights]":
    from app.joins import rules_of

    return rules_of(settings())


def _schema(name: str) -> Any:
    """A schema from a file, or of a contract in force."""
    path = Path(name)
    if path.suffix != ".json" and not path.exists():
        return _catalogue().by_short(name).schema
    try:
        return json.loads(_bytes(path))
    except ValueError as error:
        raise Unusable(f"{path}: not JSON: {error}") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from None


def _contract(each: "Contract") -> dict[str, Any]:
    names = {"contract": each.short, "type": each.type, "title": each.title, "owner": each.owner, "origin": each.origin}
    return {**names, "from": list(each.senders), "to": list(each.recipients)}


def _short(ids: Sequence[str]) -> str:
    return ", ".join("any" if each == "*" else each.rsplit("/", 1)[-1] for each in ids)
