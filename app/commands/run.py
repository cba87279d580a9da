"""Commands that run something: the demo, everything, or one part alone."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from app.commands.options import AsJson, Faults, State, environment, settings
from app.logs import configure
from app.settings import CONTROL, LISTENERS, Settings
from vn.attached import when_input_ends
from vn.errors import Unusable

__all__ = ["adapter", "demo", "exchange", "say", "serve", "until_stopped", "up"]


class AgencyName(StrEnum):
    """The four agencies."""

    dvc = "dvc"
    land = "land"
    tax = "tax"
    payment = "payment"


AdapterName = Literal["dvc", "ilis", "tax", "payment"]

Part = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


def demo(
    json: AsJson = False, keep: Annotated[Path | None, typer.Option(help="Keep the state in this folder.", metavar="DIR")] = None
) -> int:
    """Run one land transfer on an embedded broker and show each message as it crosses the exchange.

    Exit code 0 only if the land register changed because the obligations were settled.
    """
    from app.stage import Stage

    read = settings()

    async def played(stop: asyncio.Event) -> int:
        async with Stage.of(read, keep, environment()) as stage:
            from app.demo import run  # heavy, so only when the other processes are on their way

            configure(read.log, "warning" if read.log_level == "info" else read.log_level, "demo")
            return await run(stage, read, as_json=json, stop=stop)

    return until_stopped(played)


def up(  # noqa: PLR0917  # a command's parameters are its options
    state: State = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget all earlier state first.")] = False,
    without: Annotated[
        str, typer.Option(help="Agencies and adapters to leave out, e.g. land,ilis; yours take their place.", metavar="NAMES")
    ] = "",
    policy: Annotated[Path | None, typer.Option(help="Policies of the agencies as a YAML file; default: all decide at once.")] = None,
    faults: Faults = None,
    compact: Annotated[bool, typer.Option("--compact", help="All but the broker in one process, as the container image has it.")] = False,
) -> int:
    """Run broker, exchange, four agencies and four adapters as processes until Ctrl-C, and print where they are."""
    from app.up import run

    read = settings(state)
    read = _with_control(replace(read, policy=policy or read.policy, faults=faults or read.faults))
    configure(read.log, read.log_level, "up")
    left_out = tuple(name.strip() for name in (without or read.without).split(",") if name.strip())
    return until_stopped(lambda stop: run(read, fresh=fresh, compact=compact, without=left_out, environ=environment(), stop=stop))


def exchange(state: State = None) -> int:
    """Run the exchange alone: it lets through what a contract and an access right allow, and journals everything.

    Needs a broker: LGSP_KAFKA_BOOTSTRAP, or the one of a running `lgsp up`. Prints `exchange ready on http://HOST:PORT`.
    """
    from app.parts import run_exchange

    return _alone("exchange", state, lambda read, stop: run_exchange(read, stop=stop, say=say))


def serve(
    agencies: Annotated[list[AgencyName], typer.Argument(help="Which agency, or several in one process.")], state: State = None
) -> int:
    """Run an agency alone: its HTTP API over its own database. It needs no broker.

    The database is DIR/<agency>.db, or LGSP_<AGENCY>_DATABASE. Prints `<agency> ready on http://HOST:PORT`.
    """
    from app.parts import run_agencies

    return _alone("+".join(agencies), state, lambda read, stop: run_agencies(read, agencies, stop=stop, say=say))


def adapter(name: Annotated[AdapterName, typer.Argument(help="Which adapter.")], state: State = None) -> int:
    """Run one adapter alone: it translates between an agency's API and the contracts on the bus.

    Needs a broker (LGSP_KAFKA_BOOTSTRAP) and its agency (LGSP_<AGENCY>_URL), or those of a running `lgsp up`.
    """
    from app.parts import run_adapter

    return _alone(f"{name}-adapter", state, lambda read, stop: run_adapter(read, name, stop=stop, say=say))


def say(line: str) -> None:
    """A line for whoever waits for this part."""
    print(line, flush=True)  # noqa: T201  # the readiness line


def _with_control(read: Settings) -> Settings:
    """A plan that is wrong ends us before anything starts; with one, or with listeners, there is an address that tells of them."""
    if read.bootstrap is not None:
        if read.faults is not None:
            raise Unusable(f"--faults: only the embedded broker lies on demand, and LGSP_KAFKA_BOOTSTRAP names another ({read.bootstrap})")
        return read
    if read.faults is not None:
        from bus.embedded.faults import read_plan

        read_plan(read.faults)
    wanted = read.faults is not None or any(read.port(f"broker-{name}") for name in LISTENERS)
    return read.at(CONTROL, read.port(CONTROL)) if wanted else read


def _alone(part: str, state: Path | None, body: Callable[[Settings, asyncio.Event], Coroutine[Any, Any, None]]) -> int:
    read = settings(state)
    configure(read.log, read.log_level, part)
    return until_stopped(lambda stop: body(read, stop), supervised=read.supervised)


def until_stopped(body: Callable[[asyncio.Event], Coroutine[Any, Any, int | None]], *, supervised: bool = False) -> int:
    """Run `body` on an event loop until it ends, or until Ctrl-C, SIGTERM or the end of a supervisor set its event."""
    interrupted = False

    async def main() -> int | None:
        nonlocal interrupted
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def on_signal(number: int) -> None:
            nonlocal interrupted
            interrupted = number == signal.SIGINT
            stop.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                loop.add_signal_handler(number, on_signal, number)
            except NotImplementedError:  # Windows: the handler runs between two steps of the loop
                signal.signal(number, lambda got, _frame: loop.call_soon_threadsafe(on_signal, got))
        if supervised:
            when_input_ends(lambda: loop.call_soon_threadsafe(stop.set))
        return await body(stop)

    if sys.platform == "win32":
        result = asyncio.run(main())
    else:
        import uvloop

        result = uvloop.run(main())
    with suppress(ValueError):
        sys.stdout.flush()
    return result if result is not None else (130 if interrupted else 0)
