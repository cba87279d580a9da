"""Commands that look: a case, a message, the journal, dead letters, a citizen's notices."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app.calls import Parts
from app.case import timeline, turn
from app.commands.options import AsJson, State, settings
from app.messages import Archive, Entry, instant, short
from app.notices import show_notices
from vn.errors import Unusable

__all__ = ["dead_letters", "journal", "notices", "show", "trace"]

dead_letters = typer.Typer(help="What was refused or could not be delivered: list, show, replay.", no_args_is_help=True)

Outcome = Annotated[str | None, typer.Option(help="Only these: delivered, refused, or a code such as client.access_denied.")]


def trace(dossier: Annotated[str, typer.Argument(metavar="DOSSIER")], json_: AsJson = False, state: State = None) -> int:
    """The timeline of a case: every message, the time of each leg, and whose turn it is now."""
    read = settings(state)

    async def entries() -> list[Entry]:
        async with Archive.open(read) as archive:
            return [each for each in await archive.journal() if each["subject"] == dossier]

    legs = timeline(_run(entries()))
    if not legs:
        raise Unusable(f"no message about {dossier} in the journal; is the code right? See: lgsp journal")
    now = turn(dossier, legs, Parts(read))
    if json_:
        return _lines([leg.as_json() for leg in legs] + [{"turn": now}])
    table = _table("at", "from", "to", "contract", "outcome", "waited", "crossed")
    for leg in legs:
        table.add_row(*leg.row())
    Console().print(table)
    typer.echo(f"waited: since the message that led to it arrived; crossed: from outbox to inbox\nwhose turn: {now}")
    return 0


def show(message_id: Annotated[str, typer.Argument(metavar="MESSAGE-ID")], state: State = None) -> int:
    """One message: headers, payload, and the exchange's verdict for each recipient."""

    async def found() -> Any:
        async with Archive.open(settings(state)) as archive:
            return await archive.message(message_id)

    message = _run(found())
    for name, value in message.headers.items():
        typer.echo(f"{name}: {value}")
    typer.echo()
    typer.echo(message.payload if isinstance(message.payload, str) else json.dumps(message.payload, ensure_ascii=False, indent=2))
    typer.echo()
    for entry in message.entries:
        place = f"{entry['topic']}/{entry['partition']}/{entry['offset']}"
        typer.echo(f"verdict: {_outcome(entry)}  to {entry['recipient'] or 'nobody'}  {entry['faultString'] or ''}  ({place})")
    return 0


def journal(  # noqa: PLR0917  # a command's parameters are its options
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written from now on.")] = False,
    contract: Annotated[str | None, typer.Option(help="Only this contract, e.g. tax.payment-notice.")] = None,
    outcome: Outcome = None,
    about: Annotated[str | None, typer.Option(help="Only this dossier.")] = None,
    json_: AsJson = False,
    state: State = None,
) -> int:
    """What crossed the exchange: one row per message and recipient."""

    def wanted(entry: Entry) -> bool:
        return (
            (contract is None or short(entry["type"]) == contract or entry["type"] == contract)
            and (about is None or entry["subject"] == about)
            and (outcome is None or outcome in (_outcome(entry), "refused" if not entry["succeeded"] else "delivered"))
        )

    async def print_all() -> int:
        async with Archive.open(settings(state)) as archive:
            for entry in await archive.journal():
                if wanted(entry):
                    _print_entry(entry, json_)
            if follow:
                async for entry in archive.follow():
                    if wanted(entry):
                        _print_entry(entry, json_)
        return 0

    return _run(print_all())


def notices(dossier: Annotated[str, typer.Argument(metavar="DOSSIER")], state: State = None) -> int:
    """The payment notices of a dossier as the citizen gets them."""
    case = Parts(settings(state)).get("dvc", f"/ho-so/{dossier}")
    show_notices(Console(), case)
    return 0


@dead_letters.command("list")
def list_dead_letters(json_: AsJson = False, state: State = None) -> int:
    """Every dead letter: name, when, from which topic, code."""

    async def found() -> Any:
        async with Archive.open(settings(state)) as archive:
            return await archive.dead_letters()

    rows = [
        {"name": each.name, "at": instant(each.letter.timestamp), "topic": each.letter.topic, "code": each.letter.code}
        | {"message": each.letter.message}
        for each in _run(found())
    ]
    if json_:
        return _lines(rows)
    table = _table("name", "at", "topic", "code", "message")
    for row in rows:
        table.add_row(*row.values())
    Console().print(table)
    return 0


@dead_letters.command("show")
def show_dead_letter(name: Annotated[str, typer.Argument(metavar="NAME")], state: State = None) -> int:
    """One dead letter: where it came from, why, every fault, its original headers and value."""

    async def found() -> Any:
        async with Archive.open(settings(state)) as archive:
            return await archive.dead_letter(name)

    letter = _run(found())
    typer.echo(f"from {letter.topic}/{letter.partition}/{letter.offset} at {instant(letter.timestamp)}")
    typer.echo(f"{letter.code}: {letter.message}")
    for fault in letter.faults:
        typer.echo(f"  {fault['pointer'] or '(whole)'}: {fault['reason']}")
    for header, value in letter.headers:
        typer.echo(f"{header}: {(value or b'').decode(errors='replace')}")
    typer.echo(f"\n{(letter.value or b'').decode(errors='replace')}")
    return 0


@dead_letters.command("replay")
def replay_dead_letter(name: Annotated[str, typer.Argument(metavar="NAME")], state: State = None) -> int:
    """Send it again: to the sender's outbox where it was refused, to the one recipient's inbox where delivery failed."""

    async def sent() -> str:
        async with Archive.open(settings(state)) as archive:
            return await archive.replay(name)

    typer.echo(f"{name}: sent again to {_run(sent())}")
    return 0


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def _outcome(entry: Entry) -> str:
    return "delivered" if entry["succeeded"] else str(entry["faultCode"])


def _print_entry(entry: Entry, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(entry, ensure_ascii=False))
        return
    at, source, to = instant(entry["requestInTs"]), short(entry["source"]), short(entry["recipient"]) or "-"
    typer.echo(f"{at}  {source:8} {to:8} {short(entry['type']):29} {entry['subject'] or '':26} {_outcome(entry):12} {entry['messageId']}")


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _lines(rows: list[dict[str, Any]]) -> int:
    for row in rows:
        typer.echo(json.dumps(row, ensure_ascii=False))
    return 0
