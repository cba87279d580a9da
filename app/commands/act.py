"""Commands that act as a citizen or an officer would."""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands.options import AsJson, State, parts_of
from app.listing import lines
from vn.errors import Unusable

__all__ = ["decide", "pay", "sample", "submit", "supplement", "withdraw"]

Dossier = Annotated[str, typer.Argument(metavar="DOSSIER", help="Dossier code (mã hồ sơ), as `lgsp submit` prints it.")]
Source = Annotated[str, typer.Argument(metavar="FILE", help="A JSON file, or - for standard input.")]


def sample(  # noqa: PLR0917  # a command's parameters are its options
    kind: Annotated[str, typer.Argument(help="What to make; `lgsp sample list` names all kinds and faults.")],
    fault: Annotated[str | None, typer.Option(help="Make it wrong in this way.", metavar="NAME")] = None,
    seed: Annotated[int, typer.Option(help="Another seed makes another dossier.")] = 1,
    json_: AsJson = False,
    state: State = None,
) -> int:
    """Print a dossier that is valid for the running land register, or wrong in the named way; feed it to `lgsp submit -`."""
    from app.samples import FAULTS, KINDS, look_up, sample_today

    if kind == "list":
        return _list({"kind": KINDS, "fault": FAULTS}, json_=json_)
    look_up(kind, fault)
    parts = parts_of(state)

    async def make() -> dict[str, Any]:
        import httpx

        async with httpx.AsyncClient(base_url=parts.url("land"), timeout=30, trust_env=False) as land:
            return dict(await sample_today(kind, fault=fault, seed=seed, land=land))

    _print(json.dumps(asyncio.run(make()), ensure_ascii=False, indent=None if json_ else 2))
    return 0


def _list(titled: Mapping[str, Mapping[str, str]], *, json_: bool) -> int:
    if json_:
        lines({title: name, "about": text} for title, names in titled.items() for name, text in names.items())
    else:
        for title, names in titled.items():
            _print(f"{title}s:", *(f"  {name:18} {text}" for name, text in names.items()))
    return 0


def submit(file: Source, state: State = None) -> int:
    """Submit a dossier at the public service portal; prints its dossier code."""
    answer = parts_of(state).post("dvc", "/ho-so", _read(file))
    _print(answer["MaHoSo"])
    return 0


def pay(  # noqa: PLR0917  # a command's parameters are its options
    dossier: Dossier,
    notice: Annotated[str | None, typer.Option(help="Only this notice; default: every open one.", metavar="NUMBER")] = None,
    amount: Annotated[int | None, typer.Option(min=1, help="Only this much, in đồng; needs --notice.")] = None,
    json_: AsJson = False,
    state: State = None,
) -> int:
    """Pay the notices of a dossier, whole or in part; prints the reference of each attempt."""
    if amount is not None and notice is None:
        raise Unusable("--amount needs --notice: which one is paid in part?")
    parts = parts_of(state)
    open_notices = [each["SoThongBao"] for each in parts.get("dvc", f"/ho-so/{dossier}")["ThongBaoThue"] if each["ConPhaiNop"] > 0]
    numbers = [notice] if notice else open_notices
    if not numbers:
        _print(f"{dossier}: nothing to pay now")
        return 1
    for number in numbers:
        body = {"SoThongBao": number} | ({"SoTien": amount} if amount else {})
        attempt = parts.post("dvc", f"/ho-so/{dossier}/thanh-toan", body)["MaThamChieu"]
        _print(json.dumps({"notice": number, "attempt": attempt}) if json_ else f"{number} {attempt}")
    return 0


def supplement(dossier: Dossier, file: Source, state: State = None) -> int:
    """Give what was asked for: the fields of the portal's form that change, and `TaiLieuNop`, the papers that are added.

    For example {"TaiLieuNop": [...]} with papers as `lgsp sample transfer` shows them; what is missing says the last status-changed
    of `lgsp trace DOSSIER` (`lgsp show ID`).
    """
    parts_of(state).post("dvc", f"/ho-so/{dossier}/bo-sung", _read(file))
    _print(f"{dossier}: supplemented")
    return 0


def withdraw(dossier: Dossier, reason: Annotated[str, typer.Option(help="Why (lý do).")] = "Người nộp đổi ý", state: State = None) -> int:
    """Ask to withdraw a dossier."""
    parts_of(state).post("dvc", f"/ho-so/{dossier}/rut", {"LyDo": reason})
    _print(f"{dossier}: withdrawal asked for")
    return 0


def decide(  # noqa: PLR0917  # a command's parameters are its options
    dossier: Dossier,
    action: Annotated[str, typer.Argument(help="e.g. tiep-nhan, tu-choi, yeu-cau-bo-sung, chuyen-thue, dong-y-rut, xac-dinh, doi-soat.")],
    at: Annotated[str, typer.Option(help="The agency whose officer decides: land or tax.")] = "land",
    reason: Annotated[str | None, typer.Option(help="Why (lý do).")] = None,
    state: State = None,
) -> int:
    """Decide as an officer of an agency would, where its policy is `manual`."""
    if at not in ("land", "tax"):
        raise Unusable(f"--at {at}: officers decide at land or tax")
    body = {"HanhDong": action} | ({"LyDo": reason} if reason else {})
    parts_of(state).post(at, f"/ho-so/{dossier}/quyet-dinh", body)
    _print(f"{dossier}: {action}")
    return 0


def _read(file: str) -> Any:
    try:
        text = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return json.loads(text.decode("utf-8"))
    except OSError as error:
        raise Unusable(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Unusable(f"{file}: not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise Unusable(f"{file}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None


def _print(*told: str) -> None:
    for line in told:
        typer.echo(line)
