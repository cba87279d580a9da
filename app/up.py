"""`lgsp up`: everything as supervised processes, a table of addresses, and what an integrator's own part must do."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from app.house import SUPERVISOR, House
from app.invitation import invitation
from app.settings import ADAPTERS, AGENCIES, CONTROL, Settings
from app.state import forget, held, prepare
from app.supervisor_api import control
from app.web import listen, serving
from vn.errors import Unusable

__all__ = ["run"]


async def run(
    settings: Settings, *, fresh: bool, compact: bool, without: tuple[str, ...], environ: Mapping[str, str], stop: asyncio.Event
) -> None:
    """Start all parts in order, tell where they are, run until `stop`, end all of them."""
    left_out = _left_out(without)
    with held(settings.state):
        folder = prepare(settings.state, fresh=fresh).absolute()
        house = House(replace(settings, state=folder), left_out, environ, compact=compact)
        bound = listen(settings.host, house.settings.port(SUPERVISOR), SUPERVISOR)
        try:
            async with serving(control(house), bound):
                await _live(house, fresh=fresh, stop=stop)
        finally:
            forget(folder)
            await house.stop()


async def _live(house: House, *, fresh: bool, stop: asyncio.Event) -> None:
    started = asyncio.create_task(house.start(fresh=fresh))
    await asyncio.wait({started, asyncio.ensure_future(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if not started.done():
        started.cancel()
        await asyncio.gather(started, return_exceptions=True)
        return
    started.result()
    house.where().write(house.settings.state)
    _tell(house)
    await stop.wait()


def _left_out(names: tuple[str, ...]) -> tuple[str, ...]:
    """Part names: an agency's name leaves the agency out, an adapter's name (ilis) or `<name>-adapter` the adapter."""
    parts: list[str] = []
    wrong: list[str] = []
    for name in names:
        short = name.removesuffix("-adapter")
        agency, adapter = name in AGENCIES, short in ADAPTERS
        if not agency and not adapter:
            wrong.append(name)
        if agency:
            parts.append(name)
        if adapter:
            parts.append(f"{short}-adapter")
    if wrong:
        raise Unusable(f"to leave out: {', '.join(wrong)}: choose from {', '.join(dict.fromkeys((*AGENCIES, *ADAPTERS)))}")
    return tuple(dict.fromkeys(parts))


def _tell(house: House) -> None:
    console, supervisor = Console(), house.url(SUPERVISOR)
    table = Table(
        title="lgsp is running; Ctrl-C ends it", title_justify="left", caption="every part's address has /docs", caption_justify="left"
    )
    for column in ("part", "address"):
        table.add_column(column, overflow="fold")
    table.add_row("broker (Kafka bootstrap)", house.bootstrap)
    for name, address in house.told_to_clients.items():
        table.add_row(f"  for clients: {name}", address)
    if house.compact:
        table.add_row("all parts, over HTTP", supervisor)
        for part in house.urls:
            table.add_row(f"  {part}", f"{supervisor}/{part}")
    else:
        for part in house.http_parts:
            table.add_row(part, house.url(part))
        if CONTROL in house.settings.ports:
            table.add_row("broker's faults", house.url(CONTROL))
        table.add_row("supervisor", supervisor)
    table.add_row("state, logs", str(house.settings.state))
    console.print(table)
    if house.left_out:
        console.print(invitation(house), markup=False, highlight=False, soft_wrap=True)
    console.print(f"Next: {_next(house)}", markup=False, highlight=False, soft_wrap=True)


def _next(house: House) -> str:
    if "land" in house.settings.urls:
        return "lgsp sample transfer | lgsp submit -    then: lgsp journal --follow"
    return (
        "lgsp submit FILE    then: lgsp journal --follow. `lgsp sample` reads a land office's register: "
        "keep what it prints while ours runs, or set LGSP_LAND_URL to one that has our /thua-dat"
    )
