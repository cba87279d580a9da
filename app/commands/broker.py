"""The command that runs a broker alone."""

from dataclasses import replace
from typing import Annotated

import typer

from app.commands.options import Faults, State, settings
from app.commands.run import say, until_stopped
from app.logs import configure
from app.security import OURS_IS_PLAIN
from app.settings import CONTROL, Fsync
from vn.addresses import address
from vn.errors import Unusable

__all__ = ["broker"]


def broker(
    *,
    listen: Annotated[str, typer.Option(help="Address to listen on; port 0 takes a free one.", metavar="HOST:PORT")] = "",
    memory: Annotated[bool, typer.Option("--memory", help="Keep nothing after the end.")] = False,
    apache: Annotated[
        bool, typer.Option("--apache", help="Apache Kafka itself; needs Java 17, and Maven once to fetch it (43 MB, see LGSP_CACHE).")
    ] = False,
    fsync: Annotated[
        Fsync | None,
        typer.Option(
            help="Bring the log to the disk itself, so that it outlives a power cut: before each acknowledgement (batch), or every second "
            "(interval). Default: the operating system does it; or LGSP_BROKER_FSYNC.",
        ),
    ] = None,
    faults: Faults = None,
    control: Annotated[
        int | None,
        typer.Option("--control-port", min=0, max=65_535, help="Set faults at run time over HTTP here; or LGSP_BROKER_CONTROL_PORT."),
    ] = None,
    state: State = None,
) -> int:
    """Run a broker alone: one node that speaks the Kafka protocol, for any client in any language.

    Prints `broker ready on HOST:PORT`. Its log is in DIR/broker and survives a stop, `kill -9` and a restart.
    """
    from app.parts import run_apache, run_broker

    read = settings(state)
    read = replace(read, faults=faults or read.faults, ports={**read.ports, **({} if control is None else {CONTROL: control})})
    if not read.security.plain:
        raise Unusable(OURS_IS_PLAIN)
    configure(read.log, read.log_level, "broker")
    if listen:
        try:
            host, port = address(listen, free=True)
        except ValueError:
            raise Unusable(f"--listen {listen}: give it as HOST:PORT, e.g. 127.0.0.1:9092") from None
        read = replace(read, host=host, ports={**read.ports, "broker": port})
    read = replace(read, fsync=fsync) if fsync else read
    if fsync and (apache or memory):
        raise Unusable("--fsync: the embedded broker's log in files only; not with --apache, nor with --memory")
    if apache and (read.faults or CONTROL in read.ports):
        raise Unusable("--faults, --control-port: Apache Kafka does not lie on demand; that is what the embedded broker is for")
    if apache and memory:
        raise Unusable("--memory: Apache Kafka keeps its log in files; give it a --state DIR of its own and remove that afterwards")
    if apache:
        return until_stopped(lambda stop: run_apache(read, stop=stop, say=say), supervised=read.supervised)
    return until_stopped(lambda stop: run_broker(read, memory=memory, stop=stop, say=say), supervised=read.supervised)
