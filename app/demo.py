"""`lgsp demo`: one land transfer from the citizen's submission to the updated register, each message shown as it crosses."""

import asyncio
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

import httpx
import psutil
from rich.box import ROUNDED
from rich.console import Console
from rich.table import Table

from app.entries import Entry, instant, outcome_of, short
from app.messages import Archive
from app.notices import show_notices, show_receipts
from app.province import Province
from app.samples import sample
from app.settings import Settings
from app.stage import Stage
from vn.money import formatted

__all__ = ["run"]

WITHIN = 60.0  # seconds for the whole; a slow laptop needs ten
_EVERY = 0.02


async def run(stage: Stage, settings: Settings, *, as_json: bool, stop: asyncio.Event) -> int:
    """0 only if the register changed because the obligations were settled."""
    show: _Show = _Lines() if as_json else _Screen()
    bootstrap, urls = await stage.bootstrap(), await stage.urls()
    chosen = replace(settings, state=stage.folder, bootstrap=bootstrap, space=f"demo-{os.getpid()}", ports={})
    async with Province(chosen, bootstrap, urls=urls) as province, Archive.open(chosen) as archive:
        play = asyncio.create_task(_play(province, archive, show))
        await asyncio.wait({play, asyncio.ensure_future(stop.wait())}, timeout=WITHIN, return_when=asyncio.FIRST_COMPLETED)
        if not play.done():
            play.cancel()
            await asyncio.gather(play, return_exceptions=True)
            return 130 if stop.is_set() else show.end(_Story(faults=[f"not finished after {WITHIN:g} s"]))
        return show.end(play.result())


@dataclass
class _Story:
    """What happened, and what is wrong with it (nothing, if the register changed because the obligations were settled)."""

    dossier: str = ""
    entries: list[Entry] = field(default_factory=list)
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    case: Mapping[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    first_notice: float | None = None
    ended: float = 0.0


async def _play(province: Province, archive: Archive, show: "_Show") -> _Story:
    """The citizen submits, pays what the notices ask, and gets the result."""
    story = _Story()
    watching = asyncio.create_task(_watch(archive, story, show))
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        dvc, land = province.urls["dvc"], province.urls["land"]
        async with httpx.AsyncClient(base_url=land, timeout=30, trust_env=False) as register:
            form = await sample("transfer", seed=1, land=register, on=date.today())
        parcel = _path(form)
        story.before = await _get(client, f"{land}{parcel}")
        answer = await client.post(f"{dvc}/ho-so", json=form)
        if not answer.is_success:
            story.faults.append(f"the portal did not take the sample: {answer.text}")
            return story
        story.dossier = answer.json()["MaHoSo"]
        case = f"{dvc}/ho-so/{story.dossier}"
        noticed = await _until(client, case, lambda it: len(it["ThongBaoThue"]) >= _expected(it) > 0, watching)
        show.notices(noticed)
        for notice in noticed["ThongBaoThue"]:
            (await client.post(f"{case}/thanh-toan", json={"SoThongBao": notice["SoThongBao"]})).raise_for_status()
        story.case = await _until(client, case, lambda it: it["TrangThaiHoSo"] == "10", watching)
        story.after = await _get(client, f"{land}{parcel}")
    await _all_shown(province.settings, story)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    story.ended = _since_start()
    story.faults += _judge(story)
    return story


def _expected(case: Mapping[str, Any]) -> int:
    """How many notices the first one announces (k/n)."""
    return int(case["ThongBaoThue"][0]["ThuTu"].partition("/")[2]) if case["ThongBaoThue"] else 1


async def _watch(archive: Archive, story: _Story, show: "_Show") -> None:
    async for entry in archive.follow(since_start=True):
        story.entries.append(entry)
        if story.first_notice is None and short(entry["type"]) == "tax.payment-notice":
            story.first_notice = _since_start()
        show.message(entry)


async def _until(client: httpx.AsyncClient, url: str, holds: Callable[[Any], bool], watching: asyncio.Task[None]) -> Mapping[str, Any]:
    while True:
        found = await _get(client, url)
        if holds(found):
            return found
        if watching.done():
            watching.result()
        await asyncio.sleep(_EVERY)


async def _all_shown(settings: Settings, story: _Story) -> None:
    """Every journal record has been shown."""
    async with Archive.open(settings) as archive:
        while len(story.entries) < len(await archive.journal()):  # noqa: ASYNC110  # the topic has no event to wait for
            await asyncio.sleep(_EVERY)


async def _get(client: httpx.AsyncClient, url: str) -> Mapping[str, Any]:
    answer = await client.get(url)
    answer.raise_for_status()
    found: Mapping[str, Any] = answer.json()
    return found


def _path(form: Mapping[str, Any]) -> str:
    parcel = form["ThuaDat"][0]
    return f"/thua-dat/{parcel['MaXa']}/{parcel['SoToBanDo']}/{parcel['SoThua']}"


def _judge(story: _Story) -> list[str]:
    """What speaks against "the register changed because the obligations were settled"."""
    faults = [f"{short(each['type'])} was refused: {each['faultCode']}" for each in story.entries if not each["succeeded"]]
    if _holders(story.before) == _holders(story.after):
        faults.append("the holders in the register are the same as before")
    done = [each for each in story.entries if short(each["type"]) == "tax.obligation-completed" and short(each["recipient"]) == "ilis"]
    updated = [each for each in story.entries if short(each["type"]) == "land.register-updated"]
    if not done or not updated:
        faults.append("no completion of the obligations, or no update of the register, has crossed the exchange")
    elif any(each["causationId"] != done[0]["messageId"] for each in updated):
        faults.append("the register's update does not follow from the completion of the obligations")
    if not story.case["ChungTu"]:
        faults.append("there is no receipt")
    return faults


def _holders(parcel: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(each["ChuSuDung"]["HoTen"], each["TyLe"]) for each in parcel["NguoiSuDung"]]


def _since_start() -> float:
    """Seconds since this process started."""
    return time.time() - psutil.Process().create_time()


class _Show(Protocol):
    """How the story is told."""

    def message(self, entry: Entry) -> None:
        """One message and recipient has crossed the exchange."""

    def notices(self, case: Mapping[str, Any]) -> None:
        """The citizen has all notices."""

    def end(self, story: _Story) -> int:
        """The exit code."""


class _Lines:
    """One JSON object a line, for programs."""

    def message(self, entry: Entry) -> None:
        """As the issue of an exchange: seconds since process start, short names."""
        told = {"t": round(_since_start(), 3), "contract": short(entry["type"]), "from": short(entry["source"])}
        _say({**told, "to": short(entry["recipient"]) or None, "subject": entry["subject"], "outcome": outcome_of(entry)})

    def notices(self, case: Mapping[str, Any]) -> None:
        """They are in the summary."""

    def end(self, story: _Story) -> int:
        """The summary is the last line."""
        _say({"summary": _summary(story)})
        return 1 if story.faults else 0


class _Screen:
    """Rows and panels, for people."""

    def __init__(self) -> None:
        self._console = Console()
        self._console.print("[bold]A land transfer, message by message[/bold]\n")
        self._console.print(
            f"{'instant':14}{'from':10}{'to':10}{'contract':26}{'about':28}outcome", style="bold", highlight=False, soft_wrap=True
        )

    def message(self, entry: Entry) -> None:
        """One row."""
        at, source, to = instant(entry["requestInTs"]), short(entry["source"]), short(entry["recipient"]) or "-"
        outcome = "[green]delivered[/green]" if entry["succeeded"] else f"[red]{entry['faultCode']}[/red]"
        row = f"{at:14}{source:10}{to:10}{short(entry['type']):26}{entry['subject'] or '':28}{outcome}"
        self._console.print(row, highlight=False, soft_wrap=True)

    def notices(self, case: Mapping[str, Any]) -> None:
        """As the citizen gets them."""
        self._console.print()
        show_notices(self._console, case)
        self._console.print()

    def end(self, story: _Story) -> int:
        """Receipts, the register before and after, the summary."""
        if story.case:
            self._console.print()
            show_receipts(self._console, story.case)
        if story.after:
            self._console.print(_register(story))
        told = _summary(story)
        if story.faults:
            self._console.print("[red]The register did not change as it should:[/red]", *(f"- {fault}" for fault in story.faults), sep="\n")
            return 1
        self._console.print(
            "[bold green]The register changed because the obligations were settled.[/bold green] "
            f"{told['messages']} messages in {told['deliveries']} deliveries, {told['notices']} notices, {told['paid']} paid; "
            f"first notice {told['firstNotice']} s after the start of the process, all after {told['seconds']} s.",
            highlight=False,
            soft_wrap=True,
        )
        self._console.print(
            "Next: . .venv/bin/activate; lgsp up; and in another terminal: lgsp sample transfer | lgsp submit -",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        return 0


def _register(story: _Story) -> Table:
    place = f"thửa {story.after['SoThuTuThua']}, tờ {story.after['SoHieuBanDo']}, {story.after['TenXa']}"
    table = Table(title=f"Sổ địa chính: {place}", box=ROUNDED, title_justify="left")
    for column in ("", "Người sử dụng đất", "Phần quyền", "Giấy chứng nhận"):
        table.add_column(column, overflow="fold")
    for word, parcel in (("trước", story.before), ("sau", story.after)):
        names = "\n".join(each["ChuSuDung"]["HoTen"] for each in parcel["NguoiSuDung"])
        shares = "\n".join(each["TyLe"] for each in parcel["NguoiSuDung"])
        table.add_row(word, names, shares, parcel["GiayChungNhan"]["SoPhatHanh"])
    return table


def _summary(story: _Story) -> dict[str, Any]:
    return {
        "dossier": story.dossier or None,
        "changed": not story.faults,
        "faults": story.faults,
        "messages": len({(each["source"], each["messageId"]) for each in story.entries}),
        "deliveries": len([each for each in story.entries if each["succeeded"]]),
        "notices": len(story.case.get("ThongBaoThue", ())),
        "paid": formatted(sum(each["SoTien"] for each in story.case.get("ChungTu", ()))),
        "firstNotice": story.first_notice and round(story.first_notice, 2),
        "seconds": round(story.ended, 2),
    }


def _say(line: dict[str, Any]) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)  # noqa: T201  # the output for programs
