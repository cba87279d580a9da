"""Commands that look: a case, a message, the journal, dead letters, a citizen's notices."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from app.commands.options import AsJson, State, parts_of, settings
from app.entries import Entry, as_text, instant, outcome_of, short
from app.listing import lines, table
from app.logs import configure
from app.settings import Settings
from bus.envelope import readable
from vn.errors import Unusable

if TYPE_CHECKING:
    from app.messages import Archive
    from bus import DeadLetter

__all__ = ["dead_letters", "journal", "notices", "show", "trace"]

dead_letters = typer.Typer(help="What was refused or could not be delivered: list, show, replay.", no_args_is_help=True)

Dossier = Annotated[str, typer.Argument(metavar="DOSSIER", help="Dossier code (mã hồ sơ).")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="As `lgsp dead-letters list` shows it, e.g. 3-0.")]
Outcome = Annotated[str | None, typer.Option(help="Only these: delivered, refused, or a code such as client.access_denied.")]
T = TypeVar("T")
_HEAD = f"{'instant':13} {'from':8} {'to':8} {'contract':28} {'about':19} {'outcome':25} message id"


def trace(dossier: Dossier, json_: AsJson = False, state: State = None) -> int:
    """The timeline of a case: every message with each of its attempts, the time of each leg, and whose turn it is now."""
    from app.case import COLUMNS, case_of, turn

    case = _read(settings(state), lambda archive: case_of(archive, dossier))
    if not case.legs:
        raise Unusable(f"no message about {dossier} in the journal; is the code right? See: lgsp journal")
    now = turn(case, parts_of(state))
    if json_:
        lines([*(leg.as_json() for leg in case.legs), {"turn": now}])
        return 0
    table(COLUMNS, (leg.row() for leg in case.legs))
    typer.echo(f"waited: since the message that led to it arrived; crossed: from outbox to inbox\nwhose turn: {now}")
    return 0


def show(message_id: Annotated[str, typer.Argument(metavar="MESSAGE-ID")], json_: AsJson = False, state: State = None) -> int:
    """One message: headers, payload, and the exchange's verdict on each attempt."""
    message = _read(settings(state), lambda archive: archive.message(message_id))
    if json_:
        lines([{"headers": message.headers, "payload": message.payload, "verdicts": message.entries}])
        return 0
    for name, value in message.headers.items():
        typer.echo(f"{name}: {value}")
    payload = message.payload if isinstance(message.payload, str) else json.dumps(message.payload, ensure_ascii=False, indent=2)
    typer.echo(f"\n{payload}\n")
    for entry in message.entries:
        place = f"{entry['topic']}/{entry['partition']}/{entry['offset']}"
        typer.echo(f"verdict: {outcome_of(entry)}  to {entry['recipient'] or 'nobody'}  {entry['faultString'] or ''}  ({place})")
    return 0


def journal(  # noqa: PLR0917  # a command's parameters are its options
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written from now on.")] = False,
    contract: Annotated[str | None, typer.Option(help="Only this contract, e.g. tax.payment-notice.")] = None,
    outcome: Outcome = None,
    about: Annotated[str | None, typer.Option(help="Only this dossier.")] = None,
    json_: AsJson = False,
    state: State = None,
) -> int:
    """What crossed the exchange: one row per attempt to bring a message to a recipient."""
    from app.joins import catalogue_of
    from app.wanted import Wanted

    read = settings(state)
    wanted = Wanted(contract and catalogue_of(read).by_short(contract).type, outcome, about)

    def tell(entry: Entry) -> None:
        if wanted.fits(entry):
            typer.echo(json.dumps(entry, ensure_ascii=False) if json_ else _row(entry))

    async def tell_all(archive: "Archive") -> None:
        if sys.stdout.isatty() and not json_:  # whoever counts the lines of a pipe wants rows only
            typer.secho(_HEAD, bold=True)
        for entry in await archive.journal():
            tell(entry)
        if follow:
            async for entry in archive.follow():
                tell(entry)

    _read(read, tell_all)
    return 0


def notices(dossier: Dossier, json_: AsJson = False, state: State = None) -> int:
    """The payment notices of a dossier as the citizen gets them; as JSON, in the portal's own names."""
    from rich.console import Console

    from app.notices import show_notices

    case = parts_of(state).get("dvc", f"/ho-so/{dossier}")
    if json_:
        lines(case["ThongBaoThue"])
    else:
        show_notices(Console(), case)
    return 0


@dead_letters.command("list")
def list_dead_letters(json_: AsJson = False, state: State = None) -> int:
    """Every dead letter: name, when, about what, from whom, why."""
    found = _read(settings(state), lambda archive: archive.dead_letters())
    if json_:
        lines({"name": each.name, **_listed(each.letter), "timestamp": each.letter.timestamp} for each in found)
        return 0
    rows = [(each.name, instant(each.letter.timestamp), *_listed(each.letter).values()) for each in found]
    table(("name", "at", "about", "from", "code", "reason", "message id"), rows)
    return 0


@dead_letters.command("show")
def show_dead_letter(name: Name, json_: AsJson = False, state: State = None) -> int:
    """One dead letter: where it came from, why, every fault, its original headers and value."""
    letter = _read(settings(state), lambda archive: archive.dead_letter(name))
    if json_:
        lines([{"name": name, **_as_json(letter)}])
        return 0
    typer.echo(f"from {letter.topic}/{letter.partition}/{letter.offset} at {instant(letter.timestamp)}")
    typer.echo(f"{letter.code}: {letter.message}")
    for fault in letter.faults:
        typer.echo(f"  {fault['pointer'] or '(whole)'}: {fault['reason']}")
    for header, value in letter.headers:
        typer.echo(f"{header}: {(value or b'').decode(errors='replace')}")
    typer.echo(f"\n{(letter.value or b'').decode(errors='replace')}")
    return 0


@dead_letters.command("replay")
def replay_dead_letter(name: Name, state: State = None) -> int:
    """Send it again: to the sender's outbox where it was refused, to the one recipient's inbox where delivery failed."""
    typer.echo(f"{name}: sent again to {_read(settings(state), lambda archive: archive.replay(name))}")
    return 0


def _read(read: Settings, ask: "Callable[[Archive], Awaitable[T]]") -> T:
    """What `ask` answers, from the topics of the settings' space."""
    from app.messages import Archive

    configure(read.log, "warning", "lgsp")

    async def answered() -> T:
        async with Archive.open(read) as archive:
            return await ask(archive)

    return asyncio.run(answered())


def _listed(letter: "DeadLetter") -> dict[str, str]:
    """What a list shows of a dead letter, whatever its envelope was like."""
    said = readable(letter.headers)
    return {
        "about": said.get("ce_subject", "-"),
        "from": short(said.get("ce_source")) or "-",
        "code": letter.code,
        "message": letter.message,
        "messageId": said.get("ce_id", "-"),
    }


def _as_json(letter: "DeadLetter") -> dict[str, Any]:
    """`timestamp` in milliseconds since 1970; `value` as text, since what is dead need not be JSON."""
    why = {name: getattr(letter, name) for name in ("topic", "partition", "offset", "timestamp", "code", "message", "faults")}
    headers = {header: as_text(value) for header, value in letter.headers}
    return {**why, "headers": headers, "value": as_text(letter.value)}


def _row(entry: Entry) -> str:
    at, source, to = instant(entry["requestInTs"]), short(entry["source"]), short(entry["recipient"]) or "-"
    id_ = entry["messageId"] or "-"
    return f"{at:13} {source:8} {to:8} {short(entry['type']):28} {entry['subject'] or '-':19} {outcome_of(entry):25} {id_}"
